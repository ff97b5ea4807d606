// Hostile trees: read entry by entry, and two of them compared. The first two
// bytes say where the second tree begins.
#include <cstdint>
#include <cstdlib>

#include "git/changes.h"
#include "git/entries.h"
#include "git/objects.h"

namespace sluice::git {
namespace {

// Holds two trees; whatever they name is an empty tree.
class TwoTrees final : public Repository {
 public:
  TwoTrees(HashKind kind, std::string_view a, std::string_view b) : kind_(kind), a_(a), b_(b) {}
  Oid Id(std::uint8_t number) const {
    std::uint8_t bytes[32] = {number};
    return Oid::FromBytes(kind_, bytes);
  }
  Result<RawObject> Read(const Oid& id, std::size_t) const override {
    const std::string_view bytes = id == Id(1) ? a_ : id == Id(2) ? b_ : std::string_view();
    return RawObject{ObjectType::kTree, std::string(bytes)};
  }
  Result<Oid> ResolveRef(std::string_view) const override { return NotFound(""); }
  Result<std::string> HeadRef() const override { return NotFound(""); }
  HashKind hash() const override { return kind_; }
  const std::string& git_dir() const override { return directory_; }
  bool InQuarantine(const Oid&) const override { return false; }

 private:
  HashKind kind_;
  std::string_view a_, b_;
  std::string directory_;
};

void Run(HashKind kind, std::string_view a, std::string_view b) {
  TreeReader reader(kind, a);
  for (TreeItem item; reader.Next(&item);) {
    if (item.name.empty() || item.name.find('\0') != item.name.npos) std::abort();
    (void)OddName(item.name);
  }
  const TwoTrees trees(kind, a, b);
  Limits limits;
  limits.push_files = 200;
  const auto changes = Changes(trees, trees.Id(1), trees.Id(2), limits);
  if (!changes) return;
  if (changes->size() > limits.push_files) std::abort();
  for (std::size_t i = 1; i < changes->size(); ++i) {
    if ((*changes)[i].path < (*changes)[i - 1].path) std::abort();
  }
  (void)CheckEntries(*changes);
}

}  // namespace
}  // namespace sluice::git

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t split = std::min<std::size_t>(bytes.size(), data[0] * 256u + data[1]);
  for (const HashKind kind : {HashKind::kSha1, HashKind::kSha256}) {
    git::Run(kind, bytes.substr(0, split), bytes.substr(split));
  }
  return 0;
}
