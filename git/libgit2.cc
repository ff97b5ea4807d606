// libgit2 behind the interface. Objects are hashed by libgit2 (strict hash
// verification is on by default), sizes asked for before objects are read.
// Tested, beside our own reader, by tests/git/reader_test.cc.
#include "git/libgit2.h"

#include <git2.h>

#include <algorithm>
#include <memory>

#include "git/bounds.h"
#include "git/layout.h"
#include "git/refs.h"

namespace sluice::git {
namespace {

template <auto kFree>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const {
    kFree(pointer);
  }
};
using RepositoryHandle = std::unique_ptr<git_repository, Deleter<git_repository_free>>;
using DatabaseHandle = std::unique_ptr<git_odb, Deleter<git_odb_free>>;
using ObjectHandle = std::unique_ptr<git_odb_object, Deleter<git_odb_object_free>>;
using ReferenceHandle = std::unique_ptr<git_reference, Deleter<git_reference_free>>;

// libgit2's reason for the last failure, with ours in front.
Error Failure(const std::string& what, int code) {
  const git_error* last = git_error_last();
  std::string message = what;
  if (last != nullptr && last->message != nullptr) message += std::string(": ") + last->message;
  return code == GIT_ENOTFOUND ? NotFound(std::move(message)) : Failed(std::move(message));
}

git_oid ToGit(const Oid& id) {
  git_oid raw;
  git_oid_fromraw(&raw, id.data());
  return raw;
}

class Libgit2Repository final : public Repository {
 public:
  Libgit2Repository(OpenOptions options, RepositoryLayout layout, RepositoryHandle repository,
                    DatabaseHandle database, DatabaseHandle quarantine)
      : options_(std::move(options)),
        layout_(std::move(layout)),
        repository_(std::move(repository)),
        database_(std::move(database)),
        quarantine_(std::move(quarantine)) {}

  Result<RawObject> Read(const Oid& id, std::size_t limit) const override {
    if (id.kind() != HashKind::kSha1)
      return NotFound("object " + id.Hex() + " has an id of another hash than the repository");
    const git_oid raw = ToGit(id);
    std::size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (const int code = git_odb_read_header(&size, &type, database_.get(), &raw); code != 0) {
      return Failure("object " + id.Hex(), code);
    }
    if (size > limit)
      return LimitPassed("object " + id.Hex() + ": it is larger than " + std::to_string(limit) + " bytes");
    git_odb_object* found = nullptr;
    if (const int code = git_odb_read(&found, database_.get(), &raw); code != 0) {
      return Failure("object " + id.Hex(), code);
    }
    const ObjectHandle object(found);
    if (type < GIT_OBJECT_COMMIT || type > GIT_OBJECT_TAG)
      return Failed("object " + id.Hex() + " is of no type that git knows");
    return RawObject{
        static_cast<ObjectType>(type),  // the numbers are those of packs in both
        std::string(static_cast<const char*>(git_odb_object_data(found)), git_odb_object_size(found))};
  }

  Result<Oid> ResolveRef(std::string_view name) const override {
    git_oid raw;
    const std::string text(name);
    if (const int code = git_reference_name_to_id(&raw, repository_.get(), text.c_str()); code != 0) {
      return Failure("the ref " + text, code);
    }
    return Oid::FromBytes(HashKind::kSha1, raw.id);
  }

  Result<std::string> HeadRef() const override {
    git_reference* found = nullptr;
    if (const int code = git_reference_lookup(&found, repository_.get(), "HEAD"); code != 0)
      return Failure("HEAD", code);
    const ReferenceHandle head(found);
    const char* target = git_reference_symbolic_target(found);
    if (target == nullptr) return NotFound("HEAD stands for no branch: it is detached");
    return std::string(target);
  }

  Result<std::string> TargetRef(std::string_view name) const override {
    git_reference* found = nullptr;
    std::string current(name);
    for (int depth = 0; depth <= kMaxSymbolicDepth; ++depth) {
      const int code = git_reference_lookup(&found, repository_.get(), current.c_str());
      if (code == GIT_ENOTFOUND) return current;
      if (code != 0) return Failure("the ref " + current, code);
      const ReferenceHandle ref(found);
      const char* target = git_reference_symbolic_target(found);
      if (target == nullptr) return current;
      current = target;
    }
    return LimitPassed("symbolic refs lie too deep at " + std::string(name));
  }

  Result<std::vector<ListedRef>> ListRefs(std::string_view directory, std::size_t most) const override {
    if (!directory.ends_with('/') || !IsRefName(std::string(directory) + "x"))
      return Usage("no directory of refs: " + std::string(directory));
    git_reference_iterator* found = nullptr;
    const std::string glob = std::string(directory) + "*";
    if (const int code = git_reference_iterator_glob_new(&found, repository_.get(), glob.c_str()); code != 0)
      return Failure("refs below " + std::string(directory), code);
    const std::unique_ptr<git_reference_iterator, Deleter<git_reference_iterator_free>> iterator(found);
    std::vector<ListedRef> refs;
    git_reference* next = nullptr;
    while (git_reference_next(&next, iterator.get()) == 0) {
      const ReferenceHandle ref(next);
      const std::string_view name = git_reference_name(next);
      if (name.find('/', directory.size()) != name.npos || git_reference_target(next) == nullptr) continue;
      refs.push_back({std::string(name), Oid::FromBytes(HashKind::kSha1, git_reference_target(next)->id)});
      if (refs.size() > most)
        return LimitPassed("more than " + std::to_string(most) + " refs below " + std::string(directory));
    }
    std::sort(refs.begin(), refs.end(),
              [](const ListedRef& a, const ListedRef& b) { return a.name < b.name; });
    return refs;
  }

  HashKind hash() const override { return HashKind::kSha1; }
  const std::string& git_dir() const override { return layout_.git_dir; }
  const std::string& common_dir() const override { return layout_.common_dir; }
  bool HasQuarantine() const override { return quarantine_ != nullptr; }
  bool InQuarantine(const Oid& id) const override {
    const git_oid raw = ToGit(id);
    return quarantine_ && id.kind() == HashKind::kSha1 && git_odb_exists(quarantine_.get(), &raw) == 1;
  }

 private:
  const OpenOptions options_;
  const RepositoryLayout layout_;
  const RepositoryHandle repository_;
  const DatabaseHandle database_;
  const DatabaseHandle quarantine_;  // of the quarantine alone; null outside a push
};

// Started once and never stopped: readers may live in any thread. No
// configuration but a repository's own is read.
void StartLibrary() {
  static const bool started = [] {
    git_libgit2_init();
    for (const int level : {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL}) {
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    }
    return true;
  }();
  (void)started;
}

Status AddQuarantine(const std::string& path, git_odb* database, DatabaseHandle* quarantine) {
  git_odb* alone = nullptr;
  int code = git_odb_new(&alone);
  quarantine->reset(alone);
  if (code == 0) code = git_odb_add_disk_alternate(alone, path.c_str());
  if (code == 0) code = git_odb_add_disk_alternate(database, path.c_str());
  if (code != 0) return Failure("cannot open the quarantine " + path, code);
  return Ok{};
}

}  // namespace

Result<std::shared_ptr<const Repository>> OpenWithLibgit2(OpenOptions options) {
  Result<RepositoryLayout> layout = ReadLayout(options.git_dir);
  if (!layout) return layout.error();
  if (layout->format.hash != HashKind::kSha1) {
    return Failed("the repository uses SHA-256, which this libgit2 does not read; use the other reader");
  }
  if (!layout->format.files_refs) {
    return Failed("the repository keeps its refs as " + layout->format.ref_storage +
                  ", which this libgit2 does not read");
  }
  StartLibrary();
  git_repository* opened = nullptr;
  // A repository of another owner is opened too: the operator named it. No
  // search upwards, no environment, no configuration of the user.
  int code = git_repository_open_bare(&opened, layout->git_dir.c_str());
  RepositoryHandle repository(opened);
  if (code != 0) return Failure("cannot open " + layout->git_dir, code);
  git_odb* found = nullptr;
  code = git_repository_odb(&found, opened);
  DatabaseHandle database(found), quarantine;
  if (code != 0) return Failure("cannot open the objects of " + layout->git_dir, code);
  if (!options.quarantine.empty()) {
    if (const Status added = AddQuarantine(options.quarantine, found, &quarantine); !added)
      return added.error();
  }
  return std::shared_ptr<const Repository>(
      std::make_shared<const Libgit2Repository>(std::move(options), *std::move(layout), std::move(repository),
                                                std::move(database), std::move(quarantine)));
}

}  // namespace sluice::git
