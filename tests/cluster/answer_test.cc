// What is made of real answers, case by case: answers.txt, which SLUICE_ACCEPT=1
// in the environment rewrites, is there to be read. Of other minors than 1.34 only
// what they answer otherwise: for most of it no word of ours changes, and what does
// stands in answers-MINOR.txt.
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
constexpr const char* kOthers[] = {"answers-1.32", "answers-1.37"};
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
std::map<std::string, std::string> ReadExpected(const std::string& file) {
  std::map<std::string, std::string> expected;
  std::istringstream lines(ReadTestFile(file));
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

bool Accepts() {
  const char* const accept = std::getenv("SLUICE_ACCEPT");
  return accept != nullptr && std::string(accept) == "1";
}

// Those whose words are others than `usual`.
void Write(const std::string& name, const Recording& recording,
           const std::map<std::string, std::string>& usual = {}) {
  std::ofstream file(std::string(SLUICE_SOURCE_DIR) + "/tests/cluster/" + name);
  for (const Recorded& recorded : recording.cases) {
    const std::string words = Words(AnswerOf(recorded));
    const auto found = usual.find(recorded.name);
    if (found == usual.end() || found->second != words) file << "== " << recorded.name << '\n' << words;
  }
}

TEST_CASE("answers of a real API server are understood") {
  const Recording recording = ReadRecording();
  if (Accepts()) Write("answers.txt", recording);
  const std::map<std::string, std::string> expected = ReadExpected("answers.txt");
  for (const Recorded& recorded : recording.cases) {
    CAPTURE(recorded.name);
    const auto found = expected.find(recorded.name);
    CHECK(Words(AnswerOf(recorded)) == (found == expected.end() ? "nothing" : found->second));
  }
  CHECK(expected.size() == recording.cases.size());
  CHECK(recording.cases.size() > 100);
}

TEST_CASE("other minors are understood as that one, but for what is written down") {
  const std::map<std::string, std::string> usual = ReadExpected("answers.txt");
  for (const std::string name : kOthers) {
    const Recording recording = ReadRecording(name + ".jsonl");
    if (Accepts()) Write(name + ".txt", recording, usual);
    std::map<std::string, std::string> other = ReadExpected(name + ".txt");
    for (const Recorded& recorded : recording.cases) {
      CAPTURE(name, recorded.name);
      const auto found = other.find(recorded.name);
      REQUIRE(usual.contains(recorded.name));
      CHECK(Words(AnswerOf(recorded)) == (found == other.end() ? usual.at(recorded.name) : found->second));
      if (found != other.end()) other.erase(found);
    }
    CHECK(other.empty());
    CHECK_FALSE(recording.cases.empty());
  }
}

void CheckTaken(const Recording& recording) {
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

TEST_CASE("what a server takes is taken, and nothing else is") {
  CheckTaken(ReadRecording());
  for (const std::string name : kOthers) CheckTaken(ReadRecording(name + ".jsonl"));
}

}  // namespace
}  // namespace sluice::cluster
