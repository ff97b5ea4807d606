// What the hostile tests of rendering share: a build of a tree in a confined
// child, and everything that it said as one text.
#pragma once

#include <map>
#include <string>

#include "base/file_tree.h"
#include "manifests/render/build.h"
#include "tests/manifests/render/confined.h"

namespace sluice::manifests::render {

using Files = std::map<std::string, std::string>;

// The build of `directory` as text: a line "refused: RULE: message" a finding,
// "left out: reason" a part not built, "object: JSON" an object, "read: path".
std::string Told(const FileTree& tree, const std::string& directory);
std::string Told(const Built& built);

// The same from within a confined child; REQUIREs that it was not killed. Set
// SLUICE_HOSTILE_SHOW to see each.
std::string ToldConfined(const FileTree& tree, const std::string& directory, const Bounds& bounds = {});

// Refused, or left out by name.
bool IsRefused(const std::string& told);

}  // namespace sluice::manifests::render
