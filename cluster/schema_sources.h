// What a cluster knows of its own kinds, for schemas::ImportFiles: the same
// import reads it as reads files.
#pragma once

#include <string>
#include <vector>

#include "cluster/discovery.h"
#include "schemas/import.h"

namespace sluice::cluster {

struct SchemaSources {
  std::string minor;                           // "1.34"
  std::vector<schemas::ImportSource> sources;  // definitions, OpenAPI documents, discovery
  std::vector<std::string> notes;              // what could not be had, one sentence each
};

// "1.34" of /version, where cloud providers write "34+".
Result<std::string> MinorOf(ApiClient& client, Clock::time_point end);

// CustomResourceDefinitions, and OpenAPI of the group versions that have other
// kinds of their own which can be written: those of aggregated API servers. Where
// definitions may not be listed, OpenAPI stands in for them as far as it goes
// (it knows no rules in CEL), with a note. An Error says why there is nothing.
Result<SchemaSources> FetchSchemas(ApiClient& client, const AnswerCache& cache, Clock::time_point end);

}  // namespace sluice::cluster
