// Nodes that mean the same become one; what Go types add.
#include "schemas/graph.h"

#include "schemas/schema_text.h"
#include "tests/catch.h"

namespace sluice::schemas {
namespace {

SchemaGraph Read(const std::string& text) {
  Result<SchemaGraph> graph = ReadSchemaText(text, "f");
  REQUIRE(graph);
  return std::move(*graph);
}

const SchemaNode& Member(const SchemaGraph& graph, NodeId node, const std::string& name) {
  for (const SchemaProperty& property : graph.nodes[node].properties) {
    if (property.name == name) return graph.nodes[property.node];
  }
  FAIL("no member " << name);
  return graph.nodes.front();
}

}  // namespace

TEST_CASE("equal nodes become one, whatever cycles they stand in") {
  SchemaGraph graph = Read(
      "minors *\ndef a * {next:@b,v:str}\ndef b * {next:@a,v:str}\nkind g/v1 K * "
      "{a:@a,b:@b,c:{next:@a,v:str}}\n");
  Minimize(graph);
  const NodeId root = graph.kinds.front().roots.front();
  const auto& properties = graph.nodes[root].properties;
  CHECK(properties[0].node == properties[1].node);
  CHECK(properties[1].node == properties[2].node);
  CHECK(graph.nodes.size() == 3);
}

TEST_CASE("nodes that differ in anything stay apart") {
  const char* pairs[][2] = {{"str", "int"},
                            {"str", "str(null)"},
                            {"str(len=1-)", "str(len=-1)"},
                            {"{a:str}", "{a!:str}"},
                            {"{a:str}", "{a=\"\":str}"},
                            {"{a:str}", "{b:str}"},
                            {"[str]", "[str]set"},
                            {"[{a:str}]map(a)", "[{a:str}]"},
                            {"str(enum=[\"a\"])", "str(enum=[\"b\"])"},
                            {"str(pattern=\"a\")", "str(pattern=\"b\")"},
                            {"int(min=0)", "int(max=0)"},
                            {"str(any=[~(len=1-)])", "str(one=[~(len=1-)])"},
                            {"{a:{b:{c:str}}}", "{a:{b:{c:int}}}"},
                            {"int32", "int64"},
                            {"{<str>}", "{...}"},
                            {"{a:str}(need=[b])", "{a:str}(need=[c])"},
                            {"str(all=[~(len=1-)])", "str(not=~(len=1-))"}};
  for (const auto& pair : pairs) {
    CAPTURE(pair[0], pair[1]);
    SchemaGraph graph = Read("minors *\nkind g/v1 K * {x:" + std::string(pair[0]) + ",y:" + pair[1] + "}\n");
    Minimize(graph);
    const auto& properties = graph.nodes[graph.kinds.front().roots.front()].properties;
    CHECK(properties[0].node != properties[1].node);
  }
}

TEST_CASE("Go types take null elements, empty enums and 64-bit integers") {
  SchemaGraph graph = Read(
      "minors 34\nkind v1 K 34 {l:[str],m:[{a:str}]map(a),e:str(enum=[\"A\"]),i:int,metadata:{name:str},"
      "spec:{a!:str(enum=[\"A\"])},status:{a!:str(enum=[\"A\"])}}\n");
  ApplyGoTypes(graph);
  const NodeId root = graph.kinds.front().roots.front();
  CHECK((Member(graph, root, "l").flags & kNullElements) != 0);
  CHECK((Member(graph, root, "m").flags & kNullElements) == 0);
  CHECK((Member(graph, root, "e").flags & kEmptyIsUnset) != 0);
  CHECK(Member(graph, root, "i").format == Format::kInt64);
  CHECK(Member(graph, root, "spec").properties[0].required);
  CHECK_FALSE(Member(graph, root, "status").properties[0].required);
  CHECK(graph.nodes[Member(graph, root, "status").properties[0].node].values.empty());
  CHECK(graph.nodes[graph.object_meta].properties.size() == 1);
  CHECK(graph.kinds.front().origin == Origin::kKubernetes);
}

}  // namespace sluice::schemas
