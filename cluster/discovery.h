// Which kinds an API server has, and who serves them. The aggregated form
// (apidiscovery.k8s.io/v2: two requests, revalidated by ETag) or, from servers
// that do not know it, one request for each group version. Tested by
// tests/cluster/discovery_test.cc.
//
//   Result<Discovery> discovery = Discovery::Fetch(client, cache, end);
//   const ApiResource* deployments = discovery->Find("apps", "v1", "Deployment");
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/answer_cache.h"
#include "cluster/api_client.h"

namespace sluice::cluster {

struct ApiResource {
  std::string group{}, version{}, kind{};
  std::string resource{};  // as in paths: "deployments"
  bool namespaced = false;
  std::vector<std::string> verbs{};

  bool Has(std::string_view verb) const;
};

// Of a group version: the API server itself, custom resources included, or a
// server behind it (an APIService with a service), which no admission policy of
// the cluster sees (semantics D) and which may know no dry run.
enum class ServedBy : std::uint8_t { kApiServer, kAggregated, kUnknown };

class Discovery {
 public:
  // An Error says why nobody could tell (unreachable, not authorised, no JSON),
  // as half a sentence.
  static Result<Discovery> Fetch(ApiClient& client, const AnswerCache& cache, Clock::time_point end);

  // Null: the server has no such kind.
  const ApiResource* Find(std::string_view group, std::string_view version, std::string_view kind) const;
  // The group version is known, but the server behind it does not answer now, so
  // that its kinds may be unknown.
  bool IsStale(std::string_view group, std::string_view version) const;
  // kUnknown where APIServices may not be listed, but for Kubernetes' own groups.
  ServedBy Server(std::string_view group, std::string_view version) const;
  // Why kUnknown can be; empty where it cannot.
  const std::string& trouble() const { return trouble_; }

  const std::map<std::string, ApiResource>& resources() const {
    return resources_;
  }  // by "group/version/kind"
  // The answers in aggregated form, for schemas::ImportSource.
  const std::vector<std::string>& documents() const { return documents_; }

 private:
  class Reader;

  std::map<std::string, ApiResource> resources_;
  std::map<std::string, bool> stale_;       // by "group/version"
  std::map<std::string, bool> aggregated_;  // by "group/version"
  std::string trouble_;
  std::vector<std::string> documents_;
};

// A group that every API server serves itself ("", "apps", "batch", …).
bool IsOwnGroup(std::string_view group);

// "/apis/apps/v1/namespaces/shop/deployments/web"; `ns` is left out for what has
// no namespace, an empty `name` is the collection.
std::string ResourcePath(const ApiResource& resource, std::string_view ns, std::string_view name);

}  // namespace sluice::cluster
