// What kustomizations and controllers would build, before and after the change:
// of each build that the change can reach (affected.h), the objects that differ
// are judged, in the form in which they would reach the cluster. Files are
// judged alone where no build takes them in. A build that cannot be made is an
// error, unless it could not be made before either and the change has not
// touched what is wrong.
// Invariant: nothing is read or set up where no build is affected.
// Tested by tests/gate/render_test.cc.
#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gate/builds.h"
#include "gate/built_object.h"
#include "gate/gathered.h"
#include "gate/parallel.h"
#include "gate/roles.h"
#include "gate/root_facts.h"
#include "gate/rules.h"
#include "gate/still_built.h"
#include "gate/work.h"
#include "manifests/render/edit.h"

namespace sluice::gate {
namespace {

using manifests::Node;
using manifests::render::Builder;
using manifests::render::Built;
using manifests::render::BuiltObject;
using manifests::render::NotBuilt;
using manifests::render::Root;
using manifests::render::Sources;

// What a change reaches, and by which files.
struct Reached {
  Affected affected;
  std::vector<ChangedObjects> changed;
};

Reached ReachedBy(const Work& work) {
  Reached reached;
  if (!TellBuilds(work.facts) && !(work.facts_before && TellBuilds(*work.facts_before))) return reached;
  for (std::size_t i = 0; i < work.input.changes.size() && i < work.files.size(); ++i) {
    const ChangedFile& file = work.files[i];
    ChangedObjects& objects = reached.changed.emplace_back(ChangedObjects{file.change->path, {}});
    for (const ExaminedObject& object : file.examined.objects)
      objects.identities.push_back(IdentityKey(object.name));
    objects.identities.insert(objects.identities.end(), file.old_identities.begin(),
                              file.old_identities.end());
  }
  for (const std::string& dependent : work.dependents) reached.changed.push_back({dependent, {}});
  FindAffected(work.facts, reached.changed, reached.affected);
  if (work.facts_before) FindAffected(*work.facts_before, reached.changed, reached.affected);
  return reached;
}

bool Reaches(const Facts& tree, const Reached& reached, const Root& root) {
  std::vector<Fact> facts;
  const std::string& api = root.object.api_version;
  ExtractRootFacts(std::string_view(api).substr(0, api.find('/')), root.object.kind, root.object.name,
                   *root.spec, facts);
  return ReachesDefinition(tree, std::move(facts), reached.changed, reached.affected);
}

// One tree and what of it is built.
struct Side {
  // `reached` must outlive it; `before`: facts of the tree before, may be null.
  Side(Work& work, const FileTree& tree, const Facts& facts, const Reached& reached, const Facts* before)
      : builds(tree, facts, *work.input.configuration, reached.affected,
               {.jobs = work.input.jobs,
                .settings = work.input.build,
                .late = [&work] { return work.Late(); },
                .is_changed = [&work](const std::string& path) { return work.Find(path) != nullptr; },
                .before = before,
                .reaches = [&facts, &reached](const Root& root) { return Reaches(facts, reached, root); }}) {}

  BuiltContext Context(const ExamineOptions& options, const Root& root) {
    const RenderTree& tree = builds.tree();
    const Role role = RoleOf(tree.facts(), tree.configuration().roots, root.file);
    const bool substituted = root.by == Builder::kKustomization && role.substituted;
    return {&options, &builds.sources(), &lines, root.file, substituted};
  }

  Builds builds;
  BuiltLines lines;
};

// An object of a build and the one that it takes the place of.
struct Candidate {
  const BuiltObject* object = nullptr;
  const BuiltObject* before = nullptr;
  std::size_t root = 0;
  bool dependent = false;  // it is the same; only the CRD of its kind changed
};

// A finding of a build as it is told: with a file, and the root at the end of the way.
Finding Told(Finding finding, const Root& root) {
  if (finding.file.empty()) finding.file = root.file;
  if (finding.through.empty() || finding.through.back() != root.file) finding.through.push_back(root.file);
  return finding;
}

bool HasSame(const Build& build, const Finding& finding) {
  return std::any_of(build.built.findings.begin(), build.built.findings.end(), [&](const Finding& other) {
    return other.rule == finding.rule && other.message == finding.message &&
           (other.file.empty() ? build.root.file : other.file) == finding.file;
  });
}

class Stage {
 public:
  Stage(Work& work, const Reached& reached) : work_(work), out_(work.rendered) {
    after_ = std::make_shared<Side>(work, *work.input.after, work.facts, reached,
                                    work.facts_before ? &*work.facts_before : nullptr);
    if (work.facts_before && !work.Late())
      before_ = std::make_shared<Side>(work, *work.input.before, *work.facts_before, reached, nullptr);
    if (!before_) return;
    before_->builds.Add(after_->builds.Names());
    after_->builds.Add(before_->builds.Names());
  }

  void Run() {
    for (const Side* side : {after_.get(), before_.get()}) {
      const std::optional<Error> failure = side != nullptr ? side->builds.Failure() : std::nullopt;
      if (failure) return work_.CannotJudge("what would be built cannot be read: " + failure->Text());
    }
    if (work_.Late()) return;
    TellAround();
    for (std::size_t i = 0; i < after_->builds.all().size(); ++i) OfRoot(i);
    if (before_) GoneRoots();
    for (Finding& finding : out_.findings) after_->lines.ShowInFile(after_->builds.sources(), finding);
    if (work_.input.ask || work_.input.removed != nullptr) TellRemoved();
    TellCounts(std::move(changes_), work_.verdict);
    LearnKinds();
    Judge();
    if (work_.input.configuration->ratchet && !out_.findings.empty()) FindOlder();
  }

 private:
  // What is said of roots whatever their builds came to.
  void TellAround() {
    const Builds& builds = after_->builds;
    out_.findings = builds.findings();
    for (const Skipped& skipped : builds.skipped()) {
      if (skipped.reason == kUnusedComponent) {
        work_.verdict.skipped.push_back(skipped);
      } else {
        SkipOfBuild(skipped);
      }
    }
    std::set<std::pair<std::string, std::string>> told;
    for (const Build& build : builds.all()) {
      for (const NotBuilt& part : build.built.not_built) {
        if (told.emplace(part.file, part.reason).second) SkipOfBuild({part.file, part.reason});
      }
    }
  }

  void SkipOfBuild(Skipped skipped) {
    if (work_.input.not_built != nullptr) work_.input.not_built->push_back(skipped);
    work_.verdict.skipped.push_back(std::move(skipped));
  }

  void OfRoot(std::size_t index) {
    const auto& [root, name, built] = after_->builds.all()[index];
    TellFindings(name, root, built);
    if (!CameToItsEnd(built)) {
      // Said whatever severities and waivers make of the reason.
      SkipOfBuild({root.file, name + " could not be built"});
      return;
    }
    out_.read.insert(built.read.begin(), built.read.end());
    if (root.by != Builder::kKustomization && built.not_built.empty())
      out_.printed.insert(built.read.begin(), built.read.end());
    for (const BuiltObject& object : built.objects) {
      if (!StandsInForItsRoot(root, object))
        out_.objects_of.insert(OriginOf(after_->builds.sources(), object.object));
    }
    const Build* const was = before_ ? before_->builds.Find(name) : nullptr;
    const Built* const old = was != nullptr && CameToItsEnd(was->built) ? &was->built : nullptr;
    ChangeCount change{BuildWords(root, name)};
    Compare(index, built, old, change);
    if (before_) changes_.push_back(std::move(change));
  }

  // What a chart prints is placed at the release where nothing says more; the
  // release itself is not built by that.
  bool StandsInForItsRoot(const Root& root, const BuiltObject& object) const {
    return object.object.root->range == root.place &&
           (object.object.kind != root.object.kind || object.object.name != root.object.name);
  }

  // What was wrong before, in a file that the change leaves alone, holds up nobody.
  void TellFindings(const std::string& name, const Root& root, const Built& built) {
    const Build* const old = before_ ? before_->builds.Find(name) : nullptr;
    for (const Finding& each : built.findings) {
      Finding finding = Told(each, root);
      const bool was_there = old != nullptr && work_.Find(finding.file) == nullptr && HasSame(*old, finding);
      if (was_there && finding.severity == Severity::kError) {
        finding.severity = Severity::kWarning;
        finding.message += "; so it was before this change, and nothing that is built there was judged";
      }
      out_.findings.push_back(std::move(finding));
    }
  }

  void Compare(std::size_t index, const Built& built, const Built* old, ChangeCount& change) {
    std::map<std::string, std::deque<const BuiltObject*>> was;
    if (old != nullptr) {
      for (const BuiltObject& object : old->objects)
        was[IdentityKey(object.object.Name())].push_back(&object);
    }
    std::map<std::string, const BuiltObject*> seen;
    for (const BuiltObject& object : built.objects) {
      const std::string identity = IdentityKey(object.object.Name());
      const auto [first, is_first] = seen.emplace(identity, &object);
      if (!is_first) TellDouble(index, object, *first->second);
      std::deque<const BuiltObject*>& same = was[identity];
      const BuiltObject* const before = same.empty() ? nullptr : same.front();
      if (before != nullptr) same.pop_front();
      const bool differs =
          before == nullptr || !manifests::render::SameValue(*before->object.root, *object.object.root);
      change.added += before == nullptr;
      change.changed += before != nullptr && differs;
      const bool judged = before_ ? differs || IsTouched(object) : IsTouchedInside(object);
      if (judged || IsDependent(object)) candidates_.push_back({&object, before, index, !judged});
    }
    for (const auto& [identity, left] : was) {
      change.removed += left.size();
      for (const BuiltObject* object : left) removed_.push_back({object, &after_->builds.all()[index].root});
    }
  }

  void TellDouble(std::size_t index, const BuiltObject& second, const BuiltObject& first) {
    const ObjectName name = second.object.Name();
    if (name.name.empty()) return;  // generateName
    const manifests::render::Place place = after_->builds.sources().Resolve(second.object.root->range);
    Finding finding = MakeFinding(
        *FindRule("object/duplicate"), place.file == nullptr ? std::string() : place.file->path.text(),
        {place.range.begin, place.range.begin},
        name.kind + " " + (name.ns.empty() ? "" : name.ns + "/") + name.name + " is also defined at " +
            OriginOf(after_->builds.sources(), first.object));
    finding.object = name;
    finding.through = {after_->builds.all()[index].root.file};
    out_.findings.push_back(std::move(finding));
  }

  bool IsChanged(const std::string& path) const {
    const ChangedFile* const file = work_.Find(path);
    return file != nullptr && file->take == Take::kAll;
  }
  bool IsChangedAt(const Range& range) const {
    const manifests::render::Place place = after_->builds.sources().Resolve(range);
    return place.file != nullptr && IsChanged(place.file->path.text());
  }
  // Its own file is in the change.
  bool IsTouched(const BuiltObject& object) const { return IsChangedAt(object.object.root->range); }
  // Some part of it, or somebody on its way, is.
  bool IsTouchedInside(const BuiltObject& object) const {
    if (!work_.input.read_rest) return true;  // every file is in the change
    return std::any_of(object.through.begin(), object.through.end(),
                       [&](const std::string& file) { return IsChanged(file); }) ||
           IsTouchedNode(*object.object.root);
  }
  bool IsTouchedNode(const Node& node) const {
    return IsChangedAt(node.range) || std::any_of(node.children.begin(), node.children.end(),
                                                  [&](const Node& child) { return IsTouchedNode(child); });
  }

  bool IsDependent(const BuiltObject& object) const {
    return work_.changed_kinds.contains(KindKey(object.object.group, object.object.kind));
  }
  static void KeepOfChangedCrd(Findings& findings) {
    std::erase_if(findings, [](const Finding& finding) { return !finding.rule.starts_with("schema/"); });
    for (Finding& finding : findings) finding.message += kByChangedCrd;
  }

  void GoneRoots() {
    for (const Build& build : before_->builds.all()) {
      if (!CameToItsEnd(build.built)) continue;
      out_.read_before.insert(build.built.read.begin(), build.built.read.end());
      for (const BuiltObject& object : build.built.objects)
        out_.objects_before.insert(OriginOf(before_->builds.sources(), object.object));
      if (after_->builds.Find(build.name) != nullptr) continue;
      changes_.push_back({BuildWords(build.root, build.name), 0, 0, build.built.objects.size()});
      for (const BuiltObject& object : build.built.objects) removed_.push_back({&object, &build.root});
    }
    Findings lost = CheckStillBuilt(before_->builds, after_->builds);
    std::move(lost.begin(), lost.end(), std::back_inserter(out_.findings));
  }

  void LearnMade(const Builds& builds) {
    for (const Build& build : builds.all()) {
      for (const BuiltObject& object : build.built.objects)
        out_.made.insert(IdentityKey(object.object.Name()));
    }
  }

  // A root that the change does not reach may make the same of the same files.
  void LearnMadeElsewhere() {
    std::set<std::string> files;
    for (const auto& [object, root] : removed_) {
      const manifests::render::Place place = before_->builds.sources().Resolve(object->object.root->range);
      if (place.file != nullptr) files.insert(place.file->path.text());
    }
    std::vector<ChangedObjects> origins;
    for (const std::string& file : files) origins.push_back({file, {}});
    Affected affected;
    FindAffected(work_.facts, origins, affected);
    if (affected.Empty()) return;
    const Builds builds(*work_.input.after, work_.facts, *work_.input.configuration, affected,
                        {.jobs = work_.input.jobs,
                         .settings = work_.input.build,
                         .late = [this] { return work_.Late(); },
                         .is_changed = [](const std::string&) { return false; }});
    LearnMade(builds);
  }

  // What nothing makes any more, whichever root made it.
  void TellRemoved() {
    LearnMade(after_->builds);
    if (!removed_.empty()) LearnMadeElsewhere();
    for (const auto& [object, root] : removed_) {
      if (IsStillThere(work_, IdentityKey(object->object.Name()))) continue;
      const manifests::render::Place place = before_->builds.sources().Resolve(object->object.root->range);
      JudgedObject judged{place.file == nullptr ? root->file : place.file->path.text(),
                          place.range.begin.line,
                          object->object.Name(),
                          {},
                          {}};
      out_.removed.push_back({std::move(judged), PathsOf(*root), {root->file}});
    }
  }

  // A field of what was built is found while somebody may ask for it.
  void KeepPlaces(std::vector<BuiltContext> contexts) {
    for (BuiltContext& context : contexts) context.options = nullptr;  // which does not live so long
    out_.locate = [after = after_, candidates = candidates_, contexts](
                      std::size_t number, std::string_view field, Finding& finding) {
      PlaceAt(contexts[candidates[number].root], *candidates[number].object, field, finding);
    };
  }

  void LearnKinds() {
    std::set<std::string> kinds;
    for (const Candidate& candidate : candidates_) {
      const manifests::Object& object = candidate.object->object;
      const schemas::KindInfo kind = work_.catalogs->usual().Find(object.group, object.version, object.kind);
      if (kind.origin != schemas::Origin::kKubernetes) kinds.insert(KindKey(object.group, object.kind));
    }
    AddCrdsOf(work_, kinds);
  }

  // How what one side has of each root of the other is looked at.
  std::vector<BuiltContext> Contexts(Side& side) {
    std::vector<BuiltContext> contexts;
    for (std::size_t i = 0; i < options_.size(); ++i)
      contexts.push_back(side.Context(options_[i], after_->builds.all()[i].root));
    return contexts;
  }

  void Judge() {
    for (const Build& build : after_->builds.all()) options_.push_back(work_.Options(PathsOf(build.root)));
    const std::vector<BuiltContext> contexts = Contexts(*after_);
    std::vector<Findings> findings(candidates_.size());
    std::vector<BuiltRecord> objects(candidates_.size());
    ForEachIndex(work_.input.jobs, candidates_.size(), [&](std::size_t i) {
      if (work_.Late()) return;
      const Candidate& candidate = candidates_[i];
      findings[i] = CheckBuilt(contexts[candidate.root], *candidate.object);
      if (candidate.dependent) return KeepOfChangedCrd(findings[i]);
      objects[i] = RecordBuilt(contexts[candidate.root], *candidate.object);
      objects[i].number = i;
      if (!work_.input.ask && work_.input.places == nullptr) return;
      const Root& root = after_->builds.all()[candidate.root].root;
      objects[i].root_file = root.file;
      objects[i].paths = PathsOf(root);
    });
    if (work_.input.ask) KeepPlaces(contexts);
    for (Findings& some : findings) std::move(some.begin(), some.end(), std::back_inserter(out_.findings));
    // Those of dependents, and where it was late.
    std::erase_if(objects, [](const BuiltRecord& object) { return object.judged.evidence.empty(); });
    out_.objects = std::move(objects);
    LeaveSecretsToFiles();
  }

  // A plain Secret is told of in its file; here again only where that file is
  // in the change and alone does not show it.
  void LeaveSecretsToFiles() {
    std::set<std::string> told;
    for (const ChangedFile& file : work_.files) {
      for (const ExaminedFinding& examined : file.examined.findings) {
        if (examined.finding.rule.starts_with("secret/")) told.insert(file.change->path);
      }
    }
    std::erase_if(out_.findings, [&](const Finding& finding) {
      return finding.rule.starts_with("secret/") && (!IsChanged(finding.file) || told.contains(finding.file));
    });
  }

  // What the same objects, and the builds that were, had wrong before.
  void FindOlder() {
    if (!before_) return;
    const std::vector<BuiltContext> contexts = Contexts(*before_);
    for (const Candidate& candidate : candidates_) {
      if (candidate.before == nullptr || candidate.dependent || work_.Late()) continue;
      Findings findings = CheckBuilt(contexts[candidate.root], *candidate.before);
      std::move(findings.begin(), findings.end(), std::back_inserter(out_.older));
    }
    for (const Build& build : before_->builds.all()) {
      for (const Finding& finding : build.built.findings) out_.older.push_back(Told(finding, build.root));
    }
  }

  Work& work_;
  Rendered& out_;
  std::shared_ptr<Side> after_, before_;
  std::vector<ExamineOptions> options_;  // of each root of after_, once every kind is known
  std::vector<Candidate> candidates_;
  std::vector<std::pair<const BuiltObject*, const Root*>> removed_;  // of one root each
  std::vector<ChangeCount> changes_;
};

// What a build takes in as a patch is judged in what it makes of its objects, and
// a template in what its chart prints, where somebody had it printed here.
bool IsJudgedByBuild(const Work& work, const std::string& file) {
  if (!work.rendered.HasRead(file)) return false;
  bool patches = false;
  work.facts.Find(FactKind::kReference, file, [&](const FactView& fact) {
    patches |= fact.value.starts_with(static_cast<char>(Reference::kPatch)) &&
               work.rendered.HasRead(std::string(fact.file));
  });
  return patches || (work.rendered.printed.contains(file) &&
                     RoleOf(work.facts, work.input.configuration->roots, file).chart_template);
}

void TellOutOfJudgement(Work& work) {
  for (OutOfJudgement& out : work.out_of_judgement) {
    if (!IsJudgedByBuild(work, out.file)) work.verdict.findings.push_back(std::move(out.finding));
  }
}

}  // namespace

bool Rendered::Builds(std::string_view file, Position place) const {
  return !objects_of.empty() && objects_of.contains(std::string(file) + ":" + std::to_string(place.line));
}

void JudgeBuilt(Work& work) {
  const Reached reached = ReachedBy(work);
  if (!reached.affected.Empty() && !TellGathered(work, reached.affected)) Stage(work, reached).Run();
  TellOutOfJudgement(work);
}

}  // namespace sluice::gate
