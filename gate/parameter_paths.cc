// Tested by tests/gate/affected_test.cc.
#include "gate/parameter_paths.h"

#include <algorithm>

namespace sluice::gate {
namespace {

using manifests::Node;

constexpr std::size_t kMostTexts = 1000;
constexpr std::string_view kUnknown = "{}";
constexpr std::string_view kUnknownDeep = "{}{}";  // "**", or a value that may hold "/"

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// A pattern of directories, with an unknown part for each part that is open.
std::string DirectoryOf(std::string_view pattern) {
  std::string directory;
  while (!pattern.empty()) {
    const std::string_view part = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(std::min(part.size() + 1, pattern.size()));
    if (!directory.empty()) directory += '/';
    const bool open = part.find_first_of("*?[{") != part.npos;
    directory += part.find("**") != part.npos ? kUnknownDeep : open ? kUnknown : part;
  }
  return directory;
}

class Reader {
 public:
  Parameters parameters;

  void Generator(const Node& generator) {
    for (const Node& child : generator.children) {
      if (child.key == "list") List(child);
      if (child.key == "git") Git(child);
      if (child.key == "clusters") parameters.clusters = true;
      if (const Node* nested = child.Find("generators")) {
        for (const Node& each : nested->children) Generator(each);
      }
      if (const Node* values = child.Find("values")) Scalars(*values, "values");
    }
  }

 private:
  void List(const Node& list) {
    const Node* elements = list.Find("elements");
    if (elements == nullptr) return;
    for (const Node& element : elements->children) Scalars(element, {});
  }

  void Scalars(const Node& node, const std::string& way) {
    for (const Node& child : node.children) {
      const std::string name = way.empty() ? std::string(child.key) : way + "." + std::string(child.key);
      if (child.IsString()) parameters.values[name].emplace_back(child.text);
      Scalars(child, name);
    }
  }

  void Git(const Node& git) {
    for (const std::string_view field : {"directories", "files"}) {
      const Node* patterns = git.Find(field);
      for (const Node& pattern : patterns == nullptr ? std::span<const Node>() : patterns->children) {
        const Node* path = pattern.Find("path");
        if (path == nullptr) continue;
        std::string_view text = path->String();
        parameters.inputs.emplace_back(FixedPart(text));
        parameters.from_files |= field == "files";
        if (field == "files") text = text.substr(0, text.rfind('/') == text.npos ? 0 : text.rfind('/'));
        parameters.paths.push_back(DirectoryOf(text));
      }
    }
  }
};

}  // namespace

std::vector<std::string> Parameters::Expand(std::string_view text) const {
  std::vector<std::string> texts{""};
  while (true) {
    const std::size_t open = text.find("{{");
    const std::size_t close = open == text.npos ? open : text.find("}}", open);
    for (std::string& each : texts) each += text.substr(0, close == text.npos ? text.npos : open);
    if (close == text.npos) return texts;
    std::string_view name = Trimmed(text.substr(open + 2, close - open - 2));
    while (name.starts_with('.')) name.remove_prefix(1);
    text.remove_prefix(close + 2);
    const auto known = values.find(name);
    const bool is_path = name == "path" || name == "path.path";
    const std::vector<std::string> unknown{std::string(name.starts_with("path") ? kUnknown : kUnknownDeep)};
    std::vector<std::string> choices = known != values.end()       ? known->second
                                       : is_path && !paths.empty() ? paths
                                                                   : unknown;
    if (known != values.end() && from_files) choices.push_back(unknown.front());
    std::vector<std::string> longer;
    for (const std::string& each : texts) {
      for (const std::string& choice : choices) {
        // A value may be a template itself.
        const bool open_value = choice.find("{{") != choice.npos || longer.size() >= kMostTexts;
        if (longer.size() <= kMostTexts)
          longer.push_back(each + (open_value ? std::string(kUnknownDeep) : choice));
      }
    }
    texts = std::move(longer);
  }
}

Parameters ParametersOf(const Node* generators) {
  Reader reader;
  for (const Node& generator : generators == nullptr ? std::span<const Node>() : generators->children)
    reader.Generator(generator);
  return std::move(reader.parameters);
}

std::string_view FixedPart(std::string_view pattern) {
  const std::string_view fixed = pattern.substr(0, pattern.find_first_of("*?[{"));
  return fixed.size() == pattern.size() ? fixed : fixed.substr(0, fixed.rfind('/') + 1);
}

bool IsFixed(std::string_view expanded) { return expanded.find(kUnknown) == expanded.npos; }

bool IsDeep(std::string_view expanded) { return expanded.find(kUnknownDeep) != expanded.npos; }

std::string FixedDirectory(std::string_view expanded) {
  const std::size_t unknown = expanded.find(kUnknown);
  if (unknown == expanded.npos) return std::string(expanded);
  const std::size_t slash = expanded.rfind('/', unknown);
  return std::string(slash == expanded.npos ? std::string_view() : expanded.substr(0, slash));
}

}  // namespace sluice::gate
