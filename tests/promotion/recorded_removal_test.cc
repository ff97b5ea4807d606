// What a record may remove, by the rules that it holds and the consents that it rests on.
#include "promotion/recorded_removal.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/catch.h"

namespace sluice::promotion {
namespace {

constexpr const char* kRules =
    "people: {ana: {}}\n"
    "environments:\n"
    "  production: {branch: p, approvals: {count: 1, from: [ana]}}\n"
    "  staging: {branch: s, maxRemoved: 100%}\n"
    "  dev: {branch: d, maxRemoved: 0%}\n";

// What is wrong; empty where it may.
std::string Check(const char* environment, std::uint64_t removed, std::uint64_t objects,
                  std::vector<SignedApproval> approvals = {}, const char* rules = kRules) {
  std::map<std::string, std::string> files{{"%2Esluice/sluice.yaml", rules}};
  const Status status =
      CheckRecordedRemoval(MemoryTree(std::move(files)), {environment, removed, objects, approvals});
  return status ? "" : status.error().message;
}

SignedApproval Given(ApprovalKind kind, std::uint64_t removes) {
  SignedApproval given;
  given.approval.kind = kind;
  given.approval.removes = removes;
  return given;
}

bool Says(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

TEST_CASE("what is within the share, or of an environment without rules, may go") {
  CHECK(Check("production", 0, 0).empty());
  CHECK(Check("production", 0, 10).empty());
  CHECK(Check("production", 2, 10).empty());
  CHECK(Check("staging", 10, 10).empty());
  CHECK(Check("other", 10, 10).empty());
  CHECK(CheckRecordedRemoval(MemoryTree(), {"production", 10, 10, {}}));
}

TEST_CASE("more than the share goes with a consent to exactly so many") {
  CHECK(Says(Check("production", 3, 10), "it removes 3 of 10 objects, more than 20%"));
  CHECK(Says(Check("production", 3, 10), "sluice ledger reconcile --judge"));
  CHECK(Says(Check("production", 1, 1), "it removes 1 of 1 objects"));
  CHECK(Says(Check("dev", 1, 1000), "it removes 1 of 1000 objects, more than 0%"));
  for (const SignedApproval& other : {Given(ApprovalKind::kConsent, 2), Given(ApprovalKind::kConsent, 4),
                                      Given(ApprovalKind::kApproval, 3), Given(ApprovalKind::kBreakGlass, 3)})
    CHECK(Says(Check("production", 3, 10, {other}), "it removes 3 of 10"));
  CHECK(Check("production", 3, 10, {Given(ApprovalKind::kApproval, 0), Given(ApprovalKind::kConsent, 3)})
            .empty());
}

TEST_CASE("where the rules cannot be read nothing goes") {
  CHECK(Says(Check("production", 1, 1, {}, "environments: ["), "cannot be read"));
  CHECK(Says(Check("production", 1, 1, {}, "environments: {production: {branch: p, after: [q]}}\n"),
             "means nothing safe"));
  CHECK(Check("production", 0, 1, {}, "environments: [").empty());
}

}  // namespace
}  // namespace sluice::promotion
