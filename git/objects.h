// Trees and commits from their bytes. Views point into the bytes that were
// given; nothing is copied while a tree is walked.
#pragma once

#include <cstdint>
#include <string_view>

#include "git/repository.h"

namespace sluice::git {

// One entry of a tree as it stands.
struct TreeItem {
  std::uint32_t mode = 0;
  bool padded = false;    // the mode is written with a leading zero, as git never does
  std::string_view name;  // never empty, never holds a NUL; may hold anything else
  const std::uint8_t* id = nullptr;

  bool IsDirectory() const { return (mode & ~07777u) == 0040000; }
};

// Reads a tree entry by entry:
//   TreeReader reader(kind, bytes);
//   for (TreeItem item; reader.Next(&item);) …
//   if (reader.malformed()) …
class TreeReader {
 public:
  TreeReader(HashKind kind, std::string_view bytes) : rest_(bytes), id_bytes_(HashBytes(kind)) {}
  bool Next(TreeItem* item);  // false at the end and where the rest is malformed
  bool malformed() const { return malformed_; }

 private:
  bool ReadMode(TreeItem* item);

  std::string_view rest_;
  std::size_t id_bytes_;
  bool malformed_ = false;
};

// What a mode says; kOdd for what git knows no entry of.
FileKind KindOfMode(std::uint32_t mode);
// Whether git writes this mode: 40000, 100644, 100755, 120000, 160000, unpadded.
bool IsGitMode(const TreeItem& item);

// -1, 0, 1 in the order of a tree: by bytes, a directory as if it ended in '/'.
int CompareItems(const TreeItem& a, const TreeItem& b);
inline bool Precedes(const TreeItem& a, const TreeItem& b) { return CompareItems(a, b) < 0; }

// kFailed where "tree" and "parent" lines are not as git writes them.
Result<Commit> ParseCommit(const Oid& id, std::string_view bytes);

// The object that a tag names, and its type.
struct TagTarget {
  Oid id;
  ObjectType type = ObjectType::kCommit;
};
Result<TagTarget> ParseTag(HashKind kind, std::string_view bytes);

// Reads `id` and checks its type.
Result<RawObject> ReadTyped(const Repository& repository, const Oid& id, ObjectType type, std::size_t limit);

}  // namespace sluice::git
