// Data in, data out; tested by tests/gate/settle_test.cc.
#include "gate/settle.h"

#include <algorithm>
#include <ctime>
#include <map>
#include <tuple>

#include "gate/rules.h"

namespace sluice::gate {
namespace {

constexpr std::string_view kWaiversFile = ".sluice/waivers.yaml";
constexpr int kWarnDaysAhead = 14;

std::string DayText(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm day{};
  gmtime_r(&seconds, &day);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &day);
  return text;
}

std::string ObjectText(const ObjectName& object) {
  return object.kind + "/" + (object.ns.empty() ? "" : object.ns + "/") + object.name;
}

bool AnyMatches(const std::vector<std::string>& globs, const std::string& text) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return GlobMatches(glob, text); });
}

bool Excuses(const Waiver& waiver, const Finding& finding) {
  if (waiver.rule != finding.rule || ReachOf(finding.rule).firm) return false;
  if (!waiver.paths.empty() && !AnyMatches(waiver.paths, finding.file)) return false;
  return waiver.objects.empty() ||
         (!finding.object.kind.empty() && AnyMatches(waiver.objects, ObjectText(finding.object)));
}

// How much must be equal for a violation to be an older one.
enum class Same { kWords, kRoot, kObject };

using Words = std::tuple<std::string, std::string, ObjectName, std::string, std::string, std::string>;

// What makes two findings "the same violation": the object, or the file where
// there is none; of a built object also what builds it, since every cluster may
// have an object of that name. A file that comes under a build keeps what it had.
Words Key(const Finding& finding, Same same) {
  const bool of_object = !finding.object.kind.empty();
  const bool words = same == Same::kWords;
  const bool root = same != Same::kObject && !finding.through.empty();
  return {finding.rule,
          of_object ? "" : finding.file,
          finding.object,
          root ? finding.through.back() : "",
          words ? finding.field : "",
          words ? finding.message : ""};
}

// Where a finding is and what it says; copies, for what it is of may move.
using Place = std::tuple<std::string, std::string, Position, Position, std::string>;
Place PlaceOf(const Finding& finding) {
  return {finding.rule, finding.file, finding.range.begin, finding.range.end, finding.message};
}

void TakeAwayOlder(const Findings& older, Same same, std::vector<bool>& used, Verdict& verdict) {
  std::map<Words, std::vector<std::size_t>> available;
  for (std::size_t i = 0; i < older.size(); ++i) {
    const bool counts = same != Same::kObject || older[i].through.empty();
    if (!used[i] && counts) available[Key(older[i], same)].push_back(i);
  }
  std::erase_if(verdict.findings, [&](const Finding& finding) {
    if (finding.severity != Severity::kError) return false;
    const auto found = available.find(Key(finding, same));
    if (found == available.end() || found->second.empty()) return false;
    used[found->second.back()] = true;
    found->second.pop_back();
    ++verdict.summary.older;
    return true;
  });
}

void TellOfWaiver(const Waiver& waiver, const std::string& today, const std::string& soon, Verdict& verdict) {
  if (waiver.expires < today) {
    verdict.findings.push_back(
        MakeFinding(kWaiverExpiredRule, std::string(kWaiversFile), waiver.range,
                    "the waiver of " + waiver.rule + " (" + waiver.owner + ") ended on " + waiver.expires));
    return;
  }
  if (waiver.expires <= soon) {
    verdict.findings.push_back(
        MakeFinding(kWaiverEndsRule, std::string(kWaiversFile), waiver.range,
                    "the waiver of " + waiver.rule + " (" + waiver.owner + ") ends on " + waiver.expires));
  }
  verdict.notes.push_back("waiver of " + waiver.rule + " until " + waiver.expires + " (" + waiver.owner +
                          "): " + waiver.reason);
}

}  // namespace

Severity SeverityFor(const Configuration& configuration, const Finding& finding) {
  const std::string_view rule = finding.rule;
  const std::string_view group = rule.substr(0, rule.find('/'));
  Severity by_group = finding.severity;
  Severity by_id = finding.severity;
  bool has_id = false;
  for (const RuleSetting& setting : configuration.rules) {
    if (!setting.path.empty() && !GlobMatches(setting.path, finding.file)) continue;
    if (setting.rule == rule) {
      by_id = setting.severity;
      has_id = true;
    } else if (setting.rule == group && finding.severity != Severity::kNote) {
      by_group = setting.severity;
    }
  }
  const Severity severity = has_id ? by_id : by_group;
  return ReachOf(rule).firm ? std::max(severity, finding.severity) : severity;
}

void ApplySeverities(const Configuration& configuration, Findings& findings) {
  if (configuration.rules.empty()) return;
  for (Finding& finding : findings) finding.severity = SeverityFor(configuration, finding);
  std::erase_if(findings, [](const Finding& finding) { return finding.severity == Severity::kOff; });
}

void ApplyRatchet(const Findings& older, Verdict& verdict) {
  std::vector<bool> used(older.size(), false);
  for (const Same same : {Same::kWords, Same::kRoot, Same::kObject})
    TakeAwayOlder(older, same, used, verdict);
}

std::size_t TakeAwayWaived(const Configuration& configuration, std::chrono::system_clock::time_point now,
                           Findings& findings) {
  if (configuration.waivers.empty()) return 0;
  const std::string today = DayText(now);
  std::size_t waived = 0;
  for (const Waiver& waiver : configuration.waivers) {
    if (waiver.expires < today) continue;
    waived += std::erase_if(findings, [&](const Finding& finding) { return Excuses(waiver, finding); });
  }
  return waived;
}

void ApplyWaivers(const Configuration& configuration, std::chrono::system_clock::time_point now,
                  Verdict& verdict) {
  if (configuration.waivers.empty()) return;  // asking for the day costs a look for the time zone
  const std::string today = DayText(now);
  const std::string soon = DayText(now + std::chrono::hours(24 * kWarnDaysAhead));
  verdict.summary.waived += TakeAwayWaived(configuration, now, verdict.findings);
  for (const Waiver& waiver : configuration.waivers) TellOfWaiver(waiver, today, soon, verdict);
}

void Join(Findings more, Verdict& verdict) {
  std::map<Place, Severity> known;
  for (const Finding& finding : verdict.findings) {
    Severity& severity = known.try_emplace(PlaceOf(finding), Severity::kOff).first->second;
    severity = std::max(severity, finding.severity);
  }
  for (Finding& finding : more) {
    const auto same = known.find(PlaceOf(finding));
    if (same == known.end() || same->second < finding.severity)
      verdict.findings.push_back(std::move(finding));
  }
}

void JoinHistory(const Findings& history, std::span<const Configuration* const> policies,
                 std::chrono::system_clock::time_point now, Verdict& verdict) {
  if (policies.empty()) return Join(history, verdict);
  for (const Configuration* policy : policies) {
    Findings findings = history;
    ApplySeverities(*policy, findings);
    verdict.summary.waived += TakeAwayWaived(*policy, now, findings);
    Join(std::move(findings), verdict);
  }
}

namespace {

void Recount(Evidence::By was, Evidence::By is, Summary& summary) {
  const auto step = [&](Evidence::By by, std::uint64_t& count) { count += (is == by) - (was == by); };
  step(Evidence::By::kUnverified, summary.unverified);
  step(Evidence::By::kCluster, summary.by_cluster);
  summary.judged = summary.objects - summary.unverified;
}

// That there is no schema matters no longer where a cluster answered.
void AddEvidence(Evidence more, std::vector<Evidence>& evidence) {
  const bool answered = more.by == Evidence::By::kCluster;
  std::erase_if(evidence, [&](const Evidence& each) {
    return answered && each.by == Evidence::By::kUnverified && each.cluster.empty();
  });
  evidence.push_back(std::move(more));
}

bool Holds(const std::vector<Evidence>& evidence, const std::string& cluster) {
  return std::any_of(evidence.begin(), evidence.end(),
                     [&](const Evidence& each) { return each.cluster == cluster; });
}

}  // namespace

void JoinEvidence(std::vector<JudgedObject> objects, Verdict& verdict) {
  using ObjectPlace = std::tuple<std::string, std::uint32_t, ObjectName>;
  std::map<ObjectPlace, std::size_t> places;
  for (std::size_t i = 0; i < verdict.objects.size(); ++i)
    places[{verdict.objects[i].file, verdict.objects[i].line, verdict.objects[i].name}] = i;
  for (JudgedObject& more : objects) {
    const auto place = places.find({more.file, more.line, more.name});
    if (place == places.end()) continue;
    std::vector<Evidence>& evidence = verdict.objects[place->second].evidence;
    const Evidence::By was = KnownBy(evidence);
    const std::vector<Evidence> first = evidence;
    for (Evidence& each : more.evidence) {
      if (!each.cluster.empty() && !Holds(first, each.cluster)) AddEvidence(std::move(each), evidence);
    }
    Recount(was, KnownBy(evidence), verdict.summary);
  }
}

void Settle(Verdict& verdict) {
  std::stable_sort(verdict.findings.begin(), verdict.findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.file, a.range.begin, a.rule) < std::tie(b.file, b.range.begin, b.rule);
  });
  verdict.summary.errors = 0;
  verdict.summary.warnings = 0;
  for (const Finding& finding : verdict.findings) {
    verdict.summary.errors += finding.severity == Severity::kError;
    verdict.summary.warnings += finding.severity == Severity::kWarning;
  }
  if (verdict.outcome != Outcome::kUnjudged) {
    verdict.outcome = verdict.summary.errors == 0 ? Outcome::kAccepted : Outcome::kRejected;
  }
}

}  // namespace sluice::gate
