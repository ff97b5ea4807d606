#include "cluster/schema_sources.h"

#include <algorithm>
#include <set>

#include "cluster/list.h"
#include "cluster/openapi.h"
#include "cluster/read.h"

namespace sluice::cluster {
namespace {

using manifests::Node;

// At most 1.5 MiB each (etcd's limit), so that a page has room in its 32 MiB.
constexpr std::size_t kDefinitionsOnce = 20;

class Fetcher {
 public:
  Fetcher(ApiClient& client, const AnswerCache& cache, Clock::time_point end)
      : client_(client), cache_(cache), end_(end) {}

  Result<SchemaSources> Fetch();

 private:
  Status FetchDefinitions();
  Status FetchOpenApi(const Discovery& discovery);
  bool IsWanted(const ApiResource& resource) const;
  void Add(const std::string& what, std::string bytes) {
    found_.sources.push_back({client_.access().context + "/" + what, std::move(bytes)});
  }

  ApiClient& client_;
  const AnswerCache& cache_;
  const Clock::time_point end_;
  SchemaSources found_;
  std::set<std::string> defined_;  // groups of definitions
};

Status Fetcher::FetchDefinitions() {
  std::size_t pages = 0;
  const auto take = [&](const manifests::ParsedFile& page) -> Status {
    for (const Node& one : page.documents[0].root->Find("items")->children)
      defined_.emplace(TextAt(one, "spec.group"));
    Add("customresourcedefinitions-" + std::to_string(++pages), *page.bytes);
    return Ok{};
  };
  const Result<ListAnswer> listed = List(client_,
                                         {.path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                                          .page = kDefinitionsOnce,
                                          .end = end_},
                                         take);
  if (!listed) return listed.error();
  if (listed->trouble.empty()) return Ok{};
  // Half a list would be taken for the whole one.
  if (listed->status != 403) return Failed("CustomResourceDefinitions cannot be listed: " + listed->trouble);
  found_.notes.push_back("CustomResourceDefinitions cannot be listed (" + listed->trouble +
                         "); their kinds come from OpenAPI, which does not have their rules in CEL");
  return Ok{};
}

bool Fetcher::IsWanted(const ApiResource& resource) const {
  const bool writable = resource.Has("create") || resource.Has("patch");
  return writable && !IsOwnGroup(resource.group) && !defined_.contains(resource.group);
}

Status Fetcher::FetchOpenApi(const Discovery& discovery) {
  std::set<std::string> wanted;
  for (const auto& [key, resource] : discovery.resources())
    if (IsWanted(resource)) wanted.insert("apis/" + resource.group + "/" + resource.version);
  if (wanted.empty()) return Ok{};
  const Result<std::vector<OpenApiReference>> index = OpenApiIndex(client_, end_);
  if (!index) return Failed("the index of OpenAPI documents cannot be had: " + index.error().message);
  for (const OpenApiReference& reference : *index) {
    if (wanted.erase(reference.name) == 0) continue;
    Result<std::string> document = OpenApiDocument(client_, cache_, reference, end_);
    if (document) {
      Add("openapi/" + reference.name, std::move(*document));
    } else {
      found_.notes.push_back("no schemas of " + reference.name + ": " + document.error().message);
    }
  }
  for (const std::string& name : wanted)
    found_.notes.push_back("no schemas of " + name + ": it has no OpenAPI document");
  return Ok{};
}

Result<SchemaSources> Fetcher::Fetch() {
  Result<std::string> minor = MinorOf(client_, end_);
  if (!minor) return minor.error();
  found_.minor = std::move(*minor);
  const Result<Discovery> discovery = Discovery::Fetch(client_, cache_, end_);
  if (!discovery) return discovery.error();
  if (Status fetched = FetchDefinitions(); !fetched) return fetched.error();
  if (Status fetched = FetchOpenApi(*discovery); !fetched) return fetched.error();
  for (const std::string& document : discovery->documents()) Add("discovery", document);
  return std::move(found_);
}

}  // namespace

Result<std::string> MinorOf(ApiClient& client, Clock::time_point end) {
  const Document version = ReadDocument(client, "/version", end);
  if (!version) return Failed(version.trouble);
  const auto digits = [&](std::string_view key) {
    const std::string_view text = TextAt(version.root(), key);
    return std::string(text.substr(0, std::min(text.find_first_not_of("0123456789"), std::size_t{4})));
  };
  const std::string major = digits("major"), minor = digits("minor");
  if (major.empty() || minor.empty()) return Failed("the API server does not say which version it is");
  return major + "." + minor;
}

Result<SchemaSources> FetchSchemas(ApiClient& client, const AnswerCache& cache, Clock::time_point end) {
  return Fetcher(client, cache, end).Fetch();
}

}  // namespace sluice::cluster
