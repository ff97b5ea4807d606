// Which moves lead from the newest record to the tip, and which states no record
// follows from.
#include "promotion/reconcile.h"

#include <cctype>

#include "tests/catch.h"

namespace sluice::promotion {
namespace {

Oid Id(char c) { return c == '0' ? Oid() : *Oid::FromHex(std::string(40, c)); }

constexpr std::int64_t kSecond = 1'000'000'000;

// "ab" is a push from a to b, "ab5" one that was placed in the fifth second.
std::vector<IntentHead> Intents(const std::vector<std::string>& words) {
  std::vector<IntentHead> intents;
  for (const std::string& word : words)
    intents.push_back(
        {word, "refs/heads/x", Id(word[0]), Id(word[1]), word.size() > 2 ? (word[2] - '0') * kSecond : 0});
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
      {"forced back and forth", 'a', 'c', {"ba2", "bc1", "ab1", "ac3"}, Standing::kBehind, "ab1 ba2 ac3"},
      {"there and back again", 'a', 'a', {"ab1", "ba2"}, Standing::kBehind, "ab1 ba2"},
      {"there and back, and out elsewhere",
       'a',
       'c',
       {"ab1", "ba2", "ac3"},
       Standing::kBehind,
       "ab1 ba2 ac3"},
      {"two circles", 'a', 'a', {"ca4", "ab1", "ac3", "ba2"}, Standing::kBehind, "ab1 ba2 ac3 ca4"},
      {"one in a circle that another hook refused",
       'a',
       'c',
       {"ab1", "ba2", "bc3"},
       Standing::kBehind,
       "ab1 bc3"},
      {"back before it was there", 'a', 'a', {"ab2", "ba1"}, Standing::kInStep, ""},
      {"a circle from before the record", '5', '5', {"5b3", "b54"}, Standing::kInStep, ""},
      {"a circle in the second of the record", '5', '5', {"5b5", "b55"}, Standing::kBehind, "5b5 b55"},
      {"a clock that was set back", 'a', 'd', {"ab3", "bc2", "cd1"}, Standing::kBehind, "ab3 bc2 cd1"},

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
    // A commit that is a digit was judged in that second.
    const auto recorded = [&]() -> std::optional<RecordedTip> {
      if (!one.recorded) return std::nullopt;
      return RecordedTip{Id(*one.recorded), std::isdigit(*one.recorded) != 0 ? *one.recorded - '0' : 0};
    };
    const RecordPlan plan = PlanRecords(recorded(), id(one.tip), intents);
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
  for (int i = 0; i < 100'000; ++i) intents.push_back({"", "refs/heads/x", id(i), id(i + 1), 100'000 - i});
  CHECK(PlanRecords(RecordedTip{id(0)}, id(100'000), intents).moves.size() == 100'000);
  for (int i = 0; i < 100'000; ++i) intents[static_cast<std::size_t>(i)].placed = i;
  CHECK(PlanRecords(RecordedTip{id(0)}, id(100'000), intents).moves.size() == 100'000);
}

TEST_CASE("of a folder the last move counts that the branch holds") {
  // Commits are letters, and each is an ancestor of those behind it, but for x.
  const FolderHistory::Question in_order = [](const Oid& ancestor, const Oid& tip) -> Result<bool> {
    return ancestor != Id('f') && ancestor.Hex() <= tip.Hex();
  };
  // What came with 'c' is undone by the next one, so b, d and e hold the folder alike.
  const FolderHistory::Question stands = [](const Oid& commit, const Oid& tip) -> Result<bool> {
    return commit != Id('c') && tip != Id('c') && (commit == Id('a')) == (tip == Id('a'));
  };
  const FolderHistory history{in_order, stands};
  const auto plan = [&](std::optional<char> recorded, char tip, const std::vector<std::string>& pushes,
                        std::int64_t judged = 0) {
    std::optional<RecordedTip> from;
    if (recorded) from = RecordedTip{Id(*recorded), judged};
    const Result<RecordPlan> made = PlanFolder(from, Id(tip), Intents(pushes), history);
    REQUIRE(made);
    return made->moves.empty() ? std::string(made->standing == Standing::kInStep ? "in step" : "no intent")
                               : made->moves.front().name;
  };
  CHECK(plan('a', 'a', {}) == "in step");
  CHECK(plan({}, 'a', {}) == "no intent");
  CHECK(plan({}, 'd', {"0b1"}) == "0b1");
  CHECK(plan('a', 'd', {"ab1"}) == "ab1");             // pushes behind it left the folder alone
  CHECK(plan('b', 'd', {"bc2"}) == "in step");         // accepted, merged by another push, and undone there
  CHECK(plan('a', 'd', {"ab1", "bc2"}) == "ab1");      // likewise, behind one that is not recorded yet
  CHECK(plan('a', 'd', {"ac2"}) == "no intent");       // what stands there now is neither
  CHECK(plan('a', 'd', {"ab1", "bd2"}) == "bd2");      // it holds what the first one brought
  CHECK(plan('a', 'd', {"ae1"}) == "in step");         // accepted, and the ref never moved there
  CHECK(plan('a', 'd', {"af1"}) == "in step");         // on another way
  CHECK(plan('c', 'd', {"ab1"}) == "in step");         // the record is past it
  CHECK(plan('b', 'd', {"ab3", "ac2"}) == "in step");  // what was placed before the record's own is done with
  CHECK(plan('a', 'c', {"ab1"}, 2) == "in step");      // placed before the record was judged
  const FolderHistory::Question nobody_knows = [](const Oid&, const Oid&) -> Result<bool> {
    return Failed("gone");
  };
  const auto asked = [&](const FolderHistory& of) {
    return PlanFolder(RecordedTip{Id('a'), 0}, Id('d'), Intents({"ab1"}), of);
  };
  CHECK_FALSE(asked({nobody_knows, stands}));
  CHECK_FALSE(asked({in_order, nobody_knows}));
}

}  // namespace
}  // namespace sluice::promotion
