// Files as they stand on disk. Inside a work tree the whole of it is the
// context (what git does not ignore), and its own `.sluice/` the policy;
// elsewhere the context is what was named, and the defaults hold.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>

#include "cli/diff_index.h"
#include "cli/git_program.h"
#include "cli/listed_tree.h"
#include "cli/paths.h"
#include "cli/subject.h"
#include "gate/gate.h"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;

// Nothing where the file is not there.
std::optional<FileKind> KindOnDisk(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return std::nullopt;
  if (S_ISREG(status.st_mode)) return FileKind::kFile;
  if (S_ISLNK(status.st_mode)) return FileKind::kSymlink;
  return S_ISDIR(status.st_mode) ? FileKind::kSubmodule : FileKind::kOdd;
}

// Everything below a directory of the disk, or the file itself.
Status AddFromDisk(const std::string& root, const std::string& path, std::vector<ListedFile>& files) {
  const std::string full = path.empty() ? root : root + "/" + path;
  const FileKind kind = KindOnDisk(full).value_or(FileKind::kOdd);
  if (kind != FileKind::kSubmodule) {
    files.push_back({path, kind, {}});
    return Ok{};
  }
  Result<std::vector<git::FileChange>> below = gate::WholeTree(DirectoryTree(full));
  if (!below) return below.error();
  files.reserve(files.size() + below->size());
  for (git::FileChange& file : *below) {
    files.push_back({path.empty() ? std::move(file.path) : path + "/" + file.path, file.new_kind, {}});
  }
  return Ok{};
}

// What git sees in a work tree; all that is there where git cannot say.
Result<std::vector<ListedFile>> ListWorkTree(const std::string& top, std::string& hint) {
  std::vector<ListedFile> files;
  const Result<std::string> output =
      RunGit({"ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"}, top);
  if (!output) {
    hint = output.error().message + "; files that git ignores are judged too";
    const Status added = AddFromDisk(top, "", files);
    if (!added) return added.error();
    return files;
  }
  for (const std::string_view path : SplitZero(*output)) {
    const std::optional<FileKind> kind = KindOnDisk(top + "/" + std::string(path));
    if (kind) files.push_back({std::string(path), *kind, {}});  // else deleted, and not yet committed
  }
  return files;
}

ListedTree::Reader ReaderOf(const std::string& root) {
  return [tree = DirectoryTree(root)](const ListedFile& file, std::size_t limit) -> Result<std::string> {
    const Result<RepoPath> path = RepoPath::Parse(file.path);
    if (!path) return path.error();
    return tree.Read(*path, limit);
  };
}

std::string Join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// The work tree that holds every path; empty where there is none.
std::string WorkTreeOf(const std::vector<std::string>& absolute) {
  std::error_code ignored;
  const fs::path first = absolute[0];
  const std::string start = fs::is_directory(first, ignored) ? first.string() : first.parent_path().string();
  const std::string top = FindGit(start).top;
  const auto inside = [&](const std::string& path) { return IsBelow(top, path); };
  return !top.empty() && std::all_of(absolute.begin(), absolute.end(), inside) ? top : "";
}

// One argument: as it was written, and as an absolute path, of which `plain` is
// the part before any glob.
struct Named {
  std::string words, absolute, plain;
  bool IsGlob() const { return plain != absolute; }
};

struct Request {
  std::vector<Named> named;
  std::string top;   // of the work tree; empty: none
  std::string root;  // what paths are relative to
  std::vector<ListedFile> files;
  PathFilter filter;
};

Request RequestOf(const std::vector<std::string>& paths) {
  Request request;
  std::vector<std::string> plain;
  for (const std::string& path : paths.empty() ? std::vector<std::string>{"."} : paths) {
    const std::string absolute = AbsolutePath(path);
    plain.push_back(WithoutGlob(absolute));
    request.named.push_back({path, absolute, plain.back()});
  }
  request.top = WorkTreeOf(plain);
  request.root = request.top.empty() ? CommonDirectory(plain) : request.top;
  return request;
}

// What was named counts, also where git ignores it.
Status AddNamed(const Named& named, Request& request) {
  if (!Exists(named.plain)) return Usage("no file or directory " + named.words);
  const std::string path = RelativePath(request.root, named.absolute);
  const std::string plain = RelativePath(request.root, named.plain);
  request.filter.Add(path, named.IsGlob());
  if (request.top.empty() || !PathFilter::Holds(request.files, plain)) {
    const Status added = AddFromDisk(request.root, plain, request.files);
    if (!added) return added;
  }
  PathFilter glob;
  if (named.IsGlob()) glob.Add(path, true);
  if (glob.Unmatched(request.files) != nullptr) return Usage("no file matches " + named.words);
  return Ok{};
}

// What a person may wonder about before the verdict; empty: nothing.
std::string HintFor(const Request& request) {
  if (request.top.empty() && Exists(request.root + "/.sluice/sluice.yaml")) {
    return "this is not a Git repository, so .sluice/ is not read; --config .sluice/sluice.yaml does";
  }
  for (const Named& named : request.named) {
    const std::string_view path = named.absolute;
    const bool manifest = path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json");
    if (manifest || named.IsGlob() || KindOnDisk(named.absolute) != FileKind::kFile) continue;
    return named.words + " is not named .yaml, .yml or .json; it is read only as what a kustomization names";
  }
  return {};
}

std::vector<git::FileChange> Additions(const ListedTree& tree, const PathFilter& filter) {
  std::vector<git::FileChange> changes;
  changes.reserve(tree.files().size());
  for (const ListedFile& file : tree.files()) {
    if (!filter.Matches(file.path)) continue;
    git::FileChange change;
    change.path = file.path;
    change.new_kind = file.kind;
    change.new_id = gate::PresentId();
    changes.push_back(std::move(change));
  }
  return changes;
}

// What git tracks and differs from the commit, and what it does not track yet.
Result<std::vector<git::FileChange>> ChangesOnDisk(const std::string& top, const Oid& commit) {
  Result<std::vector<git::FileChange>> changes = DiffIndex({commit.Hex()}, top);
  if (!changes) return changes;
  const Result<std::string> others = RunGit({"ls-files", "-z", "--others", "--exclude-standard"}, top);
  if (!others) return others.error();
  for (const std::string_view path : SplitZero(*others)) {
    git::FileChange change;
    change.path = path;
    changes->push_back(std::move(change));
  }
  for (git::FileChange& change : *changes) {
    const std::optional<FileKind> kind = KindOnDisk(top + "/" + change.path);
    change.new_kind = kind.value_or(change.new_kind);
    change.new_id = kind ? gate::PresentId() : Oid();
  }
  return changes;
}

}  // namespace

Result<Subject> SubjectOfWorkTree(const std::string& revision) {
  const GitPlace place = FindGit(AbsolutePath("."));
  if (place.top.empty()) return Usage("this is not a Git work tree; two commits can be compared: A..B");
  const Result<std::shared_ptr<const git::Repository>> repository = OpenRepository(place);
  if (!repository) return repository.error();
  const Result<Oid> commit = ResolveCommit(place, **repository, revision);
  if (!commit) return commit.error();
  const Result<Oid> tree = git::TreeOf(**repository, *commit);
  if (!tree) return tree.error();
  Subject subject;
  Result<std::vector<git::FileChange>> changes = ChangesOnDisk(place.top, *commit);
  if (!changes) return changes.error();
  Result<std::vector<ListedFile>> files = ListWorkTree(place.top, subject.hint);
  if (!files) return files.error();
  subject.words = "the work tree";
  subject.before = git::OpenTree(*repository, *tree);
  subject.after = std::make_unique<ListedTree>(*std::move(files), ReaderOf(place.top));
  subject.changes = *std::move(changes);
  subject.policy = subject.after.get();
  subject.policy_side = "work tree";
  subject.root = place.top;
  subject.local_files = true;
  return subject;
}

Result<Subject> SubjectOfPaths(const std::vector<std::string>& paths) {
  Subject subject;
  Request request = RequestOf(paths);
  if (!request.top.empty()) {
    Result<std::vector<ListedFile>> listed = ListWorkTree(request.top, subject.hint);
    if (!listed) return listed.error();
    request.files = *std::move(listed);
  }
  for (const Named& named : request.named) {
    const Status added = AddNamed(named, request);
    if (!added) return added.error();
  }
  auto tree = std::make_unique<ListedTree>(std::move(request.files), ReaderOf(request.root));
  subject.changes = Additions(*tree, request.filter);
  subject.everything = subject.changes.size() == tree->files().size();
  subject.words = paths.empty() ? "." : Join(paths);
  subject.after = std::move(tree);
  subject.policy = request.top.empty() ? nullptr : subject.after.get();
  subject.policy_side = request.top.empty() ? "not in Git" : "work tree";
  subject.root = request.root;
  subject.local_files = true;
  if (subject.hint.empty()) subject.hint = HintFor(request);
  return subject;
}

Result<Subject> SubjectOfInput(std::size_t limit) {
  std::string bytes;
  char buffer[1 << 16];
  while (bytes.size() <= limit && std::cin.read(buffer, sizeof buffer).gcount() > 0) {
    bytes.append(buffer, static_cast<std::size_t>(std::cin.gcount()));
  }
  Subject subject;
  subject.words = "<stdin>";
  subject.after =
      std::make_unique<MemoryTree>(std::map<std::string, std::string>{{"stdin.yaml", std::move(bytes)}});
  git::FileChange change;
  change.path = "stdin.yaml";
  change.new_id = gate::PresentId();
  subject.changes.push_back(std::move(change));
  subject.policy_side = "not in Git";
  if (const GitPlace place = FindGit(AbsolutePath(".")); !place.top.empty()) {
    subject.elsewhere = std::make_unique<DirectoryTree>(place.top);
    subject.policy = subject.elsewhere.get();
    subject.policy_side = "work tree";
  }
  subject.local_files = subject.everywhere = true;
  return subject;
}

}  // namespace sluice::cli
