// Where an object lies in a record: GROUP/KIND/NAMESPACE/NAME, each part written so
// that any file system and sha256sum take it (docs/ledger.md, section 2).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::promotion {

// What a part may hold unescaped besides [a-z0-9.-].
enum class PartOf : unsigned char {
  kName,  // of groups, namespaces, names
  kPath,  // of kinds and of the repository's paths: [A-Z_] too
};

inline constexpr std::size_t kPartBytes = 255;  // as written

// An Error where it is empty or too long as written.
Result<std::string> EscapePart(std::string_view part, PartOf of);
// The inverse; an Error where EscapePart does not write it so.
Result<std::string> UnescapePart(std::string_view text, PartOf of);

struct ObjectId {
  std::string group;  // empty: the core group
  std::string kind;
  std::string ns;  // empty: none
  std::string name;

  friend bool operator==(const ObjectId&, const ObjectId&) = default;
};

Result<std::string> ObjectPath(const ObjectId& object);
Result<ObjectId> ReadObjectPath(std::string_view path);
bool IsObjectPath(std::string_view path);

// A path of the repository as it stands below policy/, and back.
Result<std::string> EscapePath(std::string_view path);
Result<std::string> UnescapePath(std::string_view path);
bool IsEscapedPath(std::string_view path);

}  // namespace sluice::promotion
