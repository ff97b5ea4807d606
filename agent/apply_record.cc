// Tested by tests/agent/agent_test.py on a real API server.
#include "agent/apply_record.h"

#include <poll.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "agent/health.h"
#include "agent/standing.h"
#include "agent/take_over.h"
#include "base/crash_point.h"
#include "cluster/served_kind.h"

namespace sluice::agent {
namespace {

constexpr unsigned kAtOnce = 8;
constexpr std::chrono::seconds kDefinitionTime{30};
constexpr int kPollMilliseconds = 50;

using Applied = std::vector<AppliedObject>;

// What it depends on and was not taken; null: nothing.
const OrderedObject* MissingNeed(const OrderedObject& object, const std::vector<OrderedObject>& objects,
                                 const Applied& applied) {
  for (const std::size_t need : object.needs)
    if (applied[need].answer != Answer::kDone) return &objects[need];
  return nullptr;
}

AppliedObject Send(const KeptObject& object, const std::string& json, const ApplyWork& work) {
  const cluster::JsonObject recorded = cluster::ReadJsonObject(json);
  if (recorded.root == nullptr) return {Answer::kRefused, "it is no JSON object"};
  const std::string heal_with = work.keeper.Sends(object.located.name, json);
  const std::string& text = heal_with.empty() ? json : heal_with;
  const cluster::JsonObject sent = cluster::ReadJsonObject(text);
  if (sent.root == nullptr) return {Answer::kRefused, "it is no JSON object"};
  const Place& place = object.located.place;
  CrashPoint("agent-object-before-apply");
  // Where fields are left to others, what a tool set of them is not ours to take.
  Outcome outcome = heal_with.empty()
                        ? ApplyTakingOver(place, text, *sent.root, work.applyset, work.take_over)
                        : ApplyMember(place, text, *sent.root, work.applyset);
  CrashPoint("agent-object-before-label");
  if (outcome.answer == Answer::kDone && !IsMember(*outcome.live.root, work.applyset))
    outcome = Label(place, *outcome.live.root, work.applyset);
  // A 404 of an apply: the namespace that it should be in is not there.
  if (outcome.answer == Answer::kGone) outcome.answer = Answer::kLater;
  if (outcome.answer != Answer::kDone) return {outcome.answer, std::move(outcome.words)};
  CrashPoint("agent-object-applied");
  work.keeper.Accept(object, *recorded.root, *outcome.live.root);
  return {Answer::kDone, {}, std::string(cluster::StringAt(outcome.live.root, {"metadata", "uid"})), true};
}

AppliedObject ApplyOne(const OrderedObject& object, const ApplyWork& work) {
  const Result<Located> located = work.places.Find(object.name);
  if (!located) {
    // A kind that is not served may come, also by another record.
    const bool may_come = located.error().kind == ErrorKind::kNotFound;
    return {may_come ? Answer::kLater : Answer::kRefused, located.error().message};
  }
  if (located->name != object.name) work.keeper.Lands(object.name);
  if (const std::optional<Accepted> known = work.keeper.IsAccepted(located->name, object.json))
    return {Answer::kDone, {}, known->uid};
  AppliedObject applied = Send({object.path, *located, {}}, object.json, work);
  if (applied.answer == Answer::kRefused) work.keeper.Refuse(located->name, applied.words);
  return applied;
}

void ApplyWave(const std::vector<OrderedObject>& objects, std::size_t begin, std::size_t end,
               const ApplyWork& work, Applied& applied) {
  std::atomic<std::size_t> next{begin};
  const auto run = [&] {
    for (std::size_t at = next++; at < end; at = next++) {
      const OrderedObject& object = objects[at];
      if (applied[at].answer == Answer::kDone) continue;  // it stands
      if (work.cancel.IsCancelled()) {
        applied[at] = {Answer::kLater, "the agent was stopped"};
      } else if (!object.trouble.empty()) {
        applied[at] = {Answer::kRefused, object.trouble};
      } else if (const OrderedObject* need = MissingNeed(object, objects, applied)) {
        applied[at] = {Answer::kLater, "it waits for " + need->name.kind + " " + need->name.name};
      } else {
        applied[at] = ApplyOne(object, work);
      }
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < std::min<std::size_t>(kAtOnce, end - begin); ++i) threads.emplace_back(run);
  run();
  for (std::thread& thread : threads) thread.join();
}

// False where the agent was stopped meanwhile.
bool Pause(const net::Cancellation& cancel) {
  pollfd file{cancel.descriptor(), POLLIN, 0};
  poll(&file, 1, kPollMilliseconds);
  return !cancel.IsCancelled();
}

// Until the API server serves what was defined: it says so, and discovery shows it.
void AwaitDefinition(const OrderedObject& object, const ApplyWork& work, cluster::Clock::time_point end,
                     AppliedObject& applied) {
  const Result<Located> located = work.places.Find(object.name);
  while (located && applied.answer == Answer::kDone) {
    const Outcome live = Look(located->place);
    const ObjectHealth health = HealthOf(live.live.root, std::chrono::system_clock::now());
    if (health.health == Health::kCurrent) return;
    if (cluster::Clock::now() >= end || !Pause(work.cancel))
      applied = {Answer::kLater, "it is not established: " + health.reason, applied.uid};
  }
}

// Which of the kinds that the rest needs are not served yet; none: all are, or will not be.
bool AllServed(const std::vector<OrderedObject>& objects, std::size_t begin, const ApplyWork& work) {
  return std::all_of(objects.begin() + static_cast<std::ptrdiff_t>(begin), objects.end(),
                     [&](const OrderedObject& object) { return work.places.Serves(object.name); });
}

void AwaitDefinitions(const std::vector<OrderedObject>& objects, std::size_t begin, std::size_t end,
                      const ApplyWork& work, Applied& applied) {
  const auto deadline = cluster::Clock::now() + kDefinitionTime;
  bool any = false;
  for (std::size_t at = begin; at < end; ++at) {
    if (objects[at].tier != kDefinitionTier || applied[at].answer != Answer::kDone) continue;
    any = any || applied[at].sent;
    AwaitDefinition(objects[at], work, deadline, applied[at]);
  }
  // Discovery follows a moment after.
  for (int tries = 0; any && tries < 40 && !AllServed(objects, end, work); ++tries)
    if (!work.places.Discover() || !Pause(work.cancel)) return;
}

}  // namespace

std::vector<KeptObject> KeptOf(const std::vector<OrderedObject>& objects, const Places& places) {
  std::vector<KeptObject> kept;
  for (const OrderedObject& object : objects) {
    if (!object.trouble.empty()) continue;
    Result<Located> located = places.Find(object.name);
    if (located)
      kept.push_back({object.path, *std::move(located), std::make_shared<const std::string>(object.json)});
  }
  return kept;
}

std::vector<AppliedObject> ApplyAll(const std::vector<OrderedObject>& objects, const ApplyWork& work) {
  Applied applied(objects.size());
  TakeStanding(objects, work, applied);
  for (std::size_t begin = 0; begin < objects.size();) {
    std::size_t end = begin;
    while (end < objects.size() && objects[end].tier == objects[begin].tier &&
           objects[end].depth == objects[begin].depth)
      ++end;
    ApplyWave(objects, begin, end, work, applied);
    AwaitDefinitions(objects, begin, end, work, applied);
    begin = end;
  }
  return applied;
}

}  // namespace sluice::agent
