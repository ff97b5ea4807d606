// Tested by tests/push/ledger.sh.
#include "promotion/policy_files.h"

#include <algorithm>

#include "promotion/codeowners.h"
#include "promotion/object_path.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

constexpr std::size_t kFileBytes = 1u << 20, kDepth = 32;

class Reader {
 public:
  Reader(const FileTree& tree, const std::string& below) : tree_(tree), below_(below) {}

  Status Take(const RepoPath& path) {
    Result<std::string> bytes = tree_.Read(path, kFileBytes);
    if (!bytes) return bytes.error();
    const Result<std::string> escaped = EscapePath(path.text());
    if (!escaped) return escaped.error();
    if (files.size() == kListedFiles) return LimitPassed("a policy has more than 50,000 files");
    files.push_back({below_ + "/" + *escaped, *std::move(bytes)});
    return Ok{};
  }

  Status Below(const RepoPath& directory, std::size_t depth) {
    if (depth > kDepth) return LimitPassed("a policy is nested deeper than 32 directories");
    const Result<std::vector<FileEntry>> entries = tree_.List(directory);
    if (!entries) return entries.error().kind == ErrorKind::kNotFound ? Status(Ok{}) : entries.error();
    for (const FileEntry& entry : *entries) {
      const Result<RepoPath> child = directory.Child(entry.name);
      if (!child) return child.error();
      const bool below = entry.kind == FileKind::kDirectory;
      if (!below && entry.kind != FileKind::kFile)
        return Failed(child->text() + " is not a plain file, which a policy is made of");
      if (Status taken = below ? Below(*child, depth + 1) : Take(*child); !taken) return taken;
    }
    return Ok{};
  }

  std::vector<PolicyFile> files;

 private:
  const FileTree& tree_;
  const std::string& below_;
};

}  // namespace

Result<std::vector<PolicyFile>> ReadPolicyFiles(const RepositoryPointer& repository, const Oid& commit,
                                                const std::string& below) {
  const Result<Oid> tree = git::TreeOf(*repository, commit);
  if (!tree) return tree.error();
  const std::unique_ptr<FileTree> opened = git::OpenTree(repository, *tree);
  Reader reader(*opened, below);
  if (Status read = reader.Below(*RepoPath::Parse(".sluice"), 0); !read) return read.error();
  for (const std::string_view path : kAllCodeownersPlaces) {
    const Status taken = reader.Take(*RepoPath::Parse(path));
    if (!taken && taken.error().kind != ErrorKind::kNotFound) return taken.error();
  }
  std::sort(reader.files.begin(), reader.files.end(),
            [](const PolicyFile& a, const PolicyFile& b) { return a.path < b.path; });
  return std::move(reader.files);
}

DigestList ListOf(const std::vector<PolicyFile>& files) {
  DigestList list;
  for (const PolicyFile& file : files) list.push_back({file.path, DigestOf(file.bytes)});
  return list;
}

std::string FloorDigest(const DigestList& floor) { return DigestOf(DigestListText(floor)); }

}  // namespace sluice::promotion
