#include "agent/status_map.h"

#include "agent/json_text.h"
#include "promotion/words.h"

namespace sluice::agent {
namespace {

std::string RecordText(const std::optional<promotion::RememberedRecord>& record) {
  return record ? std::to_string(record->sequence) + " (" + record->digest.substr(0, 12) + ")" : "none";
}

std::string Problems(const std::vector<Notice>& notices) {
  std::string text;
  for (const Notice& notice : notices)
    if (notice.warning) text += notice.reason + ": " + notice.message + "\n";
  return text.empty() ? "none" : text;
}

std::string LeftAlone(const std::vector<std::string>& paths) {
  std::string text;
  for (const std::string& path : paths) text += path + "\n";
  return text.empty() ? "none" : text;
}

}  // namespace

StatusMap::StatusMap(cluster::ApiClient& client, const Configuration& configuration)
    : client_(client),
      name_("sluice-status-" + configuration.environment),
      ns_(configuration.ns),
      environment_(configuration.environment),
      cluster_(configuration.cluster) {}

std::string StatusMap::Body(const CycleReport& report, const std::vector<Notice>& notices) const {
  JsonMapping data;
  data.Text("environment", environment_).Text("cluster", cluster_);
  data.Text("newestRecord", RecordText(report.newest)).Text("appliedRecord", RecordText(report.applied));
  data.Text("outcome", report.outcome.empty() ? "not done yet" : report.outcome);
  if (report.since > 0) data.Text("outcomeSince", promotion::TimeText(report.since));
  data.Text("objects", std::to_string(report.objects));
  data.Text("current",
            std::to_string(report.standing.current) + " of " + std::to_string(report.standing.all));
  data.Text("held", report.hold ? std::string(NameOf(report.hold.cause)) : "no");
  data.Text("problems", Problems(notices)).Text("leftAlone", LeftAlone(report.left_alone));
  if (report.record) {
    data.Text("sourceCommit", report.record->source.commit).Text("sourceRef", report.record->source.ref);
    data.Text("actor", report.record->head.actor);
    data.Text("recorded", promotion::TimeText(report.record->head.recorded));
  }
  if (report.expires > 0) data.Text("freshUntil", promotion::TimeText(report.expires));
  return JsonMapping()
      .Text("apiVersion", "v1")
      .Text("kind", "ConfigMap")
      .Json("metadata", JsonMapping().Text("name", name_).Text("namespace", ns_).End())
      .Json("data", data.End())
      .End();
}

Status StatusMap::Write(const CycleReport& report, const std::vector<Notice>& notices) {
  std::string body = Body(report, notices);
  if (body == written_) return Ok{};
  const Result<cluster::ApiAnswer> answer =
      client_.Send({.method = "PATCH",
                    .path = "/api/v1/namespaces/" + ns_ + "/configmaps/" + name_ +
                            "?fieldManager=sluice-agent-status&force=true",
                    .headers = {{"Content-Type", "application/apply-patch+yaml"}},
                    .body = body,
                    .repeatable = true});
  if (!answer) return answer.error();
  if (answer->failure || (answer->status != 200 && answer->status != 201))
    return Failed("the ConfigMap " + ns_ + "/" + name_ + " cannot be written: " + cluster::Trouble(*answer));
  written_ = std::move(body);
  return Ok{};
}

}  // namespace sluice::agent
