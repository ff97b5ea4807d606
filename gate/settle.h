// From what was found to what counts: severities of the configuration, older
// violations (ratchet), waivers, and the outcome.
#pragma once

#include <chrono>
#include <span>

#include "base/verdict.h"
#include "gate/configuration.h"

namespace sluice::gate {

// The severity that the configuration gives a finding; the later entry wins, a
// rule's id over its group. A group never raises a note, and a firm rule
// (gate/rules.h) is never lowered.
Severity SeverityFor(const Configuration& configuration, const Finding& finding);

// Applies severities, drops what is off.
void ApplySeverities(const Configuration& configuration, Findings& findings);

// Takes away each error that `older` holds as well, one for one (same rule and
// object, the same words first), and counts them.
void ApplyRatchet(const Findings& older, Verdict& verdict);

// Takes away what a waiver in force excuses, counts it, and tells of waivers
// that end soon or have ended.
void ApplyWaivers(const Configuration& configuration, std::chrono::system_clock::time_point now,
                  Verdict& verdict);

// Only the first half of that; says how many.
std::size_t TakeAwayWaived(const Configuration& configuration, std::chrono::system_clock::time_point now,
                           Findings& findings);

// Adds findings, each unless it is there with the same or a higher severity.
void Join(Findings more, Verdict& verdict);

// What clusters told a second verdict on the same change: evidence of clusters
// that the first does not hold, and the counts that go by it.
void JoinEvidence(std::vector<JudgedObject> objects, Verdict& verdict);

// Findings of the commits in between, by the severities and waivers of each
// policy that judges; what one of them leaves stands. Without a policy the
// rules' own severities hold.
void JoinHistory(const Findings& history, std::span<const Configuration* const> policies,
                 std::chrono::system_clock::time_point now, Verdict& verdict);

// Sorts, counts and decides between accepted and rejected.
void Settle(Verdict& verdict);

}  // namespace sluice::gate
