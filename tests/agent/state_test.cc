#include "agent/state.h"

#include "tests/catch.h"

namespace sluice::agent {
namespace {

const std::string kDigest(64, 'a'), kOther(64, 'b');

State Full() {
  State state;
  state.believed.repository = kDigest;
  state.believed.record = promotion::RememberedRecord{7, kDigest};
  state.believed.policy = promotion::RememberedRecord{2, kOther};
  state.believed.freshness =
      promotion::Freshness{"production", 1764000000, 1764600000, kDigest, 7, 2, kOther, kDigest};
  state.applied = promotion::RememberedRecord{6, kOther};
  state.owned = {{"core/ConfigMap/shop/web", {"v1", "uid-1"}}, {"apps/Deployment/shop/web", {"v1", ""}}};
  state.outcome = "failed";
  state.since = 1764000001;
  return state;
}

TEST_CASE("a state is read as it was written") {
  const State state = Full();
  const Result<State> read = ReadState(StateText(state), OwnedText(state));
  REQUIRE(read);
  CHECK(StateText(*read) == StateText(state));
  CHECK(OwnedText(*read) == OwnedText(state));
  CHECK(read->believed.record->sequence == 7);
  CHECK(read->believed.freshness->expires == 1764600000);
  CHECK(read->applied->digest == kOther);
  CHECK(read->owned.at("core/ConfigMap/shop/web").uid == "uid-1");
  CHECK(read->owned.at("apps/Deployment/shop/web").uid.empty());
}

TEST_CASE("a state whose inventory is divided says so") {
  State state = Full();
  state.divided = true;
  const Result<State> read = ReadState(StateText(state), "");
  REQUIRE(read);
  CHECK(read->divided);
  CHECK_FALSE(ReadState(StateText(Full()), "")->divided);
  // In other parts than ours.
  std::string text = StateText(state);
  const std::string parts = "\"parts\":16";
  CHECK_FALSE(ReadState(text.replace(text.find(parts), parts.size(), "\"parts\":17"), ""));
}

// Who moves an object to another part may lose it.
TEST_CASE("an object stays in its part") {
  State state;
  for (const char* path :
       {"core/ConfigMap/shop/web", "apps/Deployment/shop/web", "core/Namespace/_cluster/shop"})
    state.owned[path] = {"v1", ""};
  const auto texts = OwnedTexts(state);
  std::map<std::string, std::size_t> parts;
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (!texts[i].empty()) parts[texts[i]] = i;
  const std::map<std::string, std::size_t> known = {{"apps/Deployment/shop/web v1 \n", 10},
                                                    {"core/ConfigMap/shop/web v1 \n", 12},
                                                    {"core/Namespace/_cluster/shop v1 \n", 1}};
  CHECK(parts == known);
}

TEST_CASE("an empty state is read as it was written") {
  const Result<State> read = ReadState(StateText({}), "");
  REQUIRE(read);
  CHECK_FALSE(read->applied);
  CHECK_FALSE(read->believed.freshness);
}

// A damaged state is no state: it would let an older record in.
TEST_CASE("a damaged state is refused") {
  const std::string good = StateText(Full());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    REQUIRE(at != text.npos);
    return text.replace(at, from.size(), to);
  };
  const std::string texts[] = {
      "",
      "[]",
      good.substr(0, good.size() - 1),
      with("\"version\":1,", ""),
      with("\"version\":1,", "\"version\":2,"),
      with("\"sequence\":7", "\"sequence\":0"),
      with("\"sequence\":7", "\"sequence\":-7"),
      with("\"sequence\":7", "\"sequence\":7.5"),
      with(kDigest + "\"},", "abc\"},"),
      with("\\\"version\\\":1", "\\\"version\\\":3"),
  };
  for (const std::string& text : texts) {
    CAPTURE(text);
    CHECK_FALSE(ReadState(text, ""));
  }
  for (const char* owned : {"core/ConfigMap/shop/web", "core/ConfigMap/shop/web v1", "web v1 uid\n",
                            " v1 uid\n", "core/ConfigMap/shop/web  uid\n", "\n"}) {
    CAPTURE(owned);
    CHECK_FALSE(ReadState(good, owned));
  }
}

// As `kubectl apply --applyset` computes it (k8s.io/kubectl pkg/cmd/apply/applyset.go).
TEST_CASE("the id of an apply set tells parents apart") {
  CHECK(ApplySetId("a", "b").starts_with("applyset-"));
  CHECK(ApplySetId("a", "b").ends_with("-v1"));
  CHECK(ApplySetId("a", "b").size() == 9 + 43 + 3);
  CHECK(ApplySetId("a", "b") != ApplySetId("b", "a"));
}

}  // namespace
}  // namespace sluice::agent
