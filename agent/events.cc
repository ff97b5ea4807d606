#include "agent/events.h"

#include <ctime>

#include "agent/json_text.h"
#include "promotion/words.h"

namespace sluice::agent {
namespace {

constexpr std::size_t kMessageBytes = 1000;  // the API server takes 1,024

}  // namespace

Events::Events(cluster::ApiClient& client, const Configuration& configuration)
    : client_(client), name_("sluice-agent-" + configuration.environment), ns_(configuration.ns) {}

void Events::Tell(const std::vector<Notice>& notices) {
  std::set<std::string> now;
  for (const Notice& notice : notices) {
    const std::string key = notice.reason + " " + notice.message;
    if (now.insert(key).second && told_.count(key) == 0) Post(notice);
  }
  told_ = std::move(now);
}

void Events::Post(const Notice& notice) {
  const std::time_t now = std::time(nullptr);
  const std::string time = promotion::TimeText(now);
  const std::string involved = JsonMapping()
                                   .Text("apiVersion", "v1")
                                   .Text("kind", "ConfigMap")
                                   .Text("name", name_)
                                   .Text("namespace", ns_)
                                   .End();
  const std::string metadata =
      JsonMapping()
          .Text("name", name_ + "." + std::to_string(now) + "." + std::to_string(count_++))
          .Text("namespace", ns_)
          .End();
  JsonMapping event;
  event.Text("apiVersion", "v1").Text("kind", "Event").Json("metadata", metadata);
  event.Json("involvedObject", involved)
      .Json("source", JsonMapping().Text("component", "sluice-agent").End());
  event.Text("type", notice.warning ? "Warning" : "Normal").Text("reason", notice.reason);
  event.Text("message", notice.message.substr(0, kMessageBytes)).Number("count", 1);
  event.Text("firstTimestamp", time).Text("lastTimestamp", time);
  // Lost where it cannot be written: the log has it too.
  const auto answer = client_.Send({.method = "POST",
                                    .path = "/api/v1/namespaces/" + ns_ + "/events",
                                    .headers = {{"Content-Type", "application/json"}},
                                    .body = event.End(),
                                    .end = cluster::Clock::now() + std::chrono::seconds(10)});
  (void)answer;
}

}  // namespace sluice::agent
