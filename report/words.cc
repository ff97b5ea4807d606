#include "report/words.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "report/printable.h"

namespace sluice::report {
namespace {

constexpr std::size_t kReasons = 3;

std::string Join(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += between;
    text += part;
  }
  return text;
}

// A reason among others, which semicolons set apart.
std::string WithCommas(std::string words) {
  for (std::size_t at = words.find("; "); at != words.npos; at = words.find("; ", at)) words[at] = ',';
  return words;
}

// The most frequent first, equal ones by name, what is left as a number.
std::string Frequent(const std::map<std::string, std::uint64_t>& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> parts;
  for (const auto& [words, count] : sorted) {
    if (parts.size() == kReasons) break;
    parts.push_back(WithCommas(words) + (count > 1 && sorted.size() > 1 ? " ×" + std::to_string(count) : ""));
  }
  if (sorted.size() > kReasons) parts.push_back(Count(sorted.size() - kReasons, "more reason"));
  return Join(parts, "; ");
}

std::string Parenthesised(const std::string& words) { return words.empty() ? words : " (" + words + ")"; }

}  // namespace

std::string Count(std::uint64_t number, std::string_view noun) {
  return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

std::string Joined(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : ", ") + word;
  return joined;
}

std::string Duration(double milliseconds) {
  if (!std::isfinite(milliseconds) || milliseconds < 0) milliseconds = 0;
  const bool seconds = milliseconds >= 9999.5;
  const double value = seconds ? milliseconds / 1000 : milliseconds;
  char digits[400];
  const auto end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed,
                                 seconds || value < 9.95 ? 1 : 0);
  return std::string(digits, end.ptr) + (seconds ? " s" : " ms");
}

std::string Place(const Finding& finding) {
  if (finding.file.empty()) return {};
  std::string place = Printable(finding.file);
  if (finding.range.begin.line == 0) return place;
  place += ":" + std::to_string(finding.range.begin.line);
  if (finding.range.begin.column != 0) place += ":" + std::to_string(finding.range.begin.column);
  return place;
}

std::string AfterPlace(const Finding& finding, std::string_view words) {
  const std::string place = Place(finding);
  return place.empty() ? std::string(words) : place + ": " + std::string(words);
}

std::string ObjectWords(const ObjectName& name) {
  if (name.kind.empty()) return {};
  std::string words = name.kind;
  if (!name.name.empty()) words += " " + (name.ns.empty() ? "" : name.ns + "/") + name.name;
  return PrintableCut(words, kMessageLimit);
}

std::string ObjectHint(const Finding& finding) {
  const bool line_shown = !finding.source_line.empty();
  if (finding.through.empty() && line_shown) return {};
  std::string words = ObjectWords(finding.object);
  if (!line_shown && !words.empty() && !finding.field.empty()) {
    words += ", at " + PrintableCut(finding.field, kMessageLimit);
  }
  if (finding.through.empty()) return words;
  std::vector<std::string> files;
  for (const std::string& file : finding.through) files.push_back(Printable(file));
  return words + (words.empty() ? "" : ", ") + "through " + Join(files, ", ");
}

std::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAccepted:
      return "accepted";
    case Outcome::kRejected:
      return "rejected";
    case Outcome::kUnjudged:
      break;
  }
  return "unjudged";
}

Counts CountFindings(const Findings& findings) {
  Counts counts;
  using Key = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>;
  std::set<Key> objects;
  std::set<std::string_view> files;
  for (const Finding& finding : findings) {
    if (finding.severity == Severity::kNote) ++counts.notes;
    if (finding.severity == Severity::kWarning) ++counts.warnings;
    if (finding.severity != Severity::kError) continue;
    ++counts.errors;
    if (!finding.file.empty()) files.insert(finding.file);
    const ObjectName& name = finding.object;
    if (!name.kind.empty()) objects.insert({name.api_version, name.kind, name.ns, name.name});
  }
  counts.by_object = !objects.empty();
  counts.blamed = counts.by_object ? objects.size() : files.size();
  return counts;
}

std::string FindingWords(const Verdict& verdict) {
  const Counts counts = CountFindings(verdict.findings);
  std::vector<std::string> parts;
  if (counts.errors != 0) parts.push_back(Count(counts.errors, "error"));
  if (counts.warnings != 0) parts.push_back(Count(counts.warnings, "warning"));
  if (counts.notes != 0) parts.push_back(Count(counts.notes, "note"));
  if (parts.empty()) return "no findings";
  std::string words = Join(parts, ", ");
  if (counts.errors == 0) return words;
  if (counts.blamed == 0) return words;  // of the push as a whole
  if (!counts.by_object) return words + " in " + Count(counts.blamed, "file");
  const std::uint64_t all = std::max<std::uint64_t>(verdict.summary.objects, counts.blamed);
  const std::string some = counts.blamed == all ? "" : std::to_string(counts.blamed) + " of ";
  return words + " in " + some + Count(all, "object");
}

std::string UnverifiedReasons(const Verdict& verdict) {
  std::map<std::string, std::uint64_t> counts;
  for (const JudgedObject& object : verdict.objects) {
    for (const Evidence& evidence : object.evidence) {
      if (evidence.by != Evidence::By::kUnverified) continue;
      const std::string& who = evidence.cluster.empty() ? object.name.kind : evidence.cluster;
      ++counts[PrintableCut(who + ": " + evidence.reason, 200)];
    }
  }
  return Frequent(counts);
}

std::string SkippedReasons(const Verdict& verdict) {
  std::map<std::string, std::uint64_t> counts;
  for (const Skipped& skipped : verdict.skipped) ++counts[PrintableCut(skipped.reason, 200)];
  return Frequent(counts);
}

bool AsksClusters(const Verdict& verdict) {
  const auto of_cluster = [](const JudgedObject& object) {
    return std::any_of(object.evidence.begin(), object.evidence.end(),
                       [](const Evidence& evidence) { return !evidence.cluster.empty(); });
  };
  return verdict.summary.by_cluster != 0 || !verdict.removed.empty() ||
         std::any_of(verdict.objects.begin(), verdict.objects.end(), of_cluster);
}

std::string RemovedWords(const Verdict& verdict) {
  if (verdict.removed.empty()) return {};
  const auto known = static_cast<std::uint64_t>(std::count_if(
      verdict.removed.begin(), verdict.removed.end(),
      [](const JudgedObject& object) { return KnownBy(object.evidence) == Evidence::By::kCluster; }));
  return Count(verdict.removed.size(), "removal") + " (cluster " + std::to_string(known) + ")";
}

// That no cluster said what it was asked changes nothing of what is known here.
std::uint64_t JudgedOffline(const Verdict& verdict) {
  const auto also_here = [](const JudgedObject& object) {
    const auto is_offline = [](const Evidence& each) { return each.by == Evidence::By::kOffline; };
    return KnownBy(object.evidence) == Evidence::By::kUnverified &&
           std::any_of(object.evidence.begin(), object.evidence.end(), is_offline);
  };
  return verdict.summary.judged - verdict.summary.by_cluster +
         static_cast<std::uint64_t>(std::count_if(verdict.objects.begin(), verdict.objects.end(), also_here));
}

std::string UnansweredWords(const Verdict& verdict) {
  if (verdict.outcome != Outcome::kAccepted) return {};
  std::set<std::string> clusters;
  std::uint64_t objects = 0;
  for (const JudgedObject& object : verdict.objects) {
    bool unanswered = false;
    for (const Evidence& evidence : object.evidence) {
      if (evidence.by != Evidence::By::kUnverified || evidence.cluster.empty()) continue;
      unanswered = true;
      clusters.insert(PrintableCut(evidence.cluster, 200));
    }
    objects += unanswered ? 1 : 0;
  }
  if (objects == 0) return {};
  return std::string(", but ") + (clusters.size() == 1 ? "cluster " : "clusters ") +
         Joined({clusters.begin(), clusters.end()}) + " did not answer for " + Count(objects, "object");
}

std::string JudgedWords(const Verdict& verdict) {
  const Summary& summary = verdict.summary;
  const std::uint64_t offline = JudgedOffline(verdict);
  std::string words = std::to_string(summary.by_cluster + offline) + " judged";
  if (summary.by_cluster != 0) {
    words += " (cluster " + std::to_string(summary.by_cluster) + ", offline " + std::to_string(offline) + ")";
  } else if (offline > summary.judged) {
    words += " offline";
  }
  if (summary.unverified != 0) {
    words +=
        ", " + std::to_string(summary.unverified) + " unverified" + Parenthesised(UnverifiedReasons(verdict));
  }
  if (!verdict.skipped.empty()) {
    words += ", " + std::to_string(verdict.skipped.size()) + " not judged" +
             Parenthesised(SkippedReasons(verdict));
  }
  if (const std::string removed = RemovedWords(verdict); !removed.empty()) words += ", " + removed;
  return words;
}

std::string PolicyWords(const Verdict& verdict) {
  const Summary& summary = verdict.summary;
  std::vector<std::string> parts;
  if (summary.older != 0) parts.push_back(Count(summary.older, "older violation") + " not counted");
  if (summary.waived != 0) parts.push_back(std::to_string(summary.waived) + " waived");
  if (!summary.policy.empty()) parts.push_back("policy " + Printable(summary.policy));
  return Join(parts, "; ");
}

std::vector<const Finding*> BySeverity(const Findings& findings) {
  std::vector<const Finding*> sorted;
  sorted.reserve(findings.size());
  for (const Severity severity : {Severity::kError, Severity::kWarning, Severity::kNote}) {
    for (const Finding& finding : findings) {
      if (finding.severity == severity) sorted.push_back(&finding);
    }
  }
  return sorted;
}

std::vector<Group> Grouped(const Findings& findings) {
  std::vector<Group> groups;
  std::map<std::tuple<Severity, std::string_view, std::string_view>, std::size_t> known;
  for (const Finding* finding : BySeverity(findings)) {
    const auto [entry, is_new] =
        known.try_emplace({finding->severity, finding->rule, finding->message}, groups.size());
    if (is_new) {
      groups.push_back({finding, {}});
    } else {
      groups[entry->second].others.push_back(finding);
    }
  }
  return groups;
}

std::string OtherPlaces(const Group& group, const std::function<std::string(const std::string&)>& shown) {
  constexpr std::size_t kPlaces = 3;
  if (group.others.empty()) return {};
  if (Place(*group.first).empty()) return "and " + std::to_string(group.others.size()) + " more like it";
  std::string words = "and in " + Count(group.others.size(), "more place") + ": ";
  for (std::size_t i = 0; i < std::min(kPlaces, group.others.size()); ++i) {
    words += (i == 0 ? "" : ", ") + shown(Place(*group.others[i]));
  }
  return group.others.size() > kPlaces ? words + ", …" : words;
}

const Rule* RuleOf(const Finding& finding, const Options& options) {
  return options.rule ? options.rule(finding.rule) : nullptr;
}

std::string RemedyWords(const Finding& finding, const Options& options) {
  if (!finding.remedy.empty()) return PrintableCut(finding.remedy, kMessageLimit);
  const Rule* rule = RuleOf(finding, options);
  return rule == nullptr ? std::string() : std::string(rule->remedy);
}

}  // namespace sluice::report
