#include "hooks/words.h"

#include "tests/catch.h"

namespace sluice::hooks {
namespace {

gate::RefVerdict Ref(const std::string& name, Outcome outcome) {
  gate::RefVerdict ref;
  ref.update.ref = "refs/heads/" + name;
  ref.update.old_id = *Oid::FromHex(std::string(40, 'b'));
  ref.update.new_id = *Oid::FromHex(std::string(40, 'a'));
  ref.is_protected = true;
  ref.rejects = outcome != Outcome::kAccepted;
  ref.verdict.outcome = outcome;
  ref.verdict.subject = name;
  if (outcome == Outcome::kRejected) {
    Finding finding;
    finding.rule = "schema/unknown-field";
    finding.file = "a.yaml";
    finding.range.begin = {1, 1};
    finding.message = "unknown field \"replica\"";
    ref.verdict.findings.push_back(finding);
    ref.verdict.summary.errors = 1;
  }
  if (outcome == Outcome::kUnjudged) ref.verdict.reason = "the object aaaa is missing";
  return ref;
}

bool Holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_CASE("the worst of all refs is the verdict, and rules are named once") {
  gate::PushVerdict push;
  push.refs = {Ref("a", Outcome::kAccepted), Ref("b", Outcome::kRejected), Ref("c", Outcome::kRejected)};
  Answer answer = InWords(push, {});
  CHECK(answer.verdict == "rejected");
  CHECK_FALSE(answer.accepted);
  CHECK(answer.rules == std::vector<std::string>{"schema/unknown-field"});
  push.refs.push_back(Ref("d", Outcome::kUnjudged));
  CHECK(InWords(push, {}).verdict == "unjudged");
  push.refs = {Ref("a", Outcome::kAccepted)};
  push.accepted = true;
  CHECK(InWords(push, {}).verdict == "accepted");
}

TEST_CASE("what rejects comes first, and of ten thousand refs a few are shown") {
  gate::PushVerdict push;
  for (int i = 0; i < 9'999; ++i) push.refs.push_back(Ref("b" + std::to_string(i), Outcome::kAccepted));
  push.refs.push_back(Ref("bad", Outcome::kRejected));
  const std::string words = InWords(push, {}).words;
  CHECK(words.starts_with("error: sluice rejected bad: 1 error"));
  CHECK(Holds(words, "sluice: and 9996 more refs\n"));
  CHECK(words.size() < 4096);

  gate::PushVerdict bad;
  for (int i = 0; i < 50; ++i) bad.refs.push_back(Ref("b" + std::to_string(i), Outcome::kRejected));
  CHECK(Holds(InWords(bad, {}).words, "sluice: and 40 more refs, 40 of them rejected\n"));
}

TEST_CASE("intents are handed on, those of refs without one are not") {
  gate::PushVerdict push;
  push.refs = {Ref("a", Outcome::kAccepted), Ref("b", Outcome::kAccepted)};
  push.refs[1].intent_name = std::string(64, 'c');
  push.refs[1].intent = "{}";
  const Answer answer = InWords(push, {});
  REQUIRE(answer.intents.size() == 1);
  CHECK(answer.intents[0].name == std::string(64, 'c'));
}

TEST_CASE("hints say how to try again and who may pass in an emergency") {
  gate::PushVerdict push;
  push.refs = {Ref("main", Outcome::kRejected)};
  push.refs[0].base = "main";
  gate::HookSettings settings;
  CHECK(Holds(InWords(push, settings).words, "hint: try here: sluice check origin/main...HEAD\n"));
  CHECK_FALSE(Holds(InWords(push, settings).words, "emergency"));
  settings.bypass_by = {"ana", "ben"};
  CHECK(Holds(InWords(push, settings).words,
              "hint: emergency (ana, ben; recorded): git push -o sluice.bypass=\"reason\"\n"));
}

TEST_CASE("the hint names what the ref was held against, and is left out where a check shows nothing") {
  gate::PushVerdict push;
  push.refs = {Ref("topic", Outcome::kRejected)};
  CHECK(Holds(InWords(push, {}).words, "hint: try here: sluice check\n"));
  push.refs[0].base = "main";
  CHECK(Holds(InWords(push, {}).words, "hint: try here: sluice check origin/main...HEAD\n"));
  push.refs[0].is_protected = true;
  push.refs[0].update.old_id = {};
  CHECK(Holds(InWords(push, {}).words, "hint: try here: sluice check origin/main..HEAD\n"));
  push.refs[0].is_protected = false;
  for (const char* rule :
       {"git/non-fast-forward", "git/protected-delete", "git/protected-create", "git/reserved-ref"}) {
    CAPTURE(rule);
    push.refs[0].verdict.findings[0].rule = rule;
    CHECK_FALSE(Holds(InWords(push, {}).words, "try here"));
  }
  push.refs[0] = Ref("topic", Outcome::kUnjudged);
  CHECK_FALSE(Holds(InWords(push, {}).words, "try here"));
}

TEST_CASE("what does not reject is worded as what it is") {
  gate::PushVerdict push;
  push.refs = {Ref("main", Outcome::kRejected)};
  push.refs[0].rejects = false;
  push.bypass = "ana: fire";
  gate::HookSettings settings;
  CHECK(Holds(InWords(push, settings).words, "bypassed, and logged"));
  settings.mode = gate::Mode::kObserve;
  CHECK(Holds(InWords(push, settings).words, "the mode is observe"));
  settings.mode = gate::Mode::kEnforce;
  push.refs[0].is_protected = false;
  CHECK(Holds(InWords(push, settings).words, "this branch is not protected"));
}

TEST_CASE("without a verdict there is one plain sentence and a hint") {
  gate::HookSettings settings;
  CHECK(NoVerdictWords(Failed("it took longer than 4 s"), settings)
            .starts_with("error: sluice could not judge this push: it took longer than 4 s\nhint: "));
  const Error of_server{ErrorKind::kConfiguration, "unknown key \"mood\"", "hook.yaml", {2, 1}};
  CHECK(NoVerdictWords(of_server, settings) ==
        "error: sluice could not judge this push: hook.yaml:2:1: unknown key \"mood\"\n"
        "hint: nothing was changed; the operator of this server mends this: sluice hook status\n");
  settings.platform = "gitlab";
  CHECK(NoVerdictWords(Failed("x"), settings)
            .starts_with("GL-HOOK-ERR: sluice could not judge this push: x\n"));
  settings.mode = gate::Mode::kObserve;
  CHECK(NoVerdictWords(Failed("x"), settings) ==
        "warning: sluice could not judge this push: x\nnothing is rejected here: the mode is observe\n");
  CHECK_FALSE(Holds(NoVerdictWords(Failed("a\x1b[31mb"), settings), "\x1b"));
}

}  // namespace
}  // namespace sluice::hooks
