// Hidden characters: 24 code points in keys, names, values, comments and paths.
#include "manifests/text.h"

#include <algorithm>

#include "manifests/hidden.h"
#include "manifests/utf8.h"
#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests {
namespace {

constexpr char32_t kBidirectional[] = {0x061C, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C,
                                       0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069};
constexpr char32_t kInvisible[] = {0x00AD, 0x034F, 0x115F, 0x180E,  0x200B,  0x200C,
                                   0x200D, 0x2060, 0x3164, 0xE0001, 0xE0041, 0xE0100};

std::string Utf8(char32_t value) {
  std::string text;
  AppendUtf8(value, text);
  return text;
}

// "severity rule" of the only finding, or what else there is.
std::string Only(const Findings& findings) {
  if (findings.size() != 1) return std::to_string(findings.size()) + " findings";
  return std::string(SeverityName(findings[0].severity)) + " " + findings[0].rule;
}

std::string InYaml(const std::string& text) { return Only(ParseText(text).findings); }

void CheckEverywhere(char32_t value, const std::string& rule) {
  const std::string c = Utf8(value);
  CAPTURE(static_cast<std::uint32_t>(value));
  CHECK(InYaml("na" + c + "me: web\n") == "error " + rule);
  CHECK(InYaml("a: {na" + c + "me: web}\n") == "error " + rule);
  CHECK(InYaml("metadata: {name: we" + c + "b}\n") == "error " + rule);
  CHECK(InYaml("a:\n  metadata:\n    namespace: we" + c + "b\n") == "error " + rule);
  CHECK(InYaml("metadata: {labels: {a" + c + ": b}}\n") == "error " + rule);
  CHECK(InYaml("name: web # x" + c + "y\n") == "error " + rule);
  CHECK(InYaml("# x" + c + "y\nname: web\n") == "error " + rule);
  CHECK(InYaml("data: x" + c + "y\n") == "warning " + rule);
  CHECK(InYaml("data: 'x" + c + "y'\n") == "warning " + rule);
  CHECK(InYaml("data: |\n  x\n  x" + c + "y\n") == "warning " + rule);
  CHECK(InYaml("- [x" + c + "y]\n") == "warning " + rule);
  CHECK(InYaml("{\"data\": \"x" + c + "y\"}") == "warning " + rule);
  CHECK(InYaml("{\"da" + c + "ta\": \"x\"}") == "error " + rule);
  CHECK(Only(CheckPath("apps/we" + c + "b.yaml")) == "error " + rule);
  CHECK(Only(CheckText("README.md", "one\ntwo " + c + " three\n")) == "error " + rule);
}

TEST_CASE("bidirectional controls are found wherever they stand") {
  for (const char32_t value : kBidirectional) CheckEverywhere(value, "text/bidirectional");
}

TEST_CASE("invisible characters are found wherever they stand") {
  for (const char32_t value : kInvisible) CheckEverywhere(value, "text/invisible");
}

TEST_CASE("an escape hides a character no better") {
  CHECK(InYaml("\"na\\u200bme\": web\n") == "error text/invisible");
  CHECK(InYaml("metadata: {name: \"\\u202eweb\"}\n") == "error text/bidirectional");
  CHECK(InYaml("data: \"\\u202e\"\n") == "warning text/bidirectional");
  CHECK(InYaml("data: \"\\xad\"\n") == "warning text/invisible");
  CHECK(InYaml("data: \"\\U000E0041\"\n") == "warning text/invisible");
  CHECK(InYaml("{\"na\\u200bme\": \"web\"}") == "error text/invisible");
  CHECK(InYaml("data: \"\\ufeff\"\n") == "warning text/invisible");
  CHECK(InYaml("data: \"\\u00e9\"\n") == "0 findings");
  CHECK(InYaml("data: '\\u202e'\n") == "0 findings");
}

TEST_CASE("a character that stands in a text is told once, though the file holds escapes") {
  CHECK(Places(ParseText("a: |\n  x\n  y\xE2\x80\x8B\nb: \"\\u0041\"\n").findings) ==
        "text/invisible 3:4-3:5");
}

TEST_CASE("joiners between emoji pass in values and comments, not in keys, names and paths") {
  const std::string astronaut = "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80";  // woman, joiner, rocket
  const std::string heart = "\xE2\x9D\xA4\xEF\xB8\x8F";                          // heart, selector 16
  const std::string keycap = "1\xEF\xB8\x8F\xE2\x83\xA3";                        // 1, selector 16, keycap
  for (const std::string& emoji : {astronaut, heart, keycap, heart + "\xE2\x80\x8D\xF0\x9F\x94\xA5"}) {
    CAPTURE(emoji);
    CHECK(InYaml("data: " + emoji + "\n") == "0 findings");
    CHECK(InYaml("a: 1 # " + emoji + "\n") == "0 findings");
    CHECK(CheckText("README.md", emoji).empty());
    CHECK(InYaml("a" + emoji + ": 1\n") == "error text/invisible");
    CHECK(InYaml("metadata: {name: " + emoji + "}\n") == "error text/invisible");
    CHECK(Only(CheckPath(emoji)) == "error text/invisible");
  }
}

TEST_CASE("joiners and selectors that join no emoji are hidden text") {
  for (const char* text :
       {"a\xE2\x80\x8D"
        "b",
        "a\xE2\x80\x8D\xF0\x9F\x9A\x80", "\xF0\x9F\x91\xA9\xE2\x80\x8D", "\xF0\x9F\x91\xA9\xE2\x80\x8Dx",
        "x\xEF\xB8\x8F", "\xE2\x9D\xA4\xEF\xB8\x81", "\xE2\x9D\xA4\xEF\xB8\x8F\xEF\xB8\x8F"}) {
    CAPTURE(text);
    CHECK(InYaml("a: 1 # " + std::string(text) + "\n") == "error text/invisible");
  }
}

TEST_CASE("letters of every script pass") {
  for (const char* text :
       {"caf\xC3\xA9", "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D", "\xD9\x85\xD8\xB1\xD8\xAD\xD8\xA8\xD8\xA7",
        "\xE4\xBD\xA0\xE5\xA5\xBD", "\xE0\xA4\xA8\xE0\xA4\xAE", "\xC2\xA0", "\xE2\x80\x9Cx\xE2\x80\x9D",
        "\xE2\x80\xA6", "\xE3\x80\x80", "\xF0\x9F\x98\x80"}) {
    CAPTURE(text);
    CHECK(InYaml("a: x" + std::string(text) + " # " + text + "\n") == "0 findings");
    CHECK(CheckText("a", text).empty());
  }
}

TEST_CASE("a finding names the character and its place, once a line") {
  const Findings findings = ParseText("a: 1\nb: 2 # \xC3\xA9\xE2\x80\xAEx\xE2\x80\xACy\n").findings;
  CHECK(Places(findings) == "text/bidirectional 2:9-2:10");
  CHECK(findings.at(0).message == "U+202E (right-to-left override) in a comment");
  CHECK(Places(CheckText("m", "x\n\xE2\x80\x8B\xE2\x80\xAE\n")) ==
        "text/invisible 2:1-2:2, text/bidirectional 2:2-2:3");
}

TEST_CASE("errors are told though warnings fill their share") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "k" + std::to_string(i) + ": \xE2\x80\x8B\n";
  text += "# \xE2\x80\x8B\n";
  const Findings findings = ParseText(text).findings;
  REQUIRE(findings.size() == 21);
  CHECK(findings.back().severity == Severity::kError);
}

TEST_CASE("a file with hidden characters is still read and judged") {
  const ParsedFile file =
      ParseText("apiVersion: v1 # \xE2\x80\x8B\nkind: Namespace\nmetadata: {name: web}\n");
  CHECK(file.Readable());
  CHECK(Objects(file, Limits()).objects.size() == 1);
}

TEST_CASE("bytes that are no text are not looked at, broken text is") {
  CHECK(CheckText("logo.png", std::string("\x89PNG\0\xE2\x80\xAE", 8)).empty());
  CHECK(Only(CheckText("run.sh", "\xFF\xE2\x80\xAE")) == "error text/bidirectional");
  CHECK(CheckText("bom.txt", "\xEF\xBB\xBFtext").empty());
  CHECK(Only(CheckText("bom.txt", "text\xEF\xBB\xBF")) == "error text/invisible");
}

TEST_CASE("in other texts what reorders is an error, what languages are written with is none") {
  for (const char32_t value : kBidirectional) {
    if (!Reorders(value)) continue;
    CAPTURE(static_cast<std::uint32_t>(value));
    CHECK(Only(CheckOtherText("run.sh", "echo " + Utf8(value) + " x\n")) == "error text/bidirectional");
  }
  CHECK(std::ranges::count_if(kBidirectional, Reorders) == 5);
  for (const char32_t value : kBidirectional) {
    if (Reorders(value)) continue;
    CAPTURE(static_cast<std::uint32_t>(value));
    CHECK(Only(CheckOtherText("README.md", "x" + Utf8(value) + "y\n")) == "warning text/bidirectional");
  }
  for (const char32_t value : kInvisible) {
    CAPTURE(static_cast<std::uint32_t>(value));
    CHECK(Only(CheckOtherText("README.md", "x" + Utf8(value) + "y\n")) == "warning text/invisible");
  }
  CHECK(Places(CheckOtherText("m", "x\n\xE2\x80\x8B\xE2\x80\xAE\n")) ==
        "text/invisible 2:1-2:2, text/bidirectional 2:2-2:3");
  for (const char* text : {"plain\n", "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D", "\xEF\xBB\xBFtext",
                           "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80", "\xE2\x9D\xA4\xEF\xB8\x8F"}) {
    CAPTURE(text);
    CHECK(CheckOtherText("README.md", text).empty());
  }
  CHECK(CheckOtherText("logo.png", std::string("\x89PNG\0\xE2\x80\xAE", 8)).empty());
  CHECK(Only(CheckOtherText("run.sh", "\xFF\xE2\x80\xAE")) == "error text/bidirectional");
}

TEST_CASE("names in messages show what is hidden in them") {
  CHECK(Shown("a\xE2\x80\x8B"
              "b\n") == "\"a<U+200B>b<U+000A>\"");
  CHECK(Shown(std::string(100, 'x')) == "\"" + std::string(60, 'x') + "…\"");
  CHECK(Shown("\xFF") == "\"\xEF\xBF\xBD\"");
}

TEST_CASE("only well-formed UTF-8 is decoded") {
  for (const char* good : {"a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    CAPTURE(good);
    CHECK(IsUtf8(good));
    CHECK(CountCodePoints(good) == 1);
    CHECK(Utf8(DecodeUtf8(good, 0).value) == good);
  }
  for (const char* bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2x", "\xE0\x9F\xBF", "\xE2\x82", "\xED\xA0\x80",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xF0\x90\x80"}) {
    CAPTURE(bad);
    CHECK_FALSE(IsUtf8(bad));
  }
}

}  // namespace
}  // namespace sluice::manifests
