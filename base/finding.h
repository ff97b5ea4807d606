// Something wrong or notable in the user's text, as data. Whoever finds it says
// what and where; severity, waivers and words are decided later (gate/, report/).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/range.h"
#include "base/rule.h"

namespace sluice {

struct ObjectName {
  std::string api_version;  // "apps/v1"
  std::string kind;
  std::string ns;  // empty: cluster-scoped, or none was written
  std::string name;

  friend bool operator==(const ObjectName&, const ObjectName&) = default;
  friend auto operator<=>(const ObjectName&, const ObjectName&) = default;
};

struct Finding {
  std::string rule;  // Rule::id
  Severity severity = Severity::kError;
  std::string file;  // path in the repository; raw bytes, writers escape
  Range range;
  std::string field;                 // "spec.containers[0].image"; empty for the whole object
  std::vector<std::string> through;  // kustomizations on the way, outermost last
  ObjectName object;                 // empty parts where it is of no object
  std::string message;               // no full stop; never a value of a Secret
  std::string remedy;                // empty: the rule's own
  std::string source_line;           // the line at `range.begin`; empty where it must not be shown
};

using Findings = std::vector<Finding>;

// A finding of `rule` with its id and severity filled in.
Finding MakeFinding(const Rule& rule, std::string file, Range range, std::string message);

}  // namespace sluice
