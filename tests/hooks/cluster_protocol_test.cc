// Questions and answers between `sluice` and `sluice-cluster`.
#include "hooks/cluster_protocol.h"

#include "tests/catch.h"

namespace sluice::hooks {
namespace {

const std::string kOdd = "quote \" back \\ lf \n nul " + std::string(1, '\0') +
                         " esc \x1b rtl \xe2\x80\xae nel \xc2\x85 "
                         "emoji \xf0\x9f\x98\x80";

DryRunRequest SampleRequest() {
  return {"prod-1",
          {{{"apps/v1", "Deployment", "shop", "web"}, false, "{\"data\":{\"k\":\"" + kOdd + "\"}}"},
           {{"v1", "Namespace", "", "old"}, true, ""}},
          std::chrono::milliseconds(1500),
          true};
}

DryRunReply SampleReply() {
  DryRunReply reply{"1.34", "half", {}};
  reply.answers.push_back({Known::kRefused,
                           Effect::kReplaced,
                           {{"cluster/immutable", "spec.selector", kOdd}, {"cluster/warning", "", "w"}},
                           "",
                           "{}",
                           "{\"a\":1}"});
  reply.answers.push_back({Known::kOffline, Effect::kNone, {}, "not sent", "", ""});
  reply.answers.push_back({Known::kUnverified, Effect::kNone, {}, "429", "", ""});
  for (const Effect effect :
       {Effect::kCreated, Effect::kUpdated, Effect::kUnchanged, Effect::kReplaced, Effect::kDeleted})
    reply.answers.push_back({Known::kTaken, effect, {}, "", "", ""});
  return reply;
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("a question comes out as it went in") {
  const DryRunRequest sent = SampleRequest();
  const Result<DryRunRequest> got = DecodeRequest(Encode(sent));
  REQUIRE(got);
  CHECK(got->cluster == sent.cluster);
  CHECK(got->deadline == sent.deadline);
  CHECK(got->compare);
  REQUIRE(got->objects.size() == 2);
  CHECK(got->objects[0].name == sent.objects[0].name);
  CHECK(got->objects[0].json == sent.objects[0].json);
  CHECK_FALSE(got->objects[0].removal);
  CHECK(got->objects[1].removal);
}

TEST_CASE("an answer comes out as it went in") {
  const DryRunReply sent = SampleReply();
  const Result<DryRunReply> got = DecodeReply(Encode(Result<DryRunReply>(sent)), sent.answers.size());
  REQUIRE(got);
  CHECK(got->minor == "1.34");
  CHECK(got->trouble == "half");
  REQUIRE(got->answers.size() == sent.answers.size());
  for (std::size_t i = 0; i < sent.answers.size(); ++i) {
    const DryRunAnswer &a = sent.answers[i], &b = got->answers[i];
    CHECK(a.known == b.known);
    CHECK(a.effect == b.effect);
    CHECK(a.reason == b.reason);
    CHECK(a.live == b.live);
    CHECK(a.taken == b.taken);
    REQUIRE(a.causes.size() == b.causes.size());
    for (std::size_t j = 0; j < a.causes.size(); ++j) {
      CHECK(a.causes[j].rule == b.causes[j].rule);
      CHECK(a.causes[j].field == b.causes[j].field);
      CHECK(a.causes[j].message == b.causes[j].message);
    }
  }
}

TEST_CASE("an error comes out with kind and place") {
  for (const ErrorKind kind : {ErrorKind::kFailed, ErrorKind::kNotFound, ErrorKind::kUsage,
                               ErrorKind::kConfiguration, ErrorKind::kLimit}) {
    const Error sent{kind, "no \"context\"", "/home/ana/.kube/config", {12, 3}};
    const Result<DryRunReply> got = DecodeReply(Encode(Result<DryRunReply>(sent)), 7);
    REQUIRE_FALSE(got);
    CHECK(got.error().kind == kind);
    CHECK(got.error().Text() == sent.Text());
  }
}

TEST_CASE("bytes that are not UTF-8 do not spoil an answer") {
  DryRunReply sent{"1.34", "\xff\xfe", {}};
  CHECK(DecodeReply(Encode(Result<DryRunReply>(sent)), 0));
}

TEST_CASE("what is no answer is refused") {
  const std::string good = Encode(Result<DryRunReply>(SampleReply()));
  REQUIRE(DecodeReply(good, 8));
  CHECK_FALSE(DecodeReply(good, 7));
  CHECK_FALSE(DecodeReply(good, 9));
  for (const std::string& bad :
       std::vector<std::string>{"",
                                " ",
                                "null",
                                "[]",
                                "{}",
                                "\"answers\"",
                                "{\"version\":1}",
                                good.substr(0, good.size() - 1),
                                good + good,
                                good + "x",
                                "x" + good,
                                std::string(300, '['),
                                std::string(1 << 20, '{'),
                                "answers: []\nversion: 1\n",
                                Replaced(good, "\"version\":1", "\"version\":2"),
                                Replaced(good, "\"version\":1", "\"version\":\"1\""),
                                Replaced(good, "\"minor\":\"1.34\",", ""),
                                Replaced(good, "\"minor\":\"1.34\"", "\"minor\":1.34"),
                                Replaced(good, "\"minor\":\"1.34\"", "\"minor\":null"),
                                Replaced(good, "\"trouble\":\"half\",", ""),
                                Replaced(good, "\"known\":\"refused\"", "\"known\":\"perhaps\""),
                                Replaced(good, "\"known\":\"refused\"", "\"known\":\"\""),
                                Replaced(good, "\"known\":\"refused\",", ""),
                                Replaced(good, "\"effect\":\"replaced\"", "\"effect\":\"x\""),
                                Replaced(good, "\"causes\":[]", "\"causes\":{}"),
                                Replaced(good, "\"causes\":[]", "\"causes\":[1]"),
                                Replaced(good, "\"causes\":[]", "\"causes\":[{}]"),
                                Replaced(good, "\"reason\":\"429\"", "\"reason\":429"),
                                Replaced(good, "\"live\":\"{}\",", ""),
                                Replaced(good, "\"taken\":\"\"", "\"taken\":{}"),
                                Replaced(good, "\"reason\":\"429\"", "\"reason\":\"429\",\"reason\":\"\""),
                                std::string("{\"version\":1,\"error\":{}}"),
                                std::string("{\"version\":1,\"error\":\"x\"}"),
                                std::string("{\"version\":1,\"error\":{\"kind\":\"odd\",\"message\":\"\","
                                            "\"file\":\"\",\"line\":0,\"column\":0}}"),
                                std::string("{\"version\":1,\"error\":{\"kind\":\"usage\",\"message\":\"\","
                                            "\"file\":\"\",\"line\":-1,\"column\":0}}"),
                                std::string("{\"version\":1,\"error\":{\"kind\":\"usage\",\"message\":\"\","
                                            "\"file\":\"\",\"line\":4294967296,"
                                            "\"column\":0}}")}) {
    CAPTURE(bad.substr(0, 200));
    const Result<DryRunReply> got = DecodeReply(bad, 8);
    REQUIRE_FALSE(got);
    CHECK(got.error().kind == ErrorKind::kFailed);
  }
}

TEST_CASE("what is no question is refused") {
  const std::string good = Encode(SampleRequest());
  REQUIRE(DecodeRequest(good));
  for (const std::string& bad : std::vector<std::string>{
           "", "{}", "[]", good.substr(1), good.substr(0, good.size() / 2), good + "{}",
           Replaced(good, "\"version\":1", "\"version\":0"),
           Replaced(good, "\"cluster\":\"prod-1\"", "\"cluster\":7"),
           Replaced(good, "\"milliseconds\":1500", "\"milliseconds\":-1"),
           Replaced(good, "\"milliseconds\":1500", "\"milliseconds\":1.5"),
           Replaced(good, "\"milliseconds\":1500", "\"milliseconds\":86400001"),
           Replaced(good, "\"milliseconds\":1500", "\"milliseconds\":18446744073709551615"),
           Replaced(good, "\"compare\":true", "\"compare\":\"true\""),
           Replaced(good, "\"compare\":true,", ""), Replaced(good, "\"removal\":false", "\"removal\":0"),
           Replaced(good, "\"kind\":\"Deployment\",", ""), Replaced(good, "\"json\":\"\"", "\"json\":{}"),
           Replaced(good, "\"namespace\":\"\"", "\"namespace\":null")}) {
    CAPTURE(bad.substr(0, 200));
    CHECK_FALSE(DecodeRequest(bad));
  }
}

TEST_CASE("an answer larger than its limit is refused") {
  DryRunReply sent{"1.34", "", {}};
  sent.trouble.assign(kMaxComparisonBytes, 'a');
  CHECK_FALSE(DecodeReply(Encode(Result<DryRunReply>(sent)), 0));
}

}  // namespace
}  // namespace sluice::hooks
