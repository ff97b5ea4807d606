// Which fields of objects say what version runs: images of containers and
// versions of charts. A bot may be allowed them, a promotion carries them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "manifests/diff.h"

namespace sluice::promotion {

enum class VersionField : std::uint8_t { kNone, kImage, kChart };

// What a field is that differs between two versions of an object, both there.
VersionField VersionFieldOf(const manifests::ObjectDifference& object,
                            const manifests::FieldDifference& field);

// A field in whatever element of a list: "a[].b" of "a[3].b".
std::string WithoutNumbers(std::string_view field);

// The name of an image, without tag and digest: "ghcr.io/shop/web" of "ghcr.io/shop/web:1.4@sha256:…".
std::string_view ImageName(std::string_view image);

// Whether a version alone differs: both are text, and an image has the same name.
bool VersionAlone(VersionField kind, const manifests::FieldDifference& field);

}  // namespace sluice::promotion
