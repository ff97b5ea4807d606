// {{name}} as fasttemplate has it, where an absent name stays as it stands, and
// the plain look-ups {{.a.b}} of Go's text/template.
#include <optional>

#include "manifests/render/application_set.h"
#include "manifests/render/edit.h"

namespace sluice::manifests::render {
namespace {

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool IsPlainLookUp(std::string_view name) {
  if (!name.starts_with('.') || name.size() < 2 || name.ends_with('.')) return false;
  for (const char c : name) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!word && c != '.') return false;
  }
  return name.find("..") == std::string_view::npos;
}

class Renderer {
 public:
  Renderer(Arena& arena, const Parameters& parameters, bool go_template)
      : arena_(arena), parameters_(parameters), go_template_(go_template) {}

  Node Render(const Node& node);
  std::string problem;

 private:
  std::string Text(std::string_view text);
  std::string Value(std::string_view name, std::string_view whole);

  Arena& arena_;
  const Parameters& parameters_;
  bool go_template_;
};

std::string Renderer::Value(std::string_view name, std::string_view whole) {
  if (go_template_ && !IsPlainLookUp(name)) {
    problem = "the template expression {{" + std::string(name) + "}} is more than a plain look-up";
    return {};
  }
  const auto found = parameters_.find(go_template_ ? name.substr(1) : name);
  if (found != parameters_.end()) return found->second;
  if (go_template_) problem = "the template looks up {{" + std::string(name) + "}}, which no generator gives";
  return std::string(whole);
}

std::string Renderer::Text(std::string_view text) {
  std::string rendered;
  while (true) {
    const std::size_t open = text.find("{{");
    const std::size_t close = open == std::string_view::npos ? open : text.find("}}", open);
    if (close == std::string_view::npos) return rendered.append(text);
    rendered.append(text, 0, open);
    const std::string_view whole = text.substr(open, close + 2 - open);
    rendered += Value(Trimmed(whole.substr(2, whole.size() - 4)), whole);
    text.remove_prefix(close + 2);
  }
}

Node Renderer::Render(const Node& node) {
  Node rendered = node;
  if (node.IsString() && node.text.find("{{") != std::string_view::npos) {
    rendered = TextNode(arena_, Text(node.text), node.range);
  } else if (!node.children.empty()) {
    std::vector<Node> children;
    for (const Node& child : node.children) children.push_back(Render(child));
    rendered = WithChildren(arena_, node, children);
  }
  if (node.key.empty()) return rendered;
  return AsMember(arena_, rendered,
                  node.key.find("{{") == std::string_view::npos ? node.key : arena_.Keep(Text(node.key)),
                  node.key_range);
}

}  // namespace

std::optional<Node> RenderTemplate(Arena& arena, const Node& pattern, const Parameters& parameters,
                                   bool go_template, std::string& problem) {
  Renderer renderer(arena, parameters, go_template);
  const Node rendered = renderer.Render(pattern);
  problem = renderer.problem;
  if (!problem.empty()) return std::nullopt;
  return rendered;
}

}  // namespace sluice::manifests::render
