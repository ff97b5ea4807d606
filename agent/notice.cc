// Tested by tests/agent/agent_test.py.
#include "agent/notice.h"

#include <algorithm>

namespace sluice::agent {
namespace {

using Fate = PrunedObject::Fate;

constexpr std::size_t kMostObjects = 50;

std::string Count(std::size_t number, const std::string& noun) {
  return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

std::string RecordWords(const std::optional<promotion::RememberedRecord>& record) {
  return record ? "record " + std::to_string(record->sequence) : "no record";
}

std::size_t Deleted(const CycleReport& report) {
  return static_cast<std::size_t>(
      std::count_if(report.pruned.begin(), report.pruned.end(),
                    [](const PrunedObject& object) { return object.fate == Fate::kDeleted; }));
}

// "RecordHeld" and so on: each cause has an event of its own.
std::string_view ReasonOf(HoldCause cause) {
  switch (cause) {
    case HoldCause::kUnreachable:
      return "RepositoryUnreachable";
    case HoldCause::kRefused:
      return "LedgerRefused";
    case HoldCause::kCluster:
      return "RecordOfOtherClusters";
    case HoldCause::kStale:
      return "FreshnessPast";
    case HoldCause::kClock:
      return "ClockWrong";
    case HoldCause::kRemovals:
      return "RemovalsNotConsented";
    case HoldCause::kNone:
      break;
  }
  return "RecordHeld";
}

Notice HoldNotice(const CycleReport& report) {
  const bool held = report.hold.cause != HoldCause::kUnreachable;
  const std::string kept = report.applied ? "; the cluster is kept at " + RecordWords(report.applied)
                                          : std::string("; nothing is applied");
  return {std::string(ReasonOf(report.hold.cause)), report.hold.why + (held ? kept : ""), true};
}

void AddMoved(const CycleReport& report, std::vector<Notice>& notices) {
  if (report.publication == Publication::kPutBack)
    notices.push_back(
        {"ArtifactPutBack",
         "the ExternalArtifact " + report.published + " was changed by somebody, and is put back", true});
  if (report.moved && report.failed.empty() && report.published.empty())
    notices.push_back({"RecordApplied", RecordWords(report.applied) + " is applied", false});
  if (report.publication == Publication::kNew)
    notices.push_back({"RecordPublished",
                       RecordWords(report.applied) + " is published for Flux as " + report.published, false});
}

void AddPruned(const CycleReport& report, std::vector<Notice>& notices) {
  for (const PrunedObject& object : report.pruned) {
    if (notices.size() >= kMostObjects) return;
    if (object.fate == Fate::kDeleted)
      notices.push_back({"ObjectRemoved", object.path + " was removed: the record holds it no more", false});
    else if (object.fate == Fate::kLeft || object.fate == Fate::kKept)
      notices.push_back({"ObjectKept", object.path + " is not removed: " + object.words, false});
    else if (object.fate == Fate::kLater)
      notices.push_back({"ObjectNotRemoved", object.path + " is not removed yet: " + object.words, true});
  }
}

}  // namespace

std::vector<Notice> NoticesOf(const CycleReport& report) {
  std::vector<Notice> notices;
  if (report.hold) notices.push_back(HoldNotice(report));
  // What else a server does must not hide that it withholds.
  if (!report.stale.empty() && report.hold.cause != HoldCause::kStale)
    notices.push_back({std::string(ReasonOf(HoldCause::kStale)), report.stale, true});
  AddMoved(report, notices);
  for (const FailedObject& object : report.failed) {
    if (notices.size() >= kMostObjects) break;
    notices.push_back(
        {object.refused ? "ObjectRefused" : "ObjectWaits", object.path + ": " + object.words, true});
  }
  for (const Trouble& trouble : report.standing.troubles) {
    if (notices.size() >= kMostObjects) break;
    const ObjectName& name = trouble.object;
    notices.push_back({"ObjectNotHealthy",
                       name.kind + " " + (name.ns.empty() ? "" : name.ns + "/") + name.name + " is " +
                           std::string(HealthWords(trouble.health)) + ": " + trouble.reason,
                       trouble.health == Health::kFailed});
  }
  AddPruned(report, notices);
  if (!report.left_alone.empty())
    notices.push_back({"ObjectsLeftAlone",
                       Count(report.left_alone.size(), "object") + " recorded as not applied, first " +
                           report.left_alone.front(),
                       false});
  return notices;
}

std::string Summary(const std::string& environment, const CycleReport& report) {
  std::string words = environment + ": ";
  if (!report.applied && report.hold) return words + "nothing is applied: it is held";
  if (!report.applied) return words + (report.newest ? "nothing is applied" : "there is no record yet");
  words += RecordWords(report.applied) + " is ";
  words += report.outcome.empty() ? "not applied yet" : report.outcome;
  words += ": " + Count(report.objects, "object") + ", " + std::to_string(report.sent) + " applied, " +
           std::to_string(Deleted(report)) + " removed";
  if (!report.left_alone.empty()) words += ", " + std::to_string(report.left_alone.size()) + " left alone";
  if (!report.failed.empty()) words += ", " + std::to_string(report.failed.size()) + " not taken";
  return words;
}

}  // namespace sluice::agent
