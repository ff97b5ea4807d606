#include "hooks/call.h"

#include "tests/catch.h"

namespace sluice::hooks {
namespace {

const std::string kZero(40, '0');
const std::string kId = "1234567890123456789012345678901234567890";

TEST_CASE("lines of a push become updates of refs") {
  const std::string input =
      kZero + " " + kId + " refs/heads/main\n" + kId + " " + kZero + " refs/heads/gr\xc3\xbcn\n";
  const Result<std::vector<gate::RefUpdate>> updates = ParseUpdates(input);
  REQUIRE(updates);
  REQUIRE(updates->size() == 2);
  CHECK((*updates)[0].old_id.IsZero());
  CHECK((*updates)[0].new_id.Hex() == kId);
  CHECK((*updates)[1].new_id.IsZero());
  CHECK((*updates)[1].ref == "refs/heads/gr\xc3\xbcn");
  const std::string sha256 = std::string(64, '0') + " " + std::string(64, 'a') + " refs/heads/main\n";
  REQUIRE(ParseUpdates(sha256));
  CHECK(ParseUpdates(sha256)->front().new_id.kind() == HashKind::kSha256);
  CHECK(ParseUpdates("")->empty());
}

TEST_CASE("what is no line of git's is an error and never half a push") {
  const std::string good = kZero + " " + kId + " refs/heads/main\n";
  for (const std::string& bad :
       {std::string("\n"), std::string("hello\n"), kZero + " " + kId + "\n", kZero + " " + kId + " \n",
        kZero + "  " + kId + " refs/heads/main\n", kZero + " refs/heads/main\n",
        kZero + " " + std::string(64, 'a') + " refs/heads/main\n",  // two kinds of id
        kZero + " " + kId + " refs/heads/a b\n", kZero + " " + kId + " refs/heads/a\tb\n",
        kZero + " " + kId + " refs/heads/\x1b[31m\n",
        kZero + " " + kId + " refs/heads/" + std::string(5000, 'x') + "\n",
        kZero + " " + kId.substr(1) + " refs/heads/main\n",
        "x" + kZero.substr(1) + " " + kId + " refs/heads/main\n"}) {
    INFO(bad);
    CHECK_FALSE(ParseUpdates(bad));
    CHECK_FALSE(ParseUpdates(good + bad));
    CHECK_FALSE(ParseUpdates(bad + good));
  }
}

TEST_CASE("a variable is found by its whole name") {
  const Call call{.hook = {},
                  .platform = {},
                  .environment = {"GIT_DIR_OLD=a", "GIT_DIR=b", "EMPTY=", "ODD"},
                  .input = {}};
  CHECK(call.Variable("GIT_DIR") == "b");
  CHECK(call.Variable("EMPTY") == "");
  CHECK_FALSE(call.Variable("ODD"));
  CHECK_FALSE(call.Variable("GIT"));
  CHECK_FALSE(call.Variable("DIR"));
}

TEST_CASE("push options are taken as they are, up to their limits") {
  const auto options = [](std::vector<std::string> environment) {
    return PushOptions({.hook = {}, .platform = {}, .environment = std::move(environment), .input = {}});
  };
  CHECK(options({})->empty());
  CHECK(options({"GIT_PUSH_OPTION_COUNT=0"})->empty());
  CHECK(*options({"GIT_PUSH_OPTION_COUNT=2", "GIT_PUSH_OPTION_0=sluice.bypass=why not",
                  "GIT_PUSH_OPTION_1=\x1b"}) == std::vector<std::string>{"sluice.bypass=why not", "\x1b"});
  CHECK(options({"GIT_PUSH_OPTION_COUNT=1", "GIT_PUSH_OPTION_0=" + std::string(1024, 'x')}));

  for (const std::string count : {"17", "-1", "1x", "x", "", "99999999999999999999", " 1"})
    CHECK_FALSE(options({"GIT_PUSH_OPTION_COUNT=" + count}));
  CHECK_FALSE(options({"GIT_PUSH_OPTION_COUNT=1", "GIT_PUSH_OPTION_0=" + std::string(1025, 'x')}));
}

}  // namespace
}  // namespace sluice::hooks
