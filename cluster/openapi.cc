#include "cluster/openapi.h"

#include "cluster/read.h"

namespace sluice::cluster {
namespace {

using manifests::Node;

constexpr std::string_view kRoot = "/openapi/v3/";
constexpr std::size_t kMaxDocument = 32u << 20;

// Of "…?hash=ABC"; empty: the server gave none, and nothing is kept.
std::string HashOf(const std::string& path) {
  static constexpr std::string_view kName = "?hash=";
  const std::size_t at = path.find(kName);
  return at == path.npos ? std::string() : path.substr(at + kName.size());
}

}  // namespace

Result<std::vector<OpenApiReference>> OpenApiIndex(ApiClient& client, Clock::time_point end) {
  const Document index = ReadDocument(client, "/openapi/v3", end);
  if (!index) return Failed(index.trouble);
  const Node* paths = index.root().Find("paths");
  if (!paths || paths->kind != manifests::NodeKind::kMapping)
    return Failed("the API server's answer is no index of OpenAPI documents");
  std::vector<OpenApiReference> references;
  for (const Node& one : paths->children) {
    const Node* url = one.Find("serverRelativeURL");
    if (url && url->String().starts_with(kRoot))
      references.push_back({std::string(one.key), std::string(url->String())});
  }
  return references;
}

Result<std::string> OpenApiDocument(ApiClient& client, const AnswerCache& cache,
                                    const OpenApiReference& reference, Clock::time_point end) {
  const std::string name = "openapi-" + PathSegment(reference.name);
  const std::string hash = HashOf(reference.path);
  std::optional<CachedAnswer> kept = hash.empty() ? std::nullopt : cache.Load(name);
  if (kept && kept->tag == hash) return std::move(kept->body);
  Result<ApiAnswer> answer = client.Send({.path = reference.path,
                                          .headers = {{"Accept", "application/json"}},
                                          .answer_bytes = kMaxDocument,
                                          .end = end});
  if (!answer) return answer.error();
  if (answer->failure || answer->status != 200) return Failed(Trouble(*answer));
  if (!answer->body.starts_with('{')) return Failed("the API server's OpenAPI document is no JSON object");
  if (!hash.empty()) cache.Store(name, {hash, answer->body});
  return std::move(answer->body);
}

}  // namespace sluice::cluster
