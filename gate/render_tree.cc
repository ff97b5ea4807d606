// Definers are files whose objects say themselves what is built. Kustomizations
// are roots where nobody takes them in; of those that take in each other in a
// circle, which have no such, the first is one, so that its build says so.
// Tested by tests/gate/render_tree_test.cc.
#include "gate/render_tree.h"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <optional>
#include <set>
#include <unordered_set>

#include "gate/examine.h"
#include "gate/gate.h"
#include "gate/parallel.h"
#include "gate/references.h"
#include "gate/roles.h"
#include "manifests/object.h"
#include "schemas/catalog.h"
#include "schemas/json_schema.h"
#include "schemas/rendering.h"

namespace sluice::gate {
namespace {

using manifests::Object;
using manifests::render::Builder;
using manifests::render::Root;
using manifests::render::RootList;
using manifests::render::SourceFile;

bool MatchesAny(const std::vector<std::string>& globs, std::string_view path) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return GlobMatches(glob, path); });
}

// `discover` names its builder, or `include` the file that defines it.
bool IsEnabled(const Roots& settings, const Root& root) {
  if (settings.WholeTree() || MatchesAny(settings.include, root.file)) return true;
  switch (root.by) {
    case Builder::kFlux:
    case Builder::kHelmRelease:
      return settings.flux;
    case Builder::kArgoCd:
      return settings.argo_cd;
    default:
      return settings.kustomize;
  }
}

bool IsExcluded(const Roots& settings, const Root& root) {
  const std::string inside = root.directory.IsRoot() ? "x" : root.directory.text() + "/x";
  return MatchesAny(settings.exclude, root.file) || MatchesAny(settings.exclude, inside);
}

RootList RootsOfFile(RenderTree& tree, const std::string& file) {
  const Result<RepoPath> path = RepoPath::Parse(file);
  if (!path) return {};
  const Result<std::shared_ptr<const SourceFile>> source = tree.session().sources().Read(*path);
  if (!source || !(*source)->parsed.Readable()) return {};  // told as a file
  return manifests::render::RootsOf(tree.session(), **source, tree.context());
}

// Whether a controller may make something else of an object of `kind`.
bool MayChange(const Root& root, std::string_view kind) {
  if (root.spec == nullptr) return false;
  if (root.spec->Find("namePrefix") != nullptr || root.spec->Find("nameSuffix") != nullptr) return true;
  const manifests::Node* const patches = root.spec->Find("patches");
  if (patches == nullptr) return false;
  return std::any_of(patches->children.begin(), patches->children.end(), [&](const manifests::Node& patch) {
    const manifests::Node* const target = patch.Find("target");
    const manifests::Node* const named = target == nullptr ? nullptr : target->Find("kind");
    return named == nullptr || named->String() == kind ||
           named->String().find_first_of(".*[(|") != std::string::npos;
  });
}

// Whether a controller that builds a directory may change objects of `kind` there.
bool IsChangedIn(RenderTree& tree, const std::string& directory, std::string_view kind) {
  std::set<std::string> files;
  tree.facts().Find(FactKind::kRoot, directory, [&](const FactView& fact) { files.emplace(fact.file); });
  return std::any_of(files.begin(), files.end(), [&](const std::string& file) {
    const std::vector<Root> roots = RootsOfFile(tree, file).roots;
    return std::any_of(roots.begin(), roots.end(), [&](const Root& root) {
      return root.directory.text() == directory && MayChange(root, kind);
    });
  });
}

RepoPath PathOf(const std::string& directory) {
  return directory.empty() ? RepoPath() : *RepoPath::Parse(directory);
}

std::string DirectoryOf(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  return slash == file.npos ? std::string() : file.substr(0, slash);
}

// A component that nobody uses takes nothing in.
bool HasReference(const Facts& facts, const std::string& path, std::size_t depth = 0) {
  constexpr std::size_t kMostComponents = 8;  // that are in one another
  bool found = false;
  facts.Find(FactKind::kReference, path, [&](const FactView& fact) {
    const bool taken = fact.value.starts_with(static_cast<char>(Reference::kResource)) ||
                       fact.value.starts_with(static_cast<char>(Reference::kConfiguration));
    if (found || !taken) return;
    const std::string owner(fact.file);
    const std::string directory = DirectoryOf(owner);
    const bool component = facts.Any(FactKind::kKustomization, directory,
                                     [](const FactView& each) { return each.value == "component"; });
    // Past the limit it counts as taken in by nobody, and is judged by itself.
    found = !component || (depth < kMostComponents && (HasReference(facts, directory, depth + 1) ||
                                                       HasReference(facts, owner, depth + 1)));
  });
  return found;
}

class Collection {
 public:
  Collection(RenderTree& tree, const Affected& affected, const Facts* before)
      : tree_(tree), settings_(tree.configuration().roots), affected_(affected), before_(before) {}

  RootSet Run() {
    for (const auto& [file, definer] : affected_.definers) Definer(file, definer);
    for (const auto& [directory, users] : affected_.directories) {
      for (const std::string& user : users) takes_in_[user].push_back(directory);
    }
    for (const std::string& directory : built_) Cover(directory);
    const std::unordered_set<std::string> controlled = covered_;
    for (const auto& [directory, users] : affected_.directories)
      Kept(directory, controlled.contains(directory));
    for (const auto& [directory, users] : affected_.directories) Unused(directory);
    for (const auto& [directory, users] : affected_.directories) InCircle(directory);
    std::sort(out_.roots.begin(), out_.roots.end(),
              [](const Root& a, const Root& b) { return NameOf(a) < NameOf(b); });
    return std::move(out_);
  }

 private:
  void Definer(const std::string& file, const sluice::gate::Definer& definer) {
    RootList found = RootsOfFile(tree_, file);
    const bool any_counts =
        definer.all || std::none_of(found.roots.begin(), found.roots.end(), [&](const Root& root) {
          return definer.directories.contains(root.directory.text());
        });
    bool any = false;
    for (Root& root : found.roots) {
      if (!IsEnabled(settings_, root) || IsExcluded(settings_, root)) continue;
      any = true;
      if (!root.outside.empty()) {
        if (!any_counts) continue;
        out_.skipped.push_back({file, ElsewhereReason(root)});
        out_.outside.push_back(std::move(root));
        continue;
      }
      built_.insert(root.directory.text());
      if (any_counts || definer.directories.contains(root.directory.text())) Add(std::move(root));
    }
    if (any) std::move(found.findings.begin(), found.findings.end(), std::back_inserter(out_.findings));
  }

  void Add(Root root) {
    if (names_.insert(NameOf(root)).second) out_.roots.push_back(std::move(root));
  }

  // What a root builds, and whatever that takes in, needs no root of its own.
  void Cover(const std::string& directory) {
    std::vector<std::string> open{directory};
    while (!open.empty()) {
      const std::string next = std::move(open.back());
      open.pop_back();
      if (!covered_.insert(next).second) continue;
      const auto below = takes_in_.find(next);
      if (below != takes_in_.end()) open.insert(open.end(), below->second.begin(), below->second.end());
    }
  }

  // A controller that finds no kustomization in its directory takes what lies below.
  bool IsBelowGenerated(const std::string& directory) const {
    const Result<RepoPath> path = RepoPath::Parse(directory);
    if (!path) return false;
    for (RepoPath above = path->Parent();; above = above.Parent()) {
      if (built_.contains(above.text()) && !tree_.facts().Has(FactKind::kKustomization, above.text()))
        return true;
      if (above.IsRoot()) return false;
    }
  }

  struct Kustomization {
    std::string file;  // empty: none
    bool component = false;
  };
  Kustomization At(const std::string& directory) const {
    Kustomization found;
    tree_.facts().Find(FactKind::kKustomization, directory, [&](const FactView& fact) {
      found = {std::string(fact.file), fact.value == "component"};
    });
    return found;
  }

  // A root though others take it in: one that `include` names, and, where no
  // controller builds it, one that nobody took in before the change, which must
  // not hide what it does.
  void Kept(const std::string& directory, bool controlled) {
    const Kustomization kustomization = At(directory);
    if (kustomization.file.empty() || kustomization.component) return;
    const bool was = !controlled && before_ != nullptr && before_->Has(FactKind::kKustomization, directory) &&
                     !HasReference(*before_, directory) && !HasReference(*before_, kustomization.file);
    if (was || MatchesAny(settings_.include, kustomization.file)) Plain(directory, kustomization);
  }

  void Unused(const std::string& directory) {
    const Kustomization kustomization = At(directory);
    if (kustomization.file.empty() || covered_.contains(directory)) return;
    if (HasReference(tree_.facts(), directory) || HasReference(tree_.facts(), kustomization.file)) return;
    if (kustomization.component) {
      covered_.insert(directory);
      out_.skipped.push_back({kustomization.file, std::string(kUnusedComponent)});
      return;
    }
    if (IsBelowGenerated(directory)) return Cover(directory);
    Plain(directory, kustomization);
  }

  void InCircle(const std::string& directory) {
    const Kustomization kustomization = At(directory);
    if (kustomization.file.empty() || kustomization.component || covered_.contains(directory)) return;
    if (!affected_.directories.at(directory).empty()) Plain(directory, kustomization);
  }

  void Plain(const std::string& directory, const Kustomization& kustomization) {
    const Role role = RoleOf(tree_.facts(), settings_, kustomization.file);
    if (!role.in_scope || !role.whole) return;
    Root root = manifests::render::RootOf(PathOf(directory));
    root.file = kustomization.file;
    if (IsExcluded(settings_, root)) return;
    Add(std::move(root));
    Cover(directory);
  }

  RenderTree& tree_;
  const Roots& settings_;
  const Affected& affected_;
  const Facts* const before_;  // of the tree before; may be null
  RootSet out_;
  std::unordered_set<std::string> names_;
  std::unordered_set<std::string> built_;    // directories that a controller builds
  std::unordered_set<std::string> covered_;  // that some root's build takes in
  std::map<std::string, std::vector<std::string>> takes_in_;
};

std::string KubeVersion(const Configuration& configuration) {
  return configuration.kubernetes.empty() ? schemas::DefaultMinors().back() : configuration.kubernetes.back();
}

// Values of a chart against its values.schema.json.
Result<Findings> CheckValues(std::string_view schema, const manifests::ParsedFile& values) {
  const Result<schemas::JsonSchema> parsed = schemas::JsonSchema::Parse(schema);
  if (!parsed) return parsed.error();
  return parsed->Check(values);
}

}  // namespace

RenderTree::RenderTree(const FileTree& tree, const Facts& facts, const Configuration& configuration,
                       const BuildSettings& settings)
    : facts_(facts),
      configuration_(configuration),
      session_(tree, configuration.limits, schemas::RenderingFacts()) {
  context_.list = [this](std::string_view group, std::string_view kind) { return ListObjects(group, kind); };
  context_.stands_as_written = [this](const Object& object) { return StandsAsWritten(object); };
  context_.helm = settings.helm;
  context_.chart_cache = settings.cache;
  context_.branches = settings.branches;
  context_.check_values = CheckValues;
  context_.kube_version = KubeVersion(configuration);
  context_.repository_urls = configuration.roots.urls;
  context_.strict_substitution = configuration.roots.strict_substitution;
}

std::vector<const Object*> RenderTree::ListObjects(std::string_view group, std::string_view kind) {
  const std::string prefix = KindKey(group, kind) + "/";
  const std::lock_guard lock(mutex_);
  const auto [entry, is_new] = objects_.try_emplace(prefix);
  if (!is_new) return entry->second;
  std::set<std::string> files;
  facts_.ForEach(FactKind::kIdentity, [&](const FactView& fact) {
    if (fact.key.starts_with(prefix)) files.emplace(fact.file);
  });
  std::vector<const Object*>& objects = entry->second;
  for (const std::string& file : files) {
    const Result<RepoPath> path = RepoPath::Parse(file);
    if (!path) continue;
    const Result<std::shared_ptr<const SourceFile>> source = session_.sources().Read(*path);
    if (!source) continue;
    for (const Object& object : (*source)->objects.objects) {
      if (object.group == group && object.kind == kind) objects.push_back(&object);
    }
  }
  return objects;
}

// Every kustomization on its way gathers objects and nothing else, no controller
// that builds one of them patches what may be this one, and no generator makes
// another of that name.
bool RenderTree::StandsAsWritten(const Object& object) {
  const std::string key = IdentityKey(object.group, object.kind, "", object.name);
  bool stands = true;
  facts_.ForEach(FactKind::kGenerates, [&](const FactView& fact) { stands &= fact.value != key; });
  std::vector<std::string> open{std::string(object.file)};
  std::unordered_set<std::string> seen;
  while (stands && !open.empty()) {
    const std::string path = std::move(open.back());
    open.pop_back();
    if (!seen.insert(path).second) continue;
    facts_.Find(FactKind::kReference, path, [&](const FactView& fact) {
      if (!fact.value.starts_with(static_cast<char>(Reference::kResource))) return;
      const std::string owner(fact.file);
      const std::string directory = DirectoryOf(owner);
      stands &= facts_.Any(FactKind::kKustomization, directory,
                           [](const FactView& each) { return each.value == kGathers; });
      open.insert(open.end(), {owner, directory});
    });
    // What a controller finds below its directory it takes without being told.
    for (std::string directory = path; stands && !directory.empty(); directory = DirectoryOf(directory))
      stands &= !IsChangedIn(*this, directory, object.kind);
    stands &= !IsChangedIn(*this, "", object.kind);
  }
  return stands;
}

std::string NameOf(const Root& root) {
  return root.by == Builder::kKustomization ? root.name : root.name + " of " + root.file;
}

std::vector<std::string> PathsOf(const Root& root) {
  std::vector<std::string> paths = root.through;
  paths.push_back(root.file);
  paths.push_back(root.directory.IsRoot() ? "x" : root.directory.text() + "/x");
  return paths;
}

std::string ElsewhereReason(const Root& root) {
  return root.name + " builds what is elsewhere: " + root.outside;
}

RootSet RootsAffected(RenderTree& tree, const Affected& affected, const Facts* before) {
  return Collection(tree, affected, before).Run();
}

bool CameToItsEnd(const manifests::render::Built& built) {
  return std::none_of(built.findings.begin(), built.findings.end(),
                      [](const Finding& finding) { return finding.severity == Severity::kError; });
}

Result<TreeFacts> FactsOfTree(const FileTree& tree, const Limits& limits, unsigned jobs) {
  Result<std::vector<git::FileChange>> files = WholeTree(tree);
  if (!files) return files.error();
  std::vector<FileFacts> facts;
  TreeFacts told;
  std::optional<Error> failure;
  std::mutex mutex;
  ForEachIndex(jobs, files->size(), [&](std::size_t i) {
    const git::FileChange& file = (*files)[i];
    const Result<RepoPath> path = RepoPath::Parse(file.path);
    if (!path || file.new_kind != FileKind::kFile || !IsManifestName(file.path)) return;
    Result<std::string> bytes = tree.Read(*path, limits.file_bytes);
    FileFacts some = FactsOf(file.path, bytes ? *std::move(bytes) : std::string(), limits);
    const std::lock_guard lock(mutex);
    facts.push_back(std::move(some));
    if (bytes) return;
    if (bytes.error().kind == ErrorKind::kLimit) {
      told.skipped.push_back({file.path, bytes.error().message});
    } else if (!failure) {
      failure = bytes.error();
    }
  });
  if (failure) return *failure;
  for (const std::string& named : OddResources(facts)) {
    const Result<RepoPath> path = RepoPath::Parse(named);
    Result<std::string> bytes =
        path ? tree.Read(*path, limits.file_bytes) : Result<std::string>(path.error());
    if (bytes) facts.push_back(FactsOf(named, *std::move(bytes), limits));
  }
  std::sort(told.skipped.begin(), told.skipped.end(),
            [](const Skipped& a, const Skipped& b) { return a.file < b.file; });
  told.facts = Facts(nullptr, {}, std::move(facts));
  return told;
}

}  // namespace sluice::gate
