// Members of JSON objects that came from outside: what is missing, or of another
// type, is empty.
#pragma once

#include <initializer_list>
#include <span>
#include <string_view>

#include "manifests/document.h"

namespace sluice::cluster {

// The member at the end of the way; null: there is none. `node` may be null.
const manifests::Node* MemberAt(const manifests::Node* node, std::initializer_list<std::string_view> way);
std::string_view StringAt(const manifests::Node* node, std::initializer_list<std::string_view> way);
std::span<const manifests::Node> ElementsAt(const manifests::Node* node,
                                            std::initializer_list<std::string_view> way);
// The text of any scalar ("true" too) at `path` ("metadata.name").
std::string_view TextAt(const manifests::Node& root, std::string_view path);

// One JSON object. `root` is null where the bytes are none: not whole, no object,
// more than one, or past a limit.
struct JsonObject {
  manifests::ParsedFile file;
  const manifests::Node* root = nullptr;
};
JsonObject ReadJsonObject(std::string bytes);

}  // namespace sluice::cluster
