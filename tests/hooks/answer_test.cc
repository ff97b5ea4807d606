#include "hooks/answer.h"

#include "tests/catch.h"

namespace sluice::hooks {
namespace {

const std::string kName(64, 'a');

Answer Example() {
  return {.accepted = true,
          .verdict = "accepted",
          .words = "sluice accepted main: 1 judged\n",
          .bypass = "ana: fire",
          .rules = {"schema/unknown-field", "secret/plain"},
          .index_behind = true,
          .intents = {{kName, "{\"objects\":[]}"}, {std::string(64, '0'), "{}"}}};
}

TEST_CASE("an answer arrives as it was given") {
  const Result<Answer> answer = Decode(Encode(Example()));
  REQUIRE(answer);
  CHECK(answer->accepted);
  CHECK(answer->index_behind);
  CHECK(answer->verdict == "accepted");
  CHECK(answer->words == Example().words);
  CHECK(answer->bypass == "ana: fire");
  CHECK(answer->rules == Example().rules);
  REQUIRE(answer->intents.size() == 2);
  CHECK(answer->intents[0].text == "{\"objects\":[]}");
}

TEST_CASE("no answer that is cut, changed or longer than it says is taken") {
  const std::string whole = Encode(Example());
  for (std::size_t length = 0; length < whole.size(); ++length) CHECK_FALSE(Decode(whole.substr(0, length)));
  CHECK_FALSE(Decode(whole + "x"));
  for (const std::size_t at : {0u, 4u, 8u, 12u, 20u}) {  // numbers of the front
    std::string changed = whole;
    changed[at] = '\xff';
    CHECK_FALSE(Decode(changed));
  }
}

TEST_CASE("an intent is a file name and nothing else") {
  for (const std::string& name :
       {std::string("../../hooks/update"), std::string(64, 'A'), std::string(63, 'a'), std::string(),
        std::string(64, '/'), kName.substr(1) + "\n", std::string(64, '\0')}) {
    Answer answer = Example();
    answer.intents[0].name = name;
    CHECK_FALSE(Decode(Encode(answer)));
  }
}

TEST_CASE("a verdict is one of three words") {
  for (const char* verdict : {"", "ok", "Accepted", "accepted\n"}) {
    Answer answer = Example();
    answer.verdict = verdict;
    CHECK_FALSE(Decode(Encode(answer)));
  }
}

TEST_CASE("nothing in the words can steer a terminal") {
  Answer answer = Example();
  answer.words =
      "a\x1b[2Jb\rc\x07"
      "d\te\n\x7f"
      "f";
  CHECK(Decode(Encode(answer))->words == "a[2Jbcd\te\nf");
}

}  // namespace
}  // namespace sluice::hooks
