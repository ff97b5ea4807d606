// libFuzzer: lines `NAME=VALUE`, an empty line, and a manifest in which Flux'
// variables are put in. The first letter of the first line says how. What comes
// out is within its limits, reads back as it is, and is the same each time.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "manifests/object.h"
#include "manifests/render/substitute.h"

namespace sluice::manifests::render {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string_view TakeLine(std::string_view& bytes) {
  const std::size_t end = bytes.find('\n');
  const std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(end == bytes.npos ? bytes.size() : end + 1);
  return line;
}

VariableSet TakeSet(std::string_view& bytes) {
  VariableSet set;
  const std::string_view options = TakeLine(bytes);
  set.strict = options.find('s') != options.npos;
  set.always = options.find('a') != options.npos;
  if (options.find('o') != options.npos) set.others = "a Secret";
  for (std::string_view line = TakeLine(bytes); !line.empty(); line = TakeLine(bytes)) {
    const std::size_t equals = line.find('=');
    SetVariable& variable = set.variables[std::string(line.substr(0, equals))];
    if (equals == line.npos) {
      variable.not_known = "a Secret";
    } else {
      variable.value = line.substr(equals + 1);
    }
  }
  return set;
}

std::string Json(const Node& node) {
  std::string json;
  CanonicalJson(node, json);
  return json;
}

void CheckEnvsubst(std::string_view text, const VariableSet& set) {
  const auto look_up = [&set](std::string_view name) {
    const auto found = set.variables.find(name);
    if (found == set.variables.end()) return Variable{};
    return Variable{found->second.not_known.empty() ? VariableKind::kKnown : VariableKind::kUnknown,
                    found->second.value};
  };
  const EnvsubstOptions options{
      .strict = set.strict, .most_bytes = 100'000, .most_steps = 1'000'000, .depth = 20};
  const EnvsubstResult result = Envsubst(text, look_up, options);
  Require(result.text.size() <= options.most_bytes || !result.problem.empty());
  Require(result.begin <= text.size());
  if (!HoldsVariables(text) && result.problem.empty()) Require(result.text == text);
}

void Run(std::string_view bytes) {
  const VariableSet set = TakeSet(bytes);
  CheckEnvsubst(bytes, set);
  Limits limits;
  limits.expansion_nodes = 5000;
  limits.object_bytes = 100'000;
  const ParsedFile file = Parse("fuzz.yaml", std::string(bytes), limits);
  if (!file.Readable()) return;
  for (const Object& object : Objects(file, limits).objects) {
    const std::string before = Json(*object.root);
    Arena arena(0);
    std::size_t steps = kMostEnvsubstSteps, steps_again = steps;
    const Substituted first = Substitute(arena, *object.root, set, limits, steps);
    const Substituted again = Substitute(arena, *object.root, set, limits, steps_again);
    Require(Json(*object.root) == before);
    Require(first.problem.has_value() == again.problem.has_value());
    if (first.problem) continue;
    Require(Json(first.root) == Json(again.root));
    Require(first.changed || Json(first.root) == before);
  }
}

}  // namespace
}  // namespace sluice::manifests::render

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sluice::manifests::render::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
