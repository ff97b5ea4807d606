#include "cluster/list.h"

#include "manifests/object.h"

namespace sluice::cluster {
namespace {

using manifests::Node;
using manifests::NodeKind;

// The token for the next page; empty: this was the last one.
std::string NextPage(const Node& page) {
  const Node* metadata = page.Find("metadata");
  const Node* token = metadata ? metadata->Find("continue") : nullptr;
  return token ? std::string(token->String()) : std::string();
}

// One page to the sink; `token` becomes that of the next.
Status Take(ApiAnswer answer, const PageSink& sink, std::string& token, std::string& trouble) {
  const Result<manifests::ParsedFile> page = ReadJsonAnswer(std::move(answer));
  if (!page) {
    trouble = page.error().message;
    return Ok{};
  }
  const Node& root = *page->documents[0].root;
  const Node* items = root.Find("items");
  if (!items || items->kind != NodeKind::kSequence) {
    trouble = "the API server's answer is no list";
    return Ok{};
  }
  token = NextPage(root);
  return sink(*page);
}

}  // namespace

Result<ListAnswer> List(ApiClient& client, const ListRequest& request, const PageSink& sink) {
  const Clock::time_point end = request.end.value_or(Clock::now() + std::chrono::minutes(1));
  ListAnswer listed;
  std::string token;
  for (std::size_t pages = 0; pages < request.pages; ++pages) {
    std::string path = request.path + "?limit=" + std::to_string(request.page);
    if (!request.query.empty()) path += "&" + request.query;
    if (!token.empty()) path += "&continue=" + PathSegment(token);
    Result<ApiAnswer> answer = client.Send({.path = path,
                                            .headers = request.headers,
                                            .answer_bytes = request.page_bytes,
                                            .end = end,
                                            .cancel = request.cancel});
    if (!answer) return answer.error();
    listed.status = answer->status;
    token.clear();
    if (Status taken = Take(std::move(*answer), sink, token, listed.trouble); !taken) return taken.error();
    if (!listed.trouble.empty() || token.empty()) return listed;
  }
  listed.trouble = "a list of more than " + std::to_string(request.pages) + " pages";
  return listed;
}

}  // namespace sluice::cluster
