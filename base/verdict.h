// The answer of the gate: one outcome, the findings, and for each object how
// its verdict is known. It is data; report/ turns it into words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/finding.h"

namespace sluice {

enum class Outcome : std::uint8_t { kAccepted, kRejected, kUnjudged };

// How we know what we say of one object.
struct Evidence {
  enum class By : std::uint8_t { kCluster, kOffline, kUnverified };
  By by = By::kOffline;
  std::string cluster;  // which one was asked; empty: what is known here
  std::string reason;   // why nobody could say, for kUnverified; what was not checked, else

  friend bool operator==(const Evidence&, const Evidence&) = default;
};

struct JudgedObject {
  std::string file;
  std::uint32_t line = 0;
  ObjectName name;
  std::string digest;  // hex SHA-256 of the canonical JSON; empty where none was asked for
  std::vector<Evidence> evidence;
  bool unknown = false;  // a value in it is filled in elsewhere: it is not what would be applied
};

// What an object counts as: unverified where anybody who had to say could not,
// else known from a cluster where one answered.
inline Evidence::By KnownBy(const std::vector<Evidence>& evidence) {
  Evidence::By by = Evidence::By::kOffline;
  for (const Evidence& each : evidence) {
    if (each.by == Evidence::By::kUnverified) return each.by;
    if (each.by == Evidence::By::kCluster) by = each.by;
  }
  return by;
}

// Something that was seen and not judged, with the reason.
struct Skipped {
  std::string file;
  std::string reason;
};

struct Summary {
  std::uint64_t files = 0;    // changed files that were read
  std::uint64_t objects = 0;  // objects in them
  std::uint64_t judged = 0;
  std::uint64_t by_cluster = 0;  // of the judged: an API server answered
  std::uint64_t unverified = 0;
  std::uint64_t errors = 0;
  std::uint64_t warnings = 0;
  std::uint64_t older = 0;  // violations that were there before (ratchet)
  std::uint64_t waived = 0;
  std::string policy;  // where the policy came from: "main@3fa2c1", "defaults"
  double milliseconds = 0;
};

struct Verdict {
  Outcome outcome = Outcome::kAccepted;
  std::string subject;  // what was judged: "main", "apps/", "origin/main...HEAD"
  std::string reason;   // for kUnjudged: one plain sentence
  Findings findings;    // sorted by file, place and rule
  std::vector<JudgedObject> objects;
  std::vector<JudgedObject> removed;  // that the change takes away, where a cluster was asked about them
  std::vector<Skipped> skipped;
  std::vector<std::string> notes;  // waivers, shadow verdicts, bypasses: one sentence each
  Summary summary;
};

}  // namespace sluice
