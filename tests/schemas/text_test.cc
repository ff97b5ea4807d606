// The text form: what is written reads back, and mistakes name their line.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "schemas/bundle.h"
#include "schemas/schema_text.h"
#include "tests/catch.h"

namespace sluice::schemas {
namespace {

std::string ReadRepositoryFile(const std::string& path) {
  std::ifstream file(std::string(SLUICE_SOURCE_DIR) + "/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The one kind's schema, read and written again.
std::string Again(const std::string& schema) {
  const Result<SchemaGraph> graph = ReadSchemaText("minors *\nkind a/v1 K * " + schema + "\n", "f");
  if (!graph) return graph.error().Text();
  return NodeText(*graph, graph->kinds.front().roots.front(), [](NodeId) { return std::string(); });
}

}  // namespace

TEST_CASE("every expression reads back as it was written") {
  for (const char* schema : {"str",
                             "int",
                             "int32",
                             "int64",
                             "num",
                             "bool",
                             "any",
                             "any{...}",
                             "ios",
                             "qty",
                             "time",
                             "utime",
                             "meta",
                             "byte",
                             "b64",
                             "{}",
                             "{...}",
                             "{a:str}",
                             "{a!:str,b:int32}",
                             "{a=\"x\":str,b!=5:int}",
                             "{a={\"b\":[1,2]}:{}}",
                             "{<str>}",
                             "{a:str,<int>,...}",
                             "{\"x y\":str,\"a\\\"b\":str,$ref:str,x-y_z/w:str}",
                             "[str]",
                             "[]",
                             "[str]set",
                             "[{a:str}]map(a,b)",
                             "[[int]]",
                             "str(null)",
                             "str(enum=[\"a\",\"b, (c)\"])",
                             "int(min=1,max=10,mult=2)",
                             "num(xmin,xmax,min=0.5,max=1e+300)",
                             "str(len=1-63)",
                             "str(len=-63)",
                             "str(len=1-)",
                             "[str](items=0-5)",
                             "{<str>}(props=1-)",
                             "str(pattern=\"^[a-z]+(\\\\.x)?$\")",
                             "{a:str}(need=[b,c])",
                             "{a:str}(any=[~{a:~(len=2-)}(need=[a]),~(not=~(need=[b]))])",
                             "str(one=[~:ipv4,~:ipv6])",
                             "{l:[str]}(all=[~{l:~[~(pattern=\"x\")]}])",
                             "str|int",
                             "str|int:int32",
                             "any(bare,null)",
                             "[str](unique)",
                             "obj|list{a:str}[int]"}) {
    CAPTURE(schema);
    const std::string once = Again(schema);
    CHECK(Again(once) == once);
  }
  CHECK(Again("{a!:str,b=\"x\":int32(min=1)}") == "{a!:str,b=\"x\":int32(min=1)}");
  CHECK(Again("str(one=[~:ipv4,~:ipv6])") == "str(one=[~:ipv4,~:ipv6])");
}

TEST_CASE("mistakes fail with file and line") {
  for (const char* text :
       {"kind a/v1 K *\n", "kind a/v1 K * \n", "kind a/v1 K * strx\n", "kind a/v1 K * {a:str\n",
        "kind a/v1 K * {a str}\n", "kind a/v1 K * str junk\n", "kind a/v1 K * @nothing\n",
        "kind a/v1 K * str(what=1)\n", "kind a/v1 K * str(min=x)\n", "kind a/v1 K 33 str\n",
        "kind a/v1 K x str\n", "def d * str\n", "def d * @d\n", "kind a/v1 K * str(pattern=\"x)\n",
        "minors 5-3\n", "kind a/v1 K * [[[[\n", "kind a/v1 K * {<str}\n"}) {
    CAPTURE(text);
    const Result<SchemaGraph> graph =
        ReadSchemaText("minors *\ndef d * str\n" + std::string(text), "f.schemas");
    REQUIRE_FALSE(graph);
    CHECK(graph.error().file == "f.schemas");
    CHECK(graph.error().at.line == 3);
  }
}

TEST_CASE("definitions are read for each minor that they name, and may refer to each other in any order") {
  const Result<SchemaGraph> graph = ReadSchemaText(
      "minors 32-34\nkind apps/v1 K 32-34 namespaced plural=ks short=k,kk cel @a\ndef a 32-34 "
      "{b:@b,self:@a}\ndef b 32 str\ndef b 33-34 int\n",
      "f");
  REQUIRE(graph);
  const SchemaKind& kind = graph->kinds.front();
  CHECK(kind.scope == Scope::kNamespaced);
  CHECK(kind.short_names == std::vector<std::string>{"k", "kk"});
  CHECK(kind.has_cel_rules);
  SchemaGraph small = *graph;
  Minimize(small);
  CHECK(small.kinds.front().roots[1] == small.kinds.front().roots[2]);
  CHECK(small.kinds.front().roots[0] != small.kinds.front().roots[1]);
  CHECK(small.nodes.size() == 4);  // two of a, one string, one integer
}

TEST_CASE("minors read and write as ranges") {
  for (const char* text : {"*", "32", "32-37", "32,34-36", "32,34,36-37"}) {
    std::vector<std::uint16_t> minors;
    REQUIRE(ParseMinors(text, minors));
    CHECK(MinorsText(minors) == text);
  }
  for (const char* text : {"", "a", "5-3", "32-", "32 33", "-5", "1-900"}) {
    CAPTURE(text);
    std::vector<std::uint16_t> minors;
    CHECK_FALSE(ParseMinors(text, minors));
  }
}

TEST_CASE("the committed catalogue is what the writer makes of it") {
  const std::string text = ReadRepositoryFile("schemas/catalogue/catalogue.schemas");
  Result<SchemaGraph> graph = ReadSchemaText(text, "catalogue.schemas");
  REQUIRE(graph);
  CHECK(graph->kinds.size() > 2000);
  Minimize(*graph);
  const std::string again = WriteCatalogueText(*graph);
  CHECK((text.substr(text.find("minors")) == again));
}

TEST_CASE("kinds of the catalogue are spelled as the API server spells them") {
  const Result<SchemaGraph> graph =
      ReadSchemaText(ReadRepositoryFile("schemas/catalogue/catalogue.schemas"), "catalogue.schemas");
  REQUIRE(graph);
  for (const SchemaKind& kind : graph->kinds) {
    CAPTURE(kind.group, kind.version, kind.kind);
    const bool upper = kind.kind.front() >= 'A' && kind.kind.front() <= 'Z';
    CHECK((upper || kind.kind == "postgresql"));  // Zalando's operator has it so
    CHECK(kind.kind.find('/') == std::string::npos);
  }
}

TEST_CASE("the committed schemas of Kubernetes read, and their bundle opens") {
  Result<SchemaGraph> graph =
      ReadSchemaText(ReadRepositoryFile("schemas/kubernetes/kubernetes.schemas"), "kubernetes.schemas");
  REQUIRE(graph);
  CHECK(graph->kinds.size() > 100);
  ApplyGoTypes(*graph);
  Minimize(*graph);
  CHECK(graph->nodes.size() < 10000);
  const Result<std::string> bytes = WriteBundle(*graph);
  REQUIRE(bytes);
  CHECK(Bundle::Open(*bytes, BundleTrust::kOutside));
}

}  // namespace sluice::schemas
