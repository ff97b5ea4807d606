#include "tests/agent/recording_cluster.h"

#include <fstream>

#include "tests/catch.h"

namespace sluice::agent {
namespace {

constexpr std::string_view kStates = "/api/v1/namespaces/sluice-system/configmaps";
constexpr char kKinds[] =
    R"({"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","metadata":{},"items":[
  {"metadata":{"name":""},"versions":[{"version":"v1","resources":[
    {"resource":"configmaps","responseKind":{"group":"","version":"v1","kind":"ConfigMap"},"scope":"Namespaced","verbs":["get","patch"]},
    {"resource":"secrets","responseKind":{"group":"","version":"v1","kind":"Secret"},"scope":"Namespaced","verbs":["get","patch"]}]}]}]})";
constexpr char kNoKinds[] =
    R"({"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","metadata":{},"items":[]})";
constexpr char kNoServices[] = R"({"kind":"APIServiceList","metadata":{"resourceVersion":"1"},"items":[]})";
constexpr char kVersion[] = "\"resourceVersion\":\"";

net::ServedAnswer Status(int code, const char* reason) {
  return {.status = code,
          .body = std::string(R"({"kind":"Status","status":"Failure","reason":")") + reason + "\"}"};
}

// What stands in a text behind `before`, up to the next quotation mark.
std::string Between(const std::string& text, const std::string& before) {
  const std::size_t at = text.find(before);
  if (at == text.npos) return {};
  return text.substr(at + before.size(), text.find('"', at + before.size()) - at - before.size());
}

}  // namespace

RecordingCluster::RecordingCluster(const std::string& kubeconfig) {
  auto listener =
      net::Listener::Start({}, [this](const net::ServedRequest& request) { return Answer(request); });
  if (!listener) FAIL(listener.error().Text());
  listener_ = *std::move(listener);
  std::ofstream(kubeconfig) << "apiVersion: v1\nkind: Config\ncurrent-context: a\n"
                               "contexts: [{name: a, context: {cluster: a, user: a}}]\n"
                               "clusters: [{name: a, cluster: {server: 'http://127.0.0.1:"
                            << listener_->port() << "'}}]\nusers: [{name: a, user: {}}]\n";
}

std::vector<RecordingCluster::Write> RecordingCluster::TakeWrites() {
  const std::lock_guard lock(mutex_);
  return std::exchange(writes_, {});
}

std::map<std::string, std::string> RecordingCluster::Objects() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::string> bodies;
  for (const auto& [path, stored] : objects_) bodies.emplace(path, stored.body);
  return bodies;
}

void RecordingCluster::Clear() {
  const std::lock_guard lock(mutex_);
  objects_.clear();
  states_.clear();
  writes_.clear();
}

net::ServedAnswer RecordingCluster::Answer(const net::ServedRequest& request) {
  const std::lock_guard lock(mutex_);
  const std::string& target = request.head.target;
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string path = target.substr(0, mark), query = target.substr(mark);
  if (path == "/api") return {.body = kKinds};
  if (path == "/apis") return {.body = kNoKinds};
  if (path == "/apis/apiregistration.k8s.io/v1/apiservices") return {.body = kNoServices};
  if (path.starts_with(kStates)) return KeepState(request, path);
  if (request.head.method == "PATCH") return Apply(path, query, request.body);
  if (request.head.method == "DELETE") return Delete(path, request.body);
  return Show(path);
}

// A whole object each time; whoever has not seen the last one is refused.
net::ServedAnswer RecordingCluster::KeepState(const net::ServedRequest& request, const std::string& path) {
  const bool fresh = request.head.method == "POST";
  const std::string name = fresh ? path + "/" + Between(request.body, "\"name\":\"") : path;
  std::string& state = states_[name];
  if (request.head.method == "GET")
    return state.empty() ? Status(404, "NotFound") : net::ServedAnswer{.body = state};
  if (fresh != state.empty() || Between(request.body, kVersion) != Between(state, kVersion))
    return Status(409, "Conflict");
  state = request.body;
  if (const std::size_t at = state.find(kVersion); at != state.npos)
    state.erase(at - 1, state.find('}', at) - at + 1);  // with the comma before it; the uid follows
  const std::string metadata = "\"metadata\":{";
  state.insert(state.find(metadata) + metadata.size(),
               kVersion + std::to_string(++version_) + "\",\"uid\":\"state\",");
  return {.status = fresh ? 201 : 200, .body = state};
}

net::ServedAnswer RecordingCluster::Apply(const std::string& path, const std::string& query,
                                          const std::string& body) {
  Stored& stored = objects_[path];
  stored.version = ++version_;
  if (stored.uid.empty()) stored.uid = "uid-" + std::to_string(version_);
  stored.label = Between(body, "\"applyset.kubernetes.io/part-of\":\"");
  if (query.find("fieldManager=sluice-agent&") != query.npos) {
    // Nothing but the label may stand there beside what is recorded.
    const std::string labels = R"("labels":{"applyset.kubernetes.io/part-of":")" + stored.label + "\"},";
    stored.body = body;
    if (const std::size_t at = body.find(labels); at != body.npos) stored.body.erase(at, labels.size());
    writes_.push_back({path, stored.body});
  }
  return Show(path);
}

net::ServedAnswer RecordingCluster::Delete(const std::string& path, const std::string& body) {
  if (!deletes_) return Status(500, "InternalError");
  const auto found = objects_.find(path);
  if (found == objects_.end()) return Status(404, "NotFound");
  if (Between(body, "\"uid\":\"") != found->second.uid ||
      Between(body, kVersion) != std::to_string(found->second.version))
    return Status(409, "Conflict");
  objects_.erase(found);
  writes_.push_back({path, {}});
  return {.body = R"({"kind":"Status","status":"Success"})"};
}

net::ServedAnswer RecordingCluster::Show(const std::string& path) const {
  const auto found = objects_.find(path);
  if (found == objects_.end()) return Status(404, "NotFound");
  const Stored& stored = found->second;
  const std::string kind = path.find("/secrets/") == path.npos ? "ConfigMap" : "Secret";
  return {.body = R"({"apiVersion":"v1","kind":")" + kind + R"(","metadata":{"name":")" +
                  path.substr(path.rfind('/') + 1) + R"(","namespace":"shop","uid":")" + stored.uid +
                  R"(","resourceVersion":")" + std::to_string(stored.version) +
                  R"(","labels":{"applyset.kubernetes.io/part-of":")" + stored.label +
                  R"("},"managedFields":[{"manager":"sluice-agent","operation":"Apply"}]}})"};
}

}  // namespace sluice::agent
