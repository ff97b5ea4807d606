// Flux says that it applied a record, and may have passed over some of its objects: those that somebody
// annotated so in the cluster. So each live object is held against what is recorded of it. Tested by
// tests/agent/hand_over_test.cc, and with Flux by tests/agent/flux_test.py.
#include "agent/hand_over.h"

#include <strings.h>

#include <algorithm>

#include "agent/drift.h"
#include "agent/flux_standing.h"
#include "agent/health.h"
#include "cluster/live_states.h"

namespace sluice::agent {
namespace {

using cluster::StringAt;
using manifests::Node;
using std::chrono::system_clock;

constexpr std::chrono::minutes kLookTime{2};
constexpr std::size_t kMostFields = 3;  // that are named

// With which kustomize-controller (1.10, ApplyOptions) leaves an object as it is: labels or annotations of
// the live object or of the one to be applied, whatever their case.
struct Skip {
  std::string_view key, value;
};
constexpr Skip kSkips[] = {
    {"kustomize.toolkit.fluxcd.io/reconcile", "disabled"},
    {"kustomize.toolkit.fluxcd.io/ssa", "Ignore"},
    {"kustomize.toolkit.fluxcd.io/ssa", "IfNotPresent"},
};

// `annotations: {}` of a record: kustomize leaves it out of what it builds. What is in one is a field of its
// own.
bool IsEmptyInRecord(const DriftedField& field) {
  return field.removed && (field.field == "metadata.annotations" || field.field == "metadata.labels");
}

bool IsSkipped(const Node& object) {
  return std::any_of(std::begin(kSkips), std::end(kSkips), [&](const Skip& skip) {
    for (const std::string_view where : {"annotations", "labels"}) {
      const std::string said(StringAt(&object, {"metadata", where, skip.key}));
      if (strcasecmp(said.c_str(), std::string(skip.value).c_str()) == 0) return true;
    }
    return false;
  });
}

// What lives there otherwise than recorded, without its values; empty: nothing does. Of what Flux leaves
// alone, its field manager tells nothing: it may have set the values of another record.
std::string DifferenceOf(const OrderedObject& object, const Node& live, const Configuration& configuration) {
  const cluster::JsonObject recorded = cluster::ReadJsonObject(object.json);
  if (recorded.root == nullptr) return "the record's text cannot be read";
  const DriftBaseline none;
  const bool skipped = IsSkipped(live) || IsSkipped(*recorded.root);
  const DriftSettings settings;
  Drift drift = FindDrift({.object = object.name,
                           .recorded = *recorded.root,
                           .live = live,
                           .settings = settings,
                           .environment = configuration.environment,
                           .manager = kFluxManager,
                           .baseline = skipped ? &none : nullptr});
  std::erase_if(drift.fields, IsEmptyInRecord);
  if (drift.empty()) return {};
  std::string words = "the record is not what lives there: ";
  for (std::size_t i = 0; i < std::min(drift.fields.size(), kMostFields); ++i)
    words += (i == 0 ? "" : ", ") + drift.fields[i].field;
  if (drift.fields.size() + drift.more > kMostFields) words += " and more";
  return words + (skipped ? "; Flux is told to leave it alone" : "");
}

std::string NotAsked(const cluster::ServerAnswer& answer) {
  return answer.trouble.empty() ? "the API server answered " + std::to_string(answer.status) : answer.trouble;
}

void Observe(const CycleWork& work, const OrderedObject& object, const cluster::ServerAnswer& answer) {
  Keeper& keeper = work.keeper;
  if (answer.status == 404) return keeper.Observe(object.name, HealthOf(nullptr, system_clock::now()));
  if (answer.status == 403)
    return keeper.Observe(object.name, {Health::kNotLookedAt, "the agent has no right to read it"});
  const cluster::JsonObject live =
      cluster::ReadJsonObject(answer.status == 200 ? answer.body : std::string());
  if (live.root == nullptr) return keeper.Miss(object.name, "it cannot be read: " + NotAsked(answer));
  ObjectHealth health = HealthOf(live.root, system_clock::now());
  if (health.health == Health::kCurrent) {
    if (std::string differs = DifferenceOf(object, *live.root, work.configuration); !differs.empty())
      health = {Health::kInProgress, std::move(differs)};
  }
  keeper.Observe(object.name, std::move(health));
}

// Each is looked at, those of one collection together.
void LookAtAll(const CycleWork& work, const std::vector<OrderedObject>& objects, const Places& places) {
  const cluster::SendRequest send = cluster::SendThrough(work.identities.Own());
  cluster::LiveQuestion question{send, {}, cluster::Clock::now() + kLookTime};
  std::vector<const OrderedObject*> asked;  // by index of the question
  for (const OrderedObject& object : objects) {
    const Result<Located> located = places.Find(object.name);
    if (!located) {
      work.keeper.Observe(object.name, {Health::kInProgress, located.error().message});
      continue;
    }
    question.objects.push_back({located->place.path, located->name});
    asked.push_back(&object);
  }
  std::vector<char> answered(asked.size());
  cluster::ForEachLive(question, [&](std::size_t index, const cluster::ServerAnswer& found) {
    answered[index] = 1;
    Observe(work, *asked[index], found);
  });
  for (std::size_t i = 0; i < asked.size(); ++i)
    if (answered[i] == 0) work.keeper.Miss(asked[i]->name, "it was not asked for: there are too many");
}

// An archive is taken whole, so one of them stops all.
void RefuseMisfits(const std::vector<OrderedObject>& objects, CycleReport& report) {
  for (const OrderedObject& object : objects)
    if (!object.trouble.empty()) report.failed.push_back({object.path, object.trouble, true});
}

}  // namespace

Status HandOver(const CycleWork& work, const std::vector<OrderedObject>& objects,
                const std::set<std::string>& paths, State& state, CycleReport& report) {
  RefuseMisfits(objects, report);
  if (!report.failed.empty()) return Ok{};
  ExternalArtifact& flux = *work.flux;
  const Result<Publication> publication = flux.Publish(*state.applied, objects);
  if (!publication) return publication.error();
  report.published = flux.name().ns + "/" + flux.name().name;
  report.publication = *publication;
  std::erase_if(state.owned, [&](const auto& one) { return paths.count(one.first) == 0; });
  if (work.keeper.Begin(*state.applied, objects)) work.keeper.Expect(flux.name());
  const FluxStanding standing =
      AskFlux(flux.client(), flux.name(), RevisionOf(work.configuration.environment, *state.applied));
  if (standing.health.health == Health::kUnknown)
    work.keeper.Miss(flux.name(), standing.health.reason);
  else
    work.keeper.Observe(flux.name(), standing.health);
  if (!standing.applied) return Ok{};
  Places places(work.identities, work.configuration);
  if (Status discovered = places.Discover(); !discovered) return discovered;
  LookAtAll(work, objects, places);
  return Ok{};
}

}  // namespace sluice::agent
