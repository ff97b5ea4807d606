// Tested by tests/agent/flux_test.py.
#include "agent/hand_over.h"

#include "agent/flux_standing.h"
#include "agent/health.h"
#include "cluster/live_states.h"

namespace sluice::agent {
namespace {

using std::chrono::system_clock;

constexpr std::chrono::minutes kLookTime{2};

ObjectHealth HealthIn(const cluster::ServerAnswer& answer) {
  if (answer.status == 404) return HealthOf(nullptr, system_clock::now());
  const cluster::JsonObject live =
      cluster::ReadJsonObject(answer.status == 200 ? answer.body : std::string());
  if (live.root != nullptr) return HealthOf(live.root, system_clock::now());
  return {Health::kUnknown, answer.trouble.empty() ? "it cannot be read: the API server answered " +
                                                         std::to_string(answer.status)
                                                   : answer.trouble};
}

// Each is looked at, those of one collection together.
void LookAtAll(const CycleWork& work, const std::vector<OrderedObject>& objects, const Places& places) {
  const cluster::SendRequest send = cluster::SendThrough(work.identities.Own());
  cluster::LiveQuestion question{send, {}, cluster::Clock::now() + kLookTime};
  for (const OrderedObject& object : objects) {
    const Result<Located> located = places.Find(object.name);
    if (located)
      question.objects.push_back({located->place.path, located->name});
    else
      work.keeper.Observe(object.name, {Health::kInProgress, located.error().message});
  }
  cluster::ForEachLive(question, [&](std::size_t index, const cluster::ServerAnswer& found) {
    work.keeper.Observe(question.objects[index].name, HealthIn(found));
  });
}

}  // namespace

Status HandOver(const CycleWork& work, const std::vector<OrderedObject>& objects,
                const std::set<std::string>& paths, State& state, CycleReport& report) {
  ExternalArtifact& flux = *work.flux;
  const Result<bool> put_back = flux.Publish(*state.applied, objects);
  if (!put_back) return put_back.error();
  report.published = flux.name().ns + "/" + flux.name().name;
  report.put_back = *put_back;
  std::erase_if(state.owned, [&](const auto& one) { return paths.count(one.first) == 0; });
  if (work.keeper.Begin(*state.applied, objects)) work.keeper.Expect(flux.name());
  const FluxStanding standing =
      AskFlux(flux.client(), flux.name(), RevisionOf(work.configuration.environment, *state.applied));
  work.keeper.Observe(flux.name(), standing.health);
  if (!standing.applied) return Ok{};
  Places places(work.identities, work.configuration);
  if (Status discovered = places.Discover(); !discovered) return discovered;
  LookAtAll(work, objects, places);
  return Ok{};
}

}  // namespace sluice::agent
