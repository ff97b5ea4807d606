// Before anything is applied, what is believed and what will be owned is written down: an agent that dies in
// the middle never goes back behind it, and finds all that it may have made. Tested by
// tests/agent/agent_test.py.
#include "agent/cycle.h"

#include <algorithm>
#include <set>

#include "agent/hand_over.h"
#include "agent/state_store.h"
#include "base/crash_point.h"
#include "cluster/served_kind.h"

namespace sluice::agent {
namespace {

// What is proven of what was fetched, else of what was kept; a hold without a repository where neither is,
// which says what is wrong with the former.
Result<Proof> Believe(const CycleWork& work, const Believed& before, std::int64_t now) {
  const Result<MirrorRefs> kept = work.mirror.Refs();
  if (!kept) return kept.error();
  const auto prove = [&](const MirrorRefs& refs) -> Result<Proof> {
    auto repository = work.mirror.Read(refs);
    if (!repository) return repository.error();
    return Prove(*std::move(repository), work.configuration, before, now, work.verified);
  };
  const Result<MirrorRefs> fetched = work.mirror.Fetch();
  CrashPoint("agent-fetched");
  if (!fetched) work.mirror.Clean();  // it may have been ended by its deadline
  Hold hold;
  if (fetched) {
    Result<Proof> proof = prove(*fetched);
    if (proof) {
      CrashPoint("agent-proven");
      if (Status moved = work.mirror.Keep(*fetched); !moved) {
        work.mirror.Clean();
        return moved.error();
      }
      CrashPoint("agent-mirror-moved");
      return proof;
    }
    hold = {HoldCause::kRefused, proof.error().Text()};
  } else {
    hold = {HoldCause::kUnreachable, fetched.error().Text()};
  }
  Result<Proof> proof = prove(*kept);
  if (!proof) return Proof{nullptr, {}, before, std::move(hold)};
  if (fetched || !proof->hold) proof->hold = std::move(hold);
  return proof;
}

bool StopsNewRecords(const Hold& hold) { return hold && hold.cause != HoldCause::kUnreachable; }

bool IsSame(const std::optional<promotion::RememberedRecord>& a,
            const std::optional<promotion::RememberedRecord>& b) {
  return a.has_value() == b.has_value() && (!a || (a->sequence == b->sequence && a->digest == b->digest));
}

std::set<std::string> PathsOf(const std::vector<RecordedObject>& objects) {
  std::set<std::string> paths;
  for (const RecordedObject& object : objects) paths.insert(object.path);
  return paths;
}

// Whether the newest record removes more than the operator's share without consent.
Result<Hold> CheckRemovals(const Proof& proof, const Configuration& configuration, const State& state,
                           const std::vector<RecordedObject>& objects) {
  if (!state.applied) return Hold{};
  const Result<std::vector<std::string>> before =
      ReadPaths(proof, state.applied->sequence, state.applied->digest);
  if (!before) return before.error();
  const auto [removed, of] = RemovalsOf(state.owned, std::set(before->begin(), before->end()),
                                        StayingPaths(objects, configuration.flux.has_value()));
  if (removed * 100 <= configuration.max_removed * of) return Hold{};
  const Result<std::uint64_t> consented = ConsentedRemovals(proof, state.applied->sequence);
  if (!consented) return consented.error();
  if (*consented >= removed) return Hold{};
  return Hold{HoldCause::kRemovals, "record " + std::to_string(proof.ledger->records) + " removes " +
                                        std::to_string(removed) + " of " + std::to_string(of) +
                                        " objects, more than maxRemoved (" +
                                        std::to_string(configuration.max_removed) +
                                        "%), and consents are recorded to " + std::to_string(*consented)};
}

// The objects that the cluster is to be kept at; moves state.applied where the newest record may be taken.
// Empty where there is nothing yet.
Result<std::vector<RecordedObject>> Choose(Proof& proof, const Configuration& configuration, State& state) {
  const auto& newest = proof.believed.record;
  if (newest && !StopsNewRecords(proof.hold) && !IsSame(newest, state.applied)) {
    Result<std::vector<RecordedObject>> objects = ReadObjects(proof, newest->sequence, newest->digest);
    if (!objects) return objects.error();
    Result<Hold> removals = CheckRemovals(proof, configuration, state, *objects);
    if (!removals) return removals.error();
    if (!*removals) {
      state.applied = newest;
      state.outcome.clear();
      return objects;
    }
    proof.hold = *std::move(removals);
  }
  if (!state.applied) return std::vector<RecordedObject>();
  return ReadObjects(proof, state.applied->sequence, state.applied->digest);
}

// All that may come into being, before it does. What others apply from now on is theirs.
void Own(const std::vector<OrderedObject>& objects, const std::vector<std::string>& left_alone,
         std::map<std::string, Owned>& owned) {
  for (const std::string& path : left_alone) owned.erase(path);
  for (const OrderedObject& object : objects)
    if (object.trouble.empty()) owned[object.path].version = cluster::VersionOf(object.name.api_version);
}

void Remember(const std::vector<OrderedObject>& objects, const std::vector<AppliedObject>& applied,
              State& state, CycleReport& report) {
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const AppliedObject& one = applied[i];
    const std::string& path = objects[i].path;
    if (one.answer == Answer::kDone) {
      state.owned[path].uid = one.uid;
      if (one.sent) ++report.sent;
    } else {
      report.failed.push_back({path, one.words, one.answer == Answer::kRefused});
    }
  }
}

// Failed where an object was refused, else as the objects fare; but not healthy while one waits to be
// applied.
void Settle(const CycleReport& report, State& state, std::int64_t now) {
  const bool refused = std::any_of(report.failed.begin(), report.failed.end(),
                                   [](const FailedObject& object) { return object.refused; });
  RecordState fares = report.standing.state;
  if (fares == RecordState::kHealthy && !report.failed.empty()) fares = RecordState::kApplied;
  const std::string outcome(StateWords(refused ? RecordState::kFailed : fares));
  if (outcome != state.outcome) state.since = now;
  state.outcome = outcome;
}

CycleReport Begin(const Proof& proof, const State& state, const std::vector<RecordedObject>& recorded) {
  CycleReport report;
  report.newest = proof.believed.record;
  report.applied = state.applied;
  report.repository = proof.believed.repository;
  if (proof.ledger->records > 0) report.record = proof.ledger->newest;
  if (proof.believed.freshness) report.expires = proof.believed.freshness->expires;
  report.hold = proof.hold;
  report.objects = recorded.size();
  for (const RecordedObject& object : recorded)
    if (!object.apply) report.left_alone.push_back(object.path);
  return report;
}

// Nothing is touched: what the cluster is kept at cannot be read.
CycleReport NothingProven(const Proof& proof, const State& state, std::string stale) {
  CycleReport report;
  report.stale = std::move(stale);
  report.newest = proof.believed.record;
  report.applied = state.applied;
  report.repository = proof.believed.repository;
  if (proof.believed.freshness) report.expires = proof.believed.freshness->expires;
  report.hold = proof.hold;
  report.objects = state.owned.size();
  report.outcome = state.outcome;
  report.since = state.since;
  return report;
}

// Nothing is removed while something is held or missing: what replaces it may be what is missing.
bool MayPrune(const CycleReport& report) { return !StopsNewRecords(report.hold) && report.failed.empty(); }

// An Error where another works, or nobody can say.
Status StillOurs(const CycleWork& work) {
  const Result<bool> held = work.holds();
  if (!held) return held.error();
  return *held ? Status(Ok{}) : Status(Failed("another replica took the lease meanwhile"));
}

// Applies, prunes, and says in the report and the state what came of it.
Status KeepAt(const CycleWork& work, const std::vector<OrderedObject>& objects,
              const std::set<std::string>& paths, const StateStore& store, State& state,
              CycleReport& report) {
  Places places(work.identities, work.configuration);
  if (Status discovered = places.Discover(); !discovered) return discovered;
  if (work.keeper.Begin(*state.applied, objects))
    work.keeper.Plan("record " + std::to_string(state.applied->sequence) + " is applied");
  work.keeper.Keep(KeptOf(objects, places));
  const ApplyWork apply{work.identities.Own(),        places,     store.applyset(), work.cancel, work.keeper,
                        work.configuration.take_over, state.owned};
  Remember(objects, ApplyAll(objects, apply), state, report);
  // Kinds that came with the record are watched from now on.
  work.keeper.Keep(KeptOf(objects, places));
  work.keeper.Plan({});
  CrashPoint("agent-applied");
  if (!MayPrune(report)) return Ok{};
  const std::vector<std::string> superfluous = Superfluous(state.owned, paths);
  if (superfluous.empty()) return Ok{};
  if (Status ours = StillOurs(work); !ours) return ours;
  report.pruned = Prune(superfluous, work.configuration, places, store.applyset(), state.owned);
  CrashPoint("agent-pruned");
  return Ok{};
}

}  // namespace

Result<CycleReport> RunCycle(const CycleWork& work, std::int64_t now) {
  StateStore store(work.identities.Own(), work.configuration);
  Result<State> state = store.Load();
  if (!state) return state.error();
  Result<Proof> proof = Believe(work, state->believed, now);
  if (!proof) return proof.error();
  if (Status ours = StillOurs(work); !ours) return ours.error();
  std::string stale = StaleWords(work.configuration, proof->believed, now);
  if (!proof->repository) return NothingProven(*proof, *state, std::move(stale));
  state->believed = proof->believed;
  const auto before = state->applied;
  Result<std::vector<RecordedObject>> recorded = Choose(*proof, work.configuration, *state);
  if (!recorded) return recorded.error();
  CycleReport report = Begin(*proof, *state, *recorded);
  report.stale = std::move(stale);
  report.moved = !IsSame(before, state->applied);
  const std::set<std::string> paths = PathsOf(*recorded);
  std::vector<OrderedObject> objects = Order(*std::move(recorded), work.flux == nullptr);
  RefuseTwins(objects, work.configuration.default_namespace);
  Own(objects, report.left_alone, state->owned);
  if (Status saved = store.Save(*state, true); !saved) return saved.error();
  CrashPoint("agent-remembered");
  if (!state->applied) return report;
  const Status kept = work.flux != nullptr ? HandOver(work, objects, paths, *state, report)
                                           : KeepAt(work, objects, paths, store, *state, report);
  if (!kept) return kept.error();
  report.standing = work.keeper.Settle(std::chrono::system_clock::now());
  Settle(report, *state, now);
  report.outcome = state->outcome;
  report.since = state->since;
  if (Status saved = store.Save(*state); !saved) return saved.error();
  CrashPoint("agent-done");
  return report;
}

}  // namespace sluice::agent
