// Our own reader behind the interface: objects from the store, refs from files,
// and git itself for what neither understands.
// Tested, beside the libgit2 reader, by tests/git/reader_test.cc.
#include "git/repository.h"

#include <fcntl.h>

#include "git/bounds.h"
#include "git/cat_file.h"
#include "git/file.h"
#include "git/hash.h"
#include "git/layout.h"
#include "git/object_store.h"
#include "git/refs.h"
#include "process/child.h"

namespace sluice::git {
namespace {

// One line of output from git; kNotFound where it refuses.
Result<std::string> AskGit(std::vector<std::string> arguments, std::vector<std::string> environment) {
  process::ChildOptions options;
  options.argv = {kGitProgram};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.environment = std::move(environment);
  options.output_limit = 64u << 10;
  options.deadline = std::chrono::milliseconds(kGitAnswerMilliseconds);
  const Result<process::ChildResult> ran = process::Run(options);
  if (!ran) return ran.error();
  if (ran->timed_out || ran->signal != 0) return Failed("git " + arguments[0] + " gave no answer");
  if (ran->exit_code == 1) return NotFound("git " + arguments[0] + " finds none");
  if (ran->exit_code != 0) return Failed("git " + arguments[0] + " cannot read the repository's refs");
  return ran->output.substr(0, ran->output.find('\n'));
}

// git knows the empty tree without having it.
std::optional<RawObject> BuiltIn(const Oid& id) {
  static const Oid kEmpty[] = {HashObject(HashKind::kSha1, ObjectType::kTree, ""),
                               HashObject(HashKind::kSha256, ObjectType::kTree, "")};
  if (id == kEmpty[0] || id == kEmpty[1]) return RawObject{ObjectType::kTree, ""};
  return std::nullopt;
}

class OwnRepository final : public Repository {
 public:
  OwnRepository(OpenOptions options, RepositoryLayout layout, std::unique_ptr<ObjectStore> store,
                File git_dir, File common)
      : options_(std::move(options)),
        layout_(std::move(layout)),
        store_(std::move(store)),
        git_dir_(std::move(git_dir)),
        common_(std::move(common)),
        cat_file_(Environment()) {}

  Result<RawObject> Read(const Oid& id, std::size_t limit) const override {
    Result<RawObject> object = store_->Read(id, limit);
    if (object || object.error().kind != ErrorKind::kNotFound || id.kind() != hash()) return object;
    if (std::optional<RawObject> known = BuiltIn(id)) return *std::move(known);
    if (store_->understood()) return object;
    Result<RawObject> other = options_.fall_back ? options_.fall_back(id, limit) : cat_file_.Read(id, limit);
    if (!other) return other;
    if (other->bytes.size() > limit)
      return LimitPassed("object " + id.Hex() + ": it is larger than " + std::to_string(limit) + " bytes");
    if (const Status verified = Verify(id, *other); !verified) return verified.error();
    return other;
  }

  Result<Oid> ResolveRef(std::string_view name) const override {
    if (layout_.format.files_refs) return git::ResolveRef(Directories(), name);
    if (!IsRefName(name)) return Usage("not the name of a ref: " + std::string(name));
    if (options_.fall_back_ref) return options_.fall_back_ref(name);
    const Result<std::string> hex =
        AskGit({"rev-parse", "--verify", "--quiet", "--end-of-options", std::string(name)}, Environment());
    if (!hex) return RefError(hex.error());
    return Oid::FromHex(*hex);
  }

  Result<std::string> HeadRef() const override {
    if (layout_.format.files_refs) {
      Result<RefValue> head = ReadRef(Directories(), "HEAD");
      if (!head) return head.error();
      if (head->target.empty()) return NotFound("HEAD stands for no branch: it is detached");
      return head->target;
    }
    if (options_.fall_back_head) return options_.fall_back_head();
    Result<std::string> name = AskGit({"symbolic-ref", "--quiet", "HEAD"}, Environment());
    if (!name) return RefError(name.error());
    return name;
  }

  Result<std::string> TargetRef(std::string_view name) const override {
    if (!layout_.format.files_refs) return std::string(name);
    return git::TargetRef(Directories(), name);
  }

  Result<std::vector<ListedRef>> ListRefs(std::string_view directory, std::size_t most) const override {
    if (layout_.format.files_refs) return git::ListRefs(Directories(), directory, most);
    return Failed("refs that are kept as " + layout_.format.ref_storage + " are not listed");
  }

  HashKind hash() const override { return layout_.format.hash; }
  const std::string& git_dir() const override { return layout_.git_dir; }
  const std::string& common_dir() const override { return layout_.common_dir; }
  bool InQuarantine(const Oid& id) const override { return store_->InQuarantine(id); }
  bool HasQuarantine() const override { return !options_.quarantine.empty(); }

 private:
  RefDirectories Directories() const {
    return {git_dir_.fd(), common_.fd() < 0 ? git_dir_.fd() : common_.fd(), hash()};
  }
  std::vector<std::string> Environment() const {
    return GitEnvironment(layout_.git_dir, options_.quarantine, layout_.Objects());
  }
  Error RefError(Error error) const {
    if (error.kind == ErrorKind::kNotFound) return error;
    error.message += " (refs are kept as " + layout_.format.ref_storage + ")";
    return error;
  }

  const OpenOptions options_;
  const RepositoryLayout layout_;
  const std::unique_ptr<ObjectStore> store_;
  const File git_dir_;
  const File common_;  // invalid where it is git_dir_
  mutable CatFile cat_file_;
};

}  // namespace

Result<std::shared_ptr<const Repository>> Open(OpenOptions options) {
  Result<RepositoryLayout> layout = ReadLayout(options.git_dir);
  if (!layout) return layout.error();
  auto store = ObjectStore::Open(layout->Objects(), options.quarantine, layout->format.hash);
  if (!store) return NotFound("no repository at " + layout->git_dir + ": " + store.error().message);
  File git_dir = OpenAt(AT_FDCWD, layout->git_dir, O_DIRECTORY);
  if (!git_dir) return NotFound("no repository at " + layout->git_dir);
  File common;
  if (layout->common_dir != layout->git_dir) common = OpenAt(AT_FDCWD, layout->common_dir, O_DIRECTORY);
  return std::shared_ptr<const Repository>(std::make_shared<const OwnRepository>(
      std::move(options), *std::move(layout), *std::move(store), std::move(git_dir), std::move(common)));
}

}  // namespace sluice::git
