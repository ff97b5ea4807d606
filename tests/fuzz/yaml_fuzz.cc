// libFuzzer: any bytes as a manifest. Whatever is read must have places inside
// the file, and its canonical JSON must read back as itself, as JSON and as YAML.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "manifests/document.h"
#include "manifests/object.h"
#include "manifests/text.h"

namespace sluice::manifests {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string Json(const Node& node) {
  std::string json;
  CanonicalJson(node, json);
  return json;
}

void CheckPlaces(const Node& node) {
  Require(node.range.begin <= node.range.end && node.range.begin.line >= 1 && node.range.begin.column >= 1);
  for (const Node& child : node.children) {
    Require(child.key_hash == HashKey(child.key) || node.kind == NodeKind::kSequence);
    Require(node.kind != NodeKind::kMapping || node.Find(child.key) == &child);
    CheckPlaces(child);
  }
}

// Keys of more than 1,024 letters are no keys to YAML, which is why both ways
// are tried only for short texts.
void CheckCanonical(const Node& root) {
  const std::string json = Json(root);
  Limits limits;
  limits.depth += 1;  // of what it is put into
  const ParsedFile as_json = Parse("a.json", "{\"v\":" + json + "}", limits);
  Require(as_json.Readable() || json.size() > 100'000);
  if (as_json.Readable()) Require(Json(*as_json.documents.at(0).root->Find("v")) == json);
  if (json.size() > 1000) return;
  const ParsedFile as_yaml = Parse("a.yaml", "- " + json + "\n", limits);
  if (as_yaml.Readable()) Require(Json(as_yaml.documents.at(0).root->children[0]) == json);
}

void Run(std::string bytes) {
  Limits limits;
  limits.expansion_nodes = 5000;
  const ParsedFile file = Parse("fuzz.yaml", std::move(bytes), limits);
  Require(file.Readable() || file.documents.empty());
  for (const Document& document : file.documents) {
    CheckPlaces(*document.root);
    CheckCanonical(*document.root);
  }
  for (const Object& object : Objects(file, limits).objects) Digest(object);
  CheckText("fuzz.yaml", *file.bytes);
}

}  // namespace
}  // namespace sluice::manifests

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sluice::manifests::Run(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
