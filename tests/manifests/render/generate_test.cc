// Generated ConfigMaps and Secrets and the hash of their names, by the cases that
// a real kustomize confirmed.
#include "manifests/render/generate.h"

#include <algorithm>
#include <map>

#include "crypto/digest.h"
#include "manifests/render/edit.h"
#include "tests/manifests/render/cases.h"

namespace sluice::manifests::render {
namespace {

std::string FromHex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    if (hex[i] == ' ') ++i;  // where a line of the case ends
    bytes += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
  }
  return bytes;
}

std::map<std::string, std::string> FilesOf(const Node& one) {
  std::map<std::string, std::string> files;
  for (const Node& file : one.Find("files")->children) files[std::string(file.key)] = file.text;
  if (const Node* const hex = one.Find("hex")) {
    for (const Node& file : hex->children) files[std::string(file.key)] = FromHex(file.text);
  }
  return files;
}

struct Made {
  Node object;
  bool hash = true;
};

// What the generators of a base and of what builds on it make, without a build.
class Generation {
 public:
  explicit Generation(const Node& one) : files_(FilesOf(one)), tree_(files_), sources_(tree_, Limits()) {
    for (const std::string directory : {"base", ""}) {
      const auto path = RepoPath::Parse(directory);
      const auto kustomization = sources_.Read(*path->Child("kustomization.yaml"));
      if (!kustomization) continue;
      Run(*path, *(*kustomization)->parsed.documents.front().root);
    }
  }

  std::string Outcome() const {
    if (!problems_.empty()) return problems_.front().message;
    std::vector<std::string> lines;
    for (const Made& made : made_) lines.push_back(JsonOf(made.object));
    std::ranges::sort(lines);
    std::string all;
    for (const std::string& line : lines) all += line + "\n";
    return all;
  }

  void AddSuffixes() {
    for (Made& made : made_) {
      if (!made.hash) continue;
      const Step way[] = {{"metadata"}, {"name"}};
      made.object = EditAt(arena_, made.object, way, [&](const Node& name) {
        return TextNode(arena_, std::string(name.text) + "-" + *NameSuffixHash(made.object), {});
      });
    }
  }

  const std::vector<Made>& made() const { return made_; }
  const std::vector<RenderProblem>& problems() const { return problems_; }
  const Sources& sources() const { return sources_; }

 private:
  void Run(const RepoPath& directory, const Node& root) {
    const std::pair<const char*, GeneratorKind> fields[] = {{"configMapGenerator", GeneratorKind::kConfigMap},
                                                            {"secretGenerator", GeneratorKind::kSecret}};
    const ReadGeneratorFile read = [&](std::string_view name) -> Result<std::shared_ptr<const SourceFile>> {
      const auto path = directory.Resolve(name);
      const auto file = path ? sources_.ReadText(*path) : path.error();
      return file ? file : NotFound(name.empty() ? "no file" : "no file " + std::string(name));
    };
    for (const auto& [field, kind] : fields) {
      const Node* const entries = root.Find(field);
      if (entries == nullptr) continue;
      for (const Node& entry : entries->children) {
        Add(Generate(arena_, kind, entry, root.Find("generatorOptions"), read));
      }
    }
  }

  void Add(const Generated& generated) {
    problems_.insert(problems_.end(), generated.problems.begin(), generated.problems.end());
    if (!generated.problems.empty()) return;
    const auto same = std::ranges::find_if(made_, [&](const Made& made) {
      return generated.behavior != GeneratorBehavior::kCreate &&
             SameValue(*made.object.Find("kind"), *generated.object.Find("kind"));
    });
    if (same == made_.end()) {
      made_.push_back({generated.object, generated.hash_suffix});
    } else {
      *same = {Absorb(arena_, same->object, generated), same->hash && generated.hash_suffix};
    }
  }

  std::map<std::string, std::string> files_;
  MemoryTree tree_;
  Sources sources_;
  Arena arena_{0};
  std::vector<Made> made_;
  std::vector<RenderProblem> problems_;
};

std::string Expected(const Node& one) {
  const std::string result = CaseText(one, "result");
  if (result.empty()) return CaseText(one, "error");
  const ParsedFile file = ParseWhole(result);
  std::vector<std::string> lines;
  for (const Document& document : file.documents) lines.push_back(JsonOf(*document.root));
  std::ranges::sort(lines);
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return all;
}

TEST_CASE("generated objects and their names are those of kustomize") {
  const ParsedFile cases = ReadCases("generate.yaml");
  for (const Document& document : cases.documents) {
    const Node& one = *document.root;
    if (one.kind == NodeKind::kNull) continue;
    CAPTURE(CaseText(one, "name"));
    Generation generation(one);
    generation.AddSuffixes();
    CHECK(generation.Outcome() == Expected(one));
  }
}

// "file:line:column" of a node and of its key.
std::string PlacesOf(const Generation& generation, const Node& node) {
  const auto show = [&](const Range& range) {
    const Place place = generation.sources().Resolve(range);
    if (place.file == nullptr) return std::string("nowhere");
    return place.file->path.text() + ":" + std::to_string(place.range.begin.line) + ":" +
           std::to_string(place.range.begin.column);
  };
  return show(node.range) + " " + show(node.key_range);
}

TEST_CASE("each value points at the literal, the line or the file that it came from") {
  const ParsedFile file = ParseWhole(
      "files:\n"
      "  kustomization.yaml: |\n"
      "    configMapGenerator:\n"
      "    - name: x\n"
      "      literals:\n"
      "      - a=b\n"
      "      envs: [e.env]\n"
      "      files: [c=dir/f]\n"
      "      options:\n"
      "        labels: {l: m}\n"
      "  e.env: \"\\uFEFF# note\\n  \\u00e9A= 1\\nN\\n\"\n"
      "  dir/f: \"one\\ntwo\\n\"\n");
  const Generation generation(*file.documents.front().root);
  REQUIRE(generation.problems().empty());
  const Node& object = generation.made().front().object;
  const auto data = [&](const char* key) { return PlacesOf(generation, *object.Find("data")->Find(key)); };
  CHECK(data("a") == "kustomization.yaml:4:5 kustomization.yaml:4:5");
  CHECK(data("\xc3\xa9"
             "A") == "e.env:2:6 e.env:2:3");
  CHECK(data("N") == "e.env:3:2 e.env:3:1");
  CHECK(data("c") == "dir/f:1:1 kustomization.yaml:6:11");
  const Node& metadata = *object.Find("metadata");
  CHECK(PlacesOf(generation, *metadata.Find("name")) == "kustomization.yaml:2:9 kustomization.yaml:2:3");
  CHECK(PlacesOf(generation, *metadata.Find("labels")->Find("l")) ==
        "kustomization.yaml:8:17 kustomization.yaml:8:14");
}

TEST_CASE("a problem points at its source, and shows nothing of a Secret") {
  const struct {
    const char* entry;
    const char* env;
    const char* place;
  } cases[] = {
      {"literals: [a=b, hunter2]", "", "kustomization.yaml:3:19"},
      {"literals: [a=b, '=hunter2']", "", "kustomization.yaml:3:19"},
      {"literals: [\"a=hunter2\\x7f\"]", "", "kustomization.yaml:3:14"},
      {"envs: [e.env]", "A=1\nB=hunter2\xff\n", "e.env:2:1"},
      {"literals: [a=hunter2, a=hunter3]", "", "kustomization.yaml:3:25"},
      {"files: [none]", "", "kustomization.yaml:3:11"},
  };
  for (const auto& [entry, env, place] : cases) {
    CAPTURE(entry);
    const std::map<std::string, std::string> texts = {
        {"kustomization.yaml", std::string("secretGenerator:\n- name: x\n  ") + entry + "\n"},
        {"e.env", env}};
    Arena arena(0);
    std::vector<Node> files;
    for (const auto& [name, text] : texts)
      files.push_back(AsMember(arena, TextNode(arena, text, {}), name, {}));
    const Node files_node = AsMember(arena, MappingNode(arena, files, {}), "files", {});
    const Generation generation(MappingNode(arena, std::span<const Node>(&files_node, 1), {}));
    REQUIRE(generation.problems().size() == 1);
    const RenderProblem& problem = generation.problems().front();
    CHECK(problem.message.find("hunter") == std::string::npos);
    Node at;
    at.range = problem.place;
    CHECK(PlacesOf(generation, at) == std::string(place) + " nowhere");
  }
}

TEST_CASE("a line that kustomize would stop reading at is refused") {
  const auto outcome = [](std::size_t length) {
    const std::string text = "configMapGenerator: [{name: x, envs: [e]}]\n";
    Arena arena(0);
    const Node files[] = {
        AsMember(arena, TextNode(arena, text, {}), "kustomization.yaml", {}),
        AsMember(arena, TextNode(arena, "A=" + std::string(length, 'b') + "\nC=d\n", {}), "e", {})};
    const Node files_node = AsMember(arena, MappingNode(arena, files, {}), "files", {});
    const Generation generation(MappingNode(arena, std::span<const Node>(&files_node, 1), {}));
    return generation.problems().empty() ? "taken" : generation.problems().front().message;
  };
  CHECK(outcome(65533) == "taken");
  CHECK(outcome(65534) == "a line of an env file is longer than 65535 bytes");
}

TEST_CASE("the hash of what a patch made of a ConfigMap") {
  const struct {
    const char* object;
    const char* json;  // that kustomize would hash
  } cases[] = {
      {"kind: ConfigMap\n", R"({"data":"","kind":"ConfigMap","name":""})"},
      {"kind: ConfigMap\nmetadata: {name: x}\ndata: {}\nbinaryData: {}\n",
       R"({"binaryData":{},"data":{},"kind":"ConfigMap","name":""})"},
      {"kind: ConfigMap\ndata: {a: 1, b: 1.50, c: true, d: null, e: [1, {f: g}], h: []}\n",
       R"({"data":{"a":1,"b":1.5,"c":true,"d":null,"e":[1,{"f":"g"}],"h":[]},"kind":"ConfigMap","name":""})"},
      {"kind: ConfigMap\ndata: {a: 1e21, b: 1e-7, c: 9007199254740993, d: 1e20, e: 0.000001}\n",
       R"({"data":{"a":1e+21,"b":1e-7,"c":9007199254740992,"d":100000000000000000000,"e":0.000001},"kind":"ConfigMap","name":""})"},
      {"kind: ConfigMap\ndata: text\nbinaryData: text\n", R"({"data":"text","kind":"ConfigMap","name":""})"},
      {"kind: Secret\n", R"({"data":"","kind":"Secret","name":"","type":""})"},
      {"kind: Secret\ntype: t\nstringData: {a: b}\n",
       R"({"data":"","kind":"Secret","name":"","stringData":{"a":"b"},"type":"t"})"},
  };
  for (const auto& [object, json] : cases) {
    CAPTURE(object);
    std::string expected = crypto::Hex(crypto::DigestSha256(json)).substr(0, 10);
    for (char& c : expected) {
      const std::size_t at = std::string_view("013ae").find(c);
      if (at != std::string_view::npos) c = "ghkmt"[at];
    }
    CHECK(NameSuffixHash(*ParseWhole(object).documents.front().root) == expected);
  }
  CHECK_FALSE(NameSuffixHash(*ParseWhole("kind: Deployment\n").documents.front().root));
  CHECK_FALSE(NameSuffixHash(*ParseWhole("data: {}\n").documents.front().root));
}

}  // namespace
}  // namespace sluice::manifests::render
