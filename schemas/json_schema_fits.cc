// The schema is read as a file like another and walked beside the value. A
// keyword is a row of a table; what has none is a doubt. Tested beside valijson
// by json_schema_fits_test.cc and, on the published schemas, by
// tests/gate/configuration_test.cc.
#include "schemas/json_schema_fits.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "manifests/pattern.h"

namespace sluice::schemas {
namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr std::size_t kMaxSteps = 100'000;  // schemas held against values
constexpr std::size_t kMaxDepth = 200;      // schemas below schemas
constexpr std::string_view kDefinitions = "#/definitions/";

bool IsType(std::string_view type, NodeKind kind) {
  switch (kind) {
    case NodeKind::kNull:
      return type == "null";
    case NodeKind::kBool:
      return type == "boolean";
    case NodeKind::kInteger:
      return type == "integer" || type == "number";
    case NodeKind::kFloat:
      return type == "number";
    case NodeKind::kString:
      return type == "string";
    case NodeKind::kSequence:
      return type == "array";
    case NodeKind::kMapping:
      break;
  }
  return type == "object";
}

// Of scalars; others are never taken for equal.
bool AreEqual(const Node& a, const Node& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == NodeKind::kBool) return a.value.boolean == b.value.boolean;
  if (a.kind == NodeKind::kInteger) return !b.is_unsigned && a.value.integer == b.value.integer;
  return a.kind == NodeKind::kNull || (a.kind == NodeKind::kString && a.text == b.text);
}

std::int64_t Characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

// `bound` is a keyword's value.
bool IsAtLeast(std::int64_t number, const Node& bound) {
  return bound.kind == NodeKind::kInteger && !bound.is_unsigned && number >= bound.value.integer;
}
bool IsAtMost(std::int64_t number, const Node& bound) {
  return bound.kind == NodeKind::kInteger && !bound.is_unsigned && number <= bound.value.integer;
}

class Walk {
 public:
  explicit Walk(const Node& root) : definitions_(root.Find("definitions")) {}

  bool Fits(const Node& schema, const Node& value);
  bool doubts() const { return doubts_; }  // then no Fits() of this walk counts

 private:
  // Whether `value` does what one keyword asks for; `asked` is the keyword's value.
  using Keyword = bool (Walk::*)(const Node& asked, const Node& value);
  struct Row {
    std::string_view name;
    Keyword fits;  // null: says nothing of values, or is heard with another one
  };
  static const std::array<Row, 22> kRows;

  bool Keywords(const Node& schema, const Node& value);
  bool Members(const Node& schema, const Node& value);
  std::optional<bool> NamedMember(const Node& schema, const Node& member);

  bool Reference(const Node& asked, const Node& value) {
    if (definitions_ == nullptr || !asked.String().starts_with(kDefinitions)) return false;
    const Node* const target = definitions_->Find(asked.String().substr(kDefinitions.size()));
    return target != nullptr && Fits(*target, value);
  }
  bool Type(const Node& asked, const Node& value) { return IsType(asked.String(), value.kind); }
  bool Enum(const Node& asked, const Node& value) {
    return std::any_of(asked.children.begin(), asked.children.end(),
                       [&](const Node& each) { return AreEqual(each, value); });
  }
  bool AnyOf(const Node& asked, const Node& value) {
    return std::any_of(asked.children.begin(), asked.children.end(),
                       [&](const Node& each) { return Fits(each, value); });
  }
  bool Required(const Node& asked, const Node& value) {
    return value.kind != NodeKind::kMapping ||
           std::all_of(asked.children.begin(), asked.children.end(),
                       [&](const Node& name) { return value.Find(name.String()) != nullptr; });
  }
  bool Items(const Node& asked, const Node& value) {
    return value.kind != NodeKind::kSequence ||
           std::all_of(value.children.begin(), value.children.end(),
                       [&](const Node& item) { return Fits(asked, item); });
  }
  bool MinItems(const Node& asked, const Node& value) {
    return value.kind != NodeKind::kSequence || IsAtLeast(std::ssize(value.children), asked);
  }
  bool MaxItems(const Node& asked, const Node& value) {
    return value.kind != NodeKind::kSequence || IsAtMost(std::ssize(value.children), asked);
  }
  bool MaxProperties(const Node& asked, const Node& value) {
    return value.kind != NodeKind::kMapping || IsAtMost(std::ssize(value.children), asked);
  }
  bool MinLength(const Node& asked, const Node& value) {
    return !value.IsString() || IsAtLeast(Characters(value.text), asked);
  }
  bool MaxLength(const Node& asked, const Node& value) {
    return !value.IsString() || IsAtMost(Characters(value.text), asked);
  }
  bool Minimum(const Node& asked, const Node& value) {
    return value.kind != NodeKind::kInteger || IsAtLeast(value.value.integer, asked);
  }
  bool Matches(const Node& asked, const Node& value) {
    return !value.IsString() || Has(asked.String(), value.text);
  }
  bool Has(std::string_view pattern, std::string_view text);

  const Node* const definitions_;
  std::map<std::string_view, Result<manifests::Pattern>> patterns_;  // by their text
  std::size_t steps_ = 0, depth_ = 0;
  bool doubts_ = false;
};

const std::array<Walk::Row, 22> Walk::kRows{{{"$schema", nullptr},
                                             {"title", nullptr},
                                             {"description", nullptr},
                                             {"x-says", nullptr},
                                             {"x-keys", nullptr},
                                             {"definitions", nullptr},
                                             {"properties", nullptr},  // Members() hears these three
                                             {"patternProperties", nullptr},
                                             {"additionalProperties", nullptr},
                                             {"type", &Walk::Type},
                                             {"enum", &Walk::Enum},
                                             {"anyOf", &Walk::AnyOf},
                                             {"required", &Walk::Required},
                                             {"items", &Walk::Items},
                                             {"minItems", &Walk::MinItems},
                                             {"maxItems", &Walk::MaxItems},
                                             {"maxProperties", &Walk::MaxProperties},
                                             {"minLength", &Walk::MinLength},
                                             {"maxLength", &Walk::MaxLength},
                                             {"minimum", &Walk::Minimum},
                                             {"pattern", &Walk::Matches},
                                             {"$ref", &Walk::Reference}}};

bool Walk::Fits(const Node& schema, const Node& value) {
  if (schema.kind != NodeKind::kMapping || ++steps_ > kMaxSteps || depth_ >= kMaxDepth) return false;
  // Readers differ in how they compare these with others.
  if (value.kind == NodeKind::kFloat || value.is_unsigned) return false;
  // Beside a reference nothing else is heard in draft 7.
  if (schema.Find("$ref") != nullptr && schema.children.size() != 1) return false;
  ++depth_;
  const bool fits = Keywords(schema, value) && Members(schema, value);
  --depth_;
  return fits;
}

bool Walk::Keywords(const Node& schema, const Node& value) {
  return std::all_of(schema.children.begin(), schema.children.end(), [&](const Node& asked) {
    const auto row =
        std::find_if(kRows.begin(), kRows.end(), [&](const Row& each) { return each.name == asked.key; });
    return row != kRows.end() && (row->fits == nullptr || (this->*row->fits)(asked, value));
  });
}

bool Walk::Members(const Node& schema, const Node& value) {
  if (value.kind != NodeKind::kMapping) return true;
  const Node* const additional = schema.Find("additionalProperties");
  return std::all_of(value.children.begin(), value.children.end(), [&](const Node& member) {
    if (const std::optional<bool> named = NamedMember(schema, member)) return *named;
    if (additional == nullptr) return true;
    if (additional->kind == NodeKind::kBool) return additional->value.boolean;
    return Fits(*additional, member);
  });
}

// Nothing where neither `properties` nor `patternProperties` speaks of it.
std::optional<bool> Walk::NamedMember(const Node& schema, const Node& member) {
  std::optional<bool> fits;
  const Node* const properties = schema.Find("properties");
  const Node* const property = properties == nullptr ? nullptr : properties->Find(member.key);
  if (property != nullptr) fits = Fits(*property, member);
  if (const Node* const patterns = schema.Find("patternProperties")) {
    for (const Node& each : patterns->children) {
      if (Has(each.key, member.key)) fits = fits.value_or(true) && Fits(each, member);
    }
  }
  return fits;
}

bool Walk::Has(std::string_view pattern, std::string_view text) {
  auto at = patterns_.find(pattern);
  if (at == patterns_.end()) at = patterns_.emplace(pattern, manifests::Pattern::Compile(pattern)).first;
  if (!at->second) doubts_ = true;
  return at->second && at->second->Search(text);
}

}  // namespace

bool SurelyFits(std::string_view schema, const manifests::ParsedFile& file) {
  const manifests::ParsedFile text = manifests::Parse("schema", std::string(schema), Limits());
  if (!text.Readable() || !text.findings.empty() || text.documents.size() != 1) return false;
  const Node& root = *text.documents[0].root;
  Walk walk(root);
  const bool fits =
      std::all_of(file.documents.begin(), file.documents.end(), [&](const manifests::Document& document) {
        return document.root->kind == NodeKind::kNull || walk.Fits(root, *document.root);
      });
  return fits && !walk.doubts();
}

}  // namespace sluice::schemas
