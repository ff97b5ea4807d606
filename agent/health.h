// How a live object fares: it is what was asked for, on its way there, stuck, or
// nobody can say. Built-in kinds are judged as kstatus judges them
// (sigs.k8s.io/cli-utils/pkg/kstatus 0.37), kinds of Flux, Argo CD, Crossplane and
// cert-manager by a table of what they write (agent/health_rules.h), all others by
// the conditions Stalled, Reconciling and Ready. Tested by
// tests/agent/health_test.cc, and against kstatus by tests/oracles/kstatus.
//
//   const cluster::JsonObject live = cluster::ReadJsonObject(answer->body);
//   const ObjectHealth health = HealthOf(live.root, std::chrono::system_clock::now());
//   if (health.health == Health::kFailed) Report(health.reason);
//
// agent/record_health.h makes the outcome of a record of many of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "manifests/document.h"

namespace sluice::agent {

using WallTime = std::chrono::system_clock::time_point;

enum class Health : std::uint8_t {
  kCurrent,      // it is what was asked for
  kInProgress,   // its controller is at work, or has not seen it yet
  kFailed,       // its controller says that it will not get there
  kTerminating,  // it is being deleted
  kNotFound,     // there is none
  kUnknown,      // what it says cannot be read, or is of another time
  kNotLookedAt,  // we have no right to read it
};

// "current", "in progress", "failed", "terminating", "not found", "unknown", "not looked at".
std::string_view HealthWords(Health health);

struct ObjectHealth {
  Health health = Health::kUnknown;
  // Half a sentence without a full stop: "2 of 3 replicas are ready". May quote what
  // a controller said, at most 300 bytes of it, without control bytes, and not at
  // all where that holds a credential.
  std::string reason;
};

// `live` is the whole object with its status, as the API server gave it; null: there
// is none. `now` is the cluster's time as far as it is known; it says how long a Pod
// waits for a node. Costs the conditions of the object; thread-safe.
ObjectHealth HealthOf(const manifests::Node* live, WallTime now);

}  // namespace sluice::agent
