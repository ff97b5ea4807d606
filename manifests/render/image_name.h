// An image's name in its parts, as kustomize takes it apart (api/internal/image).
#pragma once

#include <string_view>

namespace sluice::manifests::render {

struct ImageName {
  std::string_view name, tag, digest;  // of the text; empty where it has none
};

// "registry:5000/name:tag@digest"; a colon before the first slash is a port.
ImageName SplitImage(std::string_view image);

}  // namespace sluice::manifests::render
