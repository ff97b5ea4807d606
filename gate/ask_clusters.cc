// What the API servers of the clusters say of the change: one question a
// cluster, with every object that it runs, since one may need another. An answer
// becomes evidence, and what is wrong a finding at the field that it names. What
// is surely refused here already is not sent, and neither is what is not whole: an
// error that may be waived or older keeps nothing from being asked. Of a folder that
// is judged whole only what its newest record does not hold is asked about, and what
// that holds and the folder does not.
// Invariant: what a server refuses is a finding whatever else it says, of the
// severity that its rule is given; where none answered there is none but
// cluster/unverified.
// Tested by tests/gate/ask_clusters_test.cc.
#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "gate/field_node.h"
#include "gate/rules.h"
#include "gate/settle.h"
#include "gate/source_lines.h"
#include "gate/work.h"
#include "promotion/folder_paths.h"

namespace sluice::gate {
namespace {

using Clock = std::chrono::steady_clock;
using By = Evidence::By;

constexpr std::size_t kMostCauses = 100;  // of one object that are told
constexpr std::string_view kOutOfRange = "schema/out-of-range";
constexpr std::string_view kUnlike = "a number of it does not fit its field, and would be sent as another";
constexpr std::string_view kRefusedHere = "it is refused here already";
constexpr std::string_view kLate = "the time for an answer ran out";

// Where an object was found, and so where what is said of it belongs.
enum class Found : std::uint8_t { kFile, kBuilt, kRemoved };

struct Asked {
  DryRunObject object;
  std::string identity{};  // as it is written, before it lands anywhere
  Found found = Found::kFile;
  std::size_t index = 0;   // of the file, of the built object, of the removed one
  std::size_t number = 0;  // of the object in its file
  std::vector<std::string> paths;
  std::string withheld;  // why it is not sent; empty: it is
  bool refused = false;  // here, whatever a cluster would say
  std::vector<Evidence>* evidence = nullptr;
};

// What is found here of an object, as far as it keeps it from being asked about.
struct Hindrance {
  bool refused = false;  // whatever a cluster says
  bool unlike = false;   // what would be sent is not what the file says
};

// A file read again, to find a field in it.
struct Opened {
  Opened(manifests::ParsedFile parsed, const Limits& limits)
      : file(std::move(parsed)), objects(manifests::Objects(file, limits)), lines(file) {}
  manifests::ParsedFile file;
  manifests::ObjectList objects;
  SourceLines lines;
};

class Inquiry {
 public:
  explicit Inquiry(Work& work) : work_(work), configuration_(*work.input.configuration) {}

  void Run() {
    AddRemovedOfFiles();
    std::move(work_.rendered.removed.begin(), work_.rendered.removed.end(), std::back_inserter(removed_));
    for (std::size_t i = 0; i < work_.files.size(); ++i) AddFile(i);
    AddBuilt();
    if (work_.input.recorded != nullptr) KeepWhatDiffers(*work_.input.recorded);
    for (std::size_t i = 0; i < removed_.size(); ++i) AddRemoved(i);
    const Clock::time_point end = std::min(Clock::now() + work_.input.ask_within, BeforeDeadline());
    std::size_t left = work_.input.asked.size();
    for (const std::string& name : work_.input.asked) {
      const Cluster* const cluster = FindCluster(configuration_, name);
      const auto time = (end - Clock::now()) / static_cast<Clock::rep>(left--);
      if (cluster != nullptr) Ask(*cluster, std::chrono::duration_cast<std::chrono::milliseconds>(time));
    }
    for (RemovedRecord& removed : removed_) {
      if (!removed.judged.evidence.empty()) work_.verdict.removed.push_back(std::move(removed.judged));
    }
  }

 private:
  // A tenth of what is left is for what comes after.
  Clock::time_point BeforeDeadline() const {
    if (work_.input.deadline == Clock::time_point::max()) return work_.input.deadline;
    return work_.input.deadline - (work_.input.deadline - Clock::now()) / 10;
  }

  bool IsError(const Finding& finding) const {
    return SeverityFor(configuration_, finding) == Severity::kError;
  }

  // Whatever else is known of it: no older violation and no waiver takes it away.
  bool SurelyRefuses(const Finding& finding) const {
    if (configuration_.ratchet || !IsError(finding)) return false;
    Findings left = {finding};
    return TakeAwayWaived(configuration_, work_.input.now, left) == 0;
  }

  void Hold(const Finding& finding, Hindrance& hindrance) const {
    if (SurelyRefuses(finding)) hindrance.refused = true;
    if (finding.rule == kOutOfRange) hindrance.unlike = true;
  }

  // With the namespace that it would land in.
  ObjectName LandsAs(ObjectName name) const {
    const std::size_t slash = name.api_version.find('/');
    const std::string_view api = name.api_version;
    const std::string_view group = slash == api.npos ? std::string_view() : api.substr(0, slash);
    const std::string_view version = slash == api.npos ? api : api.substr(slash + 1);
    const schemas::KindInfo kind = work_.catalogs->usual().Find(group, version, name.kind);
    if (name.ns.empty() && kind.scope == schemas::Scope::kNamespaced) name.ns = "default";
    return name;
  }

  void Add(Asked asked, const ObjectName& name, Hindrance hindrance = {}) {
    asked.object.name = LandsAs(name);
    asked.identity = IdentityKey(name);
    asked.refused = hindrance.refused;
    if (asked.withheld.empty() && name.name.empty()) asked.withheld = "it has no name before it is made";
    if (asked.withheld.empty() && hindrance.unlike) asked.withheld = kUnlike;
    asked_.push_back(std::move(asked));
  }

  // Those that no build takes in, as Conclude counts them.
  void AddFile(std::size_t index) {
    ChangedFile& file = work_.files[index];
    if (!file.present || !file.manifest || !file.unread.empty() || file.take != Take::kAll) return;
    if (!IsJudged(file.role, file.examined)) return;
    const std::vector<Hindrance> hindrances = HindrancesOf(file);
    for (std::size_t i = 0; i < file.examined.objects.size(); ++i) {
      ExaminedObject& object = file.examined.objects[i];
      if (work_.rendered.Builds(file.change->path, object.place) || object.encrypted) continue;
      if (!object.content) object.content = std::make_unique<ObjectContent>();
      Asked asked{
          {{}, false, object.content->canonical}, {}, Found::kFile, index, i, {file.change->path}, {}};
      if (file.role.substituted && object.placeholders) asked.withheld = "${...} is replaced by Flux";
      asked.evidence = &object.content->asked;
      Add(std::move(asked), object.name, hindrances[i]);
    }
  }

  // One for each object.
  std::vector<Hindrance> HindrancesOf(const ChangedFile& file) const {
    const std::vector<ExaminedObject>& objects = file.examined.objects;
    std::vector<Hindrance> hindrances(objects.size());
    for (const ExaminedFinding& examined : file.examined.findings) {
      if (file.role.substituted && examined.placeholder) continue;
      for (std::size_t i = 0; i < objects.size(); ++i) {  // number 0: the file as a whole
        if (examined.object == 0 || examined.object == i + 1) Hold(examined.finding, hindrances[i]);
      }
    }
    for (const ExaminedFinding& examined : file.later_findings) {
      for (std::size_t i = 0; i < objects.size(); ++i) {
        if (objects[i].name == examined.finding.object) Hold(examined.finding, hindrances[i]);
      }
    }
    return hindrances;
  }

  void AddBuilt() {
    std::map<std::pair<std::string, ObjectName>, Hindrance> hindrances;  // by what has it built
    for (const Finding& finding : work_.rendered.findings) {
      if (!finding.through.empty()) Hold(finding, hindrances[{finding.through.back(), finding.object}]);
    }
    for (std::size_t i = 0; i < work_.rendered.objects.size(); ++i) {
      BuiltRecord& built = work_.rendered.objects[i];
      if (built.encrypted) continue;
      Asked asked{{{}, false, built.canonical}, {}, Found::kBuilt, i, 0, built.paths, built.unknown};
      asked.evidence = &built.judged.evidence;
      const auto hindrance = hindrances.find({built.root_file, built.judged.name});
      Add(std::move(asked), built.judged.name,
          hindrance == hindrances.end() ? Hindrance{} : hindrance->second);
    }
  }

  void AddRemoved(std::size_t index) {
    RemovedRecord& removed = removed_[index];
    Asked asked{{{}, true, {}}, {}, Found::kRemoved, index, 0, removed.paths, {}};
    asked.evidence = &removed.judged.evidence;
    Add(std::move(asked), removed.judged.name);
  }

  void KeepWhatDiffers(const RecordedObjects& recorded) {
    AddGoneOf(recorded);
    std::erase_if(asked_, [&](const Asked& asked) {
      return !IsOf(recorded.folder, asked.paths) || recorded.Holds(asked.identity, asked.object.json);
    });
  }

  // A root elsewhere may take in files of the folder, and is asked about by whoever moves that.
  static bool IsOf(const std::string& folder, const std::vector<std::string>& paths) {
    return std::any_of(paths.begin(), paths.end(),
                       [&](const std::string& path) { return promotion::IsInFolder(folder, path); });
  }

  // What the record holds and the folder has no more. Another folder may have an object of the
  // same name, for another cluster.
  void AddGoneOf(const RecordedObjects& recorded) {
    const std::set<std::string> there = IdentitiesIn(recorded.folder);
    for (const auto& [identity, object] : recorded.objects) {
      if (there.contains(identity)) continue;
      if (work_.Late()) return;
      const Result<ObjectName> name = recorded.NameOf(object);
      if (!name) return work_.CannotJudge(name.error().Text());
      if (!there.contains(IdentityKey(LandsAs(*name))))
        removed_.push_back({{{}, 0, *name, {}, {}}, PathsIn(recorded.folder), {}});
    }
  }

  // As they are written, and as they land; those that nobody is asked about too.
  std::set<std::string> IdentitiesIn(const std::string& folder) const {
    std::set<std::string> there;
    const auto add = [&](const ObjectName& name) {
      there.insert(IdentityKey(name));
      there.insert(IdentityKey(LandsAs(name)));
    };
    for (const ChangedFile& file : work_.files) {
      if (!promotion::IsInFolder(folder, file.change->path)) continue;
      for (const ExaminedObject& object : file.examined.objects)
        if (!work_.rendered.Builds(file.change->path, object.place)) add(object.name);
    }
    for (const BuiltRecord& built : work_.rendered.objects)
      if (IsOf(folder, built.paths)) add(built.judged.name);
    return there;
  }

  // What is gone has no file any more: whoever runs something of the folder ran it.
  std::vector<std::string> PathsIn(const std::string& folder) const {
    std::vector<std::string> paths = {folder + "/kustomization.yaml"};
    for (const ChangedFile& file : work_.files)
      if (promotion::IsInFolder(folder, file.change->path)) paths.push_back(file.change->path);
    return paths;
  }

  // Objects of changed files that were applied as they stood, and stand nowhere now.
  void AddRemovedOfFiles() {
    if (!work_.facts_before) return;
    for (const ChangedFile& file : work_.files) {
      const bool was_file = !file.change->old_id.IsZero() && file.change->old_kind == FileKind::kFile;
      if (!was_file || !file.named || !IsManifestName(file.change->path)) continue;
      const std::string& path = file.change->path;
      Role role = RoleOf(*work_.facts_before, configuration_.roots, path);
      Result<std::string> bytes = work_.Read(file, true);
      if (!bytes || !role.in_scope) continue;
      LookInside(role, *bytes);
      if (role.whole) AddGone(path, *std::move(bytes));
    }
  }

  void AddGone(const std::string& path, std::string bytes) {
    const manifests::ParsedFile parsed = manifests::Parse(path, std::move(bytes), work_.limits);
    if (!parsed.Readable()) return;
    for (const manifests::Object& object : manifests::Objects(parsed, work_.limits).objects) {
      const ObjectName name = object.Name();
      const std::uint32_t line = object.root->range.begin.line;
      const bool built = work_.rendered.objects_before.contains(path + ":" + std::to_string(line));
      if (built || IsStillThere(work_, IdentityKey(name))) continue;
      removed_.push_back({{path, line, name, {}, {}}, {path}, {}});
    }
  }

  void Ask(const Cluster& cluster, std::chrono::milliseconds time) {
    std::vector<Asked*> sent;
    DryRunRequest request{cluster.name, {}, time, false};
    for (Asked& asked : asked_) {
      if (!Runs(cluster, asked.paths, work_.input.build.branches)) continue;
      if (asked.refused) {
        asked.evidence->push_back({By::kOffline, cluster.name, std::string(kRefusedHere)});
        continue;
      }
      if (!asked.withheld.empty()) {
        Unverified(cluster, asked, asked.withheld);
        continue;
      }
      sent.push_back(&asked);
      request.objects.push_back(asked.object);
    }
    if (sent.empty()) return;
    const DryRunReply reply = Answer(request);
    for (std::size_t i = 0; i < sent.size(); ++i) Hear(cluster, *sent[i], reply.answers[i], reply.trouble);
    if (!reply.minor.empty() && !cluster.kubernetes.empty() && reply.minor != cluster.kubernetes) {
      work_.verdict.notes.push_back("cluster " + cluster.name + " runs Kubernetes " + reply.minor +
                                    ", and `clusters` says " + cluster.kubernetes);
    }
  }

  // As many answers as objects, whatever came.
  DryRunReply Answer(const DryRunRequest& request) const {
    std::string trouble(kLate);
    if (request.deadline.count() > 0) {
      Result<DryRunReply> reply = work_.input.ask(request);
      if (reply && reply->answers.size() == request.objects.size()) return *std::move(reply);
      trouble = reply ? "the answer does not fit what was asked" : reply.error().Text();
    }
    return {{}, trouble, std::vector<DryRunAnswer>(request.objects.size())};
  }

  void Hear(const Cluster& cluster, const Asked& asked, const DryRunAnswer& answer,
            const std::string& trouble) {
    switch (answer.known) {
      case Known::kTaken:
      case Known::kRefused:
        Answered(cluster, asked, answer);
        return;
      case Known::kOffline:
        asked.evidence->push_back({By::kOffline, cluster.name, answer.reason});
        return;
      case Known::kUnverified:
        break;
    }
    Unverified(cluster, asked, answer.reason.empty() ? trouble : answer.reason);
  }

  void Answered(const Cluster& cluster, const Asked& asked, const DryRunAnswer& answer) {
    std::vector<Evidence>& evidence = *asked.evidence;
    // That there is no schema here matters no longer.
    std::erase_if(evidence,
                  [](const Evidence& each) { return each.by == By::kUnverified && each.cluster.empty(); });
    evidence.push_back({By::kCluster, cluster.name, {}});
    const bool refused = answer.known == Known::kRefused;
    bool told = false;
    for (std::size_t i = 0; i < answer.causes.size() && i < kMostCauses; ++i) {
      const DryRunCause& cause = answer.causes[i];
      const Rule* rule = cause.rule.starts_with("cluster/") ? FindRule(cause.rule) : nullptr;
      if (rule == nullptr) rule = refused ? &kRefusedRule : FindRule("cluster/warning");
      const Severity severity = refused ? rule->severity : std::min(rule->severity, Severity::kWarning);
      told |= severity == Severity::kError;
      Tell(asked, *rule, severity, cause.field, "cluster " + cluster.name + ": " + cause.message);
    }
    if (refused && !told) {
      Tell(asked, kRefusedRule, Severity::kError, {},
           "cluster " + cluster.name + " refuses it" + (answer.reason.empty() ? "" : ": " + answer.reason));
    }
  }

  void Unverified(const Cluster& cluster, const Asked& asked, const std::string& reason) {
    const std::string why = reason.empty() ? "nobody said why" : reason;
    asked.evidence->push_back({By::kUnverified, cluster.name, why});
    Finding finding = FindingOf(asked, kUnverifiedRule, {}, "cluster " + cluster.name + ": " + why);
    if (SeverityFor(configuration_, finding) == Severity::kOff) return;
    work_.verdict.findings.push_back(std::move(finding));
  }

  void Tell(const Asked& asked, const Rule& rule, Severity severity, const std::string& field,
            std::string message) {
    if (asked.found == Found::kRemoved) message = "its removal: " + message;
    Finding finding = FindingOf(asked, rule, field, std::move(message));
    finding.severity = severity;
    work_.verdict.findings.push_back(std::move(finding));
  }

  Finding FindingOf(const Asked& asked, const Rule& rule, const std::string& field, std::string message) {
    Finding finding = MakeFinding(rule, {}, {}, std::move(message));
    finding.field = field;
    if (asked.found == Found::kFile) PlaceInFile(asked, finding);
    if (asked.found == Found::kBuilt) {
      const BuiltRecord& built = work_.rendered.objects[asked.index];
      finding.object = built.judged.name;
      work_.rendered.locate(built.number, field, finding);
    }
    if (asked.found == Found::kRemoved) {
      const RemovedRecord& removed = removed_[asked.index];
      finding.file = removed.judged.file;
      if (!finding.file.empty()) finding.range = {{removed.judged.line, 1}, {removed.judged.line, 1}};
      finding.object = removed.judged.name;
      finding.through = removed.through;
    }
    return finding;
  }

  void PlaceInFile(const Asked& asked, Finding& finding) {
    const ChangedFile& file = work_.files[asked.index];
    const ExaminedObject& object = file.examined.objects[asked.number];
    finding.file = file.change->path;
    finding.object = object.name;
    finding.range = {object.place, object.place};
    Opened* const opened = Open(asked.index);
    if (opened == nullptr || asked.number >= opened->objects.objects.size()) return;
    finding.range = RangeOfField(*opened->objects.objects[asked.number].root, finding.field);
    opened->lines.Show(finding);
  }

  // Null: it cannot be read any more.
  Opened* Open(std::size_t index) {
    const auto [entry, is_new] = opened_.try_emplace(index);
    if (!is_new) return entry->second.get();
    const ChangedFile& file = work_.files[index];
    Result<std::string> bytes = work_.Read(file, false);
    if (!bytes) return nullptr;
    entry->second = std::make_unique<Opened>(
        manifests::Parse(file.change->path, *std::move(bytes), work_.limits), work_.limits);
    for (const ExaminedFinding& examined : file.examined.findings) {
      if (examined.finding.rule.starts_with("secret/"))
        entry->second->lines.Hide(examined.finding.range.begin);
    }
    return entry->second.get();
  }

  Work& work_;
  const Configuration& configuration_;
  std::vector<RemovedRecord> removed_;
  std::vector<Asked> asked_;
  std::map<std::size_t, std::unique_ptr<Opened>> opened_;
};

}  // namespace

void AskClusters(Work& work) {
  if (work.input.ask && !work.input.asked.empty() && !work.Late()) Inquiry(work).Run();
}

}  // namespace sluice::gate
