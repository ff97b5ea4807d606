#include "schemas/text_expression.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <utility>

#include "schemas/json_text.h"
#include "schemas/text_words.h"

// A reader by descent over the grammar in schema_text.h. After the first mistake
// it stands at the end of the text, so that every loop ends. Test: text_test.cc.

namespace sluice::schemas {
namespace {

constexpr int kDepth = 200;

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
    if (error_.empty())
      error_ = std::move(message) + " at column " + std::to_string(at_ + 1) + " of the schema";
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
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_'))
      ++at_;
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
      node.types = static_cast<std::uint8_t>(
          node.types | (type == kTypeWords.end() ? TypesOfFormat(format) : type->types));
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
      if (word == "enum")
        node.values.push_back({std::string(Json())});
      else if (word == "need")
        node.required.push_back(Name());
      else if (word == "all")
        node.all_of.push_back(Expression());
      else if (word == "any")
        node.any_of.push_back(Expression());
      else if (word == "one")
        node.one_of.push_back(Expression());
      else
        return Fail("no such option");
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

}  // namespace

ReadExpression ParseExpression(std::string_view text, SchemaGraph& graph,
                               std::function<NodeId(std::string_view)> resolve) {
  ExpressionReader reader(text, graph, std::move(resolve));
  const NodeId node = reader.Read();
  return {node, reader.error()};
}

std::uint8_t TypesOfFormat(Format format) {
  switch (format) {
    case Format::kNone:
      return kAnyBits;
    case Format::kInt32:
    case Format::kInt64:
      return kIntegerBit;
    case Format::kIntOrString:
      return kIntegerBit | kStringBit;
    case Format::kQuantity:
      return kIntegerBit | kNumberBit | kStringBit;
    case Format::kFloat:
    case Format::kDouble:
      return kIntegerBit | kNumberBit;
    case Format::kObjectMeta:
      return kObjectBit;
    default:
      return kStringBit;
  }
}

bool IsPlainName(std::string_view name) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-$/.";
  return !name.empty() && name.find_first_not_of(kPlain) == name.npos && name.substr(0, 3) != "...";
}

}  // namespace sluice::schemas
