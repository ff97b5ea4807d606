// Which builder takes which object, and how roots follow from roots.
// Tested by tests/manifests/render/roots_test.cc.
#include "manifests/render/roots.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <set>

#include "manifests/render/argo_cd.h"
#include "manifests/render/edit.h"
#include "manifests/render/flux.h"
#include "manifests/render/helm_release.h"
#include "manifests/render/root_build.h"

namespace sluice::manifests::render {
namespace {

constexpr std::size_t kMostLevels = 8;
constexpr std::size_t kMostRoots = 20'000;

// The root that an object defines, before its builder has described it.
Root Defined(const Sources& sources, const Object& object) {
  Root root;
  root.name = ShownName(object.kind, object.ns, object.name);
  root.object = object.Name();
  root.file = object.file;
  root.place = object.root->range;
  root.spec = MemberOf(object.root, "spec");
  const Place place = sources.Resolve(object.root->range);
  if (place.file != nullptr) root.file = place.file->path.text();
  return root;
}

void AddRoots(Session& session, const RootContext& context, const Object& object, Root root, RootList& list) {
  Sources& sources = session.sources();
  if (IsFluxKustomization(object)) {
    DescribeFluxKustomization(context, root, sources, list.findings);
    list.roots.push_back(std::move(root));
  } else if (IsHelmRelease(object)) {
    DescribeHelmRelease(context, root, sources, list.findings);
    list.roots.push_back(std::move(root));
  } else if (IsApplication(object)) {
    DescribeApplication(context, root, sources, list.findings);
    list.roots.push_back(std::move(root));
  } else if (IsApplicationSet(object)) {
    AddApplications(session, context, root, list);
  }
}

Built BuildDirectory(RootBuild& build) {
  const RepoPath& directory = build.root.directory;
  Sources& sources = build.session.sources();
  build.built.read.push_back(directory.text());
  const Result<std::vector<FileEntry>> entries = sources.List(directory);
  if (!entries) return build.Finish();
  Built objects;
  for (const FileEntry& entry : *entries) {
    const Result<RepoPath> path = directory.Child(entry.name);
    const bool manifest =
        entry.name.ends_with(".yaml") || entry.name.ends_with(".yml") || entry.name.ends_with(".json");
    if (!path || entry.kind != FileKind::kFile || !manifest) continue;
    objects.read.push_back(path->text());
    const auto file = sources.Read(*path);
    if (!file || (*file)->objects.shape != Shape::kObjects) continue;
    for (const Object& object : (*file)->objects.objects) objects.objects.push_back({object, {}, {}});
  }
  for (BuiltObject& object : objects.objects) build.built.objects.push_back(std::move(object));
  std::ranges::move(objects.read, std::back_inserter(build.built.read));
  return build.Finish();
}

// Whether a build made of a definition what is known of it already.
bool IsSameRoot(const Root& a, const Root& b) {
  if (a.place != b.place || a.object != b.object || a.directory != b.directory) return false;
  if (a.spec == nullptr || b.spec == nullptr) return a.spec == b.spec;
  return SameValue(*a.spec, *b.spec);
}

// All roots while they are built, level by level. A root of a file that another
// root builds differently is out of date, and so is what only such a one builds.
class Towers {
 public:
  Towers(Session& session, const RootContext& context) : session_(session), context_(context) {}

  std::vector<BuiltRoot> Run(const std::vector<Root>& roots);

 private:
  struct Entry {
    BuiltRoot built;
    bool from_file = false;
    bool current = true;
    bool done = false;
    std::vector<std::size_t> makers;  // of a file's: who makes something else of it; else: who made it
  };

  void BuildLevel(std::size_t first, bool last);
  void Follow(std::size_t index);
  void FindCurrent();
  bool IsCurrent(std::size_t index) const;
  bool Descends(std::size_t index, std::size_t from) const;
  Entry& Add(const Root& root);

  Session& session_;
  const RootContext& context_;
  std::deque<Entry> entries_;
  std::map<Position, std::vector<std::size_t>> by_place_;
};

Towers::Entry& Towers::Add(const Root& root) {
  by_place_[root.place.begin].push_back(entries_.size());
  Entry& entry = entries_.emplace_back();
  entry.built.root = root;
  return entry;
}

bool Towers::IsCurrent(std::size_t index) const {
  const Entry& entry = entries_[index];
  return std::ranges::any_of(entry.makers, [&](std::size_t maker) {
           return entries_[maker].current && !(entry.from_file && Descends(maker, index));
         }) != entry.from_file;
}

// Whether a root was first built by way of another: what a root makes of itself
// does not put it out of date.
bool Towers::Descends(std::size_t index, std::size_t from) const {
  while (index != from && !entries_[index].from_file) index = entries_[index].makers.front();
  return index == from;
}

// One answer follows from another, at most a level at a time.
void Towers::FindCurrent() {
  for (std::size_t level = 0; level <= kMostLevels; ++level) {
    for (std::size_t i = 0; i < entries_.size(); ++i) entries_[i].current = IsCurrent(i);
  }
}

// Of one build all roots count together: the Applications of one set share a
// place, and each is out of date only where none of the build's is the same.
void Towers::Follow(std::size_t index) {
  RootList list = RootsOf(session_, entries_[index].built.built, context_);
  Findings& findings = entries_[index].built.built.findings;
  std::ranges::move(list.findings, std::back_inserter(findings));
  std::set<std::size_t> same, different;
  for (const Root& root : list.roots) {
    bool known = false;
    for (const std::size_t other : by_place_[root.place.begin]) {
      const bool equal = IsSameRoot(entries_[other].built.root, root);
      (equal ? same : different).insert(other);
      known |= equal;
    }
    if (known) continue;
    if (entries_.size() >= kMostRoots) {
      findings.push_back(FindingAt(session_.sources(), kRootLimitRule, root, root.place,
                                   "more than " + std::to_string(kMostRoots) + " roots"));
      return;
    }
    same.insert(entries_.size());
    Add(root);
  }
  for (const std::size_t other : same) {
    different.erase(other);
    if (!entries_[other].from_file) entries_[other].makers.push_back(index);
  }
  for (const std::size_t other : different) {
    if (entries_[other].from_file) entries_[other].makers.push_back(index);
  }
}

void Towers::BuildLevel(std::size_t first, bool last) {
  for (std::size_t i = first; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    if (!entry.current || entry.done) continue;
    entry.built.built = Build(session_, entry.built.root, context_);
    entry.done = true;
    if (!last) continue;
    entry.built.built.findings.push_back(
        FindingAt(session_.sources(), kRootLimitRule, entry.built.root, {},
                  "more than " + std::to_string(kMostLevels) + " levels of roots that build roots"));
  }
}

std::vector<BuiltRoot> Towers::Run(const std::vector<Root>& roots) {
  for (const Root& root : roots) Add(root).from_file = true;
  std::size_t first = 0;
  for (std::size_t level = 0; first < entries_.size() && level <= kMostLevels; ++level) {
    const std::size_t end = entries_.size();
    BuildLevel(first, level == kMostLevels);
    for (std::size_t i = first; i < end && level < kMostLevels; ++i) {
      if (entries_[i].current) Follow(i);
    }
    FindCurrent();
    first = end;
  }
  BuildLevel(0, false);  // what turned out to count after its level
  std::vector<BuiltRoot> built;
  for (Entry& entry : entries_) {
    if (entry.current) built.push_back(std::move(entry.built));
  }
  return built;
}

}  // namespace

RootList RootsOf(Session& session, const SourceFile& file, const RootContext& context) {
  RootList list;
  for (const Object& object : file.objects.objects) {
    AddRoots(session, context, object, Defined(session.sources(), object), list);
  }
  return list;
}

RootList RootsOf(Session& session, const Built& built, const RootContext& context) {
  RootList list;
  for (const BuiltObject& object : built.objects) {
    Root root = Defined(session.sources(), object.object);
    root.through = object.through;
    root.memory = built.memory;
    AddRoots(session, context, object.object, std::move(root), list);
  }
  return list;
}

Root RootOf(const RepoPath& directory, bool has_kustomization) {
  Root root;
  root.by = has_kustomization ? Builder::kKustomization : Builder::kDirectory;
  root.name = directory.IsRoot() ? "." : directory.text();
  root.directory = directory;
  return root;
}

Built Build(Session& session, const Root& root, const RootContext& context) {
  switch (root.by) {
    case Builder::kKustomization:
      return BuildKustomization(session, root.directory, {});
    case Builder::kFlux:
      return BuildFluxKustomization(session, root, context);
    case Builder::kHelmRelease:
      return BuildHelmRelease(session, root, context);
    case Builder::kArgoCd:
      return BuildApplication(session, root, context);
    case Builder::kDirectory:
      break;
  }
  RootBuild build(session, root, context);
  return BuildDirectory(build);
}

std::vector<BuiltRoot> BuildAll(Session& session, const std::vector<Root>& roots,
                                const RootContext& context) {
  return Towers(session, context).Run(roots);
}

}  // namespace sluice::manifests::render
