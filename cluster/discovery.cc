#include "cluster/discovery.h"

#include <algorithm>
#include <array>
#include <thread>

#include "cluster/list.h"
#include "cluster/read.h"

namespace sluice::cluster {
namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr std::string_view kAggregatedForm =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
constexpr std::string_view kPlainForm = "application/json";

// Groups that every API server serves itself, for whoever may not list
// APIServices (kubernetes/kubernetes, pkg/controlplane/instance.go).
constexpr std::array<std::string_view, 22> kOwnGroups = {"",
                                                         "admissionregistration.k8s.io",
                                                         "apiextensions.k8s.io",
                                                         "apiregistration.k8s.io",
                                                         "apps",
                                                         "authentication.k8s.io",
                                                         "authorization.k8s.io",
                                                         "autoscaling",
                                                         "batch",
                                                         "certificates.k8s.io",
                                                         "coordination.k8s.io",
                                                         "discovery.k8s.io",
                                                         "events.k8s.io",
                                                         "flowcontrol.apiserver.k8s.io",
                                                         "networking.k8s.io",
                                                         "node.k8s.io",
                                                         "policy",
                                                         "rbac.authorization.k8s.io",
                                                         "resource.k8s.io",
                                                         "scheduling.k8s.io",
                                                         "storage.k8s.io",
                                                         "storagemigration.k8s.io"};

std::string KeyOf(std::string_view group, std::string_view version) {
  return std::string(group) + "/" + std::string(version);
}

// The elements of a list; none where it is no list.
std::span<const Node> Elements(const Node& node, std::string_view key) {
  const Node* found = node.Find(key);
  return found && found->kind == NodeKind::kSequence ? found->children : std::span<const Node>();
}

std::vector<std::string> Texts(const Node& node, std::string_view key) {
  std::vector<std::string> texts;
  for (const Node& one : Elements(node, key)) texts.emplace_back(one.String());
  return texts;
}

}  // namespace

bool ApiResource::Has(std::string_view verb) const {
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

class Discovery::Reader {
 public:
  Reader(ApiClient& client, const AnswerCache& cache, Clock::time_point end)
      : client_(client), cache_(cache), end_(end) {}

  // Both are long waits, and fill members of their own.
  Status Read(Discovery& out) {
    Status services = Ok{};
    Status roots = Ok{};
    {
      const std::jthread beside([&] { services = ReadApiServices(out); });
      for (const char* path : {"/api", "/apis"})
        if (roots) roots = ReadRoot(path, out);
    }
    return roots ? services : roots;
  }

 private:
  Result<ApiAnswer> Get(const std::string& path, std::string_view accept, const std::string& tag);
  Status ReadRoot(const std::string& path, Discovery& out);
  Status ReadOldRoot(const Node& root, const std::string& path, Discovery& out);
  Status ReadOldVersion(const std::string& path, Discovery& out);
  Status ReadApiServices(Discovery& out);

  ApiClient& client_;
  const AnswerCache& cache_;
  const Clock::time_point end_;
};

namespace {

void AddResource(ApiResource resource, std::map<std::string, ApiResource>& resources) {
  // Parts of objects ("deployments/scale") are no kinds of their own.
  if (resource.kind.empty() || resource.resource.empty() || resource.resource.find('/') != std::string::npos)
    return;
  const std::string key = KeyOf(resource.group, resource.version) + "/" + resource.kind;
  resources.emplace(key, std::move(resource));
}

void AddVersion(std::string_view group, const Node& version, std::map<std::string, ApiResource>& resources) {
  for (const Node& one : Elements(version, "resources")) {
    AddResource({.group = std::string(group),
                 .version = std::string(TextAt(version, "version")),
                 .kind = std::string(TextAt(one, "responseKind.kind")),
                 .resource = std::string(TextAt(one, "resource")),
                 .namespaced = TextAt(one, "scope") == "Namespaced",
                 .verbs = Texts(one, "verbs")},
                resources);
  }
}

}  // namespace

Result<ApiAnswer> Discovery::Reader::Get(const std::string& path, std::string_view accept,
                                         const std::string& tag) {
  ApiRequest request{.path = path, .end = end_};
  request.headers = {{"Accept", std::string(accept)}};
  if (!tag.empty()) request.headers.push_back({"If-None-Match", tag});
  return client_.Send(request);
}

Status Discovery::Reader::ReadRoot(const std::string& path, Discovery& out) {
  const std::string name = "discovery" + PathSegment(path);
  std::optional<CachedAnswer> kept = cache_.Load(name);
  const std::string forms = std::string(kAggregatedForm) + "," + std::string(kPlainForm);
  Result<ApiAnswer> answer = Get(path, forms, kept ? kept->tag : "");
  if (!answer) return answer.error();
  if (kept && answer->status == 304 && !answer->failure) {
    answer->status = 200;
    answer->body = std::move(kept->body);
  } else if (const std::string* tag = net::FindHeader(answer->headers, "ETag");
             tag && answer->status == 200 && !answer->failure) {
    cache_.Store(name, {*tag, answer->body});
  }
  const Result<manifests::ParsedFile> file = ReadJsonAnswer(std::move(*answer));
  if (!file) return Failed(file.error().message + " (" + path + ")");
  const Node& root = *file->documents[0].root;
  if (TextAt(root, "kind") != "APIGroupDiscoveryList") return ReadOldRoot(root, path, out);
  for (const Node& group : Elements(root, "items")) {
    const std::string_view group_name = TextAt(group, "metadata.name");
    for (const Node& version : Elements(group, "versions")) {
      AddVersion(group_name, version, out.resources_);
      out.stale_[KeyOf(group_name, TextAt(version, "version"))] = TextAt(version, "freshness") == "Stale";
    }
  }
  out.documents_.push_back(*file->bytes);
  return Ok{};
}

// APIVersions of /api, APIGroupList of /apis.
Status Discovery::Reader::ReadOldRoot(const Node& root, const std::string& path, Discovery& out) {
  const std::string_view kind = TextAt(root, "kind");
  if (kind != "APIVersions" && kind != "APIGroupList")
    return Failed("the API server's answer is no discovery (" + path + ")");
  for (const std::string& version : Texts(root, "versions"))
    if (Status read = ReadOldVersion(path + "/" + PathSegment(version), out); !read) return read;
  for (const Node& group : Elements(root, "groups")) {
    for (const Node& version : Elements(group, "versions")) {
      const std::string below =
          PathSegment(TextAt(group, "name")) + "/" + PathSegment(TextAt(version, "version"));
      if (Status read = ReadOldVersion(path + "/" + below, out); !read) return read;
    }
  }
  return Ok{};
}

// One that does not answer is one of an aggregated server: stale.
Status Discovery::Reader::ReadOldVersion(const std::string& path, Discovery& out) {
  Result<ApiAnswer> answer = Get(path, kPlainForm, "");
  if (!answer) return answer.error();
  const std::size_t slash = path.rfind('/');
  const std::size_t before = path.rfind('/', slash - 1);
  const std::string group = before == 0 ? "" : path.substr(before + 1, slash - before - 1);
  const std::string version = path.substr(slash + 1);
  const Result<manifests::ParsedFile> file = ReadJsonAnswer(std::move(*answer));
  out.stale_[KeyOf(group, version)] = !file;
  if (!file) return Clock::now() < end_ ? Status(Ok{}) : Failed("the time was over during discovery");
  for (const Node& one : Elements(*file->documents[0].root, "resources")) {
    const Node* namespaced = one.Find("namespaced");
    AddResource({.group = group,
                 .version = version,
                 .kind = std::string(TextAt(one, "kind")),
                 .resource = std::string(TextAt(one, "name")),
                 .namespaced = namespaced && namespaced->kind == NodeKind::kBool && namespaced->value.boolean,
                 .verbs = Texts(one, "verbs")},
                out.resources_);
  }
  return Ok{};
}

Status Discovery::Reader::ReadApiServices(Discovery& out) {
  const auto take = [&](const manifests::ParsedFile& page) -> Status {
    for (const Node& one : Elements(*page.documents[0].root, "items")) {
      const Node* spec = one.Find("spec");
      const Node* service = spec ? spec->Find("service") : nullptr;
      out.aggregated_[KeyOf(TextAt(one, "spec.group"), TextAt(one, "spec.version"))] =
          service && service->kind != NodeKind::kNull;
    }
    return Ok{};
  };
  const Result<ListAnswer> listed =
      List(client_, {.path = "/apis/apiregistration.k8s.io/v1/apiservices", .end = end_}, take);
  if (!listed) return listed.error();
  if (!listed->trouble.empty()) out.trouble_ = "APIServices cannot be listed: " + listed->trouble;
  return Ok{};
}

Result<Discovery> Discovery::Fetch(ApiClient& client, const AnswerCache& cache, Clock::time_point end) {
  Discovery discovery;
  if (Status read = Reader(client, cache, end).Read(discovery); !read) return read.error();
  return discovery;
}

const ApiResource* Discovery::Find(std::string_view group, std::string_view version,
                                   std::string_view kind) const {
  const auto found = resources_.find(KeyOf(group, version) + "/" + std::string(kind));
  return found == resources_.end() ? nullptr : &found->second;
}

bool Discovery::IsStale(std::string_view group, std::string_view version) const {
  const auto found = stale_.find(KeyOf(group, version));
  return found != stale_.end() && found->second;
}

ServedBy Discovery::Server(std::string_view group, std::string_view version) const {
  const auto found = aggregated_.find(KeyOf(group, version));
  if (found != aggregated_.end()) return found->second ? ServedBy::kAggregated : ServedBy::kApiServer;
  return IsOwnGroup(group) ? ServedBy::kApiServer : ServedBy::kUnknown;
}

bool IsOwnGroup(std::string_view group) {
  return std::find(kOwnGroups.begin(), kOwnGroups.end(), group) != kOwnGroups.end();
}

std::string ResourcePath(const ApiResource& resource, std::string_view ns, std::string_view name) {
  std::string path = resource.group.empty() ? "/api" : "/apis/" + PathSegment(resource.group);
  path += "/" + PathSegment(resource.version);
  if (resource.namespaced && !ns.empty()) path += "/namespaces/" + PathSegment(ns);
  path += "/" + PathSegment(resource.resource);
  return name.empty() ? path : path + "/" + PathSegment(name);
}

}  // namespace sluice::cluster
