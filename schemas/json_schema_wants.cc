// Tested by tests/schemas/json_schema_test.cc.
#include "schemas/json_schema_wants.h"

#include <algorithm>
#include <array>

#include "manifests/pattern.h"
#include "schemas/words.h"

namespace sluice::schemas {
namespace {

using manifests::FieldStep;
using nlohmann::json;

constexpr int kMostReferences = 16;  // one after another
constexpr std::size_t kMostValues = 12, kLongestValue = 60, kMostPatterns = 8;

const json* Member(const json* object, const std::string& name) {
  if (object == nullptr || !object->is_object()) return nullptr;
  const auto found = object->find(name);
  return found == object->end() ? nullptr : &*found;
}

// A schema, or the one in the document that it refers to.
const json* Resolved(const json& root, const json* schema) {
  for (int i = 0; i < kMostReferences; ++i) {
    const json* const reference = Member(schema, "$ref");
    if (reference == nullptr) return schema;
    if (!reference->is_string()) return nullptr;
    const std::string& text = reference->get_ref<const std::string&>();
    if (!text.starts_with('#')) return nullptr;
    const json::json_pointer pointer(text.substr(1));
    if (!root.contains(pointer)) return nullptr;
    schema = &root.at(pointer);
  }
  return nullptr;
}

// Of a mapping's schema, the one of its member `name`.
const json* MemberSchema(const json* schema, const std::string& name) {
  if (const json* const property = Member(Member(schema, "properties"), name)) return property;
  const json* const patterns = Member(schema, "patternProperties");
  if (patterns != nullptr && patterns->is_object() && patterns->size() <= kMostPatterns) {
    for (const auto& [pattern, value] : patterns->items()) {
      const Result<manifests::Pattern> compiled = manifests::Pattern::Compile(pattern);
      if (compiled && compiled->Search(name)) return &value;
    }
  }
  const json* const additional = Member(schema, "additionalProperties");
  return additional != nullptr && additional->is_object() ? additional : nullptr;
}

const json* Next(const json* schema, const FieldStep& step) {
  return step.key.empty() ? Member(schema, "items") : MemberSchema(schema, std::string(step.key));
}

// The alternatives of `anyOf` or `oneOf`, resolved.
std::vector<const json*> Alternatives(const json& root, const json* schema) {
  std::vector<const json*> all;
  for (const char* const keyword : {"anyOf", "oneOf"}) {
    const json* const list = Member(schema, keyword);
    if (list == nullptr || !list->is_array()) continue;
    for (const json& each : *list) all.push_back(Resolved(root, &each));
  }
  return all;
}

const json* At(const json& root, std::span<const FieldStep> path) {
  const json* schema = Resolved(root, &root);
  for (const FieldStep& step : path) {
    const json* next = Next(schema, step);
    for (const json* const each : Alternatives(root, schema)) {
      if (next == nullptr) next = Next(each, step);
    }
    schema = Resolved(root, next);
  }
  return schema;
}

std::string TextOf(const json* value) {
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

struct TypeWords {
  std::string_view type, words;
};
constexpr std::array<TypeWords, 7> kTypes{{{"object", "a mapping"},
                                           {"array", "a list"},
                                           {"string", "a string"},
                                           {"integer", "an integer"},
                                           {"number", "a number"},
                                           {"boolean", "a boolean"},
                                           {"null", "null"}}};

std::string WordsOf(const json& type) {
  if (!type.is_string()) return {};
  for (const TypeWords& each : kTypes) {
    if (type.get_ref<const std::string&>() == each.type) return std::string(each.words);
  }
  return {};
}

}  // namespace

std::string WantedTypes(const json& schema, std::span<const FieldStep> path) {
  const json* const type = Member(At(schema, path), "type");
  if (type == nullptr || !type->is_array()) return type == nullptr ? std::string() : WordsOf(*type);
  std::string all;
  for (const json& each : *type) {
    const std::string words = WordsOf(each);
    if (words.empty()) return {};
    all += (all.empty() ? "" : " or ") + words;
  }
  return all;
}

std::string WantedValues(const json& schema, std::span<const FieldStep> path) {
  const json* const values = Member(At(schema, path), "enum");
  if (values == nullptr || !values->is_array() || values->size() > kMostValues) return {};
  std::string all;
  for (const json& each : *values) {
    if (each.is_structured()) return {};
    const std::string text = each.dump(-1, ' ', false, json::error_handler_t::replace);
    if (text.size() > kLongestValue) return {};
    all += (all.empty() ? "" : ", ") + Escaped(text, kLongestValue);
  }
  return all;
}

std::string OnlyValue(const json& schema, std::span<const FieldStep> path) {
  const json* const values = Member(At(schema, path), "enum");
  return values != nullptr && values->size() == 1 ? WantedValues(schema, path) : std::string();
}

std::string SaidOfValue(const json& schema, std::span<const FieldStep> path) {
  return TextOf(Member(At(schema, path), "x-says"));
}

std::string SaidOfKeys(const json& schema, std::span<const FieldStep> path) {
  return TextOf(Member(At(schema, path), "x-keys"));
}

std::vector<std::string> KnownKeys(const json& schema, std::span<const FieldStep> path) {
  std::vector<std::string> keys;
  const json* const here = At(schema, path);
  std::vector<const json*> all = Alternatives(schema, here);
  all.push_back(here);
  for (const json* const each : all) {
    const json* const properties = Member(each, "properties");
    if (properties == nullptr || !properties->is_object()) continue;
    for (const auto& property : properties->items()) keys.push_back(property.key());
  }
  return keys;
}

bool TakesText(const json& schema, std::span<const FieldStep> path, std::string_view text) {
  const json* const here = At(schema, path);
  if (TextOf(Member(here, "type")) != "string") return false;
  const std::string pattern = TextOf(Member(here, "pattern"));
  if (pattern.empty()) return true;
  const Result<manifests::Pattern> compiled = manifests::Pattern::Compile(pattern);
  return compiled && compiled->Search(text);
}

bool HasOwnAlternative(const json& schema, std::span<const FieldStep> path, const manifests::Node& node) {
  const bool mapping = node.kind == manifests::NodeKind::kMapping;
  if (!mapping && node.kind != manifests::NodeKind::kSequence) return false;
  const std::vector<const json*> all = Alternatives(schema, At(schema, path));
  return std::count_if(all.begin(), all.end(), [&](const json* each) {
           return TextOf(Member(each, "type")) == (mapping ? "object" : "array");
         }) == 1;
}

}  // namespace sluice::schemas
