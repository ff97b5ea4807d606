// `sluice schemas import`: files of other people to one bundle. The refresh of
// our own data and, later, the cluster client feed the same code.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "schemas/graph.h"
#include "schemas/schema_text.h"

namespace sluice::schemas {

// A file: CRDs (YAML or JSON, several documents, lists as API servers and
// kubectl print them), an OpenAPI v3 document of a group version, an aggregated
// discovery document, a JSON Schema of a catalogue (its path ends in
// GROUP/KIND_VERSION.json) or the catalogue's index.json.
struct ImportSource {
  std::string path;
  std::string bytes;
};

struct ImportedKinds {
  SchemaGraph graph;               // one minor, 0; origin kImported
  std::vector<std::string> notes;  // what was left out and why, one sentence each
};

struct ImportedBundle {
  std::string bytes;  // for Catalog::AddBundle
  std::size_t kinds = 0;
  std::vector<std::string> notes;
};

Result<ImportedKinds> ReadSources(const std::vector<ImportSource>& sources, Origin origin);
// Fails (kUsage) where no source has a kind.
Result<ImportedBundle> ImportFiles(const std::vector<ImportSource>& sources);

// The OpenAPI and discovery documents of one Kubernetes minor. `optional` are the
// lines of schemas/kubernetes/optional.txt: fields that are required in name only.
Result<MinorDefinitions> ReadKubernetes(std::uint16_t minor, const std::vector<ImportSource>& sources,
                                        const std::set<std::string>& optional);

}  // namespace sluice::schemas
