#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "schemas/schema_text.h"
#include "schemas/text_expression.h"

// Text form to graph, in two passes: every line once for each minor, then the
// references between lines. Test: text_test.cc.

namespace sluice::schemas {
namespace {

struct Line {
  std::uint32_t number = 0;
  std::string_view word;               // "def" or "kind"
  std::vector<std::string_view> head;  // words before the schema
  std::string_view schema;
  std::vector<std::uint16_t> minors;
};

class TextReader {
 public:
  TextReader(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  Result<SchemaGraph> Read() {
    SplitLines();
    for (const Line& line : lines_) {
      if (line.word == "def") Declare(line);
    }
    for (const Line& line : lines_) {
      if (line.word == "def") Define(line);
    }
    for (const Line& line : lines_) {
      if (line.word == "kind") Kind(line);
    }
    if (error_) return *error_;
    return std::move(graph_);
  }

 private:
  void Fail(const Line& line, std::string message) {
    if (error_) return;
    error_ = Error{ErrorKind::kConfiguration, std::move(message), std::string(file_), {line.number, 1}};
  }

  void SplitLines() {
    std::uint32_t number = 0;
    std::string_view rest = text_;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      ++number;
      if (!line.empty() && line.front() != '#') SplitLine(line, number);
    }
  }

  // The schema is what follows the last space outside of quotes; heads have no quotes.
  void SplitLine(std::string_view text, std::uint32_t number) {
    Line line;
    line.number = number;
    line.word = TakeWord(text);
    if (line.word == "minors") {
      if (!ParseMinors(text, graph_.minors)) Fail(line, "bad minors");
      return;
    }
    const std::size_t fixed = line.word == "def" ? 2 : 3;
    while (!text.empty() && (line.head.size() < fixed || IsAttribute(text)))
      line.head.push_back(TakeWord(text));
    line.schema = text;
    if (line.head.size() < fixed || text.empty())
      return Fail(line, "a line needs a name, minors and a schema");
    if (!ParseMinors(line.head[fixed - 1], line.minors)) return Fail(line, "bad minors");
    lines_.push_back(std::move(line));
  }

  static bool IsAttribute(std::string_view text) {
    const std::string_view word = text.substr(0, text.find(' '));
    return word == "namespaced" || word == "cluster" || word == "cel" || word.substr(0, 7) == "plural=" ||
           word.substr(0, 6) == "short=";
  }

  static std::string_view TakeWord(std::string_view& text) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
  }

  static std::string Key(std::string_view name, std::uint16_t minor) {
    return std::to_string(minor) + "@" + std::string(name);
  }

  // Definitions may refer to each other in any order: each gets an empty node first.
  void Declare(const Line& line) {
    for (const std::uint16_t minor : line.minors) {
      const NodeId id = graph_.Add({});
      if (!definitions_.emplace(Key(line.head[0], minor), id).second) Fail(line, "defined twice");
    }
  }

  NodeId Schema(const Line& line, std::uint16_t minor) {
    ReadExpression read = ParseExpression(line.schema, graph_, [&](std::string_view name) {
      const auto found = definitions_.find(Key(name, minor));
      return found == definitions_.end() ? kNoNode : found->second;
    });
    if (!read.error.empty()) Fail(line, std::move(read.error));
    return read.node;
  }

  void Define(const Line& line) {
    for (const std::uint16_t minor : line.minors) {
      if (error_) return;
      const NodeId id = Schema(line, minor);
      if (error_) return;
      const NodeId slot = definitions_.at(Key(line.head[0], minor));
      if (id == slot || line.schema.front() == '@') return Fail(line, "a definition must not be a reference");
      graph_.nodes[slot] = std::move(graph_.nodes[id]);
      graph_.nodes[id] = {};
    }
  }

  void Kind(const Line& line) {
    if (error_) return;
    const std::string_view api = line.head[0];
    const std::size_t slash = api.find('/');
    SchemaKind& kind = FindKind(slash == api.npos ? "" : api.substr(0, slash),
                                slash == api.npos ? api : api.substr(slash + 1), line.head[1]);
    for (std::size_t i = 3; i < line.head.size(); ++i) Attribute(line.head[i], kind);
    for (const std::uint16_t minor : line.minors) {
      const auto place = std::find(graph_.minors.begin(), graph_.minors.end(), minor);
      if (place == graph_.minors.end()) return Fail(line, "a minor that the file does not name");
      kind.roots[static_cast<std::size_t>(place - graph_.minors.begin())] = Schema(line, minor);
    }
  }

  SchemaKind& FindKind(std::string_view group, std::string_view version, std::string_view name) {
    const std::string key = std::string(group) + "/" + std::string(version) + "/" + std::string(name);
    const auto [place, added] = kinds_.emplace(key, graph_.kinds.size());
    if (added) {
      SchemaKind kind;
      kind.group = group;
      kind.version = version;
      kind.kind = name;
      kind.roots.assign(graph_.minors.size(), kNoNode);
      graph_.kinds.push_back(std::move(kind));
    }
    return graph_.kinds[place->second];
  }

  static void Attribute(std::string_view word, SchemaKind& kind) {
    if (word == "namespaced") kind.scope = Scope::kNamespaced;
    if (word == "cluster") kind.scope = Scope::kCluster;
    if (word == "cel") kind.has_cel_rules = true;
    if (word.substr(0, 7) == "plural=") kind.plural = word.substr(7);
    if (word.substr(0, 6) != "short=") return;
    std::string_view names = word.substr(6);
    kind.short_names.clear();
    while (!names.empty()) {
      const std::size_t end = std::min(names.find(','), names.size());
      kind.short_names.emplace_back(names.substr(0, end));
      names.remove_prefix(std::min(end + 1, names.size()));
    }
  }

  std::string_view text_;
  std::string_view file_;
  std::vector<Line> lines_;
  SchemaGraph graph_;
  std::unordered_map<std::string, NodeId> definitions_;
  std::unordered_map<std::string, std::size_t> kinds_;
  std::optional<Error> error_;
};

}  // namespace

Result<SchemaGraph> ReadSchemaText(std::string_view text, std::string_view file) {
  return TextReader(text, file).Read();
}

bool ParseMinors(std::string_view text, std::vector<std::uint16_t>& minors) {
  minors.clear();
  if (text == "*") {
    minors.push_back(0);
    return true;
  }
  while (!text.empty()) {
    std::uint16_t low = 0;
    auto end = std::from_chars(text.data(), text.data() + text.size(), low);
    if (end.ec != std::errc()) return false;
    std::uint16_t high = low;
    text.remove_prefix(static_cast<std::size_t>(end.ptr - text.data()));
    if (!text.empty() && text.front() == '-') {
      text.remove_prefix(1);
      end = std::from_chars(text.data(), text.data() + text.size(), high);
      if (end.ec != std::errc()) return false;
      text.remove_prefix(static_cast<std::size_t>(end.ptr - text.data()));
    }
    if (high < low || high - low > 100) return false;
    for (std::uint16_t minor = low; minor <= high; ++minor) minors.push_back(minor);
    if (!text.empty() && text.front() != ',') return false;
    if (!text.empty()) text.remove_prefix(1);
  }
  return !minors.empty();
}

}  // namespace sluice::schemas
