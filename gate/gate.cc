// The pipeline; Check() is its table of contents. Tested by
// tests/gate/gate_test.cc on trees in memory, by tests/push/ on Git.
#include "gate/gate.h"

#include "crypto/digest.h"
#include "gate/work.h"
#include "git/entries.h"

namespace sluice::gate {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxTreeDepth = 256;
constexpr std::size_t kManyFiles = 16;

bool MakeCatalogs(Work& work) {
  Result<std::unique_ptr<Catalogs>> catalogs =
      Catalogs::Of(*work.input.configuration, work.input.build.branches);
  if (!catalogs) {
    work.CannotJudge(catalogs.error().Text());
    return false;
  }
  work.catalogs = *std::move(catalogs);
  return true;
}

Status ListBelow(const FileTree& tree, const RepoPath& directory, std::size_t depth,
                 std::vector<git::FileChange>& out) {
  if (depth > kMaxTreeDepth) return LimitPassed("directories are nested deeper than 256");
  Result<std::vector<FileEntry>> entries = tree.List(directory);
  if (!entries) return entries.error();
  const std::string prefix = directory.IsRoot() ? "" : directory.text() + "/";
  for (const FileEntry& entry : *entries) {
    if (entry.kind == FileKind::kDirectory) {
      const Result<RepoPath> child = directory.Child(entry.name);
      Status below = child ? ListBelow(tree, *child, depth + 1, out) : Status(Ok{});
      if (!below) return below;
      if (child) continue;
    }
    git::FileChange file;
    file.path = prefix + entry.name;
    file.new_kind = entry.kind;
    file.new_id = entry.id.IsZero() ? PresentId() : entry.id;
    out.push_back(std::move(file));
  }
  return Ok{};
}

// What Examine has seen, before the verdict takes its findings away.
void TellLookedAt(const Work& work) {
  if (work.input.looked_at == nullptr) return;
  for (const ChangedFile& file : work.files) {
    if (!file.examined.looked_at) continue;
    work.input.looked_at->push_back({file.change->new_id, file.manifest});
  }
}

}  // namespace

Oid PresentId() {
  constexpr std::uint8_t kOnes[20] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  return Oid::FromBytes(HashKind::kSha1, kOnes);
}

Result<std::vector<git::FileChange>> WholeTree(const FileTree& tree, const RepoPath& directory) {
  std::vector<git::FileChange> files;
  const Status listed = ListBelow(tree, directory, 0, files);
  if (!listed) return listed.error();
  return files;
}

Verdict Check(const CheckInput& input) {
  const Clock::time_point begin = Clock::now();
  Work work(input);
  ListFiles(work);
  if (work.files.size() > kManyFiles) crypto::UseProcessor();  // no other thread yet
  if (MakeCatalogs(work)) {
    // Every changed file on its own.
    ExamineAll(work);
    // What the whole tree says about them.
    ReadFacts(work);
    GiveRoles(work);
    CompareJudgement(work);
    LookAgain(work);
    // What would be built of them.
    JudgeBuilt(work);
    JudgeDependents(work);
    // What the clusters say that would get them.
    AskClusters(work);
    // What only several files together can break.
    FindDuplicates(work);
    FindMissingFiles(work);
    FindSecretValues(work);
  }
  TellLookedAt(work);
  if (input.removed != nullptr) FindRemoved(work);
  // What counts.
  Conclude(work);
  work.verdict.summary.milliseconds = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  return std::move(work.verdict);
}

std::string_view EngineVersion() { return SLUICE_ENGINE; }

Work::Work(const CheckInput& in) : input(in), limits(in.configuration->limits) {
  verdict.subject = in.subject;
  verdict.summary.policy = in.configuration->source;
}

const ChangedFile* Work::Find(std::string_view path) const {
  const auto found = by_path.find(path);
  return found == by_path.end() ? nullptr : &files[found->second];
}

ExamineOptions Work::Options(std::span<const std::string> paths) const {
  // The ratchet and waivers weigh each finding on its own.
  const bool every_finding = input.configuration->ratchet || !input.configuration->waivers.empty();
  const bool canonical = input.canonical != nullptr || input.ask;
  return {&catalogs->For(paths), nullptr, &limits, input.digests, canonical, every_finding};
}

Result<std::string> Work::Read(const ChangedFile& file, bool before) const {
  const Oid& id = before ? file.change->old_id : file.change->new_id;
  if (input.read_blob && id != PresentId()) return input.read_blob(id, limits.file_bytes);
  const FileTree* tree = before ? input.before : input.after;
  return tree->Read(file.Path(), limits.file_bytes);
}

bool Work::Late() {
  if (late_) return true;
  if (Clock::now() < input.deadline) return false;
  if (!late_.exchange(true)) CannotJudge("the time for this verdict ran out before every file was read");
  return true;
}

void Work::CannotJudge(std::string reason) {
  const std::lock_guard lock(mutex_);
  if (verdict.outcome == Outcome::kUnjudged) return;
  verdict.outcome = Outcome::kUnjudged;
  verdict.reason = std::move(reason);
}

}  // namespace sluice::gate
