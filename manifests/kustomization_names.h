// The names of a kustomization, in the order in which kustomize looks for them
// (api/konfig: RecognizedKustomizationFileNames). A directory may have one of them.
// Whether a path ends in one: IsKustomizationName (object.h).
#pragma once

#include <array>
#include <string_view>

namespace sluice::manifests {

inline constexpr std::array<std::string_view, 3> kKustomizationNames = {"kustomization.yaml",
                                                                        "kustomization.yml", "Kustomization"};

}  // namespace sluice::manifests
