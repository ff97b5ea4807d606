#include "manifests/render/envsubst.h"

#include <algorithm>
#include <string>

#include "tests/catch.h"
#include "tests/manifests/render/envsubst_cases.h"

namespace sluice::manifests::render {
namespace {

// The text, or "refused: " and why.
std::string Answer(std::string_view text, const LookUp& look_up, const EnvsubstOptions& options = {}) {
  const EnvsubstResult result = Envsubst(text, look_up, options);
  return result.problem.empty() ? result.text : "refused: " + result.problem;
}

std::string Repeated(std::string_view piece, std::size_t times) {
  std::string text;
  for (; times > 0; --times) text += piece;
  return text;
}

TEST_CASE("expressions mean what Flux makes of them") {
  for (const EnvsubstCase& row : kEnvsubstCases) {
    INFO(row.text << (row.strict ? " (strict)" : ""));
    const EnvsubstResult result = Envsubst(row.text, CaseVariable, {.strict = row.strict});
    if (row.expected == nullptr) {
      CHECK(result.problem != "");
    } else {
      CHECK(result.problem == "");
      CHECK(result.text == row.expected);
    }
    CHECK_FALSE(result.unknown);
  }
}

TEST_CASE("a problem says what is wrong, where, and no value") {
  struct Row {
    const char* text;
    const char* problem;
    std::size_t begin;
    bool strict = false;
  };
  const Row rows[] = {
      {"a ${A", "no } closes this ${", 2},
      {"${A} ${}", "no name of a variable after ${", 5},
      {"${A-x}", "bad substitution: } must follow here", 0},
      {"x${A/l}", "no } closes this ${", 1},
      {"${A} ${", "no } closes this ${", 5},
      {"${A/${NUM}-}", "bad substitution: no / after the pattern", 0},
      {"${A#}", "bad substitution: an argument is empty", 0},
      {"${A:\xC3\xA9}", "bad substitution: no number after :", 0},
      {"${\xC3\xA9}", "a variable with other than ASCII letters in its name", 0},
      {"${UTF^^}", "a change of case of other than ASCII letters", 0},
      {"${A:-${NONE}}", "the variable NONE is not set and has no default (strict substitution)", 0, true},
      {"${NONE}", "the variable NONE is not set and has no default (strict substitution)", 0, true},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const EnvsubstResult result = Envsubst(row.text, CaseVariable, {.strict = row.strict});
    CHECK(result.problem == row.problem);
    CHECK(result.begin == row.begin);
  }
}

TEST_CASE("what only the cluster knows stays as it was written") {
  const LookUp look_up = [](std::string_view name) {
    return name == "SECRET" ? Variable{VariableKind::kUnknown, {}} : CaseVariable(name);
  };
  struct Row {
    const char* text;
    const char* expected;
    bool unknown;
  };
  const Row rows[] = {
      {"${SECRET}", "${SECRET}", true},
      {"${A}-${SECRET}-${NUM}", "hello-${SECRET}-3", true},
      {"${SECRET:-x}", "${SECRET:-x}", true},
      {"${#SECRET}", "${#SECRET}", true},
      {"${SECRET/a/\\/}", "${SECRET/a/\\/}", true},
      {"${NONE:-${SECRET}}", "${NONE:-${SECRET}}", true},
      {"${NONE:-a${SECRET}}", "${NONE:-a${SECRET}}", true},
      {"${A/l/${SECRET}}", "${A/l/${SECRET}}", true},
      {"${A:${SECRET}}", "${A:${SECRET}}", true},
      {"${A:-${SECRET}}", "hello", false},
      {"$${SECRET}", "${SECRET}", false},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    for (const bool strict : {false, true}) {
      const EnvsubstResult result = Envsubst(row.text, look_up, {.strict = strict});
      if (strict && result.problem.find("NONE") != std::string::npos) continue;
      CHECK(result.problem == "");
      CHECK(result.text == row.expected);
      CHECK(result.unknown == row.unknown);
    }
  }
}

TEST_CASE("expansion is bounded") {
  const std::string large = Repeated("a", 1000);
  const LookUp look_up = [&](std::string_view) { return Variable{VariableKind::kKnown, large}; };
  const std::string deep = Repeated("${A:-", 100) + "x" + Repeated("}", 100);
  CHECK(Answer(deep, CaseVariable) == "hello");
  CHECK(Answer("${A:-" + deep + "}", CaseVariable) == "refused: more than 100 expressions inside each other");
  CHECK(Answer(Repeated("${", 100'000), CaseVariable) == "refused: no name of a variable after ${");

  const EnvsubstOptions small = {.most_bytes = 10'000};
  CHECK(Answer(Repeated("${A}", 10), look_up, small) == Repeated("a", 10'000));
  CHECK(Answer(Repeated("${A}", 11), look_up, small) ==
        "refused: the text is longer than 10000 bytes after the variables are put in");
  CHECK(Answer("${A//a/${A}}", look_up, small) ==
        "refused: a replacement is longer than the limit of the whole text");
  CHECK(Answer("${NONE:-" + Repeated("${NONE:-" + Repeated("y", 6000) + "}", 2) + "}", CaseVariable, small) ==
        "refused: a default is longer than the limit of the whole text");

  const std::string stars = "${A#" + Repeated("*a", 200) + "b}";
  CHECK(Answer(stars, look_up, {.most_steps = 100'000}) ==
        "refused: the variables take more work than the limit of a build allows");
  CHECK(Answer(Repeated("${#A}", 2000), look_up, {.most_steps = 1'000'000}) ==
        "refused: the variables take more work than the limit of a build allows");
}

TEST_CASE("a search costs what it looks at, and no more") {
  const std::string text = Repeated("a", 20'000), tail = Repeated("a", 10'000) + "b";
  const LookUp look_up = [&](std::string_view name) {
    return Variable{VariableKind::kKnown, name == "A" ? text : tail};
  };
  CHECK(Answer("${A//${B}/x}", look_up, {.most_steps = 100'000}) == text);
  CHECK(Answer("${A/${B}/x}", look_up, {.most_steps = 100'000}) == text);
  CHECK(Answer(Repeated("${A//${B}/x}", 10), look_up, {.most_steps = 100'000}) ==
        "refused: the variables take more work than the limit of a build allows");
  CHECK(Answer("${A//${B}/x}", look_up, {.most_steps = 30'000}) ==
        "refused: the variables take more work than the limit of a build allows");
  CHECK(Answer("${B//b/${B}}", look_up) == Repeated("a", 10'000) + tail);
  CHECK(Answer("${A//aa/x}", look_up) == Repeated("x", 10'000));
}

TEST_CASE("texts that hold no variables are told") {
  for (const char* text : {"", "$", "a$", "$A", "$ {", "{}", "a$b$c"}) CHECK_FALSE(HoldsVariables(text));
  for (const char* text : {"${", "$$", "a${A}", "$a$$", "$a${"}) CHECK(HoldsVariables(text));
}

TEST_CASE("names of variables") {
  for (const char* name : {"a", "_", "A9", "_9", "abc_DEF"}) CHECK(IsVariableName(name));
  for (const char* name : {"", "9", "9a", "a-b", "a.b", "a b", "\xC3\xA9", "a\n"}) {
    CHECK_FALSE(IsVariableName(name));
  }
}

}  // namespace
}  // namespace sluice::manifests::render
