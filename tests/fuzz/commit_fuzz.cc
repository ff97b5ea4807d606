// Hostile commits and tags, alone and as what stands in a repository, and the
// configuration and refs of one. The first byte says which type the object has.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "git/changes.h"
#include "git/format.h"
#include "git/objects.h"
#include "git/refs.h"

namespace sluice::git {
namespace {

// Holds one object, under whatever id it is asked for.
class OneObject final : public Repository {
 public:
  OneObject(HashKind kind, ObjectType type, std::string_view bytes)
      : kind_(kind), type_(type), bytes_(bytes) {}
  Result<RawObject> Read(const Oid&, std::size_t) const override {
    return RawObject{type_, std::string(bytes_)};
  }
  Result<Oid> ResolveRef(std::string_view) const override { return NotFound(""); }
  Result<std::string> HeadRef() const override { return NotFound(""); }
  HashKind hash() const override { return kind_; }
  const std::string& git_dir() const override { return directory_; }
  bool InQuarantine(const Oid&) const override { return true; }

 private:
  HashKind kind_;
  ObjectType type_;
  std::string_view bytes_;
  std::string directory_;
};

void RunObject(HashKind kind, ObjectType type, std::string_view bytes) {
  const std::uint8_t raw[32] = {1};
  const Oid id = Oid::FromBytes(kind, raw);
  const Result<Commit> commit = ParseCommit(id, bytes);
  if (commit && (commit->tree.kind() != kind || commit->committer_time < 0)) std::abort();
  if (commit && commit->message.size() > bytes.size()) std::abort();
  (void)ParseTag(kind, bytes);
  const OneObject repository(kind, type, bytes);
  const Result<Commit> read = ReadCommit(repository, id);
  if (bool(read) != (type == ObjectType::kCommit && commit)) std::abort();
  const Result<Oid> tree = TreeOf(repository, id);
  if (read && (!tree || *tree != read->tree)) std::abort();
  (void)ReadTree(repository, id);
  (void)NewCommits(repository, id, {}, 100);
}

void RunRefs(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)ParseFormat(bytes);
  (void)IsRefName(bytes);
  static const int file = memfd_create("packed-refs", MFD_CLOEXEC);
  if (ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != static_cast<ssize_t>(size)) std::abort();
  (void)FindPackedRef(file, "refs/heads/main", HashKind::kSha1);
}

}  // namespace
}  // namespace sluice::git

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  using enum git::ObjectType;
  if (size < 1) return 0;
  constexpr git::ObjectType kTypes[] = {kCommit, kTag, kTree, kBlob};
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const HashKind kind : {HashKind::kSha1, HashKind::kSha256}) {
    git::RunObject(kind, kTypes[data[0] % 4], bytes);
  }
  git::RunRefs(data + 1, size - 1);
  return 0;
}
