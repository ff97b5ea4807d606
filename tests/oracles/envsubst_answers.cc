// The peer of tests/oracles/envsubst: our answers, a line a text.
//   envsubst_answers              the table of tests/manifests/render/envsubst_cases.h
//   envsubst_answers COUNT SEED   random texts, and random objects whose YAML holds them
#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include "manifests/object.h"
#include "manifests/render/edit.h"
#include "manifests/render/substitute.h"
#include "manifests/utf8.h"
#include "tests/manifests/render/envsubst_cases.h"

namespace sluice::manifests::render {
namespace {

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const unsigned char byte : bytes) hex += fmt::format("{:02x}", byte);
  return hex;
}

void Print(std::string_view text, bool strict) {
  const EnvsubstResult result = Envsubst(text, CaseVariable, {.strict = strict});
  std::string line = fmt::format("{}\t{}\t{}", strict ? "strict" : "lenient", Hex(text),
                                 result.problem.empty() ? Hex(result.text) : "!");
  for (const auto& [name, value] : kCaseVariables) line += fmt::format("\t{}\t{}", Hex(name), Hex(value));
  fmt::print("{}\n", line);
}

class Texts {
 public:
  explicit Texts(unsigned long seed) : random_(seed) {}

  // Two of three are well formed, as far as the operators' own arguments are.
  std::string Next() {
    std::string text = Words(3) + Expression(0) + Words(2);
    if (Below(3) == 0) text.erase(Below(text.size()), 1 + Below(3));
    return text;
  }

  // Of an object: text, a variable, both; sometimes with what YAML has to quote.
  std::string String() {
    static constexpr const char* kPieces[] = {
        "${V0}", "${V1}", "${V2}", "${V0}${V1}", "${NONE}", "$${A}", "a", "x: ",  " # ",
        "'",     "\"",    "- ",    "\n",         "\t",      " ",     "3", "true", "long words "};
    std::string text;
    if (Below(4) == 0) text = Expression(2);
    for (std::size_t left = Below(5); left > 0; --left) text += OneOf(kPieces);
    if (Below(20) == 0)
      text += "a text that is longer than eighty columns and so is folded ${V0} or not ${V1:-x y}";
    return IsUtf8(text) ? text : "x";
  }

  // Of a variable.
  std::string Value() {
    static constexpr const char* kValues[] = {
        "3",   "1.5",        "true", "yes",  "null", "",    "~",    "a b", "a: b", "[1, 2]", "{a: b}", "- a",
        "|",   ">",          "*a",   "&a b", "!x",   "# a", "a #b", "'",   "\"",   "\\n",    "0o7",    "0x1F",
        "1_0", "2001-01-01", "1:30", "<<",   "%",    "@",   "[",    "}",   ", ",   ": ",     "---",    "...",
        "? a", "\"3\"",      "'3'",  "it's", "\t",   " x",  "x ",   "1e3", ".5"};
    return std::string(OneOf(kValues));
  }

 private:
  std::size_t Below(std::size_t bound) { return random_() % bound; }
  template <std::size_t count>
  std::string_view OneOf(const char* const (&list)[count]) {
    return list[Below(count)];
  }

  std::string Words(std::size_t most) {
    static constexpr const char* kWords[] = {"a", "l", "he", "o", "1",  "-2", " ",  "/",       ":",
                                             "*", "?", "[",  "]", "[^", "-",  "h",  "]",       "x",
                                             "b", "$", ".",  ",", "^",  "\\", "$$", "\xC3\xA9"};
    std::string words;
    for (std::size_t left = Below(most + 1); left > 0; --left) words += OneOf(kWords);
    return words;
  }

  std::string Argument(std::size_t depth) {
    return depth < 3 && Below(4) == 0 ? Expression(depth + 1) : std::string(Words(1)) + Words(4);
  }

  std::string Expression(std::size_t depth) {
    static constexpr const char* kDefaults[] = {":-", ":=", "=", ":?", ":+"};
    static constexpr const char* kTrims[] = {"#", "##", "%", "%%"};
    static constexpr const char* kReplaces[] = {"/", "//", "/#", "/%"};
    static constexpr const char* kCases[] = {"^", "^^", ",", ",,", ""};
    static constexpr const char* kNumbers[] = {"0", "1", "2", "-1", "-3", "9", "+1", " 1"};
    const std::size_t names = std::size(kCaseVariables);
    const std::size_t index = Below(names + 2);
    const std::string name(index < names ? kCaseVariables[index].first : "NONE");
    switch (Below(7)) {
      case 0:
        return "${" + name + std::string(OneOf(kDefaults)) + Argument(depth) + Argument(depth) + "}";
      case 1:
        return "${" + name + std::string(OneOf(kTrims)) + Argument(depth) + "}";
      case 2:
        return "${" + name + std::string(OneOf(kReplaces)) + Argument(depth) + "/" + Argument(depth) + "}";
      case 3:
        return "${" + name + std::string(OneOf(kCases)) + "}";
      case 4:
        return "${" + name + ":" + std::string(OneOf(kNumbers)) + "}";
      case 5:
        return "${" + name + ":" + std::string(OneOf(kNumbers)) + ":" + std::string(OneOf(kNumbers)) + "}";
      default:
        return "${#" + name + "}";
    }
  }

  std::mt19937_64 random_;
};

// An object {a: TEXT, l: [TEXT, …], TEXT: TEXT} of strings.
Node RandomObject(Arena& arena, Texts& texts) {
  const auto string = [&] { return TextNode(arena, texts.String(), {}); };
  const std::vector<Node> list = {string(), string(), TextNode(arena, "plain", {})};
  const std::vector<Node> members = {AsMember(arena, string(), "a", {}),
                                     AsMember(arena, string(), "b: c", {}),
                                     AsMember(arena, SequenceNode(arena, list, {}), "list", {}),
                                     AsMember(arena, string(), "z" + texts.String(), {}),
                                     AsMember(arena, IntegerNode(arena, 7, {}), "zz", {})};
  return MappingNode(arena, members, {});
}

void PrintObject(Texts& texts) {
  Arena arena(4096);
  VariableSet set;
  std::string line;
  for (const auto& [name, value] : kCaseVariables)
    set.variables[std::string(name)] = {std::string(value), {}, {}};
  for (std::size_t i = 0; i < 3; ++i) set.variables["V" + std::to_string(i)] = {texts.Value(), {}, {}};
  for (const auto& [name, variable] : set.variables)
    line += fmt::format("\t{}\t{}", Hex(name), Hex(variable.value));
  const Node object = RandomObject(arena, texts);
  std::size_t steps = kMostEnvsubstSteps;
  const Substituted result = Substitute(arena, object, set, Limits(), steps);
  std::string before, after;
  CanonicalJson(object, before);
  if (!result.problem) CanonicalJson(result.root, after);
  fmt::print("object\t{}\t{}{}\n", Hex(before), result.problem ? "!" : Hex(after), line);
}

void PrintRandom(unsigned long count, unsigned long seed) {
  Texts texts(seed);
  while (count > 0) {
    const std::string text = texts.Next();
    // Names and cases of other letters are refused by decision.
    if (Envsubst(text, CaseVariable).problem.find("other than ASCII") != std::string::npos) continue;
    Print(text, count-- % 4 == 0);
    if (count % 4 == 0) PrintObject(texts);
  }
}

}  // namespace
}  // namespace sluice::manifests::render

int main(int count, char** arguments) {
  using namespace sluice::manifests::render;
  if (count == 3) {
    PrintRandom(std::strtoul(arguments[1], nullptr, 10), std::strtoul(arguments[2], nullptr, 10));
  } else if (count == 1) {
    for (const EnvsubstCase& row : kEnvsubstCases) Print(row.text, row.strict);
  } else {
    fmt::print(stderr, "usage: envsubst_answers [COUNT SEED]\n");
    return 2;
  }
  return 0;
}
