// Numbers against what Go's strconv and encoding/json print (go 1.26).
#include "manifests/number.h"

#include <limits>

#include "tests/catch.h"

namespace sluice::manifests {
namespace {

std::string Text(double value) {
  std::string text;
  AppendDouble(value, text);
  return text;
}

TEST_CASE("doubles are written as Go's encoding/json writes them") {
  const struct {
    double value;
    std::string_view text;
  } cases[] = {
      {0.0, "0"},
      {1.0, "1"},
      {-1.0, "-1"},
      {0.1, "0.1"},
      {0.5, "0.5"},
      {1.5, "1.5"},
      {100.0, "100"},
      {123456789.0, "123456789"},
      {1e20, "100000000000000000000"},
      {1e21, "1e+21"},
      {123456789012345680000.0, "123456789012345680000"},
      {1.2345678901234568e22, "1.2345678901234568e+22"},
      {1e-6, "0.000001"},
      {1e-7, "1e-7"},
      {1.5e-7, "1.5e-7"},
      {0.000001234, "0.000001234"},
      {-1e-9, "-1e-9"},
      {1e100, "1e+100"},
      {5e-324, "5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {3.141592653589793, "3.141592653589793"},
      {0.30000000000000004, "0.30000000000000004"},
      {1e9, "1000000000"},
      {-2.5, "-2.5"},
      {12345.678, "12345.678"},
      {18446744073709551615.0, "18446744073709552000"},
      {9007199254740993.0, "9007199254740992"},
  };
  for (const auto& [value, text] : cases) CHECK(Text(value) == text);
}

TEST_CASE("minus zero is zero, as Kubernetes reads it back") { CHECK(Text(-0.0) == "0"); }

TEST_CASE("float keys are named as sigs.k8s.io/yaml names them") {
  const struct {
    double value;
    std::string_view text;
  } cases[] = {
      {0.0, "0"},
      {1.0, "1"},
      {-1.0, "-1"},
      {0.1, "0.1"},
      {0.5, "0.5"},
      {1.5, "1.5"},
      {100.0, "100"},
      {123456789.0, "1.2345679e+08"},
      {1e20, "1e+20"},
      {1e21, "1e+21"},
      {123456789012345680000.0, "1.2345679e+20"},
      {1.2345678901234568e22, "1.2345679e+22"},
      {1e-6, "1e-06"},
      {1e-7, "1e-07"},
      {1.5e-7, "1.5e-07"},
      {0.000001234, "1.234e-06"},
      {-1e-9, "-1e-09"},
      {1e100, ".inf"},
      {5e-324, "0"},
      {1.7976931348623157e308, ".inf"},
      {3.141592653589793, "3.1415927"},
      {0.30000000000000004, "0.3"},
      {1e9, "1e+09"},
      {-2.5, "-2.5"},
      {12345.678, "12345.678"},
      {18446744073709551615.0, "1.8446744e+19"},
      {9007199254740993.0, "9.007199e+15"},
      {1000000.0, "1e+06"},
      {999999.0, "999999"},
      {1.20, "1.2"},
      {0.0001, "0.0001"},
      {0.00001, "1e-05"},
      {16777217.0, "1.6777216e+07"},
      {3.4e38, "3.4e+38"},
      {1e-50, "0"},
      {-0.0, "-0"},
      {1e39, ".inf"},
      {-1e39, "-.inf"},
  };
  for (const auto& [value, text] : cases) CHECK(FloatKey(value) == text);
}

TEST_CASE("a decimal that is too large is no double, one that is too small is zero") {
  double value = 1;
  CHECK_FALSE(ParseDouble("1e400", value));
  CHECK_FALSE(ParseDouble("-1e400", value));
  CHECK_FALSE(ParseDouble(std::string(400, '9'), value));
  CHECK(ParseDouble("1e-400", value));
  CHECK(value == 0);
  CHECK(ParseDouble("+1.5", value));
  CHECK(value == 1.5);
  CHECK(ParseDouble("1.7976931348623157e308", value));
  CHECK(value == std::numeric_limits<double>::max());
}

TEST_CASE("whole doubles that an int64 holds become integers by their digits") {
  const struct {
    double value;
    bool integer;
    std::int64_t expected;
  } cases[] = {
      {1000, true, 1000},
      {-3, true, -3},
      {-0.0, true, 0},
      {0x1p53, true, 9007199254740992},
      {1e18, true, 1000000000000000000},
      {1e19, false, 0},
      {0.5, false, 0},
      // The exact value is …768, JSON shows the shortest digits.
      {1234567890123456768.0, true, 1234567890123456800},
      {-0x1p63, false, 0},
      {9223372036854774784.0, true, 9223372036854775000},
  };
  for (const auto& [value, integer, expected] : cases) {
    CAPTURE(value);
    Node node;
    node.kind = NodeKind::kFloat;
    node.value.number = value;
    WholeToInteger(node);
    CHECK((node.kind == NodeKind::kInteger) == integer);
    if (integer) CHECK(node.value.integer == expected);
  }
}

TEST_CASE("integers are read with Go's base 0") {
  const struct {
    std::string_view text;
    bool read;
    std::int64_t value;
    bool is_unsigned;
  } cases[] = {
      {"0", true, 0, false},
      {"-0", true, 0, false},
      {"+7", true, 7, false},
      {"0x1F", true, 31, false},
      {"-0X1f", true, -31, false},
      {"0o17", true, 15, false},
      {"0O17", true, 15, false},
      {"017", true, 15, false},
      {"0b101", true, 5, false},
      {"0B101", true, 5, false},
      {"9223372036854775807", true, std::numeric_limits<std::int64_t>::max(), false},
      {"-9223372036854775808", true, std::numeric_limits<std::int64_t>::min(), false},
      {"9223372036854775808", true, std::numeric_limits<std::int64_t>::min(), true},
      {"18446744073709551615", true, -1, true},
      {"18446744073709551616", false, 0, false},
      {"+9223372036854775808", false, 0, false},
      {"-9223372036854775809", false, 0, false},
      {"", false, 0, false},
      {"+", false, 0, false},
      {"--1", false, 0, false},
      {"+-1", false, 0, false},
      {"0x", false, 0, false},
      {"0b", false, 0, false},
      {"0o", false, 0, false},
      {"08", false, 0, false},
      {"0b2", false, 0, false},
      {"0xG", false, 0, false},
      {"1.", false, 0, false},
      {"1e3", false, 0, false},
      {" 1", false, 0, false},
      {"1 ", false, 0, false},
  };
  for (const auto& [text, read, value, is_unsigned] : cases) {
    CAPTURE(text);
    Node node;
    CHECK(SetInteger(text, node) == read);
    if (!read) continue;
    CHECK(node.value.integer == value);
    CHECK(node.is_unsigned == is_unsigned);
  }
}

}  // namespace
}  // namespace sluice::manifests
