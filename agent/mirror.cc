// Tested by tests/agent/agent_test.py.
#include "agent/mirror.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>

#include "agent/git_call.h"
#include "git/ref_update.h"
#include "promotion/chain_head.h"
#include "promotion/freshness.h"

namespace sluice::agent {
namespace {

namespace fs = std::filesystem;

Status MakeDirectories(const std::string& path) {
  for (std::size_t slash = 1; slash != path.npos;) {
    slash = path.find('/', slash + 1);
    const std::string part = path.substr(0, slash);
    if (mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) return SystemError("cannot make " + part, errno);
  }
  return Ok{};
}

std::string FetchedName(const std::string& name) {
  return "refs/sluice/fetched/" + name.substr(std::string_view("refs/").size());
}

// A repository whose three refs stand elsewhere.
class WithRefs final : public git::Repository {
 public:
  WithRefs(std::shared_ptr<const git::Repository> under, std::array<std::string, 3> names, MirrorRefs refs)
      : under_(std::move(under)), names_(std::move(names)), refs_(refs) {}

  Result<git::RawObject> Read(const Oid& id, std::size_t limit) const override {
    return under_->Read(id, limit);
  }
  Result<Oid> ResolveRef(std::string_view name) const override {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end()) return under_->ResolveRef(name);
    const std::optional<Oid>& id = refs_[static_cast<std::size_t>(found - names_.begin())];
    if (!id) return NotFound("there is no ref " + std::string(name));
    return *id;
  }
  Result<std::string> HeadRef() const override { return under_->HeadRef(); }
  HashKind hash() const override { return under_->hash(); }
  const std::string& git_dir() const override { return under_->git_dir(); }
  const std::string& common_dir() const override { return under_->common_dir(); }
  bool InQuarantine(const Oid& id) const override { return under_->InQuarantine(id); }

 private:
  const std::shared_ptr<const git::Repository> under_;
  const std::array<std::string, 3> names_;
  const MirrorRefs refs_;
};

}  // namespace

Mirror::Mirror(const Configuration& configuration)
    : access_(configuration.repository),
      names_({promotion::LedgerRef(configuration.environment), promotion::LedgerRef("policy"),
              promotion::FreshnessRef(configuration.environment)}),
      git_dir_(configuration.directory + "/" + configuration.environment + ".git") {}

Result<Mirror> Mirror::Open(const Configuration& configuration) {
  Mirror mirror(configuration);
  if (Status made = MakeDirectories(configuration.directory); !made) return made.error();
  if (mirror.IsMade()) return mirror;
  if (Status made = mirror.Make(); !made) return made.error();
  return mirror;
}

bool Mirror::IsMade() const {
  struct stat status;
  return stat((git_dir_ + "/HEAD").c_str(), &status) == 0;
}

// Whole, or not at all.
Status Mirror::Make() const {
  const std::string half = git_dir_ + ".new";
  std::error_code error;
  fs::remove_all(half, error);
  const Result<std::string> made =
      RunGit({access_, half}, {"init", "--quiet", "--bare", "--template=", half});
  if (!made) return made.error();
  fs::rename(half, git_dir_, error);
  if (error && !IsMade()) return SystemError("cannot make " + git_dir_, error.value());
  return Ok{};
}

// Locks would stop git for good; packs that were not fetched to their end fill the disk.
void Mirror::Clean() const {
  std::error_code error;
  fs::recursive_directory_iterator entry(git_dir_, error), end;
  while (!error && entry != end) {
    const fs::path path = entry->path();
    entry.increment(error);
    const std::string name = path.filename().string();
    std::error_code ignored;  // git says what is wrong with it
    if (name.ends_with(".lock") || name.starts_with("tmp_")) fs::remove_all(path, ignored);
  }
}

Result<MirrorRefs> Mirror::Ask() const {
  std::vector<std::string> words = {"ls-remote", "--quiet", "--", access_.url};
  words.insert(words.end(), names_.begin(), names_.end());
  const Result<std::string> output = RunGit({access_, git_dir_}, std::move(words));
  if (!output) return output.error();
  std::map<std::string_view, std::string_view> ids;  // by name
  for (std::string_view rest = *output; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t tab = line.find('\t');
    if (tab != line.npos) ids[line.substr(tab + 1)] = line.substr(0, tab);
  }
  MirrorRefs refs;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const auto found = ids.find(names_[i]);
    if (found == ids.end()) continue;
    const Result<Oid> id = Oid::FromHex(found->second);
    if (!id) return Failed("git ls-remote of " + access_.url + ": " + id.error().message);
    refs[i] = *id;
  }
  return refs;
}

Result<MirrorRefs> Mirror::Fetch() const {
  const Result<MirrorRefs> there = Ask();
  if (!there) return there.error();
  Result<MirrorRefs> refs = Refs();
  if (!refs) return refs.error();
  std::vector<std::string> words = {
      "fetch",     "--quiet", "--force",  "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
      "--refmap=", "--",      access_.url};
  std::vector<std::size_t> moved;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    // One that is gone stays: what was proven once is not taken back by leaving it out.
    if (!(*there)[i] || (*there)[i] == (*refs)[i]) continue;
    words.push_back("+" + names_[i] + ":" + FetchedName(names_[i]));
    moved.push_back(i);
  }
  if (moved.empty()) return refs;
  if (const Result<std::string> fetched = RunGit({access_, git_dir_}, std::move(words)); !fetched)
    return fetched.error();
  const auto repository = Open();
  if (!repository) return repository.error();
  for (const std::size_t i : moved) {
    const Result<Oid> id = (*repository)->ResolveRef(FetchedName(names_[i]));
    if (!id) return id.error();
    (*refs)[i] = *id;
  }
  return refs;
}

Result<std::shared_ptr<const git::Repository>> Mirror::Open() const {
  return git::Open({.git_dir = git_dir_});
}

Result<std::shared_ptr<const git::Repository>> Mirror::Read(const MirrorRefs& refs) const {
  auto repository = Open();
  if (!repository) return repository.error();
  return std::shared_ptr<const git::Repository>(
      std::make_shared<WithRefs>(*std::move(repository), names_, refs));
}

Result<MirrorRefs> Mirror::Refs() const {
  const auto repository = Open();
  if (!repository) return repository.error();
  MirrorRefs refs;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const Result<Oid> id = (*repository)->ResolveRef(names_[i]);
    if (!id && id.error().kind != ErrorKind::kNotFound) return id.error();
    if (id) refs[i] = *id;
  }
  return refs;
}

Status Mirror::Keep(const MirrorRefs& refs) const {
  const Result<MirrorRefs> now = Refs();
  if (!now) return now.error();
  std::vector<git::RefChange> changes;
  for (std::size_t i = 0; i < names_.size(); ++i)
    if ((*now)[i] != refs[i])
      changes.push_back({names_[i], (*now)[i].value_or(Oid()), refs[i].value_or(Oid())});
  if (changes.empty()) return Ok{};
  const Result<git::RefOutcome> moved = git::UpdateRefs(git_dir_, changes);
  if (!moved) return moved.error();
  if (*moved == git::RefOutcome::kOvertaken)
    return Failed("somebody else moves refs in " + git_dir_ + ": give each agent a directory of its own");
  return Ok{};
}

}  // namespace sluice::agent
