// The variables of a text, as Flux puts them in after a build: github.com/
// fluxcd/pkg/envsubst 1.9 (a fork of drone/envsubst), which is the oracle of its
// tests. ${VAR} and the expressions of shells that it knows; "$$" is a dollar;
// $VAR without braces is text. What differs: names and case changes of other
// than ASCII letters are refused, not guessed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace sluice::manifests::render {

enum class VariableKind : std::uint8_t {
  kUnset,
  kKnown,
  kUnknown,  // it may be set, and only the cluster knows to what
};

struct Variable {
  VariableKind kind = VariableKind::kUnset;
  std::string_view value;  // kKnown
};
using LookUp = std::function<Variable(std::string_view name)>;

// Bytes that the expressions of one build may look at.
inline constexpr std::size_t kMostEnvsubstSteps = 100'000'000;

struct EnvsubstOptions {
  bool strict = false;    // a variable that is not set and has no default is a problem, else it is empty
  bool defaults = false;  // what is not known and has a default counts as not set
  std::size_t most_bytes = 16u << 20;           // of the result, and of any value on the way
  std::size_t most_steps = kMostEnvsubstSteps;  // of this text
  std::size_t depth = 100;                      // expressions inside expressions
};

struct EnvsubstResult {
  std::string text;
  std::string problem;     // not empty: what is wrong, in half a sentence, with no value in it
  std::size_t begin = 0;   // where, in the text that was given
  std::size_t steps = 0;   // that it took
  bool unknown = false;    // some expressions stand in `text` as they were: their values are not known
  bool defaulted = false;  // with EnvsubstOptions::defaults: it made a difference
};

EnvsubstResult Envsubst(std::string_view text, const LookUp& look_up, const EnvsubstOptions& options = {});

// Whether Envsubst could change anything in it.
inline bool HoldsVariables(std::string_view text) {
  return text.find("${") != std::string_view::npos || text.find("$$") != std::string_view::npos;
}

// [_A-Za-z][_A-Za-z0-9]*: what Flux takes for the name of a variable.
bool IsVariableName(std::string_view name);

}  // namespace sluice::manifests::render
