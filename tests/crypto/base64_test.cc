// RFC 4648's vectors, and what is not its one spelling.
#include "crypto/base64.h"

#include "tests/catch.h"

namespace sluice::crypto {
namespace {

TEST_CASE("base64 is that of RFC 4648") {
  const struct {
    std::string bytes, text;
  } vectors[] = {{"", ""},
                 {"f", "Zg=="},
                 {"fo", "Zm8="},
                 {"foo", "Zm9v"},
                 {"foob", "Zm9vYg=="},
                 {"fooba", "Zm9vYmE="},
                 {"foobar", "Zm9vYmFy"},
                 {std::string("\xFF\xFE\x00\xFB", 4), "//4A+w=="}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(ToBase64(bytes) == text);
    CHECK(FromBase64(text) == bytes);
  }
}

TEST_CASE("base64 has one spelling") {
  for (const char* text : {"Zg",   "Zg=",   "Zg===",    "Zh==",   "Zm9=",  "Z",        "=",
                           "==",   "====",  "Zg==Zg==", "Zg=a",   "Zm9v=", "Zm9v====", "Zm8-",
                           "Zm_=", " Zg==", "Zg==\n",   "Zm\n9v", "Zm9v!", "Zm9v\x80"})
    CHECK_FALSE(FromBase64(text).has_value());
  CHECK_FALSE(FromBase64(std::string("Zm9v\0", 5)).has_value());
}

TEST_CASE("blanks may stand in base64 where that is said") {
  CHECK(FromBase64(" Z\tm\r\n9 v", Blanks::kSkip) == "foo");
  CHECK(FromBase64("Zg=\n=", Blanks::kSkip) == "f");
  CHECK_FALSE(FromBase64("Zg=\n", Blanks::kSkip).has_value());
  CHECK_FALSE(FromBase64("Zg==x", Blanks::kSkip).has_value());
}

}  // namespace
TEST_CASE("line ends alone are passed over where only these may be") {
  CHECK(FromBase64("Zm9v\r\nYmE=\n", Blanks::kSkipLineEnds) == "fooba");
  for (const char* text : {"Zm 9v", "Zm9v\t", "Zm9=v", "Zg==Zg==", "Zh=="})
    CHECK_FALSE(FromBase64(text, Blanks::kSkipLineEnds).has_value());
}

}  // namespace sluice::crypto
