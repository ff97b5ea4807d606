#include "schemas/json_schema.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>
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
#include "schemas/json_schema_words.h"
#include "schemas/rules.h"

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
constexpr std::size_t kMaxWeighed = 1000;

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

bool IsBelow(const std::vector<std::string>& way, const std::vector<std::string>& above) {
  return way.size() >= above.size() && std::equal(above.begin(), above.end(), way.begin());
}

}  // namespace

struct JsonSchema::Impl {
  json schema;
  SchemaShape shape;
  SchemaPatterns patterns;
  std::optional<valijson::Schema> compiled;  // where no pattern needs the file
  bool shows_values = false;

  using Error = valijson::ValidationResults::Error;
  struct Said {
    const Error* error;
    const Node* node;
    std::vector<manifests::FieldStep> path;
    bool is_alternative;
    bool has_own;  // one alternative is meant for such a value
  };
  Said Place(const Node& root, const Error& error) const;
  static std::vector<const Said*> Telling(const std::vector<Said>& said);
  static bool Hides(const Said& alternative, const Said& said);
  void Report(const manifests::ParsedFile& file, const Node& root, const valijson::ValidationResults& results,
              Findings& findings) const;
  void Check(const manifests::ParsedFile& file, const Node& root, Findings& findings) const;
};

Result<JsonSchema> JsonSchema::Parse(std::string_view text, bool shows_values) {
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
    impl->shows_values = shows_values;
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

// What is wrong in each alternative is noise beside "fits none of them", except
// in the one that is meant for a value of this kind: that is what was written.
void JsonSchema::Impl::Report(const manifests::ParsedFile& file, const Node& root,
                              const valijson::ValidationResults& results, Findings& findings) const {
  std::vector<Said> said;
  for (const auto& error : results) {
    if (said.size() == kMaxWeighed) break;  // each is held against each
    if (!IsWrapper(error.description)) said.push_back(Place(root, error));
  }
  const std::vector<const Said*> told = Telling(said);
  for (std::size_t i = 0; i < std::min(told.size(), kMaxFindings); ++i) {
    const Said& each = *told[i];
    Range place = each.node->range;
    if (IsUnknownKey(each.error->description)) {
      const Node* const unknown = each.node->Find(QuotedName(each.error->description));
      if (unknown != nullptr) place = unknown->key_range;
    }
    Finding finding = MakeFinding(
        kDocument, file.path, place,
        WordsOf(each.error->description, {schema, patterns.texts, shows_values}, *each.node, each.path));
    finding.field = manifests::FieldPath(each.path);
    findings.push_back(std::move(finding));
  }
  if (told.empty()) {
    findings.push_back(MakeFinding(kDocument, file.path, root.range, "the file does not fit its schema"));
  }
}

JsonSchema::Impl::Said JsonSchema::Impl::Place(const Node& root, const Error& error) const {
  Said said;
  said.error = &error;
  said.node = Follow(root, error.context, said.path);
  said.is_alternative = IsAlternative(error.description);
  said.has_own = said.is_alternative && HasOwnAlternative(schema, said.path, *said.node);
  return said;
}

std::vector<const JsonSchema::Impl::Said*> JsonSchema::Impl::Telling(const std::vector<Said>& said) {
  std::vector<const Said*> told;
  for (const Said& each : said) {
    const bool hidden = std::any_of(said.begin(), said.end(), [&](const Said& other) {
      return &other != &each && other.is_alternative && Hides(other, each);
    });
    if (!hidden) told.push_back(&each);
  }
  // An alternative of which a part was told says nothing more itself.
  std::erase_if(told, [&](const Said* each) {
    return each->has_own && std::any_of(told.begin(), told.end(), [&](const Said* other) {
             return other != each && IsBelow(other->error->context, each->error->context);
           });
  });
  return told;
}

// Whether what `alternative` says makes `said` noise.
bool JsonSchema::Impl::Hides(const Said& alternative, const Said& said) {
  if (!IsBelow(said.error->context, alternative.error->context)) return false;
  const bool beside = said.error->context == alternative.error->context;
  if (alternative.has_own) return beside && IsOfAnother(said.error->description);
  return !beside || !said.is_alternative;
}

}  // namespace sluice::schemas
