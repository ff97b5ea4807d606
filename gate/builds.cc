// Levels: a root is built when those are that may build its definition. A
// definition that some build holds counts as that build made it, once for each
// different one; as it stands in its file only where no build holds it.
// Bounded by kMostLevels and BuildOptions::most_builds.
// Tested by tests/gate/builds_test.cc.
#include "gate/builds.h"

#include <algorithm>
#include <utility>

#include "gate/gate.h"
#include "gate/parallel.h"
#include "manifests/render/edit.h"

namespace sluice::gate {
namespace {

using manifests::Node;
using manifests::render::Built;
using manifests::render::BuiltObject;
using manifests::render::Place;
using manifests::render::Root;
using manifests::render::RootList;

constexpr std::size_t kMostLevels = 8;                // of roots above what is affected
constexpr std::size_t kMostRounds = 2 * kMostLevels;  // those, and what they turn out to define
std::string TooManyLevels(std::size_t most) {
  return "objects that have others of their kind built, in more than " + std::to_string(most) + " levels";
}

bool SaysTheSame(const Root& a, const Root& b) {
  if (a.file != b.file || a.place != b.place || NameOf(a) != NameOf(b) || a.directory != b.directory)
    return false;
  if (a.spec == nullptr || b.spec == nullptr) return a.spec == b.spec;
  return manifests::render::SameValue(*a.spec, *b.spec);
}

// And takes the same values.
bool IsSame(const Root& a, const Root& b) {
  return SaysTheSame(a, b) &&
         std::equal(a.beside.begin(), a.beside.end(), b.beside.begin(), b.beside.end(),
                    [](const BuiltObject& one, const BuiltObject& other) {
                      return manifests::render::SameValue(*one.object.root, *other.object.root);
                    });
}

// The same definition, whatever was made of it. A prefix may have changed its
// name; the Applications of one set differ in theirs.
bool IsOfOnePlace(const Root& a, const Root& b) {
  return a.spec != nullptr && b.spec != nullptr && a.file == b.file && a.place == b.place &&
         a.object.kind == b.object.kind && (a.object.kind != "Application" || a.object.name == b.object.name);
}

}  // namespace

void AddEachOnce(Findings more, Findings& findings) {
  for (Finding& finding : more) {
    const bool told = std::any_of(findings.begin(), findings.end(), [&](const Finding& other) {
      return other.rule == finding.rule && other.file == finding.file && other.message == finding.message;
    });
    if (!told) findings.push_back(std::move(finding));
  }
}

Builds::Builds(const FileTree& tree, const Facts& facts, const Configuration& configuration,
               const Affected& affected, BuildOptions options)
    : Builds(
          tree, facts, configuration,
          [&affected, before = options.before](RenderTree& all) {
            return RootsAffected(all, affected, before);
          },
          std::move(options)) {}

Builds::Builds(const FileTree& tree, const Facts& facts, const Configuration& configuration,
               const Choose& choose, BuildOptions options)
    : tree_(tree, facts, configuration, options.settings), options_(std::move(options)) {
  tree_.session().EndWhen(options_.late);
  RootSet set = choose(tree_);
  findings_ = std::move(set.findings);
  skipped_ = std::move(set.skipped);
  outside_ = std::move(set.outside);
  for (Root& root : set.roots) Enter(std::move(root), true);
  EnterAbove();
  Run();
  Publish();
}

std::optional<std::size_t> Builds::Entered(const Root& root) const {
  const auto same_file = by_file_.find(root.file);
  if (same_file == by_file_.end()) return std::nullopt;
  for (const std::size_t i : same_file->second) {
    if (IsSame(entries_[i].root, root)) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> Builds::Enter(Root root, bool affected) {
  if (const std::optional<std::size_t> known = Entered(root)) {
    entries_[*known].affected |= affected;
    return known;
  }
  if (entries_.size() >= options_.most_builds) {
    TellLimit(root, "more than " + std::to_string(options_.most_builds) + " builds");
    return std::nullopt;
  }
  by_file_[root.file].push_back(entries_.size());
  Entry& entry = entries_.emplace_back();
  entry.root = std::move(root);
  entry.affected = affected;
  return entries_.size() - 1;
}

// Once for each limit, at the first root that is past it.
void Builds::TellLimit(const Root& root, std::string message) {
  if (!limits_.insert(message).second) return;
  const Place place = sources().Resolve(root.place);
  findings_.push_back(
      MakeFinding(*FindRule("kustomize/root-limit"), root.file, place.range, std::move(message)));
}

// Level by level, up to roots that nothing builds.
void Builds::EnterAbove() {
  std::size_t first = 0;
  for (std::size_t level = 0; level <= kMostLevels && first < entries_.size(); ++level) {
    const std::size_t end = entries_.size();
    std::map<std::string, std::set<std::size_t>> above;  // by file
    for (std::size_t i = first; i < end; ++i) {
      if (entries_[i].root.spec == nullptr) continue;
      const std::string file = entries_[i].root.file;
      const auto [found, is_new] = above.try_emplace(file);
      if (is_new) found->second = AboveFile(file, level == kMostLevels);
      entries_[i].above = found->second;
      entries_[i].above.erase(i);
    }
    first = end;
  }
}

// The roots that may build what a file defines. Above the `last` level no other
// one is entered, and that is told.
std::set<std::size_t> Builds::AboveFile(const std::string& file, bool last) {
  Affected reached;
  const ChangedObjects changed[] = {{file, {}}};
  FindAffected(tree_.facts(), changed, reached);
  std::set<std::size_t> above;
  for (Root& root : RootsAffected(tree_, reached).roots) {
    std::optional<std::size_t> entry = Entered(root);
    if (!entry && last) TellLimit(root, TooManyLevels(kMostLevels));
    if (!entry && !last) entry = Enter(std::move(root), false);
    if (entry) above.insert(*entry);
  }
  return above;
}

void Builds::Run() {
  for (std::size_t round = 0; round < kMostRounds; ++round) {
    const std::vector<std::size_t> ready = Ready();
    if (ready.empty()) return;
    BuildThese(ready);
    for (const std::size_t index : ready) TakeWhatItDefines(index);
  }
  const std::vector<std::size_t> left = Ready();
  if (left.empty()) return;
  TellLimit(entries_[left.front()].root, TooManyLevels(kMostRounds));
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
  const bool affected = entries_[index].affected;
  if (affected) AddEachOnce(std::move(list.findings), findings_);  // files may show them already
  for (Root& root : list.roots) {
    const bool reached = root.spec != nullptr && options_.reaches && options_.reaches(root);
    const bool touched = reached || (affected && root.spec != nullptr && IsTouched(root));
    if (!root.outside.empty() && touched) TakeOutside(root);
    if (TakeKnown(root, reached, index)) continue;
    if (!root.outside.empty()) {
      if (touched) outside_.push_back(std::move(root));
    } else if (touched) {
      Enter(std::move(root), true);
    } else {
      others_.push_back(std::move(root));
    }
  }
}

void Builds::TakeOutside(const Root& root) {
  const std::string reason = ElsewhereReason(root);
  const bool told = std::any_of(skipped_.begin(), skipped_.end(), [&](const Skipped& other) {
    return other.file == root.file && other.reason == reason;
  });
  if (!told) skipped_.push_back({root.file, reason});
}

// Puts what a build made of a definition in the place of what stands in its
// file, beside what another build made of it. False: no entry is of that place.
// One that builds itself, `by`, is what its file says unless it changes itself.
bool Builds::TakeKnown(Root& root, bool affected, std::size_t by) {
  bool known = false;
  Entry* as_in_file = nullptr;
  for (const std::size_t i : by_file_[root.file]) {
    Entry& entry = entries_[i];
    if (!IsOfOnePlace(entry.root, root)) continue;
    known = true;
    affected |= entry.affected;
    if (i == by ? SaysTheSame(entry.root, root) : IsSame(entry.root, root)) {
      entry.made = true;
      entry.affected |= affected;
      return true;
    }
    if (!entry.made && !entry.done) as_in_file = &entry;
  }
  if (affected && !root.outside.empty()) TakeOutside(root);
  if (as_in_file != nullptr) {
    as_in_file->root = std::move(root);
    as_in_file->affected |= affected;
    as_in_file->made = true;
  } else if (known) {
    if (const auto entry = Enter(std::move(root), affected)) entries_[*entry].made = true;
  }
  return known;
}

// By itself, or by what it takes values from.
bool Builds::IsTouched(const Root& root) {
  return IsTouched(*root.spec) ||
         std::any_of(root.beside.begin(), root.beside.end(),
                     [&](const BuiltObject& object) { return IsTouched(*object.object.root); });
}

bool Builds::IsTouched(const Node& node) {
  const Place place = sources().Resolve(node.range);
  if (place.file != nullptr && options_.is_changed(place.file->path.text())) return true;
  return std::any_of(node.children.begin(), node.children.end(),
                     [&](const Node& child) { return IsTouched(child); });
}

void Builds::Add(const std::set<std::string>& names) {
  for (Root& root : std::exchange(others_, {})) {
    if (names.contains(NameOf(root))) {
      Enter(std::move(root), true);
    } else {
      others_.push_back(std::move(root));
    }
  }
  Run();
  Publish();
}

// Clusters that share a repository may make different things of one definition.
// What was published before is named anew.
void Builds::Publish() {
  for (std::size_t i = 0; i < affected_.size(); ++i)
    entries_[published_[i]].built = std::move(affected_[i].built);
  affected_.clear();
  published_.clear();
  std::map<std::string, std::size_t> counts;
  for (const Entry& entry : entries_) counts[NameOf(entry.root)] += entry.affected;
  std::map<std::string, std::size_t> names, numbers;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Root& root = entries_[i].root;
    if (!entries_[i].affected || !root.outside.empty()) continue;
    std::string name = NameOf(root);
    if (counts[name] > 1 && !root.through.empty()) name += " through " + root.through.back();
    const std::size_t number = ++numbers[name];
    if (number > 1) name += " (" + std::to_string(number) + ")";
    names.emplace(std::move(name), i);
  }
  for (const auto& [name, i] : names) {
    affected_.push_back({entries_[i].root, name, std::move(entries_[i].built)});
    published_.push_back(i);
  }
}

const Build* Builds::Find(const std::string& name) const {
  const auto found =
      std::lower_bound(affected_.begin(), affected_.end(), name,
                       [](const Build& build, const std::string& wanted) { return build.name < wanted; });
  return found == affected_.end() || found->name != name ? nullptr : &*found;
}

std::vector<const Root*> Builds::Outside() const {
  std::vector<const Root*> outside;
  for (const Root& root : outside_) outside.push_back(&root);
  for (const Entry& entry : entries_) {
    if (entry.affected && !entry.root.outside.empty()) outside.push_back(&entry.root);
  }
  return outside;
}

std::set<std::string> Builds::Names() const {
  std::set<std::string> names;
  for (const Build& build : affected_) names.insert(build.name);
  return names;
}

}  // namespace sluice::gate
