// The index after a push. It may lag behind by a few files, which the next hook
// reads itself; past that it is written anew from the old one and what changed.
#include <sys/stat.h>

#include <cerrno>
#include <mutex>
#include <optional>

#include "crypto/digest.h"
#include "gate/examine.h"
#include "gate/gate.h"
#include "gate/parallel.h"
#include "gate/push.h"
#include "gate/references.h"
#include "git/changes.h"
#include "git/index.h"

namespace sluice::gate {
namespace {

constexpr std::size_t kMaxIncrement = 100'000;  // past this the tree is read whole

struct Span {
  std::vector<git::FileChange> files;  // whose facts are to be read
  std::shared_ptr<const git::Index> index;
};

Result<Span> WhatChanged(const std::shared_ptr<const git::Repository>& repository, const std::string& path,
                         const Oid& tree) {
  Limits limits;
  limits.push_files = kMaxIncrement;
  Result<std::shared_ptr<const git::Index>> index = git::OpenIndex(path, EngineVersion());
  if (index) {
    Result<std::vector<git::FileChange>> since = git::Changes(*repository, (*index)->tree(), tree, limits);
    if (since) return Span{*std::move(since), *std::move(index)};
  }
  limits.push_files = static_cast<std::size_t>(-1);
  Result<std::vector<git::FileChange>> all = git::Changes(*repository, Oid(), tree, limits);
  if (!all) return all.error();
  return Span{*std::move(all), nullptr};
}

// An index that lacks a file would hide it from every push that follows.
Result<Facts> ReadAll(std::shared_ptr<const git::Repository> whole, const Oid& tree, Span span) {
  const git::Repository& repository = *whole;
  std::vector<FileFacts> fresh;
  std::optional<Error> failure;
  std::mutex mutex;
  std::unordered_set<std::string> stale;
  for (const git::FileChange& file : span.files) stale.insert(file.path);
  const Limits limits;
  ForEachIndex(std::thread::hardware_concurrency(), span.files.size(), [&](std::size_t i) {
    const git::FileChange& file = span.files[i];
    if (file.new_id.IsZero() || file.new_kind != FileKind::kFile || !IsManifestName(file.path)) return;
    Result<git::RawObject> blob = repository.Read(file.new_id, limits.file_bytes);
    const bool too_large = !blob && blob.error().kind == ErrorKind::kLimit;
    FileFacts facts = FactsOf(file.path, blob ? std::move(blob->bytes) : std::string(), limits);
    const std::lock_guard lock(mutex);
    if (!blob && !too_large) failure = blob.error();
    fresh.push_back(std::move(facts));
  });
  if (failure) return *failure;
  // What a kustomization names is a manifest, whatever its name: those that
  // changed, and those that a changed kustomization names.
  const std::set<std::string> named = OddResources(fresh);
  const std::unique_ptr<FileTree> files = git::OpenTree(std::move(whole), tree);
  const Facts facts(span.index, std::move(stale), std::move(fresh));
  std::vector<FileFacts> more;
  std::unordered_set<std::string> replaced;
  const auto add = [&](const std::string& name) {
    const Result<RepoPath> path = RepoPath::Parse(name);
    Result<std::string> bytes =
        path ? files->Read(*path, limits.file_bytes) : Result<std::string>(path.error());
    if (!bytes || !replaced.insert(name).second) return;
    more.push_back(FactsOf(name, *std::move(bytes), limits));
  };
  for (const std::string& name : named) add(name);
  for (const git::FileChange& file : span.files) {
    const bool resource =
        !IsManifestName(file.path) && facts.Any(FactKind::kReference, file.path, [](const FactView& fact) {
          return fact.value.starts_with(static_cast<char>(Reference::kResource));
        });
    if (resource) add(file.path);
  }
  return facts.Replaced(replaced, std::move(more));
}

}  // namespace

// Most of the work is the digest of each object read.
Status RefreshIndex(std::shared_ptr<const git::Repository> repository, const HookSettings& settings) {
  crypto::UseProcessor();
  Result<std::string> ref =
      settings.policy_ref.empty() ? repository->HeadRef() : Result<std::string>(settings.policy_ref);
  if (!ref) return ref.error();
  const Result<Oid> tip = repository->ResolveRef(*ref);
  if (!tip) return tip.error().kind == ErrorKind::kNotFound ? Status(Ok{}) : tip.error();
  const Result<Oid> tree = git::TreeOf(*repository, *tip);
  if (!tree) return tree.error();
  const std::string directory = repository->git_dir() + "/sluice";
  if (mkdir(directory.c_str(), 0777) != 0 && errno != EEXIST)
    return SystemError("cannot make " + directory, errno);
  Result<Span> span = WhatChanged(repository, directory + "/index", *tree);
  if (!span) return span.error();
  if (span->index && span->files.size() <= kIndexMayLag) return Ok{};
  const Result<Facts> facts = ReadAll(repository, *tree, *std::move(span));
  if (!facts) return facts.error();
  return git::WriteIndex(directory + "/index", EngineVersion(), *tree, facts->All());
}

}  // namespace sluice::gate
