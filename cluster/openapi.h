// OpenAPI v3 of an API server: an index of group versions, and a document of
// each under a hash of its content, so that what is kept stays good for ever.
#pragma once

#include <string>
#include <vector>

#include "cluster/answer_cache.h"
#include "cluster/api_client.h"

namespace sluice::cluster {

struct OpenApiReference {
  std::string name;  // "apis/apps/v1", "api/v1"
  std::string path;  // "/openapi/v3/apis/apps/v1?hash=…"
};

// An Error says as half a sentence why there is none.
Result<std::vector<OpenApiReference>> OpenApiIndex(ApiClient& client, Clock::time_point end);

// JSON text, at most 32 MiB; begins with a brace, and that is all that is known
// of it.
Result<std::string> OpenApiDocument(ApiClient& client, const AnswerCache& cache,
                                    const OpenApiReference& reference, Clock::time_point end);

}  // namespace sluice::cluster
