#include "schemas/json_schema_patterns.h"

#include <algorithm>
#include <utility>

// The rewriting, for a file whose strings are known:
//   pattern: P             -> if the value is one of those strings that do not
//                             match P, it must have a length that no text has
//   patternProperties: P:S -> properties: each of those strings that matches P: S
// Other files would be judged wrongly by the outcome, so it is made anew for each.
// Test: json_schema_test.cc compares with what the patterns say.

namespace sluice::schemas {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxEntries = 200'000;
constexpr std::string_view kMisses = "x-sluice-misses";

// Calls `visit` on each object of a schema; `name_level` objects are maps of
// names (properties), in which "pattern" is a name and no keyword.
template <class Json, class Visit>
void EachSchema(Json& schema, Visit visit) {
  std::vector<std::pair<Json*, bool>> queue{{&schema, false}};
  while (!queue.empty()) {
    const auto [at, names] = queue.back();
    queue.pop_back();
    if (at->is_object() && !names) visit(*at);
    if (!at->is_structured()) continue;
    for (auto each = at->begin(); each != at->end(); ++each) {
      bool below = false;
      if (at->is_object() && !names) {
        const std::string& key = each.key();
        if (key == "enum" || key == "const" || key == "default" || key == "examples") continue;
        below = key == "properties" || key == "patternProperties" || key == "definitions" ||
                key == "dependencies" || key == "$defs";
      }
      queue.emplace_back(&*each, below);
    }
  }
}

class Rewriter {
 public:
  Rewriter(const SchemaPatterns& patterns, const std::vector<std::string>& strings)
      : patterns_(patterns), strings_(strings), misses_(patterns.texts.size()) {}

  void Rewrite(json& schema) {
    schema.erase("format");  // an annotation; valijson would match it without bounds
    if (const auto pattern = schema.find("pattern"); pattern != schema.end() && pattern->is_string()) {
      const std::size_t place = PlaceOf(pattern->get<std::string>());
      schema.erase(pattern);
      if (!misses_[place]) misses_[place] = Strings(place, false);
      if (!misses_[place]->empty()) {
        schema["allOf"].push_back({{"$ref", "#/" + std::string(kMisses) + "/" + std::to_string(place)}});
      }
    }
    const auto members = schema.find("patternProperties");
    if (members == schema.end() || !members->is_object()) return;
    const json patterns = std::move(*members);
    schema.erase("patternProperties");
    for (auto each = patterns.begin(); each != patterns.end(); ++each)
      AddMembers(each.key(), each.value(), schema);
  }

  // What the rewritten parts refer to: for each pattern the strings that miss it.
  void AddMisses(json& root) const {
    for (std::size_t place = 0; place < misses_.size(); ++place) {
      if (!misses_[place] || misses_[place]->empty()) continue;
      root[std::string(kMisses)][std::to_string(place)] = {{"if", {{"enum", *misses_[place]}}},
                                                           {"then", {{"minLength", kPatternMark + place}}}};
    }
  }

  bool too_large() const { return entries_ > kMaxEntries; }

 private:
  std::size_t PlaceOf(const std::string& text) const {
    const auto found = std::find(patterns_.texts.begin(), patterns_.texts.end(), text);
    return static_cast<std::size_t>(found - patterns_.texts.begin());
  }

  json Strings(std::size_t place, bool matching) {
    json list = json::array();
    if (too_large()) return list;
    for (const std::string& text : strings_) {
      if (patterns_.compiled[place].Search(text) == matching) list.push_back(text);
    }
    entries_ += list.size();
    return list;
  }

  void AddMembers(const std::string& pattern, const json& value, json& schema) {
    for (const json& name : Strings(PlaceOf(pattern), true)) {
      json& member = schema["properties"][name.get<std::string>()];
      if (member.is_null()) {
        member = value;
      } else {
        member = {{"allOf", {member, value}}};
      }
      entries_ += 1 + value.size();
    }
  }

  const SchemaPatterns& patterns_;
  const std::vector<std::string>& strings_;
  std::vector<std::optional<json>> misses_;
  std::size_t entries_ = 0;
};

}  // namespace

Result<SchemaPatterns> SchemaPatterns::Of(const json& schema) {
  SchemaPatterns out;
  EachSchema(schema, [&](const json& each) {
    if (const auto pattern = each.find("pattern"); pattern != each.end() && pattern->is_string()) {
      out.texts.push_back(pattern->get<std::string>());
    }
    const auto members = each.find("patternProperties");
    if (members == each.end() || !members->is_object()) return;
    for (auto member = members->begin(); member != members->end(); ++member)
      out.texts.push_back(member.key());
  });
  std::sort(out.texts.begin(), out.texts.end());
  out.texts.erase(std::unique(out.texts.begin(), out.texts.end()), out.texts.end());
  for (const std::string& text : out.texts) {
    Result<manifests::Pattern> compiled = manifests::Pattern::Compile(text);
    if (!compiled) return Error{ErrorKind::kConfiguration, compiled.error().message, {}, {}};
    out.compiled.push_back(std::move(*compiled));
  }
  return out;
}

std::optional<json> WithoutPatterns(const json& schema, const SchemaPatterns& patterns,
                                    const std::vector<std::string>& strings) {
  json rewritten = schema;
  Rewriter rewriter(patterns, strings);
  // Parents come before children, so that what a pattern brings is rewritten too.
  EachSchema(rewritten, [&](json& each) {
    if (!rewriter.too_large()) rewriter.Rewrite(each);
  });
  if (rewriter.too_large()) return std::nullopt;
  rewriter.AddMisses(rewritten);
  return rewritten;
}

}  // namespace sluice::schemas
