#include "manifests/render/helm_trace.h"

#include "manifests/document.h"
#include "tests/catch.h"

namespace sluice::manifests::render {
namespace {

constexpr std::uint32_t kTemplate = 1000;  // lines before the template's

// The line that the field at `way` is placed at: that of the values as it is,
// that of the template above 1000, 0 for the release.
std::uint32_t LineOfField(const std::string& values, const std::string& text, const std::string& output,
                          const std::vector<std::string_view>& way, bool in_tree = true) {
  const ParsedFile given = Parse("values.yaml", values, Limits());
  const ParsedFile printed = Parse("output", output, Limits());
  ValueIndex index;
  index.Add(*given.documents[0].root);
  const TemplateLines lines(text, kTemplate);
  PlaceNodes(*printed.documents[0].root, index, in_tree ? &lines : nullptr, Range{});
  const Node* node = printed.documents[0].root;
  for (const std::string_view key : way) {
    REQUIRE(node != nullptr);
    node = key.front() >= '0' && key.front() <= '9'
               ? &node->children[static_cast<std::size_t>(key.front() - '0')]
               : node->Find(key);
  }
  REQUIRE(node != nullptr);
  return node->range.begin.line;
}

TEST_CASE("a field is traced to the one place that can have given it") {
  const std::string text =
      "kind: Deployment\n"
      "spec:\n"
      "  replicas: {{ .Values.replicaCount }}\n"
      "  paused: false\n"
      "  strategy: {{ .Values.strategy }}\n"
      "  # note: here\n"
      "  template:\n"
      "    - name: web\n"
      "      image: \"{{ .Values.image.repository }}:{{ .Values.image.tag }}\"\n"
      "    - name: proxy # of the mesh\n"
      "      resources: {{ toYaml .Values.resources }}\n"
      "    - 'literal'\n";
  const std::string values =
      "replicaCount: 3\n"
      "image:\n"
      "  repository: ghcr.io/acme/web\n"
      "  tag: \"1.27.4\"\n"
      "strategy: false\n"
      "resources:\n"
      "  limits: {cpu: 200m}\n"
      "  requests: {cpu: 100m, memory: 200m}\n";
  const auto at = [&](const std::string& output, const std::vector<std::string_view>& way) {
    return LineOfField(values, text, output, way);
  };
  // The value is in one place.
  CHECK(at("kind: Deployment\nspec: {replicas: 3}", {"spec", "replicas"}) == 1);
  CHECK(at("spec: {anything: 3}", {"spec", "anything"}) == 1);
  CHECK(at("image: ghcr.io/acme/web:1.27.4", {"image"}) == 4);
  CHECK(at("image: ghcr.io/acme/web@sha256:0", {"image"}) == kTemplate + 9);
  // In several, and the key tells; the list too.
  CHECK(at("limits: {cpu: 200m}", {"limits", "cpu"}) == 7);
  CHECK(at("requests: {memory: 200m}", {"requests", "memory"}) == 8);
  CHECK(at("other: {cpu: 100m}", {"other", "cpu"}) == 8);
  // The template says it word for word.
  CHECK(at("kind: Deployment", {"kind"}) == kTemplate + 1);
  CHECK(at("spec: {paused: false}", {"spec", "paused"}) == kTemplate + 4);
  CHECK(at("a: {name: web}", {"a", "name"}) == kTemplate + 8);
  CHECK(at("a: {name: proxy}", {"a", "name"}) == kTemplate + 10);
  CHECK(at("a: [literal]", {"a", "0"}) == kTemplate + 12);
  // A truth value is not told by itself, its key in the template is.
  CHECK(at("spec: {strategy: false}", {"spec", "strategy"}) == 5);
  CHECK(at("spec: {suspend: false}", {"spec", "suspend"}) == kTemplate + 2);
  // Nothing but the template's key, or what is around it.
  CHECK(at("spec: {template: {unseen: x}}", {"spec", "template", "unseen"}) == kTemplate + 7);
  CHECK(at("kind: Deployment\nunseen: x", {"unseen"}) == kTemplate + 1);
  CHECK(at("kind: Service\nunseen: x", {"unseen"}) == kTemplate + 1);
}

TEST_CASE("where two places could be meant, neither is taken") {
  const std::string text = "kind: A\nspec:\n  one: {{ .Values.a }}\n  two: x\nmore:\n  spec:\n    two: x\n";
  CHECK(LineOfField("a: 7\nb: 7\n", text, "spec: {one: 7}", {"spec", "one"}) == kTemplate + 3);
  CHECK(LineOfField("a: 7\nb: 7\n", text, "kind: A\nspec: {other: 7}", {"spec", "other"}) == kTemplate + 1);
  // Literal in two lines: the value of the same text did not give it.
  CHECK(LineOfField("v: x\n", text, "kind: A\nspec: {two: x}", {"spec", "two"}) == kTemplate + 1);
  CHECK(LineOfField("a: {cpu: 1}\nb: {cpu: 1}", text, "kind: A\nc: {cpu: 1}", {"c", "cpu"}) == kTemplate + 1);
  CHECK(LineOfField("a: \"\"\n", text, "kind: A\nx: \"\"", {"x"}) == kTemplate + 1);
  std::string many;
  for (int i = 0; i < 40; ++i) many += "k" + std::to_string(i) + ": same\n";
  CHECK(LineOfField(many, text, "kind: A\nk0: same", {"k0"}) == kTemplate + 1);
}

TEST_CASE("of a template with several documents, the one of its kind counts") {
  const std::string text =
      "kind: A\nspec:\n  port: 1\n---\nkind: B\nspec:\n  port: 2\n---\nkind: C\n---\nkind: C\nlast: 1\n";
  CHECK(LineOfField("{}", text, "kind: A\nspec: {port: x}", {"spec", "port"}) == kTemplate + 3);
  CHECK(LineOfField("{}", text, "kind: B\nspec: {port: 2}", {"spec", "port"}) == kTemplate + 7);
  CHECK(LineOfField("{}", text, "kind: B\nspec: {port: 1}", {"spec"}) == kTemplate + 6);
  CHECK(LineOfField("{}", text, "kind: B\nlast: 1", {"last"}) == kTemplate + 5);
  CHECK(LineOfField("{}", text, "kind: C\nspec: {}", {"spec"}) == kTemplate + 1);  // two of that kind
}

TEST_CASE("of a template that is not in the tree, only values have a place") {
  CHECK(LineOfField("a: 7\n", "kind: A\n", "kind: A\nb: 7", {"b"}, false) == 1);
  CHECK(LineOfField("a: 7\n", "kind: A\n", "kind: A\nb: 8", {"kind"}, false) == 0);
}

TEST_CASE("any text is a template, and any key a field") {
  for (const std::string text :
       {"", "\n", ":", ": x", "- - - a", "{{", "a:b", "'", "\"\": x", "-", "- ", "\r\n: \r\n", "é: ü"}) {
    const TemplateLines lines(text, 0);
    CHECK(lines.Key("a").begin.line == 0);
    CHECK(lines.Literal("a", "").begin.line == 0);
  }
}

}  // namespace
}  // namespace sluice::manifests::render
