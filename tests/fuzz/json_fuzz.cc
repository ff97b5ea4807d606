// libFuzzer: any bytes behind a brace, which makes them JSON. What is read must
// be read alike by the YAML reader, where that reads it at all: JSON is YAML but
// for a few escapes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "manifests/document.h"
#include "manifests/object.h"

namespace sluice::manifests {
namespace {

std::string Json(const Node& node) {
  std::string json;
  CanonicalJson(node, json);
  return json;
}

// Numbers like 1e400 are texts to YAML; JSON refuses them, so that none is here.
void Run(const std::string& bytes) {
  Limits limits;
  limits.expansion_nodes = 5000;
  const ParsedFile file = Parse("fuzz.json", bytes, limits);
  if (file.documents.size() != 1) return;
  const Node& root = *file.documents[0].root;
  const std::string json = Json(root);
  const ParsedFile again = Parse("again.json", "{\"v\":" + json + "}", Limits());
  if (again.Readable() && Json(*again.documents.at(0).root->Find("v")) != json) std::abort();
  const ParsedFile yaml = Parse("fuzz.yaml", "# c\n" + bytes, limits);
  if (yaml.Readable() && yaml.documents.size() == 1 && Json(*yaml.documents[0].root) != json) std::abort();
}

}  // namespace
}  // namespace sluice::manifests

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sluice::manifests::Run("{" + std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
