#include "manifests/object.h"
#include "manifests/pattern.h"
#include "schemas/schema_reader.h"
#include "schemas/schema_words.h"
#include "schemas/values.h"

// Bounds, enum, pattern and defaults of a schema. Test: reader_test.cc.

namespace sluice::schemas {
namespace {

using manifests::Node;
using manifests::NodeKind;

std::optional<double> Number(const Node& schema, std::string_view word) {
  const Node* const node = Word(schema, word);
  if (node == nullptr || (node->kind != NodeKind::kInteger && node->kind != NodeKind::kFloat))
    return std::nullopt;
  return NumberOf(*node);
}

std::optional<std::uint32_t> CountOf(const Node& schema, std::string_view word) {
  const std::optional<double> value = Number(schema, word);
  if (!value || *value < 0 || *value > 4e9) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

}  // namespace

SchemaValue ValueOf(const Node& node) {
  // Of a default that is no scalar only its presence counts.
  SchemaValue value;
  manifests::CanonicalJson(node, value.json);
  return value;
}

void SchemaReader::BoundsOf(const Node& schema, SchemaNode& node) {
  Bounds& bounds = node.bounds;
  bounds.minimum = Number(schema, "minimum");
  bounds.maximum = Number(schema, "maximum");
  bounds.multiple_of = Number(schema, "multipleOf");
  bounds.min_length = CountOf(schema, "minLength");
  bounds.max_length = CountOf(schema, "maxLength");
  bounds.min_items = CountOf(schema, "minItems");
  bounds.max_items = CountOf(schema, "maxItems");
  bounds.min_properties = CountOf(schema, "minProperties");
  bounds.max_properties = CountOf(schema, "maxProperties");
  if (IsTrue(Word(schema, "exclusiveMinimum"))) node.flags |= kExclusiveMinimum;
  if (IsTrue(Word(schema, "exclusiveMaximum"))) node.flags |= kExclusiveMaximum;
  if (IsTrue(Word(schema, "uniqueItems"))) node.flags |= kUniqueItems;
}

void SchemaReader::Values(const Node& schema, SchemaNode& node) {
  BoundsOf(schema, node);
  if (const Node* const values = Word(schema, "enum");
      values != nullptr && values->kind == NodeKind::kSequence) {
    for (const Node& value : values->children) node.values.push_back(ValueOf(value));
  }
  if (const Node* const value = Word(schema, "const"); value != nullptr && dialect_ == Dialect::kLenient) {
    node.values.push_back(ValueOf(*value));
  }
  const Node* const pattern = Word(schema, "pattern");
  if (pattern == nullptr || !pattern->IsString() || pattern->text.empty()) return;
  const Result<manifests::Pattern> compiled = manifests::Pattern::Compile(pattern->text);
  if (compiled) {
    node.pattern = pattern->text;
  } else {
    Problem(*pattern, compiled.error().message);
  }
}

}  // namespace sluice::schemas
