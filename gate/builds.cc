// Levels: a root is built when those are that may build its definition. A
// definition that some build holds counts as that build made it, once for each
// different one; as it stands in its file only where no build holds it.
// Bounded by kMostLevels and kMostBuilds.
// Tested by tests/gate/builds_test.cc.
#include "gate/builds.h"

#include <algorithm>
#include <iterator>

#include "gate/gate.h"
#include "gate/parallel.h"
#include "manifests/render/edit.h"

namespace sluice::gate {
namespace {

using manifests::Node;
using manifests::render::Built;
using manifests::render::Place;
using manifests::render::Root;
using manifests::render::RootList;

constexpr std::size_t kMostLevels = 8;
constexpr std::size_t kMostBuilds = 20'000;

bool IsSame(const Root& a, const Root& b) {
  if (a.file != b.file || a.place != b.place || NameOf(a) != NameOf(b) || a.directory != b.directory)
    return false;
  if (a.spec == nullptr || b.spec == nullptr) return a.spec == b.spec;
  return manifests::render::SameValue(*a.spec, *b.spec);
}

// The same definition, whatever was made of it.
bool IsOfOnePlace(const Root& a, const Root& b) {
  return a.spec != nullptr && b.spec != nullptr && a.file == b.file && a.place == b.place &&
         a.object.name == b.object.name;
}

}  // namespace

Builds::Builds(const FileTree& tree, const Facts& facts, const Configuration& configuration,
               const Affected& affected, BuildOptions options)
    : tree_(tree, facts, configuration, options.charts), options_(std::move(options)) {
  RootSet set = RootsAffected(tree_, affected);
  findings_ = std::move(set.findings);
  skipped_ = std::move(set.skipped);
  for (Root& root : set.roots) Enter(std::move(root), true);
  EnterAbove(0);
  Run();
  Publish();
}

std::size_t Builds::Enter(Root root, bool affected) {
  std::vector<std::size_t>& same_file = by_file_[root.file];
  for (const std::size_t i : same_file) {
    if (!IsSame(entries_[i].root, root)) continue;
    entries_[i].affected |= affected;
    return i;
  }
  same_file.push_back(entries_.size());
  Entry& entry = entries_.emplace_back();
  entry.root = std::move(root);
  entry.affected = affected;
  return entries_.size() - 1;
}

// The roots that may build what defines the entries from `first` on, and those
// above them.
void Builds::EnterAbove(std::size_t first) {
  for (std::size_t level = 0; level < kMostLevels && first < entries_.size(); ++level) {
    const std::size_t end = entries_.size();
    std::map<std::string, std::set<std::size_t>> above;  // by file
    for (std::size_t i = first; i < end; ++i) {
      if (entries_[i].root.spec == nullptr) continue;
      const std::string file = entries_[i].root.file;
      const auto [found, is_new] = above.try_emplace(file);
      if (is_new) {
        Affected reached;
        const ChangedObjects changed[] = {{file, {}}};
        FindAffected(tree_.facts(), changed, reached);
        for (Root& root : RootsAffected(tree_, reached).roots) {
          if (entries_.size() < kMostBuilds) found->second.insert(Enter(std::move(root), false));
        }
      }
      entries_[i].above = found->second;
      entries_[i].above.erase(i);
    }
    first = end;
  }
}

void Builds::Run() {
  for (std::size_t level = 0; level < 2 * kMostLevels; ++level) {
    const std::vector<std::size_t> ready = Ready();
    if (ready.empty()) return;
    BuildThese(ready);
    for (const std::size_t index : ready) TakeWhatItDefines(index);
  }
  const std::vector<std::size_t> left = Ready();
  if (left.empty()) return;
  const Root& root = entries_[left.front()].root;
  const Place place = sources().Resolve(root.place);
  findings_.push_back(MakeFinding(*FindRule("kustomize/root-limit"), root.file, place.range,
                                  "objects that have others of their kind built, more than " +
                                      std::to_string(kMostLevels) + " levels deep"));
  for (Entry& entry : entries_) entry.done = true;
}

// Those under which nothing is left to build; in a circle, all that are left.
std::vector<std::size_t> Builds::Ready() const {
  std::vector<std::size_t> ready, left;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].done) continue;
    left.push_back(i);
    const std::set<std::size_t>& above = entries_[i].above;
    if (std::all_of(above.begin(), above.end(), [&](std::size_t other) { return entries_[other].done; }))
      ready.push_back(i);
  }
  return ready.empty() ? left : ready;
}

void Builds::BuildThese(const std::vector<std::size_t>& these) {
  const auto build = [&](std::size_t i) {
    Entry& entry = entries_[these[i]];
    entry.done = true;
    if (!options_.late())
      entry.built = manifests::render::Build(tree_.session(), entry.root, tree_.context());
  };
  ForEachIndex(options_.jobs, these.size(), build, 1);
}

void Builds::TakeWhatItDefines(std::size_t index) {
  RootList list = manifests::render::RootsOf(tree_.session(), entries_[index].built, tree_.context());
  for (Root& root : list.roots) {
    if (TakeKnown(root) || !root.outside.empty()) continue;
    const bool touched = entries_[index].affected && root.spec != nullptr && IsTouched(*root.spec);
    if (touched && entries_.size() < kMostBuilds) {
      Enter(std::move(root), true);
    } else {
      others_.push_back(std::move(root));
    }
  }
}

// Puts what a build made of a definition in the place of what stands in its
// file, beside what another build made of it. False: no entry is of that place.
bool Builds::TakeKnown(Root& root) {
  bool known = false, affected = false;
  Entry* as_in_file = nullptr;
  for (const std::size_t i : by_file_[root.file]) {
    Entry& entry = entries_[i];
    if (!IsOfOnePlace(entry.root, root)) continue;
    known = true;
    affected |= entry.affected;
    if (IsSame(entry.root, root)) {
      entry.made = true;
      return true;
    }
    if (!entry.made && !entry.done) as_in_file = &entry;
  }
  if (as_in_file != nullptr) {
    as_in_file->root = std::move(root);
    as_in_file->made = true;
  } else if (known && entries_.size() < kMostBuilds) {
    entries_[Enter(std::move(root), affected)].made = true;
  }
  return known;
}

bool Builds::IsTouched(const Node& node) {
  const Place place = sources().Resolve(node.range);
  if (place.file != nullptr && options_.is_changed(place.file->path.text())) return true;
  return std::any_of(node.children.begin(), node.children.end(),
                     [&](const Node& child) { return IsTouched(child); });
}

void Builds::Add(const std::set<std::string>& names) {
  for (Root& root : others_) {
    if (names.contains(NameOf(root)) && root.outside.empty()) Enter(std::move(root), true);
  }
  std::erase_if(others_, [](const Root& root) { return root.spec == nullptr; });
  Run();
  Publish();
}

// Clusters that share a repository may make different things of one definition.
void Builds::Publish() {
  std::map<std::string, std::size_t> counts;
  for (const Entry& entry : entries_) counts[NameOf(entry.root)] += entry.affected;
  std::set<std::string> names = Names();
  for (Entry& entry : entries_) {
    if (!entry.affected || !entry.root.outside.empty()) continue;
    std::string name = NameOf(entry.root);
    if (counts[name] > 1 && !entry.root.through.empty()) name += " through " + entry.root.through.back();
    if (names.insert(name).second) affected_.push_back({entry.root, std::move(name), std::move(entry.built)});
  }
  std::sort(affected_.begin(), affected_.end(),
            [](const Build& a, const Build& b) { return a.name < b.name; });
}

const Build* Builds::Find(const std::string& name) const {
  const auto found =
      std::lower_bound(affected_.begin(), affected_.end(), name,
                       [](const Build& build, const std::string& wanted) { return build.name < wanted; });
  return found == affected_.end() || found->name != name ? nullptr : &*found;
}

std::set<std::string> Builds::Names() const {
  std::set<std::string> names;
  for (const Build& build : affected_) names.insert(build.name);
  return names;
}

}  // namespace sluice::gate
