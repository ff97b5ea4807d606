// Lists of digests, and what people agree to when they differ.
#include "promotion/digest_list.h"

#include "promotion/words.h"
#include "tests/catch.h"

namespace sluice::promotion {
namespace {

const std::string kA(64, 'a'), kB(64, 'b'), kC(64, 'c');

DigestList Read(const std::string& text) {
  Result<DigestList> list = ReadDigestList("objects.sha256", text);
  REQUIRE(list);
  return *list;
}

TEST_CASE("a list is read as sha256sum writes it, and written so") {
  for (const std::string& text : {std::string(), kA + "  objects/core/ConfigMap/shop/web\n",
                                  kA + "  a\n" + kA + "  a/b\n" + kB + "  b\n"})
    CHECK(DigestListText(Read(text)) == text);
}

TEST_CASE("a list with a line that is not as it should be is none") {
  for (const std::string& text :
       {kA + "  a", kA + " a\n", kA + "   a\n", kA + " *a\n", kA.substr(1) + "  a\n",
        std::string(64, 'A') + "  a\n", kA + "  \n", "\\" + kA + "  a\n", kA + "  a\n\n",
        kA + "  b\n" + kA + "  a\n", kA + "  a\n" + kB + "  a\n", kA + "  a/../b\n", kA + "  /a\n",
        kA + "  a/\n", kA + "  .git\n", kA + "  a\r\n", std::string("\n")}) {
    const Result<DigestList> list = ReadDigestList("objects.sha256", text);
    REQUIRE_FALSE(list);
    CHECK(list.error().message.find("objects.sha256, line ") == 0);
  }
}

TEST_CASE("a list has a bound") {
  std::string text;
  for (std::size_t i = 0; i <= kListedFiles; ++i) text += kA + "  " + std::to_string(100'000 + i) + "\n";
  const Result<DigestList> list = ReadDigestList("objects.sha256", text);
  REQUIRE_FALSE(list);
  CHECK(list.error().kind == ErrorKind::kLimit);
}

TEST_CASE("a change is what was added, removed and altered, path by path") {
  const DigestList before = {{"objects/a", kA}, {"objects/b", kA}, {"objects/c", kA}};
  const DigestList after = {{"objects/a/b", kB}, {"objects/b", kB}, {"objects/c", kA}, {"objects/d", kC}};
  CHECK(ChangeText(Changes(before, after), "objects/") ==
        "a " + kA + " -\na/b - " + kB + "\nb " + kA + " " + kB + "\nd - " + kC + "\n");
  CHECK(ChangeText(Changes(before, before), "objects/").empty());
  CHECK(ChangeDigest({}, {}, "") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(ChangeDigest(before, after, "objects/") != ChangeDigest(after, before, "objects/"));
  CHECK(ChangeDigest({}, after, "objects/") != ChangeDigest(before, after, "objects/"));
}

}  // namespace
}  // namespace sluice::promotion
