// Which moves lead from the newest record to the tip, and which states no record
// follows from.
#include "promotion/reconcile.h"

#include "tests/catch.h"

namespace sluice::promotion {
namespace {

Oid Id(char c) { return c == '0' ? Oid() : *Oid::FromHex(std::string(40, c)); }

// "ab" is a push from a to b.
std::vector<IntentHead> Intents(const std::vector<std::string>& words) {
  std::vector<IntentHead> intents;
  for (const std::string& word : words) intents.push_back({word, "refs/heads/x", Id(word[0]), Id(word[1])});
  return intents;
}

struct Case {
  const char* name;
  std::optional<char> recorded, tip;
  std::vector<std::string> pushes;
  Standing standing;
  std::string moves;
};

TEST_CASE("moves are taken in the order in which the ref made them") {
  const std::vector<Case> cases = {
      {"nothing at all", {}, {}, {}, Standing::kInStep, ""},
      {"in step", 'a', 'a', {"ab"}, Standing::kInStep, ""},
      {"the first push", {}, 'a', {"0a"}, Standing::kBehind, "0a"},
      {"one push", 'a', 'b', {"ab"}, Standing::kBehind, "ab"},
      {"several, in any order of files", 'a', 'd', {"cd", "ab", "bc"}, Standing::kBehind, "ab bc cd"},
      {"from nothing", {}, 'c', {"bc", "0a", "ab"}, Standing::kBehind, "0a ab bc"},
      {"one that was accepted and never moved the ref",
       'a',
       'c',
       {"ab", "bc", "af"},
       Standing::kBehind,
       "ab bc"},
      {"one that lost the race and was tried again",
       'a',
       'c',
       {"ac", "ab", "bc"},
       Standing::kBehind,
       "ab bc"},
      {"old ones of what is recorded", 'b', 'c', {"0a", "ab", "bc"}, Standing::kBehind, "bc"},
      {"forced back and forth", 'a', 'c', {"ab", "ba", "bc"}, Standing::kBehind, "ab bc"},

      {"a tip that nobody pushed", 'a', 'b', {}, Standing::kNoIntent, ""},
      {"a first tip that nobody pushed", {}, 'a', {}, Standing::kNoIntent, ""},
      {"a gap in the middle", 'a', 'd', {"ab", "cd"}, Standing::kNoIntent, ""},
      {"a push from elsewhere", 'a', 'c', {"bc"}, Standing::kNoIntent, ""},
      {"a branch that went back", 'b', 'a', {"0a", "ab"}, Standing::kNoIntent, ""},
      {"a first push of a branch that is recorded", 'f', 'a', {"0a"}, Standing::kNoIntent, ""},
      {"circles that lead nowhere", 'a', 'd', {"bc", "cb", "cd"}, Standing::kNoIntent, ""},
      {"a branch that is gone", 'a', {}, {"ab"}, Standing::kNoTip, ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    const auto id = [](std::optional<char> c) { return c ? std::optional<Oid>(Id(*c)) : std::nullopt; };
    const std::vector<IntentHead> intents = Intents(one.pushes);
    const RecordPlan plan = PlanRecords(id(one.recorded), id(one.tip), intents);
    CHECK(plan.standing == one.standing);
    std::string moves;
    for (const IntentHead& move : plan.moves) moves += (moves.empty() ? "" : " ") + move.name;
    CHECK(moves == one.moves);
  }
}

TEST_CASE("a branch that is a hundred thousand moves behind is walked without a deep stack") {
  std::vector<IntentHead> intents;
  const auto id = [](int i) {
    std::string hex = std::to_string(i);
    return *Oid::FromHex(std::string(40 - hex.size(), 'a') + hex);
  };
  for (int i = 0; i < 100'000; ++i) intents.push_back({"", "refs/heads/x", id(i), id(i + 1)});
  CHECK(PlanRecords(id(0), id(100'000), intents).moves.size() == 100'000);
}

}  // namespace
}  // namespace sluice::promotion
