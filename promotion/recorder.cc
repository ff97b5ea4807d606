// Branch by branch, and for each move: read its intent, hold it against the
// newest record and the policy, write the next record, then let the intent go.
// A crash between any two of these leaves a state from which the same function
// goes on. Tested by tests/push/ledger.sh and kill.sh.
#include "promotion/recorder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <map>

#include "base/crash_point.h"
#include "base/file_tree.h"
#include "manifests/utf8.h"
#include "promotion/folder_plan.h"
#include "promotion/ledger_facts.h"
#include "promotion/moment.h"
#include "promotion/next_record.h"
#include "promotion/policy_files.h"
#include "promotion/record_rules.h"
#include "promotion/record_writer.h"
#include "promotion/request.h"
#include "promotion/resting_on.h"
#include "promotion/restored.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

std::string IntentsDirectory(const RecorderPlace& place) { return place.Own() + "/intents"; }

std::string Short(const Oid& id) { return id.Hex().substr(0, 10); }

// A name that a platform gave: one line, never empty.
std::string AsTextLine(std::string text) {
  if (IsTextLine(text)) return text;
  std::erase_if(text,
                [](char c) { return static_cast<unsigned char>(c) < 0x20 || (c & 0x80) != 0 || c == 0x7f; });
  text.resize(std::min(text.size(), kTextLineBytes));
  return text.empty() ? "unknown" : text;
}

// What the next record of a branch is made of.
struct State {
  RepositoryPointer repository;  // opened anew for each record: a reader keeps what it saw
  PolicyHead policy;
  std::optional<RecordHeadOf> head;
  std::optional<Oid> tip;

  std::optional<RecordedTip> Recorded() const {
    if (!head) return std::nullopt;
    const Result<Oid> commit = Oid::FromHex(head->record.source.commit);
    return commit ? std::optional<RecordedTip>({*commit, head->record.judged}) : std::nullopt;
  }
};

Result<State> ReadState(const RecorderPlace& place, const RecordedBranch& branch) {
  State state;
  Result<RepositoryPointer> repository = git::Open({.git_dir = place.git_dir});
  if (!repository) return repository.error();
  state.repository = *repository;
  Result<std::optional<PolicyHead>> policy = ReadPolicyHead(state.repository);
  if (!policy) return policy.error();
  if (!*policy)
    return Usage("the ledger has no beginning: sluice ledger init writes the first record of policy");
  state.policy = **std::move(policy);
  Result<std::optional<RecordHeadOf>> head =
      ReadRecordHead(state.repository, branch.environment, state.policy);
  if (!head) return head.error();
  state.head = *std::move(head);
  const Result<Oid> tip = state.repository->ResolveRef(branch.ref);
  if (!tip && tip.error().kind != ErrorKind::kNotFound) return tip.error();
  if (tip) state.tip = *tip;
  return state;
}

// The files that judged, and their list.
struct JudgedBy {
  std::vector<PolicyFile> floor;
  std::string list;
};

// Of the operator's policies those at the commit that judged; they have to be the
// ones that are in force.
Result<std::vector<PolicyFile>> ReadFloor(const RecorderPlace& place, const Intent& intent) {
  std::vector<PolicyFile> none;
  if (intent.floor_commit.empty() && place.floor.empty()) return none;
  if (intent.floor_commit.empty() || place.floor.empty())
    return Failed(std::string("it was judged ") + (place.floor.empty() ? "with" : "without") +
                  " policies of the operator, and now there are " + (place.floor.empty() ? "none" : "some"));
  const Result<RepositoryPointer> repository = git::Open({.git_dir = place.floor});
  if (!repository) return repository.error();
  const Result<Oid> commit = Oid::FromHex(intent.floor_commit),
                    now = (*repository)->ResolveRef(place.floor_ref);
  if (!commit || !now) return commit ? now.error() : commit.error();
  Result<std::vector<PolicyFile>> judged = ReadPolicyFiles(*repository, *commit, "floor");
  if (!judged || *now == *commit) return judged;
  const Result<std::vector<PolicyFile>> in_force = ReadPolicyFiles(*repository, *now, "floor");
  if (!in_force) return in_force.error();
  if (ListOf(*in_force) == ListOf(*judged)) return judged;
  return Failed("it was judged by the operator's policies of commit " + Short(*commit) +
                ", which are not those in force");
}

// The policy that judged has to be the one that the chain of trust holds.
Result<JudgedBy> CheckPolicy(const RecorderPlace& place, const State& state, const Intent& intent) {
  const Result<Oid> commit = Oid::FromHex(intent.policy_commit);
  if (!commit) return commit.error();
  const Result<std::vector<PolicyFile>> files = ReadPolicyFiles(state.repository, *commit);
  if (!files) return files.error();
  DigestList trusted = state.policy.files;
  std::erase_if(trusted, [](const ListedFile& file) { return file.path == "trust.json"; });
  if (ListOf(*files) != trusted)
    return Failed("it was judged by the policy of commit " + Short(*commit) +
                  ", which is not that of the newest record of policy");
  Result<std::vector<PolicyFile>> floor = ReadFloor(place, intent);
  if (!floor) return floor.error();
  DigestList list = ListOf(*floor);
  if (const auto& held = state.policy.trust.floor; held && *held != FloorDigest(list))
    return Failed(
        "the operator's policies are not those that the newest record of policy names: sluice ledger "
        "policy, then sluice ledger reconcile");
  list.insert(list.end(), trusted.begin(), trusted.end());  // in the order of bytes
  return JudgedBy{*std::move(floor), DigestListText(list)};
}

Record RecordOf(const State& state, const RecordedBranch& branch, const Intent& intent,
                const NextObjects& next) {
  Record record;
  RecordHead& head = record.head;
  head.actor = AsTextLine(intent.actor);
  head.approvals = intent.approvals;
  head.change = next.change;
  if (!intent.reason.empty()) head.reason = AsTextLine(intent.reason);
  head.recorded = std::max<std::int64_t>(Now().time_since_epoch().count(), intent.judged);
  head.repository = state.policy.trust.repository;
  head.sequence = 1;
  if (state.head) {
    head.previous = state.head->digest;
    head.sequence = state.head->record.head.sequence + 1;
    head.recorded = std::max(head.recorded, state.head->record.head.recorded);
  }
  record.bundle = intent.bundle;
  record.clusters = intent.clusters;
  record.engine = AsTextLine(intent.engine);
  record.environment = branch.environment;
  record.vouched_by_cluster = next.by_cluster;
  record.vouched_offline = next.offline;
  record.unverified = next.by_nobody;
  record.judged = intent.judged;
  record.kind = intent.kind;
  record.restores = intent.restores;
  record.not_applied = next.not_applied;
  record.not_held = next.not_held;
  record.source = {intent.head.after.Hex(), std::nullopt, branch.ref, intent.tree};
  if (!branch.folder.empty()) record.source.folder = branch.folder;
  record.trust_sequence = state.policy.record.head.sequence;
  record.trust_digest = state.policy.digest;
  record.set = DigestOf(DigestListText(next.objects));
  return record;
}

git::NewCommit ContentOf(const State& state, const NextObjects& next, const JudgedBy& judged) {
  git::NewCommit content;
  content.removed = {"approvals", "floor"};
  content.removed.insert(content.removed.end(), next.gone.begin(), next.gone.end());
  if (!state.policy.policy_tree.IsZero()) content.trees = {{"policy", state.policy.policy_tree}};
  content.files = {{"objects.sha256", DigestListText(next.objects)}, {"policy.sha256", judged.list}};
  for (const PolicyFile& file : judged.floor) content.files.push_back({file.path, file.bytes});
  for (const IntentObject* object : next.put)
    content.files.push_back({"objects/" + object->path, object->canonical});
  return content;
}

// A folder that a push reached and left as it is recorded: what was judged before that is over.
bool IsNothing(const State& state, const RecordedBranch& branch, const NextObjects& next) {
  return !branch.folder.empty() && state.head && next.change == DigestOf("");
}

Status CheckGoesBack(const State& state, const Record& record) {
  if (!record.restores) return Ok{};
  const auto fact = FindFact(state.repository, record.environment, state.policy, *record.restores);
  if (!fact) return fact.error();
  if (!*fact) return CheckRestores(record, nullptr);
  const Restorable restored{(*fact)->sequence, (*fact)->set, (*fact)->commit, (*fact)->tree};
  return CheckRestores(record, &restored);
}

// A record that lacks what its own rules ask for makes every later one unbelievable. The
// gate asked by what it knew: where the ledger was behind, or another move was recorded
// first, the change is another than what people agreed to.
Status CheckBelievable(const State& state, const JudgedBy& judged, const Record& record,
                       const NextObjects& next, std::span<const SignedApproval> approvals) {
  constexpr std::string_view kBelow = "floor/";
  std::map<std::string, std::string> files;
  for (const PolicyFile& file : judged.floor) files.emplace(file.path.substr(kBelow.size()), file.bytes);
  const bool has_floor = !files.empty();
  const MemoryTree floor(std::move(files));
  RecordRules rules(state.repository);
  Status held = rules.CheckNext({record,
                                 state.head ? &state.head->record : nullptr,
                                 approvals,
                                 state.policy.policy_tree,
                                 {},
                                 state.policy.record.source,
                                 next.gone.size(),
                                 state.head ? state.head->objects.size() : 0},
                                has_floor ? &floor : nullptr);
  if (held) held = CheckGoesBack(state, record);
  if (held) return held;
  const bool asked = std::any_of(approvals.begin(), approvals.end(),
                                 [](const SignedApproval& one) { return IsRequest(one.approval.kind); });
  return Failed("no verifier would believe the record: " + held.error().message +
                (asked ? "; ask again: sluice promote " + record.environment
                       : "; push what puts that right, and run sluice ledger reconcile --judge"));
}

// False where there is nothing to write.
Result<bool> WriteMove(const RecordWriter& writer, const RecorderPlace& place, const State& state,
                       const RecordedBranch& branch, const Intent& intent) {
  const Result<JudgedBy> judged = CheckPolicy(place, state, intent);
  if (!judged) return judged.error();
  const Result<NextObjects> next = ApplyIntent(state.head ? &*state.head : nullptr, intent);
  if (!next) return next.error();
  if (IsNothing(state, branch, *next)) return false;
  Result<RestedOn> rested = ReadRestingOn(
      {state.repository, state.policy, branch.environment, next->change, intent.judged, intent.approvals});
  if (!rested) return rested.error();
  Record record = RecordOf(state, branch, intent, *next);
  record.policy = DigestOf(judged->list);
  const Status believable = CheckBelievable(state, *judged, record, *next, rested->approvals);
  if (!believable) return believable.error();
  const Result<std::string> payload = RecordText(record);
  if (!payload) return payload.error();
  NewRecord fresh{.chain = branch.environment,
                  .before = std::nullopt,
                  .head = record.head,
                  .trust = state.policy.trust,
                  .payload = *payload,
                  .content = ContentOf(state, *next, *judged),
                  .policy = EndOf(state.policy)};
  std::move(rested->files.begin(), rested->files.end(), std::back_inserter(fresh.content.files));
  if (state.head) fresh.before = EndOf(*state.head);
  const Result<WrittenRecord> written = writer.Append(std::move(fresh));
  return written ? Result<bool>(true) : Result<bool>(written.error());
}

Result<Intent> LoadIntent(const RecorderPlace& place, const IntentHead& head) {
  const std::string path = IntentsDirectory(place) + "/" + head.name;
  Result<std::string> text = git::ReadFileAt(AT_FDCWD, path, kIntentBytes);
  if (!text) return text.error();
  return ReadIntent(head.name, *std::move(text));
}

std::string NoWay(const State& state, const RecordedBranch& branch) {
  const std::string from =
      state.head ? "record " + std::to_string(state.head->record.head.sequence) : "nothing recorded";
  if (!state.tip) return branch.ref + " is gone, and its last content is recorded";
  return branch.Place() + " stands at " + Short(*state.tip) +
         ", and no push that was accepted leads there from " + from +
         ": it is never recorded by itself; sluice ledger reconcile --judge judges what stands there";
}

std::vector<IntentHead> IntentsOf(const std::vector<IntentHead>& all, const std::string& ref) {
  std::vector<IntentHead> own;
  std::copy_if(all.begin(), all.end(), std::back_inserter(own),
               [&](const IntentHead& intent) { return intent.ref == ref; });
  return own;
}

void Describe(const State& state, Recording& out) {
  out.sequence = state.head ? state.head->record.head.sequence : 0;
  const std::optional<RecordedTip> recorded = state.Recorded();
  if (recorded) out.recorded = recorded->commit;
  out.tip = state.tip;
}

// By the newest record of policy: what an intent says, the judge wrote. The operator's rules
// are asked when a record is written.
Result<bool> MovesByRequest(const RecordedBranch& branch, const State& state) {
  if (branch.folder.empty() || state.policy.policy_tree.IsZero()) return false;
  const Result<PromotionSettings> settings =
      ReadRecordedSettings(*git::OpenTree(state.repository, state.policy.policy_tree));
  if (!settings) return settings.error();
  const Environment* const environment = FindEnvironment(settings->environments, branch.environment);
  return environment != nullptr && environment->ByRequest();
}

// By the intents that were there when the tip was read. A push may have come since
// they were listed: its intent was there before it moved the ref.
Result<RecordPlan> PlanOf(const RecorderPlace& place, const RecordedBranch& branch,
                          std::span<const RecordedBranch> branches, const State& state,
                          std::vector<IntentHead>& intents, Recording& out) {
  const Result<bool> by_request = MovesByRequest(branch, state);
  if (!by_request) return by_request.error();
  out.by_request = *by_request;
  if (out.by_request)  // no push leads anywhere
    return RecordPlan{state.head && !state.tip ? Standing::kNoTip : Standing::kInStep, {}};
  if (!branch.folder.empty())
    return PlanNextOfFolder(
        {state.repository, state.policy.policy_tree, branch, branches, state.Recorded(), state.tip, intents});
  RecordPlan plan = PlanRecords(state.Recorded(), state.tip, intents);
  if (plan.standing != Standing::kNoIntent) return plan;
  Result<std::vector<IntentHead>> now = ListIntents(IntentsDirectory(place));
  if (!now) return now.error();
  intents = IntentsOf(*now, branch.ref);
  return PlanRecords(state.Recorded(), state.tip, intents);
}

void Forget(const RecorderPlace& place, const IntentHead& intent) {
  unlink((IntentsDirectory(place) + "/" + intent.name).c_str());
}

// What is recorded, and of a folder what was placed before it.
void ForgetWith(const RecorderPlace& place, const RecordedBranch& branch, const IntentHead move,
                std::vector<IntentHead>& intents) {
  Forget(place, move);
  std::erase_if(intents, [&](const IntentHead& head) {
    const bool older = !branch.folder.empty() && head.placed <= move.placed;
    if (older && head.name != move.name) Forget(place, head);
    return older || head.name == move.name;
  });
}

// The next record of the branch; false where there is none to write.
Result<bool> Step(const RecordWriter& writer, const RecorderPlace& place, const RecordedBranch& branch,
                  std::span<const RecordedBranch> branches, std::vector<IntentHead>& intents,
                  Recording& out) {
  const Result<State> state = ReadState(place, branch);
  if (!state) return state.error();
  Describe(*state, out);
  const Result<RecordPlan> planned = PlanOf(place, branch, branches, *state, intents, out);
  if (!planned) return planned.error();
  const RecordPlan& plan = *planned;
  if (out.written == 0) out.standing = plan.standing;
  if (plan.standing == Standing::kNoIntent || plan.standing == Standing::kNoTip)
    return Failed(NoWay(*state, branch));
  if (plan.standing == Standing::kInStep) return false;
  const IntentHead& move = plan.moves.front();
  CrashPoint("recorder-planned");
  const Result<Intent> intent = LoadIntent(place, move);
  if (!intent) return intent.error();
  const Result<bool> written = WriteMove(writer, place, *state, branch, *intent);
  if (!written && written.error().kind == ErrorKind::kUsage) return written.error();
  if (!written)
    return Failed("the move of " + branch.Place() + " to " + Short(move.after) +
                  " is not recorded: " + written.error().message);
  out.written += *written;
  out.sequence += *written;
  CrashPoint("recorder-before-intent-goes");
  ForgetWith(place, branch, move, intents);
  CrashPoint("recorder-intent-gone");
  return true;
}

// An intent that the caller brings, not one that lies beside the ledger; under the recorder's lock.
struct HandedIntent {
  RecordWriter writer;
  Intent intent;
  State state;

  std::optional<Oid> Recorded() const {
    const std::optional<RecordedTip> recorded = state.Recorded();
    return recorded ? std::optional<Oid>(recorded->commit) : std::nullopt;
  }
  // Whether it is of this branch, and was judged against the newest record.
  bool FromHere(const RecordedBranch& branch) const {
    const std::optional<Oid> recorded = Recorded();
    return intent.head.ref == branch.Place() &&
           (recorded ? *recorded == intent.head.before : intent.head.before.IsZero());
  }
};

Result<HandedIntent> TakeHanded(const RecorderPlace& place, const RecordedBranch& branch,
                                const std::string& name, std::string text) {
  Result<RecordWriter> writer = RecordWriter::Open(place);
  if (!writer) return writer.error();
  Result<Intent> intent = ReadIntent(name, std::move(text));
  if (!intent) return intent.error();
  Result<State> state = ReadState(place, branch);
  if (!state) return state.error();
  return HandedIntent{*std::move(writer), *std::move(intent), *std::move(state)};
}

Result<Recording> WriteHanded(const HandedIntent& handed, const RecorderPlace& place,
                              const RecordedBranch& branch) {
  Recording out;
  out.environment = branch.environment;
  Describe(handed.state, out);
  const Result<bool> written = WriteMove(handed.writer, place, handed.state, branch, handed.intent);
  if (!written) return written.error();
  out.written += *written;
  out.sequence += *written;
  return out;
}

}  // namespace

bool HasRecorder(const RecorderPlace& place) {
  struct stat status;
  return stat(place.KeyFile().c_str(), &status) == 0;
}

Result<std::vector<Recording>> RecordBranches(const RecorderPlace& place,
                                              const std::vector<RecordedBranch>& branches) {
  const Result<RecordWriter> writer = RecordWriter::Open(place);
  if (!writer) return writer.error();
  CrashPoint("recorder-locked");
  const Result<std::vector<IntentHead>> intents = ListIntents(IntentsDirectory(place));
  if (!intents) return intents.error();
  CrashPoint("recorder-listed");
  std::vector<Recording> recordings;
  for (const RecordedBranch& branch : branches) {
    Recording& out = recordings.emplace_back();
    out.environment = branch.environment;
    std::vector<IntentHead> own = IntentsOf(*intents, branch.Place());
    while (true) {
      const Result<bool> more = Step(*writer, place, branch, branches, own, out);
      if (!more && more.error().kind == ErrorKind::kUsage) return more.error();
      if (!more) out.trouble = more.error().Text();
      if (!more || !*more) break;
    }
  }
  CrashPoint("recorder-done");
  return recordings;
}

Result<Recording> RecordJudged(const RecorderPlace& place, const RecordedBranch& branch,
                               const std::string& name, std::string text) {
  const Result<HandedIntent> handed = TakeHanded(place, branch, name, std::move(text));
  if (!handed) return handed.error();
  const auto& [writer, intent, state] = *handed;
  if (!handed->FromHere(branch) || state.tip != intent.head.after)
    return Usage(branch.ref + " or its ledger moved meanwhile; begin again");
  const Result<std::vector<IntentHead>> intents = ListIntents(IntentsDirectory(place));
  if (!intents) return intents.error();
  Result<Recording> out = WriteHanded(*handed, place, branch);
  if (!out) return out;
  for (const IntentHead& move : IntentsOf(*intents, branch.Place()))
    if (move.before != *out->tip) Forget(place, move);  // others may be under way
  return out;
}

Result<Recording> RecordRequested(const RecorderPlace& place, const RecordedBranch& branch,
                                  const std::string& name, std::string text) {
  const Result<HandedIntent> handed = TakeHanded(place, branch, name, std::move(text));
  if (!handed) return handed.error();
  const auto& [writer, intent, state] = *handed;
  if (!handed->FromHere(branch) || branch.folder.empty() || !state.tip)
    return Usage(branch.ref + " or its ledger moved meanwhile");
  const Result<CommitPlace> stands =
      PlaceOfCommit(*state.repository, handed->Recorded(), intent.head.after, *state.tip);
  if (!stands) return stands.error();
  if (!MayBeRecorded(*stands, intent.restores.has_value()))
    return Usage(Short(intent.head.after) + " is not ahead of its record on " + branch.ref);
  Result<Recording> out = WriteHanded(*handed, place, branch);
  if (out) out->by_request = true;
  return out;
}

Result<std::vector<Recording>> CompareBranches(const RecorderPlace& place,
                                               const std::vector<RecordedBranch>& branches) {
  const Result<std::vector<IntentHead>> intents = ListIntents(IntentsDirectory(place));
  if (!intents) return intents.error();
  std::vector<Recording> recordings;
  for (const RecordedBranch& branch : branches) {
    Recording& out = recordings.emplace_back();
    out.environment = branch.environment;
    const Result<State> state = ReadState(place, branch);
    if (!state && state.error().kind == ErrorKind::kUsage) return state.error();
    if (!state) out.trouble = state.error().Text();
    if (!state) continue;
    Describe(*state, out);
    std::vector<IntentHead> own = IntentsOf(*intents, branch.Place());
    const Result<RecordPlan> plan = PlanOf(place, branch, branches, *state, own, out);
    if (!plan) return plan.error();
    out.standing = plan->standing;
    if (plan->standing == Standing::kNoIntent || plan->standing == Standing::kNoTip)
      out.trouble = NoWay(*state, branch);
  }
  return recordings;
}

}  // namespace sluice::promotion
