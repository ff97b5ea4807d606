// What is made of real answers, case by case: answers.txt, which SLUICE_ACCEPT=1
// in the environment rewrites, is there to be read.
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "cluster/rule_ids.h"
#include "tests/catch.h"
#include "tests/cluster/recorded.h"

namespace sluice::cluster {
namespace {

constexpr const char* kKnown[] = {"taken", "refused", "offline", "unverified"};
constexpr const char* kEffects[] = {"", " created", " updated", " unchanged", " replaced", " deleted"};

DryRunAnswer AnswerOf(const Recorded& recorded, Brings brings = {}) {
  return Understand({&recorded.object, recorded.sent, recorded.live, std::move(brings)}, recorded.answer)
      .answer;
}

std::string Words(const DryRunAnswer& answer) {
  std::string text = kKnown[static_cast<int>(answer.known)];
  text += kEffects[static_cast<int>(answer.effect)];
  text += answer.reason.empty() ? "\n" : ": " + answer.reason + '\n';
  for (const DryRunCause& cause : answer.causes)
    text += "  " + cause.rule + ' ' + (cause.field.empty() ? "-" : cause.field) + ": " + cause.message + '\n';
  return text;
}

// "== NAME" and what was made of it, by name.
std::map<std::string, std::string> ReadExpected() {
  std::map<std::string, std::string> expected;
  std::istringstream lines(ReadTestFile("answers.txt"));
  std::string* words = nullptr;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("== ")) {
      words = &expected[line.substr(3)];
    } else {
      REQUIRE(words != nullptr);
      *words += line + '\n';
    }
  }
  return expected;
}

TEST_CASE("answers of a real API server are understood") {
  const Recording recording = ReadRecording();
  const char* const accept = std::getenv("SLUICE_ACCEPT");
  if (accept != nullptr && std::string(accept) == "1") {
    std::ofstream file(std::string(SLUICE_SOURCE_DIR) + "/tests/cluster/answers.txt");
    for (const Recorded& recorded : recording.cases)
      file << "== " << recorded.name << '\n' << Words(AnswerOf(recorded));
  }
  const std::map<std::string, std::string> expected = ReadExpected();
  for (const Recorded& recorded : recording.cases) {
    CAPTURE(recorded.name);
    const auto found = expected.find(recorded.name);
    CHECK(Words(AnswerOf(recorded)) == (found == expected.end() ? "nothing" : found->second));
  }
  CHECK(expected.size() == recording.cases.size());
  CHECK(recording.cases.size() > 100);
}

TEST_CASE("what a server takes is taken, and nothing else is") {
  const Recording recording = ReadRecording();
  for (const Recorded& recorded : recording.cases) {
    CAPTURE(recorded.name, recorded.answer.status);
    const DryRunAnswer answer = AnswerOf(recorded);
    const bool gone = recorded.object.removal && recorded.answer.status == 404;
    CHECK((answer.known == Known::kTaken) == (recorded.answer.status < 300 || gone));
    CHECK(((answer.known == Known::kUnverified) || gone) == !answer.reason.empty());
    CHECK((answer.known == Known::kRefused) <= !answer.causes.empty());
    for (const DryRunCause& cause : answer.causes) {
      CHECK(std::find(std::begin(kAllRuleIds), std::end(kAllRuleIds), cause.rule) != std::end(kAllRuleIds));
      CHECK_FALSE(cause.message.empty());
      CHECK_FALSE(cause.message.ends_with('.'));
      CHECK(cause.message.find('\n') == std::string::npos);
    }
  }
}

}  // namespace
}  // namespace sluice::cluster
