// Where a live object differs from what the record says, in fields that are ours: value
// by value, with who set them. Tested by tests/agent/drift_test.cc and, with a real API
// server, tests/agent/live_test.py.
//
//   const DriftQuery query{.object = name, .recorded = *recorded.root, .live = *live.root,
//                          .settings = settings, .environment = "production", .baseline = &baseline};
//   const Drift drift = FindDrift(query);
//   if (Heals(drift)) Apply(drift.heal_with.empty() ? recorded_bytes : drift.heal_with);
//
// A field differs where the record has another value than the cluster, unless that is
// how the API server or a webhook keeps what we applied ("1000m" is "1" there). Two
// things tell these apart: server-side apply takes a field from its manager when anybody
// else changes it (metadata.managedFields), and the baseline, which says what differed
// already in the answer to our own apply. Without a baseline, whoever writes under our
// manager's name is not seen: give one (BaselineOf) after each apply.
// Fields and elements that others add are theirs and no drift.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/drift_settings.h"
#include "agent/health.h"

namespace sluice::agent {

// What the API server made of what we applied: the values that differed in its answer,
// by field, as digests of no use to anybody else.
using DriftBaseline = std::map<std::string, std::size_t>;

// `answer` is the object in the answer to our own apply of `recorded`.
DriftBaseline BaselineOf(const manifests::Node& recorded, const manifests::Node& answer);

struct DriftQuery {
  ObjectName object{};
  const manifests::Node& recorded;
  const manifests::Node& live;  // with metadata.managedFields, as the API server gave it
  const DriftSettings& settings;
  std::string_view environment{};
  std::string_view manager = "sluice-agent";  // as whom we apply
  const DriftBaseline* baseline = nullptr;    // null: not known
  std::string_view planned{};                 // "promotion of record 12 is under way"; empty: nothing is
};

struct DriftedField {
  std::string field{};            // "spec.replicas"; an element's number is that in the cluster
  std::string recorded{};         // canonical JSON, masked, at most 200 bytes; empty for Secrets
  std::string live{};             // likewise; empty where `removed` too
  bool removed = false;           // it is not there
  std::string manager{}, time{};  // who set it, and when; empty: nobody says it
  bool suspected = false;         // `manager` wrote last, nothing says that it was this field
  DriftAction action = DriftAction::kHeal;
  std::string reason{};         // of the rule that says so
  std::size_t fingerprint = 0;  // of the live value
};

struct Drift {
  std::vector<DriftedField> fields{};  // at most 100, in the object's order; without those to be ignored
  std::size_t more = 0;                // fields beyond these
  std::size_t ignored = 0;             // fields that a rule says to ignore
  std::string planned{};               // as in the query
  // The recorded object without the fields that rules leave to others, where it has both
  // these and fields to be healed; empty: the recorded bytes as they are.
  std::string heal_with{};

  bool empty() const { return fields.empty(); }
};

// Costs the nodes of both, and the length of managedFields where something differs.
Drift FindDrift(const DriftQuery& query);

// Whether anything is to be applied again.
bool Heals(const Drift& drift);

// One line a field: `  spec.replicas: 3, in the cluster 5; set by "kubectl-edit" at …`.
std::string DriftText(const ObjectName& object, const Drift& drift);
// {"apiVersion","kind","namespace","name","planned","fields":[…]}, without a line end.
std::string DriftJson(const ObjectName& object, const Drift& drift);

}  // namespace sluice::agent
