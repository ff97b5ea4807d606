// Each limit has a finding that names it; just below, the file is read.
#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests {
namespace {

std::string Repeat(std::string_view text, std::size_t times) {
  std::string all;
  for (; times > 0; --times) all += text;
  return all;
}

// The limit that a text passes, or nothing.
std::string Passed(const std::string& text, const Limits& limits = Limits()) {
  const ParsedFile file = Parse("file.yaml", text, limits);
  if (file.findings.empty()) return {};
  CHECK(file.findings[0].rule == "yaml/limit");
  CHECK(file.documents.empty());
  const std::string& message = file.findings[0].message;
  const std::size_t begin = message.rfind("(limit ") + 7;
  return message.substr(begin, message.size() - begin - 1);
}

TEST_CASE("nesting is bounded in every style") {
  CHECK(Passed(Repeat("[", 100) + Repeat("]", 100)).empty());
  CHECK(Passed(Repeat("[", 101) + Repeat("]", 101)) == "depth");
  CHECK(Passed(Repeat("- ", 100) + "a\n").empty());
  CHECK(Passed(Repeat("- ", 101) + "a\n") == "depth");
  CHECK(Passed("{\"a\":" + Repeat("[", 99) + Repeat("]", 99) + "}").empty());
  CHECK(Passed("{\"a\":" + Repeat("[", 100) + Repeat("]", 100) + "}") == "depth");
  CHECK(Passed(Repeat("{\"a\":", 101) + "1" + Repeat("}", 101)) == "depth");
  std::string block;
  for (std::size_t i = 0; i <= 100; ++i) block += std::string(i, ' ') + "a:\n";
  CHECK(Passed(block) == "depth");
}

TEST_CASE("nesting counts what aliases bring") {
  Limits limits;
  limits.depth = 10;
  CHECK(Passed("a: &a [[[[1]]]]\nb: [[[[[*a]]]]]\n", limits).empty());
  CHECK(Passed("a: &a [[[[1]]]]\nb: [[[[[[*a]]]]]]\n", limits) == "depth");
  CHECK(Passed("a: &a [[[[1]]]]\nb: &b [[[*a]]]\nc: [[*b]]\n", limits).empty());
  CHECK(Passed("a: &a [[[[1]]]]\nb: &b [[[*a]]]\nc: [[[*b]]]\n", limits) == "depth");
  CHECK(Passed("a: &a {x: [[[[1]]]]}\nb: [[[[{<<: *a}]]]]\n", limits).empty());
  CHECK(Passed("a: &a {x: [[[[1]]]]}\nb: [[[[[{<<: *a}]]]]]\n", limits) == "depth");
}

TEST_CASE("the keys of one mapping are bounded") {
  const auto keys = [](int count, const char* end) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "k" + std::to_string(i) + end;
    return text;
  };
  CHECK(Passed(keys(10'000, ": 1\n")).empty());
  CHECK(Passed(keys(10'001, ": 1\n")) == "mappingKeys");
  CHECK(Passed("[{" + keys(10'001, ": 1, ") + "}]\n") == "mappingKeys");
  Limits limits;
  limits.mapping_keys = 2;
  CHECK(Passed("{\"a\":1,\"b\":2}", limits).empty());
  CHECK(Passed("{\"a\":1,\"b\":2,\"c\":3}", limits) == "mappingKeys");
  CHECK(Passed("a: &a {x: 1, y: 2}\nb: {<<: *a}\n", limits).empty());
  CHECK(Passed("a: &a {x: 1, y: 2}\nb: {z: 1, <<: *a}\n", limits) == "mappingKeys");
}

TEST_CASE("anchors are bounded in each document") {
  const auto anchors = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "- &a" + std::to_string(i) + " x\n";
    return text;
  };
  CHECK(Passed(anchors(100)).empty());
  CHECK(Passed(anchors(100) + "---\n" + anchors(100)).empty());
  CHECK(Passed(anchors(101)) == "anchors");
  CHECK(Passed(Repeat("- &a x\n", 101)) == "anchors");
}

TEST_CASE("nodes of a document are bounded, aliases followed") {
  Limits limits;
  limits.expansion_nodes = 10;
  CHECK(Passed("[1,2,3,4,5,6,7,8,9]\n", limits).empty());
  CHECK(Passed("[1,2,3,4,5,6,7,8,9,10]\n", limits) == "expansionNodes");
  CHECK(Passed("{\"a\":[1,2,3,4,5,6,7,8]}", limits).empty());
  CHECK(Passed("{\"a\":[1,2,3,4,5,6,7,8,9]}", limits) == "expansionNodes");
  CHECK(Passed("- &a [1, 2]\n- *a\n- *a\n", limits).empty());
  CHECK(Passed("- &a [1, 2]\n- *a\n- *a\n- *a\n", limits) == "expansionNodes");
  CHECK(Passed("[1,2,3,4,5]\n---\n[1,2,3,4,5,6]\n", limits).empty());
}

TEST_CASE("files and their documents are bounded") {
  Limits limits;
  limits.file_bytes = 5;
  CHECK(Passed("a: 1\n", limits).empty());
  CHECK(Passed("a: 12\n", limits) == "fileBytes");
  limits = Limits();
  limits.push_objects = 3;
  CHECK(Passed("---\n---\n---\n", limits).empty());
  CHECK(Passed("---\n---\n---\n---\n", limits) == "pushObjects");
  CHECK(Passed("{}{}{}", limits).empty());
  CHECK(Passed("{}{}{}{}", limits) == "pushObjects");
}

// go-yaml's rule is about the share of a document that comes from aliases.
TEST_CASE("a document that consists of aliases is refused as go-yaml refuses it") {
  const auto document = [](int aliases) {
    return "- &a [" + Repeat("x,", 98) + "x]\n" + Repeat("- *a\n", static_cast<std::size_t>(aliases));
  };
  // Counted with go-yaml v2.4.2: 102 nodes by themselves, each alias adds 101, 100 of them aliased.
  CHECK(Reading(document(100)).starts_with("[["));
  Limits limits;
  limits.expansion_nodes = 10'000'000;
  const auto rule = [&](const std::string& text) {
    const ParsedFile file = Parse("f", text, limits);
    return file.findings.empty() ? std::string() : file.findings[0].rule;
  };
  CHECK(rule(document(3900)).empty());
  CHECK(rule(document(4200)) == "yaml/alias");
}

}  // namespace
}  // namespace sluice::manifests
