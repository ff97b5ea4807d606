#include <algorithm>
#include <cctype>
#include <charconv>
#include <unordered_map>

#include "schemas/json_text.h"
#include "schemas/schema_text.h"
#include "schemas/text_words.h"

// Text form to graph, in two passes: every line once for each minor, then the
// references between lines. Test: text_test.cc.

namespace sluice::schemas {
namespace {

constexpr int kDepth = 200;

// One line of text; says what is wrong by `error`, empty where nothing is.
class ExpressionReader {
 public:
  // `resolve` gives the node of a definition in this line's minor.
  ExpressionReader(std::string_view text, SchemaGraph& graph, std::function<NodeId(std::string_view)> resolve)
      : text_(text), graph_(graph), resolve_(std::move(resolve)) {}

  NodeId Read() {
    const NodeId id = Expression();
    if (error_.empty() && at_ != text_.size()) Fail("text after the end of the schema");
    return id;
  }
  const std::string& error() const { return error_; }

 private:
  void Fail(std::string message) {
    if (error_.empty()) error_ = std::move(message) + " at column " + std::to_string(at_ + 1) + " of the schema";
    at_ = text_.size();
  }

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool Take(std::string_view wanted) {
    if (text_.substr(at_, wanted.size()) != wanted) return false;
    at_ += wanted.size();
    return true;
  }
  void Expect(std::string_view wanted) {
    if (!Take(wanted)) Fail("expected \"" + std::string(wanted) + "\"");
  }

  std::string_view Word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_')) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  std::string Name() {
    if (Peek() == '"') return UnquoteJson(Json()).value_or("");
    const std::size_t begin = at_;
    while (at_ < text_.size() && IsPlainName(text_.substr(at_, 1))) ++at_;
    if (begin == at_) Fail("expected a name");
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string_view Json() {
    const std::size_t length = JsonLength(text_.substr(at_));
    if (length == 0) Fail("expected a JSON value");
    const std::string_view value = text_.substr(at_, length);
    at_ += length;
    return value;
  }

  NodeId Expression() {
    if (++depth_ > kDepth) Fail("nested too deep");
    NodeId id = kNoNode;
    if (Take("@")) {
      id = resolve_(Name());
      if (id == kNoNode) Fail("no such definition");
    } else {
      SchemaNode node = Base();
      if (Take("(")) Options(node);
      id = graph_.Add(std::move(node));
    }
    --depth_;
    return id;
  }

  SchemaNode Base() {
    SchemaNode node;
    const bool partial = Take("~");
    if (partial) node.flags |= kPartial;
    if (partial && Take(":")) node.format = FormatFromToken(Word());
    const bool worded = !partial && Peek() != '{' && Peek() != '[';
    if (worded) Types(node);
    if (!worded && !partial) node.types = Peek() == '{' ? kObjectBit : kArrayBit;
    if (Take("{")) Members(node);
    if (Take("[")) List(node);
    return node;
  }

  void Types(SchemaNode& node) {
    node.types = 0;
    do {
      const std::string_view word = Word();
      const auto type = std::find_if(kTypeWords.begin(), kTypeWords.end(),
                                     [&](const TypeWord& each) { return each.word == word; });
      const Format format = type == kTypeWords.end() ? FormatFromToken(word) : Format::kNone;
      if (type == kTypeWords.end() && (format == Format::kNone || word.empty())) return Fail("no such type");
      node.format = format;
      node.types = static_cast<std::uint8_t>(node.types | (type == kTypeWords.end() ? TypesOfFormat(format) : type->types));
    } while (Take("|"));
    if (Take(":")) node.format = FormatFromToken(Word());
  }

  void Members(SchemaNode& node) {
    while (error_.empty() && !Take("}")) {
      if (Take("...")) {
        node.flags |= kOpen;
      } else if (Take("<")) {
        node.additional = Expression();
        Expect(">");
      } else {
        SchemaProperty property;
        property.name = Name();
        property.required = Take("!");
        if (Take("=")) property.fallback = SchemaValue{std::string(Json())};
        Expect(":");
        property.node = Expression();
        node.properties.push_back(std::move(property));
      }
      if (Peek() != '}') Expect(",");
    }
  }

  void List(SchemaNode& node) {
    if (Peek() != ']') node.items = Expression();
    Expect("]");
    if (Take("set")) node.list_type = ListType::kSet;
    if (Take("map(")) {
      node.list_type = ListType::kMap;
      do node.list_keys.push_back(Name());
      while (Take(","));
      Expect(")");
    }
  }

  void Options(SchemaNode& node) {
    do {
      const std::string_view word = Word();
      const auto flag = std::find_if(kFlagWords.begin(), kFlagWords.end(),
                                     [&](const FlagWord& each) { return each.word == word; });
      if (flag != kFlagWords.end()) {
        node.flags = static_cast<std::uint16_t>(node.flags | flag->flag);
      } else {
        Expect("=");
        Option(word, node);
      }
    } while (error_.empty() && Take(","));
    Expect(")");
  }

  void Option(std::string_view word, SchemaNode& node) {
    Bounds& bounds = node.bounds;
    if (word == "min") return void(bounds.minimum = Number());
    if (word == "max") return void(bounds.maximum = Number());
    if (word == "mult") return void(bounds.multiple_of = Number());
    if (word == "len") return Span(bounds.min_length, bounds.max_length);
    if (word == "items") return Span(bounds.min_items, bounds.max_items);
    if (word == "props") return Span(bounds.min_properties, bounds.max_properties);
    if (word == "pattern") return void(node.pattern = UnquoteJson(Json()).value_or(""));
    if (word == "not") return void(node.negated = Expression());
    Expect("[");
    while (error_.empty() && !Take("]")) {
      if (word == "enum") node.values.push_back({std::string(Json())});
      else if (word == "need") node.required.push_back(Name());
      else if (word == "all") node.all_of.push_back(Expression());
      else if (word == "any") node.any_of.push_back(Expression());
      else if (word == "one") node.one_of.push_back(Expression());
      else return Fail("no such option");
      if (Peek() != ']') Expect(",");
    }
  }

  double Number() {
    const std::optional<double> value = ParseNumber(Json());
    if (!value) Fail("expected a number");
    return value.value_or(0);
  }

  void Span(std::optional<std::uint32_t>& low, std::optional<std::uint32_t>& high) {
    low = Count();
    Expect("-");
    high = Count();
  }

  std::optional<std::uint32_t> Count() {
    std::uint32_t value = 0;
    const auto end = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (end.ec != std::errc()) return std::nullopt;
    at_ = static_cast<std::size_t>(end.ptr - text_.data());
    return value;
  }

  std::string_view text_;
  SchemaGraph& graph_;
  std::function<NodeId(std::string_view)> resolve_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::string error_;
};

struct Line {
  std::uint32_t number = 0;
  std::string_view word;                  // "def" or "kind"
  std::vector<std::string_view> head;     // words before the schema
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
    while (!text.empty() && (line.head.size() < fixed || IsAttribute(text))) line.head.push_back(TakeWord(text));
    line.schema = text;
    if (line.head.size() < fixed || text.empty()) return Fail(line, "a line needs a name, minors and a schema");
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
    ExpressionReader reader(line.schema, graph_, [&](std::string_view name) {
      const auto found = definitions_.find(Key(name, minor));
      return found == definitions_.end() ? kNoNode : found->second;
    });
    const NodeId id = reader.Read();
    if (!reader.error().empty()) Fail(line, reader.error());
    return id;
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

std::uint8_t TypesOfFormat(Format format) {
  switch (format) {
    case Format::kNone: return kAnyBits;
    case Format::kInt32:
    case Format::kInt64: return kIntegerBit;
    case Format::kIntOrString: return kIntegerBit | kStringBit;
    case Format::kQuantity: return kIntegerBit | kNumberBit | kStringBit;
    case Format::kFloat:
    case Format::kDouble: return kIntegerBit | kNumberBit;
    case Format::kObjectMeta: return kObjectBit;
    default: return kStringBit;
  }
}

bool IsPlainName(std::string_view name) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-$/.";
  return !name.empty() && name.find_first_not_of(kPlain) == name.npos && name.substr(0, 3) != "...";
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
