#include "schemas/json_schema.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <utility>

// valijson includes <iostream> for programs without exceptions, which ours are
// not. Its static object would set up eight streams and a locale at each start:
// a tenth of a millisecond in every hook.
#define _GLIBCXX_IOSTREAM 1
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#include <vector>

#include "schemas/json_schema_patterns.h"
#include "schemas/json_schema_shape.h"
#include "schemas/json_schema_wants.h"
#include "schemas/rules.h"
#include "schemas/words.h"

// The border to valijson: its exceptions end here, its errors become findings
// with places. What it does not bound is bounded around it: references and work
// (json_schema_shape), patterns (json_schema_patterns). Test: json_schema_test.cc.

namespace sluice::schemas {
namespace {

using manifests::Node;
using manifests::NodeKind;
using nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

constexpr std::size_t kSchemaBytes = 4u << 20;
constexpr std::size_t kSchemaDepth = 100;
constexpr double kMaxVisits = 4e6;  // parts of a schema times nodes of a file
constexpr std::size_t kMaxFindings = 100;

Error Wrong(std::string message) { return Error{ErrorKind::kConfiguration, std::move(message), {}, {}}; }

struct FileFacts {
  std::size_t nodes = 0, depth = 0;
  std::vector<std::string> strings;  // keys and texts, sorted, each once
};

json ToJson(const Node& node, std::size_t depth, FileFacts& facts) {
  ++facts.nodes;
  facts.depth = std::max(facts.depth, depth);
  switch (node.kind) {
    case NodeKind::kNull:
      return nullptr;
    case NodeKind::kBool:
      return node.value.boolean;
    case NodeKind::kInteger:
      if (node.is_unsigned) return static_cast<std::uint64_t>(node.value.integer);
      return node.value.integer;
    case NodeKind::kFloat:
      return node.value.number;
    case NodeKind::kString:
      facts.strings.emplace_back(node.text);
      return std::string(node.text);
    case NodeKind::kSequence: {
      json list = json::array();
      for (const Node& child : node.children) list.push_back(ToJson(child, depth + 1, facts));
      return list;
    }
    case NodeKind::kMapping:
      break;
  }
  json mapping = json::object();
  for (const Node& child : node.children) {
    facts.strings.emplace_back(child.key);
    mapping[std::string(child.key)] = ToJson(child, depth + 1, facts);
  }
  return mapping;
}

// The node that valijson's way ("<root>", "[name]", "[0]") leads to, and its path.
const Node* Follow(const Node& root, const std::vector<std::string>& way,
                   std::vector<manifests::FieldStep>& path) {
  const Node* node = &root;
  for (std::size_t i = 1; i < way.size(); ++i) {
    const std::string_view name = std::string_view(way[i]).substr(1, way[i].size() - 2);
    const Node* next = nullptr;
    if (node->kind == NodeKind::kMapping) {
      next = node->Find(name);
      if (next != nullptr) path.push_back({next->key, 0});
    } else if (node->kind == NodeKind::kSequence) {
      std::size_t index = 0;
      std::from_chars(name.data(), name.data() + name.size(), index);
      if (index < node->children.size()) next = &node->children[index];
      if (next != nullptr) path.push_back({{}, index});
    }
    if (next == nullptr) break;
    node = next;
  }
  return node;
}

struct Wording {
  std::string_view begin;  // of what valijson says
  std::string_view words;  // ours; with a name after it where `named`
  bool named;
};
constexpr std::array<Wording, 8> kWordings{{
    {"Missing required property '", "required property is missing: ", true},
    {"Missing dependency '", "property is missing, which another one needs: ", true},
    {"Object contains a property that could not be validated", "unknown property: ", true},
    {"Failed to match against any enum values", "the value is none of those allowed (enum)", false},
    {"Failed to validate against any schemas allowed by anyOf", "fits none of the alternatives (anyOf)",
     false},
    {"Failed to validate against any child schemas allowed by oneOf", "fits none of the alternatives (oneOf)",
     false},
    {"Failed to validate against exactly one child schema", "fits more than one of the alternatives (oneOf)",
     false},
    {"Target should not validate against schema specified in 'not'", "this is what the schema forbids (not)",
     false},
}};

// Errors that only say that something below is wrong.
bool IsWrapper(std::string_view text) {
  for (const std::string_view begin :
       {"Failed to validate against schema associated", "Failed to validate against child schema #",
        "Failed to validate against additional properties", "Failed to validate item #",
        "Failed to validate against a conditional", "Failed to validate against dependent"}) {
    if (text.substr(0, begin.size()) == begin) return true;
  }
  return false;
}

bool IsAlternative(std::string_view text) {
  return text.find("anyOf") != text.npos || text.find("oneOf") != text.npos ||
         text.find("exactly one") != text.npos;
}

std::string_view QuotedName(std::string_view text) {
  const std::size_t end = text.rfind('\'');
  if (end == text.npos || end == 0) return {};
  const std::size_t begin = text.rfind('\'', end - 1);
  return begin == text.npos ? std::string_view() : text.substr(begin + 1, end - begin - 1);
}

std::string Sentence(std::string text) {
  while (!text.empty() && (text.back() == '.' || text.back() == ' ')) text.pop_back();
  const std::string_view zeros = ".000000";
  if (text.size() > zeros.size() && text.compare(text.size() - zeros.size(), zeros.size(), zeros) == 0) {
    text.resize(text.size() - zeros.size());
  }
  if (!text.empty()) text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
  return text;
}

bool IsBelow(const std::vector<std::string>& way, const std::vector<std::string>& above) {
  return way.size() >= above.size() && std::equal(above.begin(), above.end(), way.begin());
}

}  // namespace

struct JsonSchema::Impl {
  json schema;
  SchemaShape shape;
  SchemaPatterns patterns;
  std::optional<valijson::Schema> compiled;  // where no pattern needs the file

  std::string Message(const std::string& said, const Node& node,
                      std::span<const manifests::FieldStep> path) const;
  void Report(const manifests::ParsedFile& file, const Node& root, const valijson::ValidationResults& results,
              Findings& findings) const;
  void Check(const manifests::ParsedFile& file, const Node& root, Findings& findings) const;
};

Result<JsonSchema> JsonSchema::Parse(std::string_view text) {
  if (text.size() > kSchemaBytes) return LimitPassed("a JSON Schema may have 4 MiB");
  auto impl = std::make_unique<Impl>();
  try {
    bool deep = false;
    impl->schema = json::parse(text, [&](int depth, json::parse_event_t, json&) {
      deep = deep || static_cast<std::size_t>(depth) > kSchemaDepth;
      return !deep;
    });
    if (deep) return LimitPassed("a JSON Schema may nest 100 levels deep");
    if (!impl->schema.is_object()) return Wrong("a JSON Schema must be a JSON object");
    Result<SchemaShape> shape = SchemaShape::Of(impl->schema);
    if (!shape) return shape.error();
    Result<SchemaPatterns> patterns = SchemaPatterns::Of(impl->schema);
    if (!patterns) return patterns.error();
    impl->shape = std::move(*shape);
    impl->patterns = std::move(*patterns);
    const std::optional<json> plain = WithoutPatterns(impl->schema, impl->patterns, {});
    impl->compiled.emplace();
    valijson::SchemaParser().populateSchema(Adapter(*plain), *impl->compiled);
    if (!impl->patterns.texts.empty()) impl->compiled.reset();
  } catch (const json::exception& error) {
    return Wrong(std::string("the schema is not JSON: ") + error.what());
  } catch (const std::exception& error) {
    return Wrong(std::string("the schema is not valid: ") + error.what());
  }
  return JsonSchema(std::move(impl));
}

JsonSchema::JsonSchema(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JsonSchema::JsonSchema(JsonSchema&&) noexcept = default;
JsonSchema& JsonSchema::operator=(JsonSchema&&) noexcept = default;
JsonSchema::~JsonSchema() = default;

Findings JsonSchema::Check(const manifests::ParsedFile& file) const {
  Findings findings;
  for (const manifests::Document& document : file.documents) {
    if (document.root->kind != NodeKind::kNull) impl_->Check(file, *document.root, findings);
  }
  return findings;
}

void JsonSchema::Impl::Check(const manifests::ParsedFile& file, const Node& root, Findings& findings) const {
  const auto give_up = [&](std::string message) {
    findings.push_back(MakeFinding(kDocument, file.path, root.range, std::move(message)));
  };
  try {
    FileFacts facts;
    const json value = ToJson(root, 0, facts);
    std::sort(facts.strings.begin(), facts.strings.end());
    facts.strings.erase(std::unique(facts.strings.begin(), facts.strings.end()), facts.strings.end());
    if (shape.Visits(facts.depth) * static_cast<double>(facts.nodes) > kMaxVisits) {
      return give_up("the schema branches too much to be checked against a file of this size");
    }
    valijson::Schema rewritten;
    if (!compiled) {
      const std::optional<json> plain = WithoutPatterns(schema, patterns, facts.strings);
      if (!plain)
        return give_up("the schema has too many patterns to be checked against a file of this size");
      valijson::SchemaParser().populateSchema(Adapter(*plain), rewritten);
    }
    valijson::ValidationResults results;
    valijson::Validator validator;
    if (validator.validate(compiled ? *compiled : rewritten, Adapter(value), &results)) return;
    Report(file, root, results, findings);
  } catch (const std::exception&) {
    give_up("the file could not be checked against its schema");
  }
}

std::string JsonSchema::Impl::Message(const std::string& said, const Node& node,
                                      std::span<const manifests::FieldStep> path) const {
  if (const std::size_t mark = said.find(" fewer than "); mark != said.npos) {
    std::uint64_t count = 0;
    std::from_chars(said.data() + mark + 12, said.data() + said.size(), count);
    if (count >= kPatternMark && count - kPatternMark < patterns.texts.size()) {
      return "the text does not match the pattern " + Escaped(patterns.texts[count - kPatternMark], 200);
    }
  }
  if (said.starts_with("Value type not permitted")) {
    const std::string wanted = WantedTypes(schema, path);
    if (wanted.empty()) return std::string(KindWords(node)) + " may not stand here";
    return "got " + std::string(KindWords(node)) + ", want " + wanted;
  }
  if (said.starts_with("Failed to match against any enum values")) {
    const std::string wanted = WantedValues(schema, path);
    if (!wanted.empty()) return "the value must be one of " + wanted;
  }
  for (const Wording& wording : kWordings) {
    if (said.substr(0, wording.begin.size()) != wording.begin) continue;
    if (!wording.named) return std::string(wording.words);
    return std::string(wording.words) + "\"" + Escaped(QuotedName(said), 60) + "\"";
  }
  return Sentence(said);
}

void JsonSchema::Impl::Report(const manifests::ParsedFile& file, const Node& root,
                              const valijson::ValidationResults& results, Findings& findings) const {
  std::vector<const valijson::ValidationResults::Error*> alternatives;
  for (const auto& error : results) {
    if (IsAlternative(error.description)) alternatives.push_back(&error);
  }
  const std::size_t before = findings.size();
  for (const auto& error : results) {
    if (IsWrapper(error.description) || findings.size() >= before + kMaxFindings) continue;
    // What is wrong in each alternative is noise beside "fits none of them".
    const bool inside = std::any_of(alternatives.begin(), alternatives.end(), [&](const auto* each) {
      return each != &error && IsBelow(error.context, each->context) &&
             !IsBelow(each->context, error.context);
    });
    const bool beside = !IsAlternative(error.description) &&
                        std::any_of(alternatives.begin(), alternatives.end(),
                                    [&](const auto* each) { return each->context == error.context; });
    if (inside || beside) continue;
    std::vector<manifests::FieldStep> path;
    const Node* const node = Follow(root, error.context, path);
    Range place = node->range;
    if (error.description.rfind("Object contains a property", 0) == 0) {
      const Node* const unknown = node->Find(QuotedName(error.description));
      if (unknown != nullptr) place = unknown->key_range;
    }
    Finding finding = MakeFinding(kDocument, file.path, place, Message(error.description, *node, path));
    finding.field = manifests::FieldPath(path);
    findings.push_back(std::move(finding));
  }
  if (findings.size() == before) {
    findings.push_back(MakeFinding(kDocument, file.path, root.range, "the file does not fit its schema"));
  }
}

}  // namespace sluice::schemas
