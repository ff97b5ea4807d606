// One push: for each ref whether it may move this way at all, then the verdict
// of the repository's configuration, of the operator's floor, of every new
// commit, and, in shadow, of the configuration that the push would bring.
// Tested by tests/gate/push_test.cc and, with real pushes, by tests/push/.
#include "gate/push.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "gate/gate.h"
#include "gate/history.h"
#include "gate/intent.h"
#include "gate/policy_side.h"
#include "gate/rules.h"
#include "gate/settle.h"
#include "git/index.h"

namespace sluice::gate {
namespace {

constexpr std::string_view kReserved = "refs/sluice/";
constexpr std::string_view kBypassOption = "sluice.bypass=";
constexpr std::size_t kMaxAncestry = 200'000;   // commits walked to tell a forced push
constexpr std::size_t kMaxBehindIndex = 4'000;  // changed files past which facts are read anew
constexpr std::size_t kMaxBypassReason = 1'000;

void CannotJudge(Verdict& verdict, const Error& error) {
  verdict.outcome = Outcome::kUnjudged;
  verdict.reason = error.Text();
}

// Which old tree an update is held against.
struct Base {
  Oid commit, tree;  // zero: nothing
};

bool HoldsEverywhere(const Finding& finding) {
  return finding.rule.starts_with("secret/") || finding.rule.starts_with("text/") ||
         finding.rule == kReservedRefRule.id;
}

class RefJudge {
 public:
  RefJudge(const Push& push, const PolicySide& own, const PolicySide* floor, const RefUpdate& update)
      : push_(push), own_(own), floor_(floor) {
    out_.update = update;
    out_.verdict.subject = ShortName(update.ref);
    out_.verdict.summary.policy = own.loaded.configuration.source;
  }

  RefVerdict Judge() {
    const auto begin = std::chrono::steady_clock::now();
    protection_ = FindProtection(own_, out_.update.ref);
    if (protection_ == nullptr && floor_ != nullptr) protection_ = FindProtection(*floor_, out_.update.ref);
    out_.is_protected = protection_ != nullptr;
    MayMove();
    if (!out_.update.new_id.IsZero() && !reserved_) Content();
    Weigh();
    out_.verdict.summary.milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    return std::move(out_);
  }

 private:
  void Report(const Rule& rule, std::string message) {
    out_.verdict.findings.push_back(MakeFinding(rule, {}, {}, std::move(message)));
  }

  // --- the move itself -------------------------------------------------------

  void MayMove() {
    const RefUpdate& update = out_.update;
    reserved_ = update.ref.starts_with(kReserved);
    if (reserved_) return Report(kReservedRefRule, update.ref + " is written by Sluice alone");
    if (!out_.is_protected) return;
    const std::string name = ShortName(update.ref);
    if (update.new_id.IsZero()) {
      if (!protection_->remove) Report(kProtectedDeleteRule, name + " is protected and may not be deleted");
    } else if (update.old_id.IsZero()) {
      const bool first = update.ref == own_.ref && own_.first_push;
      if (!protection_->create && !first)
        Report(kProtectedCreateRule, name + " is protected and may not be created");
    } else if (!protection_->force) {
      Forward(name);
    }
  }

  void Forward(const std::string& name) {
    const Result<bool> forward =
        git::IsAncestor(*push_.repository, out_.update.old_id, out_.update.new_id, kMaxAncestry);
    if (!forward) return CannotJudge(out_.verdict, forward.error());
    if (!*forward) Report(kNonFastForwardRule, name + " would lose commits: the push is no fast-forward");
  }

  // --- its content -------------------------------------------------------------

  void Content() {
    const Result<Oid> tree = git::TreeOf(*push_.repository, out_.update.new_id);
    if (!tree) {
      if (tree.error().kind == ErrorKind::kNotFound || out_.is_protected)
        CannotJudge(out_.verdict, tree.error());
      return;
    }
    new_tree_ = *tree;
    FindBase();
    const Limits& limits = push_.settings.limits;
    Result<std::vector<git::FileChange>> changes =
        git::Changes(*push_.repository, base_.tree, new_tree_, limits);
    if (!changes) {
      if (changes.error().kind != ErrorKind::kLimit) return CannotJudge(out_.verdict, changes.error());
      return Report(kTooLargeRule, changes.error().message);
    }
    changes_ = *std::move(changes);
    before_ = git::OpenTree(push_.repository, base_.tree);
    after_ = git::OpenTree(push_.repository, new_tree_);
    OpenFacts();
    WithOwnPolicy();
    if (floor_ != nullptr) WithFloor();
    InShadow();
    NewCommits();
  }

  // Protected refs are held against their old tip, others against the point
  // where they left the policy branch.
  void FindBase() {
    const bool moved = out_.is_protected && !out_.update.old_id.IsZero();
    Result<Oid> base = moved ? Result<Oid>(out_.update.old_id) : NotFound("no policy branch yet");
    const Result<Oid> policy = push_.repository->ResolveRef(own_.ref);
    if (!moved && policy) base = git::MergeBase(*push_.repository, *policy, out_.update.new_id);
    if (!base) return;
    const Result<Oid> tree = git::TreeOf(*push_.repository, *base);
    if (tree) base_ = {*base, *tree};
  }

  void OpenFacts() {
    Result<std::shared_ptr<const git::Index>> index =
        git::OpenIndex(push_.repository->git_dir() + "/sluice/index", EngineVersion());
    if (!index) return;
    if ((*index)->tree() == base_.tree) {
      since_index_ = changes_;
    } else {
      Limits limits = push_.settings.limits;
      limits.push_files = kMaxBehindIndex;
      Result<std::vector<git::FileChange>> since =
          git::Changes(*push_.repository, (*index)->tree(), new_tree_, limits);
      if (!since) return;
      since_index_ = *std::move(since);
    }
    index_ = *std::move(index);
  }

  CheckInput Input(const Configuration& configuration) {
    CheckInput input;
    input.subject = out_.verdict.subject;
    input.before = before_.get();
    input.after = after_.get();
    input.changes = changes_;
    input.configuration = &configuration;
    input.index = index_;
    input.since_index = since_index_;
    input.digests = out_.is_protected;
    input.jobs = push_.jobs;
    input.deadline = push_.deadline;
    input.read_blob = [this](const Oid& id, std::size_t limit) -> Result<std::string> {
      Result<git::RawObject> blob = push_.repository->Read(id, limit);
      if (!blob) return blob.error();
      return std::move(blob->bytes);
    };
    return input;
  }

  Configuration Bounded(const Configuration& configuration) const {
    Configuration bounded = configuration;
    bounded.limits = Tighter(configuration.limits, push_.settings.limits);
    return bounded;
  }

  // A configuration that means nothing safe judges nothing.
  bool Usable(const PolicySide& side) {
    const auto broken =
        std::find_if(side.loaded.findings.begin(), side.loaded.findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::kError; });
    if (broken == side.loaded.findings.end()) return true;
    if (side.first_push && &side == &own_) {
      out_.verdict.findings.insert(out_.verdict.findings.end(), side.loaded.findings.begin(),
                                   side.loaded.findings.end());
    }
    out_.verdict.outcome = Outcome::kUnjudged;
    out_.verdict.reason = "the configuration of " + side.loaded.configuration.source +
                          " is broken: " + broken->file + ":" + std::to_string(broken->range.begin.line) +
                          ": " + broken->message;
    return false;
  }

  void WithOwnPolicy() {
    if (!Usable(own_)) return;
    const Configuration configuration = Bounded(own_.loaded.configuration);
    CheckInput input = Input(configuration);
    if (out_.is_protected) input.canonical = &canonical_;
    Verdict verdict = Check(input);
    verdict.findings.insert(verdict.findings.begin(), std::make_move_iterator(out_.verdict.findings.begin()),
                            std::make_move_iterator(out_.verdict.findings.end()));
    if (out_.verdict.outcome == Outcome::kUnjudged) {
      verdict.outcome = Outcome::kUnjudged;
      verdict.reason = out_.verdict.reason;
    }
    out_.verdict = std::move(verdict);
    if (own_.first_push)
      out_.verdict.notes.push_back("first push: judged by the configuration that it brings");
  }

  // Both judge and the union rejects.
  void WithFloor() {
    if (!Usable(*floor_)) return;
    const Configuration configuration = Bounded(floor_->loaded.configuration);
    Verdict verdict = Check(Input(configuration));
    for (Finding& finding : verdict.findings) {
      if (!Holds(finding)) out_.verdict.findings.push_back(std::move(finding));
    }
    if (verdict.outcome == Outcome::kUnjudged) {
      out_.verdict.outcome = Outcome::kUnjudged;
      out_.verdict.reason = verdict.reason;
    }
    out_.verdict.summary.policy += ", floor " + configuration.source;
  }

  // The same finding with at least this severity is there already.
  bool Holds(const Finding& finding) const {
    return std::any_of(out_.verdict.findings.begin(), out_.verdict.findings.end(), [&](const Finding& other) {
      return other.rule == finding.rule && other.file == finding.file && other.range == finding.range &&
             other.message == finding.message && other.severity >= finding.severity;
    });
  }

  // A change of the configuration is judged by the old one; what the new one
  // would say is told, and a broken one is a finding.
  void InShadow() {
    const bool changes_it = std::any_of(changes_.begin(), changes_.end(), [](const git::FileChange& file) {
      return file.path.starts_with(".sluice/");
    });
    if (!changes_it || own_.first_push || out_.update.ref != own_.ref) return;
    Result<LoadedConfiguration> loaded = ConfigurationAt(push_.repository, out_.update.new_id, "this push");
    if (!loaded) return CannotJudge(out_.verdict, loaded.error());
    if (!loaded->findings.empty()) {
      std::move(loaded->findings.begin(), loaded->findings.end(), std::back_inserter(out_.verdict.findings));
      return;
    }
    const Configuration configuration = Bounded(loaded->configuration);
    const Verdict shadow = Check(Input(configuration));
    out_.verdict.notes.push_back(shadow.outcome == Outcome::kAccepted
                                     ? "the new configuration would accept this push"
                                     : "the new configuration would reject this push: " +
                                           std::to_string(shadow.summary.errors) + " errors");
  }

  void NewCommits() {
    std::unordered_set<Oid> judged;
    for (const git::FileChange& file : changes_) judged.insert(file.new_id);
    HistoryInput input;
    input.repository = push_.repository.get();
    input.tip = out_.update.new_id;
    for (const RefUpdate& update : push_.updates) {
      if (!update.old_id.IsZero()) input.known.push_back(update.old_id);
    }
    input.judged = &judged;
    input.limits = &push_.settings.limits;
    input.deadline = push_.deadline;
    Result<Findings> findings = CheckHistory(input);
    if (!findings) return CannotJudge(out_.verdict, findings.error());
    std::move(findings->begin(), findings->end(), std::back_inserter(out_.verdict.findings));
  }

  // --- what it is worth -----------------------------------------------------------

  void Weigh() {
    if (!out_.is_protected) Advise();
    Settle(out_.verdict);
    const bool refused = out_.verdict.outcome == Outcome::kRejected ||
                         (out_.is_protected && out_.verdict.outcome == Outcome::kUnjudged);
    out_.rejects = refused && push_.settings.mode == Mode::kEnforce;
    if (refused && !out_.rejects) out_.verdict.notes.push_back("mode observe: reported, not rejected");
    if (!out_.is_protected || refused || out_.update.new_id.IsZero()) return;
    out_.intent_name = IntentName(out_.update);
    out_.intent = IntentText(out_.update, new_tree_, out_.verdict, canonical_);
  }

  // On other branches only what would stay in the history for ever rejects.
  void Advise() {
    std::size_t softened = 0;
    for (Finding& finding : out_.verdict.findings) {
      if (finding.severity != Severity::kError || HoldsEverywhere(finding)) continue;
      finding.severity = Severity::kWarning;
      ++softened;
    }
    if (softened == 0) return;
    out_.verdict.notes.push_back(std::to_string(softened) + (softened == 1 ? " finding" : " findings") +
                                 " would reject on a protected branch; this branch is advised only");
  }

  static Limits Tighter(const Limits& a, const Limits& b) {
    Limits limits = b;
    limits.file_bytes = std::min(a.file_bytes, b.file_bytes);
    limits.object_bytes = std::min(a.object_bytes, b.object_bytes);
    limits.push_bytes = std::min(a.push_bytes, b.push_bytes);
    limits.push_files = std::min(a.push_files, b.push_files);
    limits.push_objects = std::min(a.push_objects, b.push_objects);
    limits.depth = std::min(a.depth, b.depth);
    limits.mapping_keys = std::min(a.mapping_keys, b.mapping_keys);
    limits.anchors = std::min(a.anchors, b.anchors);
    limits.expansion_nodes = std::min(a.expansion_nodes, b.expansion_nodes);
    return limits;
  }

  const Push& push_;
  const PolicySide& own_;
  const PolicySide* floor_;
  const Protection* protection_ = nullptr;
  RefVerdict out_;
  bool reserved_ = false;
  Oid new_tree_;
  Base base_;
  std::vector<git::FileChange> changes_, since_index_;
  std::unique_ptr<FileTree> before_, after_;
  std::shared_ptr<const git::Index> index_;
  std::vector<std::string> canonical_;
};

// Every ref unjudged, for one reason.
PushVerdict Unjudged(const Push& push, const Error& error) {
  PushVerdict out;
  out.accepted = push.settings.mode == Mode::kObserve;
  for (const RefUpdate& update : push.updates) {
    RefVerdict verdict;
    verdict.update = update;
    verdict.is_protected = true;  // unknown, so taken as protected
    verdict.rejects = !out.accepted;
    verdict.verdict.subject = ShortName(update.ref);
    CannotJudge(verdict.verdict, error);
    out.refs.push_back(std::move(verdict));
  }
  return out;
}

std::optional<std::string> BypassReason(const Push& push) {
  for (const std::string& option : push.options) {
    if (option.starts_with(kBypassOption)) return option.substr(kBypassOption.size(), kMaxBypassReason);
  }
  return std::nullopt;
}

void ApplyBypass(const Push& push, PushVerdict& out) {
  const std::optional<std::string> reason = BypassReason(push);
  if (!reason) return;
  const std::vector<std::string>& people = push.settings.bypass_by;
  const bool allowed = !push.pusher.empty() &&
                       std::find(people.begin(), people.end(), push.pusher) != people.end() &&
                       !reason->empty();
  for (RefVerdict& ref : out.refs) {
    if (!ref.rejects) continue;
    if (!allowed) {
      ref.verdict.notes.push_back(reason->empty() ? "a bypass needs a reason"
                                                  : "no bypass: the operator allows it to named people only");
    } else if (!ref.update.ref.starts_with(kReserved)) {
      ref.rejects = false;
      ref.verdict.notes.push_back("bypassed by " + push.pusher + ": " + *reason);
      out.bypass = push.pusher + ": " + *reason;
    }
  }
}

}  // namespace

PushVerdict JudgePush(const Push& push) {
  const Result<PolicySide> own = OwnPolicy(push);
  if (!own) return Unjudged(push, own.error());
  std::optional<PolicySide> floor;
  if (push.floor) {
    Result<PolicySide> side = FloorPolicy(push);
    if (!side) return Unjudged(push, side.error());
    floor = *std::move(side);
  }
  PushVerdict out;
  for (const RefUpdate& update : push.updates) {
    out.refs.push_back(RefJudge(push, *own, floor ? &*floor : nullptr, update).Judge());
  }
  ApplyBypass(push, out);
  out.accepted =
      std::none_of(out.refs.begin(), out.refs.end(), [](const RefVerdict& ref) { return ref.rejects; });
  return out;
}

}  // namespace sluice::gate
