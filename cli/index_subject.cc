// What a commit would hold: git's index, judged against HEAD. Blobs are read
// from the object store, the index by git itself.
#include "cli/diff_index.h"
#include "cli/git_program.h"
#include "cli/listed_tree.h"
#include "cli/paths.h"
#include "cli/subject.h"
#include "git/repository.h"

namespace sluice::cli {
namespace {

// "MODE SP OID SP STAGE TAB PATH" of `git ls-files --stage -z`.
Result<std::vector<ListedFile>> ParseIndex(std::string_view output) {
  std::vector<ListedFile> files;
  for (const std::string_view line : SplitZero(output)) {
    const std::size_t tab = line.find('\t');
    const std::size_t stage = line.rfind(' ', tab);
    if (tab == line.npos || stage == line.npos || stage < 8)
      return Failed("git ls-files printed an odd line");
    if (line.substr(stage + 1, tab - stage - 1) != "0") {
      return Usage("the index has unmerged files; resolve them first (" + std::string(line.substr(tab + 1)) +
                   ")");
    }
    const Result<Oid> id = Oid::FromHex(line.substr(7, stage - 7));
    if (!id) return id.error();
    files.push_back({std::string(line.substr(tab + 1)), KindOfMode(line.substr(0, 6)), *id});
  }
  return files;
}

std::vector<git::FileChange> AllAdded(const std::vector<ListedFile>& files) {
  std::vector<git::FileChange> changes;
  for (const ListedFile& file : files) {
    git::FileChange change;
    change.path = file.path;
    change.new_kind = file.kind;
    change.new_id = file.id;
    changes.push_back(std::move(change));
  }
  return changes;
}

Result<std::vector<git::FileChange>> StagedChanges(const GitPlace& place,
                                                   const std::vector<ListedFile>& files, bool unborn) {
  if (unborn) return AllAdded(files);
  return DiffIndex({"--cached", "HEAD"}, place.top);
}

PathFilter FilterOf(const std::vector<std::string>& paths, const std::string& top) {
  PathFilter filter;
  for (const std::string& path : paths) {
    const std::string absolute = AbsolutePath(path);
    filter.Add(RelativePath(top, absolute), WithoutGlob(absolute) != absolute);
  }
  return filter;
}

// What the index holds and what the change takes away.
std::vector<ListedFile> Known(std::vector<ListedFile> files, const std::vector<git::FileChange>& changes) {
  for (const git::FileChange& change : changes)
    files.push_back({change.path, change.old_kind, change.old_id});
  return files;
}

}  // namespace

Result<Subject> SubjectOfIndex(const std::vector<std::string>& paths) {
  const GitPlace place = FindGit(AbsolutePath("."));
  if (place.top.empty()) return Usage("--staged needs a Git work tree, and this is none");
  const Result<std::shared_ptr<const git::Repository>> opened = OpenRepository(place);
  if (!opened) return opened.error();
  const std::shared_ptr<const git::Repository> repository = *opened;
  const Result<std::string> output = RunGit({"ls-files", "--stage", "-z"}, place.top);
  if (!output) return output.error();
  Result<std::vector<ListedFile>> files = ParseIndex(*output);
  if (!files) return files.error();
  const Result<Oid> head = repository->ResolveRef("HEAD");
  Result<std::vector<git::FileChange>> changes = StagedChanges(place, *files, !head);
  if (!changes) return changes.error();

  const PathFilter filter = FilterOf(paths, place.top);
  const std::string* unmatched = filter.Unmatched(Known(*files, *changes));
  if (unmatched != nullptr && !unmatched->empty()) return Usage("no file of the index is " + *unmatched);
  std::erase_if(*changes, [&](const git::FileChange& change) { return !filter.Matches(change.path); });

  Subject subject;
  subject.words = "the index";
  subject.changes = *std::move(changes);
  subject.read_blob = [repository](const Oid& id, std::size_t limit) -> Result<std::string> {
    Result<git::RawObject> object = repository->Read(id, limit);
    if (!object) return object.error();
    return std::move(object->bytes);
  };
  if (head) {
    const Result<Oid> tree = git::TreeOf(*repository, *head);
    if (!tree) return tree.error();
    subject.before = git::OpenTree(repository, *tree);
  }
  subject.after = std::make_unique<ListedTree>(
      *std::move(files),
      [read = subject.read_blob](const ListedFile& file, std::size_t limit) { return read(file.id, limit); });
  subject.policy = subject.after.get();
  subject.policy_side = "the index";
  subject.root = place.top;
  return subject;
}

}  // namespace sluice::cli
