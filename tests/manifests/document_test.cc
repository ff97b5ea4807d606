// The words of document.h that need no YAML of their own.
#include "manifests/document.h"

#include <set>

#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests {
namespace {

TEST_CASE("a line is found by its number, without its end") {
  const std::string_view text = "one\ntwo\r\n\nfour";
  CHECK(LineOf(text, 1) == "one");
  CHECK(LineOf(text, 2) == "two");
  CHECK(LineOf(text, 3).empty());
  CHECK(LineOf(text, 4) == "four");
  CHECK(LineOf(text, 5).empty());
  CHECK(LineOf(text, 0).empty());
  CHECK(LineOf("", 1).empty());
}

TEST_CASE("a field path joins keys with points and indexes in brackets") {
  const FieldStep steps[] = {{"spec", 0}, {"containers", 0}, {{}, 12}, {"image", 0}};
  CHECK(FieldPath(steps) == "spec.containers[12].image");
  const FieldStep root[] = {{{}, 0}, {"a", 0}};
  CHECK(FieldPath(root) == "[0].a");
  CHECK(FieldPath({}).empty());
}

TEST_CASE("members are found by name in mappings alone") {
  const ParsedFile file = ParseText("a: [b]\nc: text\np: 8080\n");
  const Node& root = *file.documents.at(0).root;
  REQUIRE(root.Find("a") != nullptr);
  CHECK(root.Find("b") == nullptr);
  CHECK(root.Find("a")->Find("b") == nullptr);
  CHECK(root.Find("c")->String() == "text");
  CHECK(root.Find("p")->String().empty());
  CHECK(root.Find("p")->text == "8080");
  CHECK(root.Find("c")->key_hash == HashKey("c"));
}

TEST_CASE("nodes outlive the move of their file") {
  ParsedFile file = ParseText("{\"a\": \"text without an escape\"}");
  const ParsedFile moved = std::move(file);
  CHECK(moved.documents.at(0).root->Find("a")->text == "text without an escape");
}

TEST_CASE("rules have ids of their own in the groups of this folder") {
  std::set<std::string_view> ids;
  for (const Rule* rule : DocumentRules()) {
    CHECK((rule->id.starts_with("yaml/") || rule->id.starts_with("text/")));
    CHECK(ids.insert(rule->id).second);
  }
  for (const Rule* rule : ObjectRules()) {
    CHECK(rule->id.starts_with("object/"));
    CHECK(ids.insert(rule->id).second);
  }
}

}  // namespace
}  // namespace sluice::manifests
