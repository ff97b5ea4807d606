#include "schemas/json_schema_shape.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <unordered_map>
#include <utility>

// Test: json_schema_test.cc.

namespace sluice::schemas {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxParts = 20'000;

enum class Way : std::uint8_t { kSame, kBelow, kNamed };
enum class Form : std::uint8_t { kSchema, kList, kMap, kSchemaOrList };

struct Keyword {
  std::string_view name;
  Way way;
  Form form;
};
constexpr std::array<Keyword, 17> kKeywords{{{"allOf", Way::kSame, Form::kList},
                                             {"anyOf", Way::kSame, Form::kList},
                                             {"oneOf", Way::kSame, Form::kList},
                                             {"not", Way::kSame, Form::kSchema},
                                             {"if", Way::kSame, Form::kSchema},
                                             {"then", Way::kSame, Form::kSchema},
                                             {"else", Way::kSame, Form::kSchema},
                                             {"dependencies", Way::kSame, Form::kMap},
                                             {"properties", Way::kNamed, Form::kMap},
                                             {"patternProperties", Way::kBelow, Form::kMap},
                                             {"additionalProperties", Way::kBelow, Form::kSchema},
                                             {"propertyNames", Way::kBelow, Form::kSchema},
                                             {"items", Way::kBelow, Form::kSchemaOrList},
                                             {"additionalItems", Way::kBelow, Form::kSchema},
                                             {"contains", Way::kBelow, Form::kSchema},
                                             {"extends", Way::kSame, Form::kSchemaOrList},
                                             {"disallow", Way::kSame, Form::kSchemaOrList}}};

Error Wrong(std::string message) { return Error{ErrorKind::kConfiguration, std::move(message), {}, {}}; }

// The subschemas of a keyword's value.
std::vector<const json*> Subschemas(const json& value, Form form) {
  std::vector<const json*> out;
  if (value.is_object() && form != Form::kMap) return {&value};
  if (value.is_object() || (value.is_array() && form != Form::kSchema)) {
    for (const json& each : value) {
      if (each.is_object()) out.push_back(&each);
    }
  }
  return out;
}

// The part of `root` that "#/a/b" means; null where there is none.
const json* Resolve(const json& root, const std::string& reference) {
  try {
    const json::json_pointer pointer(reference.substr(1));
    return root.contains(pointer) ? &root.at(pointer) : nullptr;
  } catch (const json::exception&) {
    return nullptr;
  }
}

// valijson divides whole numbers by it as they are: by zero, or the smallest
// number by -1, ends the process.
bool CanDivide(const json& schema) {
  const auto step = schema.find("multipleOf");
  if (step == schema.end()) return true;
  if (step->is_number_unsigned()) {
    const auto whole = step->get<std::uint64_t>();
    return whole > 0 && whole <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  }
  return step->is_number() && step->get<double>() > 0;
}

}  // namespace

Result<SchemaShape> SchemaShape::Of(const json& schema) {
  SchemaShape shape;
  const Status collected = shape.Collect(schema);
  if (!collected) return collected.error();
  const Status ordered = shape.Order();
  if (!ordered) return ordered.error();
  return shape;
}

Status SchemaShape::Collect(const json& root) {
  std::unordered_map<const json*, std::uint32_t> known;
  std::vector<const json*> queue;
  const auto part = [&](const json* schema) {
    const auto [place, added] = known.emplace(schema, static_cast<std::uint32_t>(known.size()));
    if (added) queue.push_back(schema);
    return place->second;
  };
  part(&root);
  for (std::size_t i = 0; i < queue.size(); ++i) {
    if (queue.size() > kMaxParts) return Wrong("a JSON Schema may have 20,000 parts");
    const json& schema = *queue[i];
    if (!CanDivide(schema)) return Wrong("\"multipleOf\" must be a number above 0 that fits 64 bits");
    Part found;
    if (const auto reference = schema.find("$ref"); reference != schema.end() && reference->is_string()) {
      const auto& text = reference->get_ref<const std::string&>();
      if (text.empty() || text.front() != '#')
        return Wrong("the reference \"" + text + "\" leads outside of the schema");
      const json* const target = Resolve(root, text);
      if (target == nullptr) return Wrong("the reference \"" + text + "\" leads nowhere");
      if (target->is_object()) found.same.push_back(part(target));
    }
    for (const Keyword& keyword : kKeywords) {
      const auto value = schema.find(keyword.name);
      if (value == schema.end()) continue;
      for (const json* each : Subschemas(*value, keyword.form)) {
        auto& list = keyword.way == Way::kSame    ? found.same
                     : keyword.way == Way::kBelow ? found.below
                                                  : found.named;
        list.push_back(part(each));
      }
    }
    parts_.push_back(std::move(found));
  }
  return Ok{};
}

// A topological order of the parts that look at the same value, by leaves first.
Status SchemaShape::Order() {
  std::vector<std::uint32_t> waiting(parts_.size());
  std::vector<std::vector<std::uint32_t>> users(parts_.size());
  std::vector<std::uint32_t> ready;
  for (std::uint32_t i = 0; i < parts_.size(); ++i) {
    waiting[i] = static_cast<std::uint32_t>(parts_[i].same.size());
    for (const std::uint32_t used : parts_[i].same) users[used].push_back(i);
    if (waiting[i] == 0) ready.push_back(i);
  }
  for (std::size_t i = 0; i < ready.size(); ++i) {
    for (const std::uint32_t user : users[ready[i]]) {
      if (--waiting[user] == 0) ready.push_back(user);
    }
  }
  if (ready.size() != parts_.size()) return Wrong("a part of the schema refers to itself");
  order_ = std::move(ready);
  return Ok{};
}

double SchemaShape::Visits(std::size_t depth) const {
  std::vector<double> shallower(parts_.size(), 0);
  std::vector<double> visits(parts_.size(), 0);
  for (std::size_t level = 0; level <= depth; ++level) {
    for (const std::uint32_t i : order_) {
      double sum = 1;
      for (const std::uint32_t used : parts_[i].same) sum += visits[used];
      for (const std::uint32_t used : parts_[i].below) sum += shallower[used];
      double most = 0;
      for (const std::uint32_t used : parts_[i].named) most = std::max(most, shallower[used]);
      sum += most;
      visits[i] = std::min(sum, 1e15);
    }
    shallower = visits;
  }
  return visits.front();
}

}  // namespace sluice::schemas
