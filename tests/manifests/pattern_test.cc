// RE2 behind one small door.
#include "manifests/pattern.h"

#include "tests/catch.h"

namespace sluice::manifests {

TEST_CASE("patterns search, with Go's syntax") {
  CHECK(Pattern::Compile("^a+$")->Search("aaa"));
  CHECK(Pattern::Compile("b")->Search("abc"));
  CHECK(Pattern::Compile("(?i)ABC")->Search("xabcx"));
  CHECK_FALSE(Pattern::Compile("^a+$")->Search("aab"));
  CHECK_FALSE(Pattern::Compile("^[^\\x00]$")->Search(std::string(1, '\0')));
}

TEST_CASE("patterns that RE2 lacks fail with its words") {
  for (const char* bad : {"(", "a{2,1}", "(?=a)", "(?<!a)b", "\\1", "[z-a]", "*", "a{1001}"}) {
    CAPTURE(bad);
    const Result<Pattern> pattern = Pattern::Compile(bad);
    REQUIRE_FALSE(pattern);
    CHECK(pattern.error().kind == ErrorKind::kUsage);
    CHECK(pattern.error().message.find("the pattern is not usable: ") == 0);
  }
}

TEST_CASE("no pattern and no text hangs or crashes") {
  const std::string text(1 << 20, 'a');
  CHECK_FALSE(Pattern::Compile("(a+)+$x")->Search(text));
  CHECK_FALSE(Pattern::Compile("^(a|a)*b$")->Search(text));
  CHECK_FALSE(Pattern::Compile("((a{1000}){1000}){1000}"));
  CHECK_FALSE(Pattern::Compile("(" + std::string(100000, '(')));
}

}  // namespace sluice::manifests
