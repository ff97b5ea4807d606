// Tested by tests/schemas/json_schema_test.cc.
#include "schemas/json_schema_wants.h"

#include <array>
#include <string_view>

#include "schemas/words.h"

namespace sluice::schemas {
namespace {

using manifests::FieldStep;
using nlohmann::json;

constexpr int kMostReferences = 16;  // one after another
constexpr std::size_t kMostValues = 12, kLongestValue = 60;

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

const json* At(const json& root, std::span<const FieldStep> path) {
  const json* schema = Resolved(root, &root);
  for (const FieldStep& step : path) {
    const json* next = nullptr;
    if (step.key.empty()) {
      next = Member(schema, "items");
    } else {
      next = Member(Member(schema, "properties"), std::string(step.key));
      if (next == nullptr) next = Member(schema, "additionalProperties");
    }
    schema = Resolved(root, next);
  }
  return schema;
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

}  // namespace sluice::schemas
