// The first stages: which files changed, each looked at alone and in parallel,
// then facts of the whole tree and what each file is for.
#include <algorithm>
#include <iterator>
#include <mutex>
#include <set>
#include <utility>

#include "gate/parallel.h"
#include "gate/references.h"
#include "gate/rules.h"
#include "gate/work.h"

namespace sluice::gate {
namespace {

bool WithinPush(Work& work, std::size_t bytes) { return (work.bytes += bytes) <= work.limits.push_bytes; }

void ExamineOne(Work& work, ChangedFile& file) {
  if (!file.present || work.Late()) return;
  Result<std::string> bytes = work.Read(file, false);
  if (!bytes) {
    file.unread = bytes.error().message;
    if (bytes.error().kind != ErrorKind::kLimit)
      return work.CannotJudge(file.change->path + ": " + file.unread);
    file.examined.findings.push_back(
        {MakeFinding(kTooLargeRule, file.change->path, {}, file.unread), true, false});
    return;
  }
  if (file.manifest && !WithinPush(work, bytes->size())) return;
  file.actions = bytes->find("{{") != std::string::npos;
  file.examined = file.manifest
                      ? Examine(file.change->path, *std::move(bytes), work.Options(file.change->path))
                      : ExamineOther(file.change->path, *bytes);
}

// Files whose facts neither the index nor the change tells.
std::vector<std::string> UnknownFiles(Work& work) {
  std::vector<std::string> paths;
  std::vector<git::FileChange> whole;
  const std::vector<git::FileChange>* candidates = &work.input.since_index;
  if (!work.input.index) {
    if (!work.input.read_rest) return paths;
    Result<std::vector<git::FileChange>> all = WholeTree(*work.input.after);
    if (!all) {
      work.CannotJudge(all.error().Text());
      return paths;
    }
    whole = *std::move(all);
    candidates = &whole;
  }
  for (const git::FileChange& file : *candidates) {
    if (file.new_id.IsZero() || file.new_kind != FileKind::kFile || !IsManifestName(file.path)) continue;
    if (work.Find(file.path) == nullptr) paths.push_back(file.path);
  }
  return paths;
}

bool IsResource(const Facts& facts, std::string_view path) {
  return facts.Any(FactKind::kReference, path, [](const FactView& fact) {
    return fact.value.starts_with(static_cast<char>(Reference::kResource));
  });
}

std::vector<FileFacts> FactsOfThese(Work& work, const std::set<std::string>& paths) {
  std::vector<FileFacts> facts;
  for (const std::string& each : paths) {
    const Result<RepoPath> path = RepoPath::Parse(each);
    if (!path || work.Late()) continue;
    Result<std::string> bytes = work.input.after->Read(*path, work.limits.file_bytes);
    if (bytes) facts.push_back(FactsOf(each, *std::move(bytes), work.limits));
  }
  return facts;
}

// Of the files that differ from the index, those that only a kustomization calls manifests.
std::set<std::string> ChangedResources(const Work& work) {
  std::set<std::string> paths;
  if (!work.input.index) return paths;
  for (const std::vector<git::FileChange>* changes : {&work.input.since_index, &work.input.changes}) {
    for (const git::FileChange& file : *changes) {
      const bool odd = !file.new_id.IsZero() && !IsManifestName(file.path);
      if (odd && IsResource(work.facts, file.path)) paths.insert(file.path);
    }
  }
  return paths;
}

}  // namespace

void ListFiles(Work& work) {
  const std::vector<git::FileChange>& changes = work.input.changes;
  if (changes.size() > work.limits.push_files) {
    work.verdict.findings.push_back(MakeFinding(kTooLargeRule, {}, {},
                                                "the change has " + std::to_string(changes.size()) +
                                                    " files; the limit is " +
                                                    std::to_string(work.limits.push_files)));
    return;
  }
  work.files.resize(changes.size());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    ChangedFile& file = work.files[i];
    file.change = &changes[i];
    file.named = static_cast<bool>(RepoPath::Parse(file.change->path));
    file.present = file.named && !file.change->new_id.IsZero() && file.change->new_kind == FileKind::kFile;
    file.manifest = IsManifestName(file.change->path);
    work.by_path.emplace(file.change->path, i);
  }
}

void ExamineAll(Work& work) {
  std::atomic<std::size_t> done{0};
  ForEachIndex(work.input.jobs, work.files.size(), [&](std::size_t i) {
    ExamineOne(work, work.files[i]);
    if (work.input.progress) work.input.progress(++done, work.files.size());
  });
  if (work.bytes <= work.limits.push_bytes) return;
  work.verdict.findings.push_back(MakeFinding(
      kTooLargeRule, {}, {},
      "the change has more than " + std::to_string(work.limits.push_bytes) + " bytes of manifests"));
}

void ReadFacts(Work& work) {
  std::vector<FileFacts> fresh;
  fresh.reserve(work.files.size());
  for (ChangedFile& file : work.files) {
    std::vector<Fact>& facts = file.examined.facts;
    if (facts.empty()) continue;
    fresh.push_back({file.change->path, std::exchange(facts, {})});
    const std::vector<Fact>& all = fresh.back().facts;
    std::copy_if(all.begin(), all.end(), std::back_inserter(facts), TellsRoles);  // looked at again
  }
  const std::vector<std::string> unknown = UnknownFiles(work);
  std::mutex mutex;
  ForEachIndex(work.input.jobs, unknown.size(), [&](std::size_t i) {
    const Result<RepoPath> path = RepoPath::Parse(unknown[i]);
    if (!path || work.Late()) return;
    Result<std::string> bytes = work.input.after->Read(*path, work.limits.file_bytes);
    if (!bytes && bytes.error().kind != ErrorKind::kLimit)
      return work.CannotJudge(unknown[i] + ": " + bytes.error().message);
    FileFacts facts = FactsOf(unknown[i], bytes ? *std::move(bytes) : std::string(), work.limits);
    const std::lock_guard lock(mutex);
    fresh.push_back(std::move(facts));
  });
  std::unordered_set<std::string> stale;  // in the index
  if (work.input.index) {
    for (const git::FileChange& file : work.input.since_index) stale.insert(file.path);
    for (const git::FileChange& file : work.input.changes) stale.insert(file.path);
  }
  // What a kustomization names is a manifest, whatever its name.
  std::vector<FileFacts> named = FactsOfThese(work, OddResources(fresh));
  std::unordered_set<std::string> known;
  for (FileFacts& file : named) {
    known.insert(file.file);
    fresh.push_back(std::move(file));
  }
  work.facts = Facts(work.input.index, std::move(stale), std::move(fresh));
  std::set<std::string> changed = ChangedResources(work);
  std::erase_if(changed, [&](const std::string& path) { return known.contains(path); });
  if (!changed.empty()) work.facts = work.facts.Replaced({}, FactsOfThese(work, changed));
}

void GiveRoles(Work& work) {
  ForEachIndex(work.input.jobs, work.files.size(), [&](std::size_t i) {
    ChangedFile& file = work.files[i];
    if (!file.named) return;
    file.role = RoleOf(work.facts, work.input.configuration->roots, file.change->path);
    if (!file.actions) LookInside(file.role, {});
    // What a kustomization builds is a manifest, whatever its name.
    if (!file.present || file.manifest || file.role.kustomizations.empty()) return;
    file.manifest = true;
    ExamineOne(work, file);
  });
}

}  // namespace sluice::gate
