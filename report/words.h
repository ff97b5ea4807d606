// Phrases that several writers share: counts, places, what was judged and what
// was not. Everything returned is printable.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/verdict.h"
#include "report/report.h"

namespace sluice::report {

// A message longer than this many code points is cut: it may quote the push.
constexpr std::size_t kMessageLimit = 2000;

// "1 error", "2 errors".
std::string Count(std::uint64_t number, std::string_view noun);
// "ana, ben"; the words as they are given.
std::string Joined(const std::vector<std::string>& words);
// "0.8 ms", "11 ms", "12.4 s".
std::string Duration(double milliseconds);
// "apps/web.yaml:9:3", as far as the place is known; empty for what is of no
// file, such as how a ref moves.
std::string Place(const Finding& finding);
// "apps/web.yaml:9:3: words", or the words alone.
std::string AfterPlace(const Finding& finding, std::string_view words);
// "Deployment shop/web", "Namespace shop"; empty where it is of no object.
std::string ObjectWords(const ObjectName& name);
// "Deployment shop/web, through a, then b": where the reader cannot see it from
// the line that is shown; empty otherwise.
std::string ObjectHint(const Finding& finding);
std::string_view OutcomeName(Outcome outcome);  // "accepted", "rejected", "unjudged"

struct Counts {
  std::uint64_t errors = 0, warnings = 0, notes = 0;
  std::uint64_t blamed = 0;  // objects with an error, else files
  bool by_object = false;    // `blamed` counts objects
};
Counts CountFindings(const Findings& findings);

// "2 errors, 1 warning in 2 of 41 objects"; "no findings".
std::string FindingWords(const Verdict& verdict);
// "38 judged, 2 unverified (ServiceMonitor: no schema), 1 not judged (…)"; where
// clusters were asked "38 judged (cluster 36, offline 2), …, 1 removal (cluster 1)". What a
// cluster should have said and did not is among the unverified, and judged offline all the same.
std::string JudgedWords(const Verdict& verdict);
// Of the judged, those that were judged here alone.
std::uint64_t JudgedOffline(const Verdict& verdict);
// ", but cluster prod did not answer for 2 objects" of an accepted verdict; else empty.
std::string UnansweredWords(const Verdict& verdict);
// "1 removal (cluster 1)"; empty where none was asked about.
std::string RemovedWords(const Verdict& verdict);
// Whether any cluster was asked, as far as the verdict's objects tell.
bool AsksClusters(const Verdict& verdict);
// The parts of it, for writers that set them apart; at most three reasons each.
std::string UnverifiedReasons(const Verdict& verdict);
std::string SkippedReasons(const Verdict& verdict);
// "1 older violation not counted; 2 waived; policy main@3fa2c1"; may be empty.
std::string PolicyWords(const Verdict& verdict);

// Those that are shown (no kOff), errors first, then warnings, then notes; the
// verdict's order within each. Pointers into `findings`.
std::vector<const Finding*> BySeverity(const Findings& findings);

// Findings that say the same (rule, severity and message) at several places.
struct Group {
  const Finding* first;
  std::vector<const Finding*> others;
};
// In the order of BySeverity.
std::vector<Group> Grouped(const Findings& findings);
// "and in 4 more places: a.yaml:3:1, b.yaml:9:1, c.yaml:2:1, …", each place as
// `shown` writes it; empty without others.
std::string OtherPlaces(const Group& group, const std::function<std::string(const std::string&)>& shown);

// The rule's words; null where it is not built in.
const Rule* RuleOf(const Finding& finding, const Options& options);
// What to do: the finding's own words, else the rule's; may be empty.
std::string RemedyWords(const Finding& finding, const Options& options);

}  // namespace sluice::report
