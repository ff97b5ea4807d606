// Trees, commits and tags from bytes. Lenient where git is (odd modes and names
// are shown, for rules to speak of), strict where a reader could be led
// elsewhere: a malformed entry ends the tree as an error.
// Tested by tests/git/bytes_test.cc and tests/fuzz/{tree,commit}_fuzz.cc.
#include "git/objects.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "git/bounds.h"
#include "git/hash.h"

namespace sluice::git {
namespace {

// Takes "NAME value\n" off the front of `text`; empty where it begins otherwise.
std::string_view TakeLine(std::string_view* text, std::string_view name) {
  if (!text->starts_with(name)) return {};
  const std::size_t end = text->find('\n');
  if (end == text->npos) return {};
  const std::string_view value = text->substr(name.size(), end - name.size());
  text->remove_prefix(end + 1);
  return value;
}

// "Name <mail> 1700000000 +0100" → the name with its mail, and the seconds.
std::string_view SplitPerson(std::string_view line, std::int64_t* seconds) {
  *seconds = 0;
  const std::size_t close = line.rfind('>');
  if (close == line.npos) return line;
  std::string_view time = line.substr(close + 1);
  time.remove_prefix(std::min(time.find_first_not_of(' '), time.size()));
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(time.data(), time.data() + time.size(), value);
  if (code == std::errc() && value >= 0) *seconds = value;
  return line.substr(0, close + 1);
}

Error Malformed(const Oid& id, std::string_view what) {
  return Failed("commit " + id.Hex() + " is malformed: " + std::string(what));
}

Result<Oid> IdOfKind(HashKind kind, std::string_view hex) {
  Result<Oid> id = Oid::FromHex(hex);
  if (id && id->kind() != kind) return Failed("an id of another hash");
  return id;
}

// The headers after the parents, up to the empty line; continuation lines
// begin with a space.
void ReadHeaders(std::string_view* text, Commit* commit) {
  std::int64_t author_time = 0;
  while (!text->empty() && text->front() != '\n') {
    if (commit->author.empty() && text->starts_with("author ")) {
      commit->author = SplitPerson(TakeLine(text, "author "), &author_time);
    } else if (commit->committer.empty() && text->starts_with("committer ")) {
      commit->committer = SplitPerson(TakeLine(text, "committer "), &commit->committer_time);
    } else {
      const std::size_t end = text->find('\n');
      text->remove_prefix(end == text->npos ? text->size() : end + 1);
      continue;
    }
    if (text->find('\n') == text->npos) break;
  }
}

}  // namespace

bool TreeReader::ReadMode(TreeItem* item) {
  item->mode = 0;
  item->padded = rest_.starts_with('0');
  std::size_t digits = 0;
  for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '7'; ++digits) {
    if (item->mode >> 27 != 0) return false;
    item->mode = item->mode << 3 | static_cast<std::uint32_t>(rest_[digits] - '0');
  }
  if (digits == 0 || digits == rest_.size() || rest_[digits] != ' ') return false;
  rest_.remove_prefix(digits + 1);
  return true;
}

bool TreeReader::Next(TreeItem* item) {
  if (rest_.empty() || malformed_) return false;
  malformed_ = true;
  if (!ReadMode(item)) return false;
  const std::size_t end = rest_.find('\0');
  if (end == rest_.npos || end == 0 || rest_.size() - end - 1 < id_bytes_) return false;
  item->name = rest_.substr(0, end);
  item->id = reinterpret_cast<const std::uint8_t*>(rest_.data()) + end + 1;
  rest_.remove_prefix(end + 1 + id_bytes_);
  malformed_ = false;
  return true;
}

FileKind KindOfMode(std::uint32_t mode) {
  switch (mode & ~std::uint32_t{07777}) {
    case 0040000:
      return FileKind::kDirectory;
    case 0100000:
      return FileKind::kFile;
    case 0120000:
      return FileKind::kSymlink;
    case 0160000:
      return FileKind::kSubmodule;
    default:
      return FileKind::kOdd;
  }
}

bool IsGitMode(const TreeItem& item) {
  constexpr std::uint32_t kModes[] = {0040000, 0100644, 0100755, 0120000, 0160000};
  return !item.padded && std::find(std::begin(kModes), std::end(kModes), item.mode) != std::end(kModes);
}

int CompareItems(const TreeItem& a, const TreeItem& b) {
  const std::size_t shorter = std::min(a.name.size(), b.name.size());
  if (const int order = std::memcmp(a.name.data(), b.name.data(), shorter); order != 0)
    return order < 0 ? -1 : 1;
  const auto after = [shorter](const TreeItem& item) {
    if (item.name.size() > shorter) return static_cast<int>(static_cast<unsigned char>(item.name[shorter]));
    return item.IsDirectory() ? '/' : 0;
  };
  const int difference = after(a) - after(b);
  if (difference != 0) return difference < 0 ? -1 : 1;
  // Equal so far: "a" as a directory beside a file "a/…" of one more byte.
  return a.name.size() == b.name.size() ? 0 : a.name.size() < b.name.size() ? -1 : 1;
}

Result<Commit> ParseCommit(const Oid& id, std::string_view bytes) {
  Commit commit;
  commit.id = id;
  const Result<Oid> tree = IdOfKind(id.kind(), TakeLine(&bytes, "tree "));
  if (!tree) return Malformed(id, "it does not begin with its tree");
  commit.tree = *tree;
  while (bytes.starts_with("parent ")) {
    const Result<Oid> parent = IdOfKind(id.kind(), TakeLine(&bytes, "parent "));
    if (!parent) return Malformed(id, "a parent is not an object id");
    commit.parents.push_back(*parent);
  }
  ReadHeaders(&bytes, &commit);
  if (bytes.starts_with('\n')) commit.message = bytes.substr(1);
  return commit;
}

Result<TagTarget> ParseTag(HashKind kind, std::string_view bytes) {
  const Result<Oid> id = IdOfKind(kind, TakeLine(&bytes, "object "));
  const std::optional<ObjectType> type = TypeByName(TakeLine(&bytes, "type "));
  if (!id || !type) return Failed("the tag is malformed");
  return TagTarget{*id, *type};
}

Result<RawObject> ReadTyped(const Repository& repository, const Oid& id, ObjectType type, std::size_t limit) {
  Result<RawObject> object = repository.Read(id, limit);
  if (object && object->type != type) {
    return Failed("object " + id.Hex() + " is a " + std::string(TypeName(object->type)) + ", not a " +
                  std::string(TypeName(type)));
  }
  return object;
}

Result<Commit> ReadCommit(const Repository& repository, const Oid& id) {
  const Result<RawObject> object = ReadTyped(repository, id, ObjectType::kCommit, kMaxCommitBytes);
  if (!object) return object.error();
  return ParseCommit(id, object->bytes);
}

Result<std::vector<TreeEntry>> ReadTree(const Repository& repository, const Oid& id) {
  const Result<RawObject> object = ReadTyped(repository, id, ObjectType::kTree, kMaxTreeBytes);
  if (!object) return object.error();
  std::vector<TreeEntry> entries;
  TreeReader reader(id.kind(), object->bytes);
  for (TreeItem item; reader.Next(&item);) {
    entries.push_back({item.mode, std::string(item.name), Oid::FromBytes(id.kind(), item.id)});
  }
  if (reader.malformed()) return Failed("tree " + id.Hex() + " is malformed");
  return entries;
}

Result<Oid> TreeOf(const Repository& repository, const Oid& commit_or_tag_or_tree) {
  Oid id = commit_or_tag_or_tree;
  for (int depth = 0; depth <= kMaxTagDepth; ++depth) {
    const Result<RawObject> object = repository.Read(id, kMaxTreeBytes);
    if (!object) return object.error();
    if (object->type == ObjectType::kTree) return id;
    if (object->type == ObjectType::kBlob)
      return Failed("object " + id.Hex() + " is a blob, which has no tree");
    if (object->type == ObjectType::kCommit) {
      const Result<Commit> commit = ParseCommit(id, object->bytes);
      if (!commit) return commit.error();
      return commit->tree;
    }
    const Result<TagTarget> target = ParseTag(id.kind(), object->bytes);
    if (!target) return Failed("tag " + id.Hex() + ": " + target.error().message);
    id = target->id;
  }
  return LimitPassed("tags lie more than " + std::to_string(kMaxTagDepth) + " deep, one in another");
}

Result<Oid> EntryOf(const Repository& repository, const Oid& commit, std::string_view name) {
  const Result<Oid> tree = TreeOf(repository, commit);
  if (!tree) return tree;
  const Result<std::vector<TreeEntry>> entries = ReadTree(repository, *tree);
  if (!entries) return entries.error();
  for (const TreeEntry& entry : *entries)
    if (entry.name == name) return entry.id;
  return Oid();
}

std::string EmailOf(std::string_view author) {
  const std::size_t begin = author.rfind('<'), end = author.rfind('>');
  if (begin == author.npos || end == author.npos || end < begin) return {};
  return std::string(author.substr(begin + 1, end - begin - 1));
}

}  // namespace sluice::git
