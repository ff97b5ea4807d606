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

}  // namespace sluice::cluster
