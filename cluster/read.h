// One JSON document of an API server: read, or asked for by a review.
#pragma once

#include <string>

#include "cluster/api_client.h"
#include "cluster/members.h"

namespace sluice::cluster {

struct Document {
  int status = 0;       // of HTTP; 0: no answer
  std::string trouble;  // why there is no document: half a sentence; empty where there is one
  manifests::ParsedFile file;

  explicit operator bool() const { return trouble.empty(); }
  const manifests::Node& root() const { return *file.documents[0].root; }
};

// GET. Success is 200 or 201 with one JSON object.
Document ReadDocument(ApiClient& client, const std::string& path, net::Clock::time_point end);

// POST of a review (authorization.k8s.io, authentication.k8s.io): it changes nothing.
Document AskReview(ApiClient& client, const std::string& path, const std::string& body,
                   net::Clock::time_point end);

}  // namespace sluice::cluster
