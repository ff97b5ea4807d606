#include "cluster/server_request.h"

namespace sluice::cluster {

SendRequest SendThrough(ApiClient& client) {
  return [&client](const ServerRequest& request, std::chrono::steady_clock::time_point end) -> ServerAnswer {
    ApiRequest sent;
    sent.method = request.method;
    sent.path = request.path;
    sent.headers = {{"Accept", request.accept}};
    if (!request.content_type.empty()) sent.headers.push_back({"Content-Type", request.content_type});
    sent.body = request.body;
    sent.repeatable = true;
    sent.answer_bytes = kMostAnswerBytes;
    sent.end = end;
    Result<ApiAnswer> answer = client.Send(sent);
    if (!answer) return {0, {}, {}, answer.error().Text()};
    if (answer->failure) return {0, {}, {}, answer->failure.message};
    return {answer->status, std::move(answer->body), std::move(answer->warnings), {}};
  };
}

}  // namespace sluice::cluster
