// A repository as a value: objects by id, refs by name, read-only. Two readers
// stand behind one interface: Open() here (our own reader of loose objects and
// packs, `git cat-file --batch` behind it for what it does not know), and
// OpenWithLibgit2() in git/libgit2.h for programs that live long.
//
// Invariants, for whoever adds here: no work tree is touched, nothing is
// checked out, no object and no ref is written. Ref writes have a header of
// their own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_tree.h"
#include "base/oid.h"
#include "base/result.h"

namespace sluice::git {

enum class ObjectType : std::uint8_t { kCommit = 1, kTree = 2, kBlob = 3, kTag = 4 };

struct RawObject {
  ObjectType type = ObjectType::kBlob;
  std::string bytes;
};

// One entry of a tree object as it stands: mode and name are not checked.
struct TreeEntry {
  std::uint32_t mode = 0;
  std::string name;
  Oid id;
};

struct Commit {
  Oid id;
  Oid tree;
  std::vector<Oid> parents;
  std::string author;  // "Name <mail>" as written
  std::string committer;
  std::int64_t committer_time = 0;  // seconds since 1970; 0 where it is malformed
  std::string message;
};

// A ref that names an object.
struct ListedRef {
  std::string name;  // in full
  Oid id;
};

class Repository {
 public:
  virtual ~Repository() = default;

  // The object, whole; kNotFound where it is missing, kLimit past `limit`
  // bytes (checked before memory is taken). May be called from many threads.
  virtual Result<RawObject> Read(const Oid& id, std::size_t limit) const = 0;

  // The id a ref points at ("refs/heads/main", "HEAD" follows symbolic refs);
  // kNotFound where there is none. Tags are not peeled.
  virtual Result<Oid> ResolveRef(std::string_view name) const = 0;
  // The full name that HEAD stands for ("refs/heads/main"), also unborn.
  virtual Result<std::string> HeadRef() const = 0;

  // The full name at the end of symbolic refs ("refs/heads/alias" to
  // "refs/heads/main"), whether or not there is such a ref. Where refs are kept
  // otherwise than as files, only HEAD is followed: the name itself.
  virtual Result<std::string> TargetRef(std::string_view name) const { return std::string(name); }

  // The refs directly below `directory` ("refs/heads/", with the slash), by name;
  // symbolic ones and what lies deeper are left out. kLimit past `most`; kFailed where refs
  // are kept otherwise than as files.
  virtual Result<std::vector<ListedRef>> ListRefs(std::string_view directory, std::size_t most) const {
    (void)most;
    return Failed("this reader lists no refs below " + std::string(directory));
  }

  virtual HashKind hash() const = 0;
  virtual const std::string& git_dir() const = 0;  // absolute
  // Where objects, shared refs, `shallow` and the configuration lie: git_dir()
  // but in a linked work tree.
  virtual const std::string& common_dir() const { return git_dir(); }

  // Whether the object came with the push under way (lies in quarantine).
  virtual bool InQuarantine(const Oid& id) const = 0;
  // Whether it was opened with a quarantine.
  virtual bool HasQuarantine() const { return false; }
};

// Where objects are read from. Taken from what the installer wrote and, in a
// hook, from git's own quarantine variables after they were checked to lie
// inside the repository.
struct OpenOptions {
  std::string git_dir{};     // bare repository, or the .git directory
  std::string quarantine{};  // $GIT_QUARANTINE_PATH; empty outside a push
  // Reads an object that our reader does not know; empty: `git cat-file --batch`
  // is started on first need. The hook sets the broker here.
  std::function<Result<RawObject>(const Oid&, std::size_t limit)> fall_back{};
  // Where refs are not kept as files (reftable): the id of a ref, and the name
  // that HEAD stands for. Empty: `git rev-parse` and `git symbolic-ref` are run.
  std::function<Result<Oid>(std::string_view name)> fall_back_ref{};
  std::function<Result<std::string>()> fall_back_head{};
};

// kNotFound where git_dir is no repository; kFailed, in words, where it is one
// of a kind that we do not know. Replaced objects and grafts are not honoured:
// what is judged is what was pushed.
Result<std::shared_ptr<const Repository>> Open(OpenOptions options);

// The repository that holds `directory` (walks up, follows `.git` files and
// worktrees); kNotFound where there is none.
Result<std::string> FindGitDir(std::string_view directory);

// Reading on top of the interface.
Result<Commit> ReadCommit(const Repository& repository, const Oid& id);
Result<std::vector<TreeEntry>> ReadTree(const Repository& repository, const Oid& id);
Result<Oid> TreeOf(const Repository& repository, const Oid& commit_or_tag_or_tree);  // peels

// What stands at `name` in the tree of a commit; zero where nothing does.
Result<Oid> EntryOf(const Repository& repository, const Oid& commit, std::string_view name);
// The address in "Name <mail>"; empty where there is none.
std::string EmailOf(std::string_view author);

// Whether the history was cut off (`git clone --depth`): walks end at the cut.
bool IsShallow(const Repository& repository);

// The tree of a commit as a FileTree. Shares `repository`.
std::unique_ptr<FileTree> OpenTree(std::shared_ptr<const Repository> repository, const Oid& tree);

}  // namespace sluice::git
