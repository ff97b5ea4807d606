#include "cluster/read.h"

namespace sluice::cluster {
namespace {

Document DocumentOf(Result<ApiAnswer> answer) {
  Document document;
  if (!answer) {
    document.trouble = answer.error().Text();
    return document;
  }
  document.status = answer->status;
  if (answer->status == 201) answer->status = 200;
  Result<manifests::ParsedFile> file = ReadJsonAnswer(std::move(*answer));
  if (file) {
    document.file = std::move(*file);
  } else {
    document.trouble = file.error().message;
  }
  return document;
}

}  // namespace

Document ReadDocument(ApiClient& client, const std::string& path, net::Clock::time_point end) {
  return DocumentOf(client.Send({.path = path, .headers = {{"Accept", "application/json"}}, .end = end}));
}

Document AskReview(ApiClient& client, const std::string& path, const std::string& body,
                   net::Clock::time_point end) {
  return DocumentOf(
      client.Send({.method = "POST",
                   .path = path,
                   .headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}},
                   .body = body,
                   .repeatable = true,
                   .end = end}));
}

std::string_view TextAt(const manifests::Node& root, std::string_view path) {
  const manifests::Node* node = &root;
  while (node != nullptr && !path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    node = node->Find(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return node == nullptr ? std::string_view() : node->text;
}

}  // namespace sluice::cluster
