// Every kind of ref with everything that may be found on it.
#include "gate/weigh.h"

#include "gate/rules.h"
#include "tests/catch.h"

namespace sluice::gate {
namespace {

struct Row {
  const char* what;
  Found found;
  bool of_protected, of_other;  // refused there
};
constexpr Row kRows[] = {
    {"nothing", {}, false, false},
    {"an error", {.errors = true}, true, false},
    {"an error that holds everywhere", {.errors = true, .everywhere = true}, true, true},
    {"no verdict", {.unjudged = true}, true, false},
    {"an error and no verdict", {.errors = true, .unjudged = true}, true, false},
    {"an error everywhere and no verdict",
     {.errors = true, .everywhere = true, .unjudged = true},
     true,
     true},
    {"an unfinished search", {.unjudged = true, .unsearched = true}, true, true},
    {"an unfinished search alone", {.unsearched = true}, true, true},
};

TEST_CASE("what refuses a ref is decided by its kind and by what was found") {
  for (const Row& row : kRows) {
    CAPTURE(row.what);
    CHECK(Weigh(RefKind::kProtected, Mode::kEnforce, row.found).rejects == row.of_protected);
    CHECK(Weigh(RefKind::kOther, Mode::kEnforce, row.found).rejects == row.of_other);
    CHECK(Weigh(RefKind::kApproval, Mode::kEnforce, row.found).rejects == row.of_protected);
    CHECK(Weigh(RefKind::kOutcome, Mode::kEnforce, row.found).rejects == row.of_protected);
    CHECK(Weigh(RefKind::kReserved, Mode::kEnforce, row.found).rejects);
  }
}

TEST_CASE("observe refuses by right and rejects nothing but what is Sluice's own") {
  for (const Row& row : kRows) {
    CAPTURE(row.what);
    CHECK(Weigh(RefKind::kApproval, Mode::kObserve, row.found).rejects == row.of_protected);
    CHECK(Weigh(RefKind::kOutcome, Mode::kObserve, row.found).rejects == row.of_protected);
    CHECK(Weigh(RefKind::kReserved, Mode::kObserve, row.found).rejects);
    for (const RefKind kind : {RefKind::kProtected, RefKind::kOther}) {
      const Weight weight = Weigh(kind, Mode::kObserve, row.found);
      CHECK_FALSE(weight.rejects);
      CHECK(weight.refused == Weigh(kind, Mode::kEnforce, row.found).refused);
    }
  }
}

TEST_CASE("advice softens what does not hold everywhere, and says so") {
  Verdict verdict;
  for (const char* rule :
       {"schema/unknown-field", "secret/plain", "text/bidirectional", "git/too-large", "yaml/syntax"}) {
    verdict.findings.emplace_back().rule = rule;
  }
  Advise(verdict);
  CHECK(verdict.findings[0].severity == Severity::kWarning);
  for (std::size_t i = 1; i < 4; ++i) CHECK(verdict.findings[i].severity == Severity::kError);
  CHECK(verdict.findings[4].severity == Severity::kWarning);
  REQUIRE(verdict.notes.size() == 1);
  CHECK(verdict.notes[0].starts_with("2 findings would reject"));
  CHECK(FoundIn(verdict, false).everywhere);
  verdict.findings.resize(1);
  CHECK_FALSE(FoundIn(verdict, false).everywhere);
}

TEST_CASE("how far a rule reaches stands in one table, by id or by group") {
  CHECK((ReachOf("secret/plain").always && ReachOf("secret/plain").everywhere &&
         !ReachOf("secret/plain").firm));
  CHECK((ReachOf("git/too-large").everywhere && ReachOf("git/too-large").firm));
  CHECK((ReachOf("yaml/duplicate-key").firm && !ReachOf("yaml/duplicate-key").everywhere));
  CHECK(ReachOf("policy/not-judged").firm);
  CHECK((ReachOf("git/non-fast-forward").of_push && !ReachOf("git/symlink").of_push));
  CHECK_FALSE(
      (ReachOf("schema/enum").always || ReachOf("schema/enum").firm || ReachOf("secretive/x").always));
}

}  // namespace
}  // namespace sluice::gate
