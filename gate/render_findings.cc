// One mistake in a base shows in every build that uses it. It is weighed for
// each of their objects, since severities, ratchet and waivers speak of objects,
// and told once.
// Tested by tests/gate/render_test.cc.
#include <algorithm>
#include <map>
#include <tuple>

#include "gate/work.h"

namespace sluice::gate {
namespace {

constexpr std::size_t kMostListed = 100;  // of one rule in one file

using Key = std::tuple<std::string, Severity, std::string, Position, Position, std::string>;

Key KeyOf(const Finding& finding) {
  return {finding.rule,        finding.severity,  finding.file,
          finding.range.begin, finding.range.end, finding.message};
}

// The way of the first, and where each of the others ends.
void JoinWays(std::vector<std::string>& through, const std::vector<std::string>& other) {
  if (std::find(through.begin(), through.end(), other.back()) == through.end())
    through.push_back(other.back());
}

void Absorb(Finding& first, Finding&& same) {
  JoinWays(first.through, same.through);
  if (first.object != same.object && first.object.name == same.object.name) first.object.ns.clear();
  if (first.source_line.empty() || same.source_line.empty()) first.source_line.clear();
}

// The first hundred of a rule in a file, and how many more there are.
void Cut(Findings& findings) {
  std::map<std::pair<std::string, std::string>, std::size_t> counts;
  for (const Finding& finding : findings) {
    if (!finding.through.empty()) ++counts[{finding.rule, finding.file}];
  }
  std::map<std::pair<std::string, std::string>, std::size_t> seen;
  std::erase_if(findings, [&](Finding& finding) {
    if (finding.through.empty()) return false;
    const std::size_t count = counts[{finding.rule, finding.file}];
    const std::size_t number = ++seen[{finding.rule, finding.file}];
    if (count <= kMostListed || number <= kMostListed) return false;
    if (number > kMostListed + 1) return true;
    finding.message = std::to_string(count - kMostListed) + " more of the same in this file, not listed";
    finding.field = finding.remedy = {};
    finding.object = {};
    return false;
  });
}

}  // namespace

Findings MergeBuilt(Findings findings) {
  Findings merged;
  std::map<Key, std::size_t> known;
  for (Finding& finding : findings) {
    if (finding.through.empty()) {
      merged.push_back(std::move(finding));
      continue;
    }
    const auto [entry, is_new] = known.try_emplace(KeyOf(finding), merged.size());
    if (is_new) {
      merged.push_back(std::move(finding));
    } else {
      Absorb(merged[entry->second], std::move(finding));
    }
  }
  Cut(merged);
  return merged;
}

}  // namespace sluice::gate
