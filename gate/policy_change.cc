// Tested by tests/gate/policy_change_test.cc and tests/push/policy-pair.sh.
#include "gate/policy_change.h"

#include <algorithm>
#include <optional>

#include "git/changes.h"
#include "promotion/object_path.h"
#include "promotion/words.h"

namespace sluice::gate {
namespace {

using promotion::ChangedFile;
using promotion::DigestList;

constexpr std::string_view kPolicy = "policy/", kFiles = "files/";

bool Holds(const DigestList& list, const std::string& path) {
  const auto found = std::lower_bound(
      list.begin(), list.end(), path,
      [](const promotion::ListedFile& file, const std::string& name) { return file.path < name; });
  return found != list.end() && found->path == path;
}

// A link that becomes a file of the same bytes is no change of bytes.
bool IsPlain(const git::FileChange& change) {
  const bool was = change.old_id.IsZero() || (change.old_kind == FileKind::kFile && !change.was_odd_mode);
  return was && (change.new_id.IsZero() || (change.new_kind == FileKind::kFile && !change.odd_mode));
}

class ContentReader {
 public:
  ContentReader(const git::Repository& repository, const Limits& limits, ChangeOfPolicy& change)
      : repository_(repository), limits_(limits), change_(change) {}

  // What cannot be part of a pair ends it.
  Status Take(const git::FileChange& file, const std::string& escaped) {
    if (!IsPlain(file)) return NoPair(file.path + " is not a plain file");
    ChangedFile changed{std::string(kFiles) + escaped, {}, {}};
    if (Status read = Read(file.old_id, changed.before); !read) return read;
    if (Status read = Read(file.new_id, changed.after); !read) return read;
    if (changed.before != changed.after) change_.content.push_back(std::move(changed));
    return Ok{};
  }

  Status NoPair(std::string why) {
    if (change_.no_pair.empty()) change_.no_pair = std::move(why);
    return Ok{};
  }

 private:
  Status Read(const Oid& id, std::string& digest) {
    if (id.IsZero()) return Ok{};
    const Result<git::RawObject> blob = repository_.Read(id, limits_.file_bytes);
    if (!blob && blob.error().kind == ErrorKind::kLimit) return NoPair(blob.error().message);
    if (!blob) return blob.error();
    bytes_ += blob->bytes.size();
    if (bytes_ > limits_.push_bytes)
      return NoPair("more than " + std::to_string(limits_.push_bytes) + " bytes differ");
    digest = promotion::DigestOf(blob->bytes);
    return Ok{};
  }

  const git::Repository& repository_;
  const Limits& limits_;
  ChangeOfPolicy& change_;
  std::size_t bytes_ = 0;
};

Status ReadContent(const git::Repository& repository, const Oid& before, const Oid& after,
                   const Limits& limits, const DigestList& files_after, ChangeOfPolicy& change) {
  const Result<Oid> old_tree = git::TreeOf(repository, before), new_tree = git::TreeOf(repository, after);
  if (!old_tree || !new_tree) return old_tree ? new_tree.error() : old_tree.error();
  const Result<std::vector<git::FileChange>> files = git::Changes(repository, *old_tree, *new_tree, limits);
  if (!files) return files.error();
  ContentReader reader(repository, limits, change);
  for (const git::FileChange& file : *files) {
    const Result<std::string> escaped = promotion::EscapePath(file.path);
    if (!escaped) return reader.NoPair(escaped.error().message);
    const std::string listed = std::string(kPolicy) + *escaped;
    if (Holds(change.before, listed) || Holds(files_after, listed)) continue;
    if (Status taken = reader.Take(file, *escaped); !taken) return taken;
    if (!change.no_pair.empty()) return Ok{};
  }
  std::sort(change.content.begin(), change.content.end(),
            [](const ChangedFile& a, const ChangedFile& b) { return a.path < b.path; });
  return change.content.empty() ? reader.NoPair("no other file differs") : Ok{};
}

}  // namespace

Result<ChangeOfPolicy> ReadChangeOfPolicy(const promotion::RepositoryPointer& repository, const Oid& before,
                                          const Oid& after, const Limits& limits) {
  const auto old_files = promotion::ReadPolicyFiles(repository, before);
  if (!old_files) return old_files.error();
  const auto new_files = promotion::ReadPolicyFiles(repository, after);
  if (!new_files) return new_files.error();
  ChangeOfPolicy change;
  change.before = promotion::ListOf(*old_files);
  const DigestList files_after = promotion::ListOf(*new_files);
  change.policy = promotion::Changes(change.before, files_after);
  if (change.policy.empty()) return change;
  change.digest = promotion::DigestOf(promotion::ChangeText(change.policy, {}));
  if (Status read = ReadContent(*repository, before, after, limits, files_after, change); !read)
    return read.error();
  if (!change.no_pair.empty()) return change;
  std::vector<ChangedFile> both = change.content;  // in the order of bytes
  both.insert(both.end(), change.policy.begin(), change.policy.end());
  change.pair = promotion::DigestOf(promotion::ChangeText(both, {}));
  return change;
}

}  // namespace sluice::gate
