// Tested by tests/agent/lease_test.cc.
#include "agent/lease.h"

#include <algorithm>
#include <charconv>
#include <ctime>

#include "agent/json_text.h"
#include "cluster/members.h"
#include "cluster/read.h"
#include "promotion/words.h"

namespace sluice::agent {
namespace {

// MicroTime: its fraction is not optional.
std::string Now() {
  std::string text = promotion::TimeText(std::time(nullptr));
  text.pop_back();
  return text + ".000000Z";
}

}  // namespace

Lease::Lease(cluster::ApiClient& client, const Configuration& configuration, std::string holder)
    : client_(client),
      name_("sluice-agent-" + configuration.environment),
      ns_(configuration.ns),
      path_("/apis/coordination.k8s.io/v1/namespaces/" + ns_ + "/leases"),
      holder_(std::move(holder)) {}

bool Lease::IsOver(const std::string& seen) {
  const auto now = std::chrono::steady_clock::now();
  if (seen != seen_) {
    seen_ = seen;
    seen_at_ = now;
  }
  return now - seen_at_ >= kLeaseDuration;
}

Result<bool> Lease::Hold() {
  const auto end = cluster::Clock::now() + std::chrono::seconds(10);
  const cluster::Document document = cluster::ReadDocument(client_, path_ + "/" + name_, end);
  if (document.status == 404) {
    resource_version_.clear();
    return Write(holder_);
  }
  if (!document) return Failed("the Lease " + ns_ + "/" + name_ + " cannot be read: " + document.trouble);
  const manifests::Node& root = document.root();
  resource_version_ = cluster::TextAt(root, "metadata.resourceVersion");
  const std::string_view transitions = cluster::TextAt(root, "spec.leaseTransitions");
  std::from_chars(transitions.data(), transitions.data() + transitions.size(), transitions_);
  other_ = cluster::TextAt(root, "spec.holderIdentity");
  if (other_ == holder_) return Write(holder_);
  ours_ = false;
  if (!other_.empty() && !IsOver(other_ + " " + std::string(cluster::TextAt(root, "spec.renewTime"))))
    return false;
  ++transitions_;
  return Write(holder_);
}

std::string Lease::Body(const std::string& holder) const {
  JsonMapping metadata;
  metadata.Text("name", name_).Text("namespace", ns_);
  if (!resource_version_.empty()) metadata.Text("resourceVersion", resource_version_);
  JsonMapping spec;
  spec.Text("acquireTime", acquired_).Text("holderIdentity", holder);
  spec.Number("leaseDurationSeconds",
              holder.empty() ? 1 : static_cast<std::uint64_t>(kLeaseDuration.count()));
  spec.Number("leaseTransitions", transitions_).Text("renewTime", Now());
  return JsonMapping()
      .Text("apiVersion", "coordination.k8s.io/v1")
      .Text("kind", "Lease")
      .Json("metadata", metadata.End())
      .Json("spec", spec.End())
      .End();
}

// Where another was quicker, it is theirs.
Result<bool> Lease::Write(const std::string& holder) {
  if (!ours_) acquired_ = Now();
  const bool fresh = resource_version_.empty();
  const Result<cluster::ApiAnswer> answer =
      client_.Send({.method = fresh ? "POST" : "PUT",
                    .path = path_ + (fresh ? "" : "/" + name_) + "?fieldManager=sluice-agent-lease",
                    .headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}},
                    .body = Body(holder),
                    .end = cluster::Clock::now() + std::chrono::seconds(10)});
  if (!answer) return answer.error();
  ours_ = !answer->failure && (answer->status == 200 || answer->status == 201);
  if (ours_) return true;
  if (!answer->failure && answer->status == 409) return false;
  if (!answer->failure && answer->status == 404)
    return Failed("there is no namespace " + ns_ + " for the agent's Lease");
  return Failed("the Lease " + ns_ + "/" + name_ + " cannot be written: " + cluster::Trouble(*answer));
}

void Lease::Release() {
  if (!ours_) return;
  const Result<bool> held = Hold();
  if (held && *held && ours_) {
    const Result<cluster::ApiAnswer> answer =
        client_.Send({.method = "PATCH",
                      .path = path_ + "/" + name_,
                      .headers = {{"Content-Type", "application/merge-patch+json"}},
                      .body = R"({"spec":{"holderIdentity":"","leaseDurationSeconds":1}})"});
    if (answer) ours_ = false;
  }
}

}  // namespace sluice::agent
