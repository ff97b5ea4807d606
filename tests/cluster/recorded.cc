#include "tests/cluster/recorded.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "cluster/api_client.h"
#include "tests/catch.h"

namespace sluice::cluster {
namespace {

using manifests::Node;

std::string Text(const Node& line, const char* key) {
  const Node* const member = line.Find(key);
  return member == nullptr ? std::string() : std::string(member->String());
}

std::string Json(const Node& node) {
  std::string json;
  manifests::CanonicalJson(node, json);
  return json;
}

ObjectName NameOf(const Node& object) {
  const Node& metadata = *object.Find("metadata");
  return {Text(object, "apiVersion"), Text(object, "kind"), Text(metadata, "namespace"),
          Text(metadata, "name")};
}

Recorded CaseOf(const Node& line) {
  Recorded recorded;
  const Node& object = *line.Find("object");
  recorded.name = Text(line, "name");
  recorded.object = {NameOf(object), line.Find("removal")->value.boolean, {}};
  if (!recorded.object.removal) {
    recorded.object.json = Json(object);
    recorded.sent = &object;
  }
  recorded.live = line.Find("live");
  recorded.answer.status = static_cast<int>(line.Find("status")->value.integer);
  const Node* const body = line.Find("body");
  recorded.answer.body = body != nullptr ? Json(*body) : Text(line, "text");
  net::Headers headers;
  for (const Node& warning : line.Find("warnings")->children)
    headers.push_back({"Warning", std::string(warning.text)});
  recorded.answer.warnings = ParseWarnings(headers);
  return recorded;
}

}  // namespace

std::string ReadTestFile(const std::string& name) {
  std::ifstream file(std::string(SLUICE_SOURCE_DIR) + "/tests/cluster/" + name);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

Recording ReadRecording(const std::string& file) {
  Recording recording;
  std::istringstream lines(ReadTestFile(file));
  for (std::string line; std::getline(lines, line);) {
    recording.files.push_back(manifests::Parse(file, line, {}));
    REQUIRE(recording.files.back().Readable());
    recording.cases.push_back(CaseOf(*recording.files.back().documents[0].root));
  }
  return recording;
}

const Recorded& CaseOf(const Recording& recording, const std::string& name) {
  const auto found = std::find_if(recording.cases.begin(), recording.cases.end(),
                                  [&](const Recorded& each) { return each.name == name; });
  REQUIRE(found != recording.cases.end());
  return *found;
}

}  // namespace sluice::cluster
