#include "manifests/render/substitute.h"

#include <string>
#include <utility>

#include "manifests/object.h"
#include "manifests/render/yaml_text.h"
#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests::render {
namespace {

constexpr Range kElsewhere{{90, 3}, {90, 9}};

VariableSet Variables() {
  VariableSet set;
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, const char*>>{
           {"APP", "shop"},   {"REPLICAS", "3"},     {"FLOAT", "1.50"},      {"YES", "yes"},
           {"TRUE", "true"},  {"NULL", "null"},      {"EMPTY", ""},          {"LIST", "[1, a]"},
           {"MAP", "{a: b}"}, {"COLON", "a: b"},     {"HASH", "a # b"},      {"QUOTED", "\"3\""},
           {"QUOTE", "\""},   {"STAR", "*a"},        {"ANCHOR", "&a x"},     {"TAG", "!!str 3"},
           {"BAR", "|"},      {"DASH", "- a"},       {"APOSTROPHE", "it's"}, {"BACK", "a\\nb"},
           {"OPEN", "[1, 2"}, {"KEY", "a: 1, b: 2"}, {"DATE", "2001-01-01"}, {"OCTAL", "0o17"}}) {
    set.variables[name] = {value, kElsewhere, {}};
  }
  return set;
}

// The object {v: TEXT} after substitution as canonical JSON, or "refused: " and why.
std::string With(const VariableSet& set, const std::string& yaml) {
  const ParsedFile file = ParseText(yaml);
  Arena arena(1000);
  std::size_t steps = kMostEnvsubstSteps;
  const Substituted result = Substitute(arena, *file.documents.at(0).root, set, Limits(), steps);
  if (result.problem) return "refused: " + result.problem->message;
  std::string json;
  CanonicalJson(result.root, json);
  for (const std::string& why : result.unknown) json += " unknown: " + why;
  return json;
}

TEST_CASE("a value takes the type that it has in the text of the object") {
  struct Row {
    const char* yaml;
    const char* expected;
  };
  const Row rows[] = {
      {"v: ${APP}", R"({"v":"shop"})"},
      {"v: ${REPLICAS}", R"({"v":3})"},
      {"v: \"${REPLICAS}\"", R"({"v":3})"},  // Flux' pitfall: kustomize prints it plain
      {"v: '${REPLICAS}'", R"({"v":3})"},
      {"v: ${FLOAT}", R"({"v":1.5})"},
      {"v: ${YES}", R"({"v":true})"},
      {"v: ${TRUE}", R"({"v":true})"},
      {"v: ${NULL}", R"({"v":null})"},
      {"v: ${EMPTY}", R"({"v":null})"},
      {"v: ${NONE}", R"({"v":null})"},
      {"v: ${QUOTED}", R"({"v":"3"})"},
      {"v: ${NONE:=\"\"}", R"({"v":""})"},
      {"v: ${DATE}", R"({"v":"2001-01-01"})"},
      {"v: ${OCTAL}", R"({"v":15})"},
      {"v: a${REPLICAS}", R"({"v":"a3"})"},
      {"v: 1${REPLICAS}", R"({"v":13})"},
      {"v: \" ${REPLICAS}\"", R"({"v":" 3"})"},
      {"v: \"${REPLICAS}: x\"", R"({"v":"3: x"})"},
      {"v: \"${REPLICAS}\\t\"", R"({"v":"3\t"})"},
      {"v: |\n  ${REPLICAS}\n", R"({"v":"3\n"})"},
      {"v: |-\n  a ${APP}\n  b\n", R"({"v":"a shop\nb"})"},
      {"v: |-\n  ${COLON}\n  ${HASH}\n", R"({"v":"a: b\na # b"})"},
      {"v: [1, '${REPLICAS}', x]", R"({"v":[1,3,"x"]})"},
      {"v: {a: {b: '${APP}'}}", R"({"v":{"a":{"b":"shop"}}})"},
      {"v: ${HASH}", R"({"v":"a"})"},
      {"v: a${NONE} ${NONE}b", R"({"v":"a b"})"},
      {"v: ${TAG}", R"({"v":"3"})"},
      {"v: $${APP}", R"({"v":"${APP}"})"},
      {"v: $$", R"({"v":"$"})"},
      {"v: $APP", R"({"v":"$APP"})"},
      // Structure that a value brings along, all of it in the place of the scalar.
      {"v: ${LIST}", R"({"v":[1,"a"]})"},
      {"v: ${MAP}", R"({"v":{"a":"b"}})"},
      {"v:\n- ${COLON}\n- x", R"({"v":[{"a":"b"},"x"]})"},
      {"v:\n- ${DASH}", R"({"v":[["a"]]})"},
      {"v:\n- ${BAR}\n- x\n", R"({"v":["","x"]})"},
      {"v: \"{${KEY}}\"", R"({"v":"{a: 1, b: 2}"})"},
      // Keys.
      {"${APP}: 1", R"({"shop":1})"},
      {"v: {'${APP}-x': 1, b: 2}", R"({"v":{"b":2,"shop-x":1}})"},
      {"${REPLICAS}: a", R"({"3":"a"})"},
      // What is text in the object stays text.
      {"v: '${APP}'\nw: '3'\nx: 'true'\nd: '2001-01-01'\nz: '1:30'\nm: '<<'",
       R"({"d":"2001-01-01","m":"<<","v":"shop","w":"3","x":"true","z":"1:30"})"},
      {"v: '${APP}'\nw: 1.0\nx: 1e3\nd: 0x1F\nz: -0.5\nl: []\nm: {}\nu: ~\no: ''",
       R"({"d":31,"l":[],"m":{},"o":"","u":null,"v":"shop","w":1,"x":1000,"z":-0.5})"},
  };
  const VariableSet set = Variables();
  for (const Row& row : rows) {
    INFO(row.yaml);
    CHECK(With(set, row.yaml) == row.expected);
  }
}

TEST_CASE("what cannot be put in is refused") {
  struct Row {
    const char* yaml;
    const char* expected;
  };
  constexpr const char* kUnreadable = "with the variables put in, the object is no YAML that can be read (";
  constexpr const char* kBeside = "the value of a variable changes what stands beside it";
  const Row rows[] = {
      {"v: ${", "no name of a variable"},
      {"v: ${APP", "bad substitution: } must follow here"},
      {"v: ${APP:-", "no } closes this ${"},
      {"v: ${APP-x}", "bad substitution"},
      {"v: ${{ x }}", "no name of a variable"},
      {"v: ${COLON}", kUnreadable},
      {"v: ${QUOTE}", kUnreadable},
      {"v: ${QUOTE}x", kUnreadable},
      {"v: ${STAR}", kUnreadable},
      {"v: ${OPEN}", kUnreadable},
      {"v: ${DASH}", kUnreadable},
      {"v: \"${QUOTE}\\t\"\nw: 1", kUnreadable},
      {"v: \"${APOSTROPHE}: x\"", kUnreadable},
      {"v: \"${BACK}\\t${QUOTE}\"", kUnreadable},
      {"v: 1\n'${NONE}': 2\n'': 3", kUnreadable},
      {"'${APP}': 1\nshop: 2", kUnreadable},
      {"'${HASH}': 1", kBeside},
      {"v: ${OPEN}\nw: x]", kUnreadable},
      {"v: ${QUOTE}\nw: \"x\"", kUnreadable},
      {"v: {a: '${KEY}'}", kUnreadable},
      // Text that the value swallows or makes.
      {"v: ${QUOTE}a\nw: b${QUOTE}\nx: c", kBeside},
      {"v:\n- ${QUOTE}a\n- b${QUOTE}", kBeside},
      {"v:\n- ${OPEN}\n- x]", kBeside},
  };
  const VariableSet set = Variables();
  for (const Row& row : rows) {
    INFO(row.yaml);
    const std::string answer = With(set, row.yaml);
    CHECK(answer.substr(0, 9) == "refused: ");
    CHECK(answer.find(row.expected) != std::string::npos);
  }
}

// The place of the value at v, and whether anything changed.
std::string PlaceOf(const VariableSet& set, const std::string& yaml) {
  const ParsedFile file = ParseText(yaml);
  Arena arena(1000);
  std::size_t steps = kMostEnvsubstSteps;
  const Substituted result = Substitute(arena, *file.documents.at(0).root, set, Limits(), steps);
  const Range range = result.problem ? result.problem->place : result.root.Find("v")->range;
  return std::to_string(range.begin.line) + ":" + std::to_string(range.begin.column) +
         (result.changed ? " changed" : "");
}

TEST_CASE("a value points at the variable, or at the scalar that holds it") {
  const VariableSet set = Variables();
  CHECK(PlaceOf(set, "v: ${APP}\n") == "90:3 changed");
  CHECK(PlaceOf(set, "w: 1\nv: '${LIST}'\n") == "90:3 changed");
  CHECK(PlaceOf(set, "w: 1\nv: a${APP}\n") == "2:4 changed");
  CHECK(PlaceOf(set, "w: 1\nv: ${APP}${APP}\n") == "2:4 changed");
  CHECK(PlaceOf(set, "w: 1\nv: ${NONE:-x}\n") == "2:4 changed");
  CHECK(PlaceOf(set, "w: 1\nv: ${NONE}\n") == "2:4 changed");
  CHECK(PlaceOf(set, "w: ${APP}\nv: x\n") == "2:4 changed");
  CHECK(PlaceOf(set, "w: $APP\nv: x\n") == "2:4");
  // A problem points at the scalar, wherever kustomize would print it.
  CHECK(PlaceOf(set, "z: {a: '${APP}'}\nv: ${\n") == "2:4");
  CHECK(PlaceOf(set, "v: ${APP}\nw:\n  x: a ${APP} b\n  long: |\n    a\n    b\n  d: x${COLON}\n") == "7:6");
  CHECK(PlaceOf(set, "v: ${APP}\nw: [a, '${APP-x}', b]\nz: ${APP}\n") == "2:8");
  CHECK(PlaceOf(set, "v: ${APP}\nw: {'${': b}\n") == "2:5");
  CHECK(PlaceOf(set, "w: 1\nv:\n- ${QUOTE}a\n- b${QUOTE}\n") == "3:3");
}

TEST_CASE("what Flux leaves alone stays the same node") {
  const std::string disabled = "kustomize.toolkit.fluxcd.io/substitute: disabled";
  const VariableSet set = Variables();
  CHECK(With(set, "metadata: {annotations: {" + disabled + "}}\nv: ${APP}").find("${APP}") !=
        std::string::npos);
  CHECK(With(set, "metadata: {labels: {" + disabled + "}}\nv: ${").find("${") != std::string::npos);
  CHECK(With(set, "metadata: {labels: {" + disabled + "d}}\nv: ${APP}").find("${APP}") == std::string::npos);
  CHECK(With(set, "metadata: {labels: [a]}\nv: ${APP}").find("${APP}") == std::string::npos);
  // No variables: nothing is put in, unless the strategy is Always.
  VariableSet none;
  CHECK(With(none, "v: ${NONE:=x}") == R"({"v":"${NONE:=x}"})");
  CHECK(With(none, "v: ${") == R"({"v":"${"})");
  none.always = true;
  CHECK(With(none, "v: ${NONE:=x}") == R"({"v":"x"})");

  const ParsedFile file = ParseText("a: {b: [1, 2]}\nc: ${APP}\n");
  const Node& root = *file.documents.at(0).root;
  Arena arena(100);
  std::size_t steps = kMostEnvsubstSteps;
  const Substituted result = Substitute(arena, root, set, Limits(), steps);
  REQUIRE(result.root.children.size() == 2);
  CHECK(result.root.Find("a")->range == root.Find("a")->range);
  CHECK(result.root.Find("c")->key_range == root.Find("c")->key_range);
}

TEST_CASE("strict substitution refuses what is not set") {
  VariableSet set = Variables();
  set.strict = true;
  CHECK(With(set, "v: ${NONE}") ==
        "refused: the variable NONE is not set and has no default (strict substitution)");
  CHECK(With(set, "v: ${NONE:=x}${APP}") == R"({"v":"xshop"})");
  CHECK(With(set, "v: ${EMPTY}") == R"({"v":null})");
}

TEST_CASE("a value that only the cluster knows stays a variable, with the reason") {
  VariableSet set = Variables();
  set.variables["TOKEN"] = {{}, kElsewhere, "Secret flux-system/a holds it"};
  CHECK(With(set, "v: ${TOKEN}") ==
        R"({"v":"${TOKEN}"} unknown: the variable TOKEN: Secret flux-system/a holds it)");
  CHECK(With(set, "v: ${TOKEN:-x} ${APP}\nw: ${APP}")
            .starts_with(R"({"v":"${TOKEN:-x} shop","w":"shop"} unknown)"));
  CHECK(With(set, "v: ${NONE:-x}") == R"({"v":"x"})");
  CHECK(PlaceOf(set, "w: 1\nv: ${TOKEN}\n") == "2:4 changed");
  set.others = "Secret flux-system/b is not in the tree";
  CHECK(With(set, "v: ${NONE:-x}") ==
        R"({"v":"${NONE:-x}"} unknown: the variable NONE: Secret flux-system/b is not in the tree)");
  CHECK(With(set, "v: ${APP}") == R"({"v":"shop"})");
  set.strict = true;
  CHECK(With(set, "v: ${NONE}").starts_with(R"({"v":"${NONE}"} unknown: )"));
}

TEST_CASE("the text of an object is what Go prints") {
  const ParsedFile file = ParseText(
      "a: ' x'\nb: [1, {c: d, e: [f]}, [g], [], {}]\nh: \"a\\nb\"\ni: 'a: b'\nj: '1'\nk: \"t\\t\"\n"
      "l: aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hhhhhhhhh iiiiiiiii\n");
  CHECK(YamlText(*file.documents.at(0).root) ==
        "a: ' x'\nb:\n- 1\n- c: d\n  e:\n  - f\n- - g\n- []\n- {}\nh: |-\n  a\n  b\ni: 'a: b'\nj: \"1\"\n"
        "k: \"t\\t\"\nl: aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hhhhhhhhh\n"
        "  iiiiiiiii\n");
}

TEST_CASE("all objects of a build take from one budget") {
  const ParsedFile file = ParseText("kind: ConfigMap\ndata: {a: '${A^^}${A^^}${A^^}'}\n");
  VariableSet set;
  set.variables["A"].value = std::string(1000, 'a');
  Arena arena(1024);
  std::size_t steps = 5000;
  CHECK_FALSE(Substitute(arena, *file.documents.at(0).root, set, Limits(), steps).problem);
  CHECK(steps < 2500);
  const Substituted second = Substitute(arena, *file.documents.at(0).root, set, Limits(), steps);
  REQUIRE(second.problem);
  CHECK(second.problem->message == "the variables take more work than the limit of a build allows");
}

}  // namespace
}  // namespace sluice::manifests::render
