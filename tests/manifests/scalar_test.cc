// The YAML 1.1 scalar table of go-yaml v2, one table a kind. Each case stands as
// a value, so that the whole way from text to JSON is tested.
#include "manifests/scalar.h"

#include <vector>

#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests {
namespace {

std::string Value(const std::string& scalar) {
  const std::string reading = Reading("v: " + scalar + "\n");
  if (!reading.starts_with("{\"v\":")) return reading;
  return reading.substr(5, reading.size() - 6);
}

struct Case {
  std::string scalar;
  std::string value;
};

void Check(const std::vector<Case>& cases) {
  for (const auto& [scalar, value] : cases) {
    CAPTURE(scalar);
    CHECK(Value(scalar) == value);
  }
}

TEST_CASE("nulls and booleans are the words of YAML 1.1") {
  for (const char* word : {"", "~", "null", "Null", "NULL"}) CHECK(Value(word) == "null");
  for (const char* word : {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}) {
    CAPTURE(word);
    CHECK(Value(word) == "true");
  }
  for (const char* word : {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}) {
    CAPTURE(word);
    CHECK(Value(word) == "false");
  }
}

TEST_CASE("integers come in every base of Go and with underscores") {
  Check({{"0", "0"},
         {"-0", "0"},
         {"+1", "1"},
         {"1_000", "1000"},
         {"1__0", "10"},
         {"1_", "1"},
         {"-_1", "-1"},
         {"0644", "420"},
         {"0o644", "420"},
         {"0O17", "15"},
         {"0x1F", "31"},
         {"0x_1F", "31"},
         {"0_x1F", "31"},
         {"0b11", "3"},
         {"0B11", "3"},
         {"-0b11", "-3"},
         {"-012", "-10"},
         {"0_7", "7"},
         {"00", "0"},
         {"0b-1", "-1"},
         {"0b+1", "1"},
         {"9223372036854775807", "9223372036854775807"},
         {"-9223372036854775808", "-9223372036854775808"},
         {"9223372036854775808", "9223372036854775808"},
         {"18446744073709551615", "18446744073709551615"}});
}

TEST_CASE("floats are read by value, and whole ones are integers once they are JSON") {
  Check({{"1.5", "1.5"},
         {".5", "0.5"},
         {"-.5", "-0.5"},
         {"+.5", "0.5"},
         {"1.", "1"},
         {"1.0", "1"},
         {"1e3", "1000"},
         {"1E3", "1000"},
         {"12e03", "12000"},
         {"1.5e+3", "1500"},
         {"08", "8"},
         {"09.5", "9.5"},
         {"1_0.5", "10.5"},
         {".5e1", "5"},
         {".5_1", "0.51"},
         {".2_5e1_0", "2500000000"},
         {"1e-7", "1e-7"},
         {"-0.0", "0"},
         {"00.5", "0.5"},
         {"01e2", "100"},
         {"1e21", "1e+21"},
         {"1e-400", "0"},
         {"12345678901234567890123", "1.2345678901234568e+22"},
         {"18446744073709551616", "18446744073709552000"}});
}

TEST_CASE("schemas see an integer where JSON shows one") {
  for (const char* text :
       {"v: 1e3\n", "v: 1.0\n", "v: !!float 1\n", "{\"v\": 1.0}", "{\"v\": 1e3}", "v: -0.0\n"}) {
    CAPTURE(text);
    CHECK(ParseText(text).documents.at(0).root->Find("v")->kind == NodeKind::kInteger);
  }
  for (const char* text : {"v: 1.5\n", "v: 1e19\n", "v: 1e-3\n", "{\"v\": 1e19}"}) {
    CAPTURE(text);
    CHECK(ParseText(text).documents.at(0).root->Find("v")->kind == NodeKind::kFloat);
  }
  CHECK(ParseText("v: 1e3\n").documents.at(0).root->Find("v")->text == "1e3");
}

TEST_CASE("everything else is a string") {
  for (const char* text : {"tRue",     "nUll",       "yEs",
                           "oN",       "nil",        "none",
                           "inf",      "nan",        "Infinity",
                           ".INf",     ".nAn",       "+.nan",
                           "-.nan",    "1e",         "e1",
                           ".e1",      ".",          "-",
                           "+",        "._",         "._1",
                           ".5_",      ".5__1",      ".5_e1",
                           ".5e_1",    ".5e1_",      "_1",
                           "1.2.3",    "1:30",       "190:20:30",
                           "1:30.5",   "2001-12-14", "2001-12-14T21:59:43Z",
                           "2001-1-1", "0x",         "0b",
                           "0o",       "0b2",        "0o8",
                           "0xG",      "0x1p3",      "1e400",
                           "-1e400",   "+-1",        "0b--1",
                           "0b+-1",    "-0b-1",      "1.5.",
                           "1,000",    "10Gi",       "100m",
                           "1h",       "=",          "<<",
                           "1 2",      "0 x",        "0x1.8",
                           "..5",      "5..",        "1e3e3",
                           "++1",      "true1",      "~1",
                           "v1"}) {
    CAPTURE(text);
    if (std::string_view(text) == "-") continue;  // an indicator, see yaml_test.cc
    CHECK(Value(text) == "\"" + std::string(text) + "\"");
  }
}

TEST_CASE("quotes and block styles make strings of everything") {
  Check({{"\"1\"", "\"1\""},
         {"'true'", "\"true\""},
         {"\"\"", "\"\""},
         {"''", "\"\""},
         {"'.inf'", "\".inf\""},
         {"|\n  1", "\"1\\n\""},
         {"|-\n  1", "\"1\""},
         {">-\n  yes", "\"yes\""}});
}

TEST_CASE("what JSON cannot hold is refused") {
  for (const char* text : {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
                           ".nan", ".NaN", ".NAN", "!!float .inf", "!!float \".nan\""}) {
    CAPTURE(text);
    CHECK(Value(text) == "refused: yaml/ambiguous-value");
  }
}

TEST_CASE("the tags that Kubernetes knows convert as go-yaml does") {
  Check({{"!!str 1", "\"1\""},
         {"!!str null", "\"null\""},
         {"!!int \"3\"", "3"},
         {"!!int 0x10", "16"},
         {"!!float 1", "1"},
         {"!!float 0.5", "0.5"},
         {"!!bool \"true\"", "true"},
         {"!!bool y", "true"},
         {"!!null \"\"", "null"},
         {"!!null ~", "null"},
         {"!!binary aGVsbG8=", "\"hello\""},
         {"!!binary \"aGVs bG8=\"", "refused: yaml/tag"},
         {"!!binary |-\n  aGVs\n  bG8=", "\"hello\""},
         {"!<tag:yaml.org,2002:str> 1", "\"1\""},
         {"!!map {a: 1}", "{\"a\":1}"},
         {"!!seq [1]", "[1]"}});
}

TEST_CASE("other tags, and tags that lie, are refused") {
  for (const char* text : {"!foo bar",      "!secret z",
                           "!!int x",       "!!int 1.5",
                           "!!bool 1",      "!!null x",
                           "!!float x",     "!!float 18446744073709551615",
                           "!!int \"\"",    "!!timestamp 2001-01-01",
                           "!!set {a, b}",  "!!omap [a: 1]",
                           "!!map [a]",     "!!seq {a: 1}",
                           "!!str {a: 1}",  "!!merge x",
                           "!<tag:x> y",    "! 12",
                           "! \"12\"",      "!",
                           "!!str",         "!!binary a",
                           "!!binary a===", "!!binary ====",
                           "!!binary =",    "!!binary aGk",
                           "!!binary //79", "[!!str, x]",
                           "[!!str ]",      "{a: !!str }"}) {
    CAPTURE(text);
    CHECK(Value(text) == "refused: yaml/tag");
  }
}

}  // namespace
}  // namespace sluice::manifests
