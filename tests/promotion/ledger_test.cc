// The ledger of the vectors, which git and ssh-keygen made, verified; and written
// otherwise in each way that a verifier must notice, with the key of the recorder.
#include "promotion/ledger.h"

#include <iterator>
#include <utility>
#include <vector>

#include "tests/catch.h"
#include "tests/git/repositories.h"
#include "tests/promotion/ledger_writer.h"
#include "tests/promotion/vectors.h"

namespace sluice::promotion {
namespace {

std::string PinOfVectors() { return ReadVector("pin").substr(0, 64); }

TEST_CASE("the ledger of the vectors holds") {
  const git::TemporaryDirectory directory;
  const auto repository = git::MustOpen(ImportLedger(directory.path()));
  const Result<PolicyChain> policy = VerifyPolicy(*repository, {PinOfVectors()});
  INFO((policy ? "" : policy.error().message));
  REQUIRE(policy);
  CHECK(policy->versions.size() == 2);
  CHECK(policy->newest().trust.from == std::vector<std::string>{"ana", "ben", "chi"});
  const Result<Ledger> ledger = VerifyLedger(*repository, "production", *policy);
  INFO((ledger ? "" : ledger.error().message));
  REQUIRE(ledger);
  CHECK(ledger->records == 2);
  CHECK(ledger->newest.source.ref == "refs/heads/env/production");
  CHECK(ledger->objects.size() == 2);
  CHECK(VerifyLedger(*repository, "production", *policy, RememberedRecord{2, ledger->digest}));
  CHECK(VerifyLedger(*repository, "production", *policy, RememberedRecord{1, *ledger->newest.head.previous}));
  CHECK_FALSE(
      VerifyLedger(*repository, "production", *policy, RememberedRecord{2, *ledger->newest.head.previous}));
  CHECK_FALSE(VerifyLedger(*repository, "production", *policy, RememberedRecord{3, ledger->digest}));
  CHECK_FALSE(VerifyPolicy(*repository, {std::string(64, '0')}));
  CHECK_FALSE(VerifyPolicy(*repository, {PinOfVectors(), RememberedRecord{3, policy->newest().digest}}));
  CHECK(VerifyLedger(*repository, "staging", *policy).error().kind == ErrorKind::kNotFound);
  CHECK(VerifyLedger(*repository, "policy", *policy).error().kind == ErrorKind::kUsage);
}

TEST_CASE("what was verified before is gone on from, and nothing else") {
  const LedgerWriter writer;
  const Result<PolicyChain> policy = VerifyPolicy(writer.Open(), {writer.pin()});
  REQUIRE(policy);
  CHECK(writer.Write([](PlannedRecord&, const LedgerWriter&) {}).empty());
  const git::Repository& repository = writer.Open();
  const Result<Ledger> whole = VerifyLedger(repository, "production", *policy);
  REQUIRE(whole);
  REQUIRE(whole->records == 4);
  const Result<Ledger> same = VerifyMore(repository, "production", *policy, *whole);
  REQUIRE(same);
  CHECK(same->digest == whole->digest);
  const Ledger earlier = *VerifyLedger(writer.OpenAt(3), "production", *policy);
  REQUIRE(earlier.records == 3);
  CHECK(writer.Write([](PlannedRecord&, const LedgerWriter&) {}).empty());
  const Result<Ledger> more = VerifyMore(writer.Open(), "production", *policy, earlier);
  INFO((more ? "" : more.error().message));
  REQUIRE(more);
  CHECK(more->digest == whole->digest);
  CHECK(more->objects == whole->objects);
  // An approval that was used before what is remembered is used up.
  writer.Write([](PlannedRecord& plan, const LedgerWriter&) { plan.again = true; });
  CHECK(VerifyMore(writer.Open(), "production", *policy, earlier)
            .error()
            .message.find("used by an earlier record") != std::string::npos);
  // A chain that was cut off or rewritten does not go on from there.
  CHECK(VerifyMore(writer.OpenAt(2), "production", *policy, earlier)
            .error()
            .message.find("does not go on from commit") != std::string::npos);
}

TEST_CASE("who weighs a record is told how much of the one before is gone") {
  const LedgerWriter writer;
  const Result<PolicyChain> policy = VerifyPolicy(writer.Open(), {writer.pin()});
  REQUIRE(policy);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> told;
  const auto tell = [&](const WeighedRecord& weighed) {
    told.emplace_back(weighed.removed, weighed.objects);
    return told.size() == 5 ? Failed("enough") : Status(Ok{});
  };
  const auto weigh = [&](LedgerWriter::Forge forge) {
    writer.Write(forge);
    told.clear();
    CHECK(VerifyLedger(writer.Open(), "production", *policy, {}, tell));
    REQUIRE(told.size() == 4);
    return told.back();
  };
  const auto [none, objects] = weigh([](PlannedRecord&, const LedgerWriter&) {});
  CHECK(told.front() == std::pair<std::uint64_t, std::uint64_t>(0, 0));
  CHECK(none == 0);
  REQUIRE(objects > 1);
  const auto [one, still] = weigh([](PlannedRecord& plan, const LedgerWriter&) {
    plan.objects.erase(plan.objects.begin());
    plan.resign = true;
  });
  CHECK(one == 1);
  CHECK(still == objects);
  const auto [renamed, all] = weigh([](PlannedRecord& plan, const LedgerWriter&) {
    plan.resign = true;
    auto last = plan.objects.extract(std::prev(plan.objects.end()));
    last.key() = "core/ConfigMap/shop/other";
    plan.objects.insert(std::move(last));
  });
  CHECK(renamed == 1);  // and another one came
  CHECK(all == objects);
}

// What is done to the fourth record, and what a verifier says.
struct Forgery {
  const char* how;
  void (*forge)(PlannedRecord&, const LedgerWriter&);
  const char* message;
};

constexpr char kWeb[] = "core/ConfigMap/shop/web", kFloor[] = "floor/%2Esluice/sluice.yaml";

void GoBack(PlannedRecord& plan, std::uint64_t sequence) {
  plan.record.kind = RecordKind::kRollback;
  plan.record.restores = sequence;
  plan.record.head.reason = "it fails";
}

// With what the second record holds.
void GoBackWhole(PlannedRecord& plan) {
  GoBack(plan, 2);
  std::string& web = plan.objects[kWeb];
  web.replace(web.find("\"c\""), 3, "\"b\"");
  plan.resign = true;
}

TEST_CASE("a rollback to what it says is verified") {
  const LedgerWriter writer;
  CHECK(writer.Write([](PlannedRecord& plan, const LedgerWriter&) { GoBackWhole(plan); }) == "");
}

const Forgery kForgeries[] = {
    {"a rollback to what has other objects", [](PlannedRecord& plan, auto&) { GoBack(plan, 2); },
     "it restores record 2, and its objects are not those of that"},
    {"a rollback with other files",
     [](PlannedRecord& plan, auto&) {
       GoBackWhole(plan);
       plan.record.source.tree = std::string(40, '2');
     },
     "it restores record 2, and its files are not those of that"},
    {"a rollback of a folder to another commit",
     [](PlannedRecord& plan, auto&) {
       GoBackWhole(plan);
       plan.record.source.folder = "envs/production";
       plan.record.source.commit = std::string(40, '2');
     },
     "it restores record 2, and is of another commit than that"},
    {"a number is left out", [](PlannedRecord& plan, auto&) { plan.record.head.sequence = 9; },
     "its sequence number is 9, not 4"},
    {"it names another before it",
     [](PlannedRecord& plan, auto&) { plan.record.head.previous = std::string(64, '0'); },
     "does not name the record before it"},
    {"another repository",
     [](PlannedRecord& plan, auto&) { plan.record.head.repository = std::string(64, '0'); },
     "of another repository"},
    {"another environment", [](PlannedRecord& plan, auto&) { plan.record.environment = "staging"; },
     "of another environment"},
    {"earlier than the one before",
     [](PlannedRecord& plan, auto&) { plan.record.head.recorded = plan.record.judged = 1'700'000'000; },
     "recorded before the one before it"},
    {"a commit with another date",
     [](PlannedRecord& plan, auto&) {
       plan.commit = [](std::string text) { return text.replace(text.find(" +0000"), 6, " +0100"); };
     },
     "not the one that its record makes"},
    {"a commit with another message",
     [](PlannedRecord& plan, auto&) { plan.commit = [](const std::string& text) { return text + "x"; }; },
     "not the one that its record makes"},
    {"a commit with two parents",
     [](PlannedRecord& plan, auto&) {
       plan.commit = [](std::string text) {
         const std::size_t at = text.find("parent");
         return text.insert(at, text.substr(at, 48));
       };
     },
     "a record has one parent"},
    {"a file more", [](PlannedRecord& plan, auto&) { plan.files["extra"] = "x"; }, "no place for extra"},
    {"a directory more", [](PlannedRecord& plan, auto&) { plan.files["more/x"] = "x"; }, "no place for more"},
    {"an object that is executable",
     [](PlannedRecord& plan, auto&) {
       plan.files["objects/core/ConfigMap/shop/web"] =
           "100755|" + plan.files["objects/core/ConfigMap/shop/web"];
     },
     "is no plain file"},
    {"an object that is a link",
     [](PlannedRecord& plan, auto&) { plan.files["objects/core/ConfigMap/shop/web"] = "120000|x"; },
     "is no plain file"},
    {"an object with other bytes",
     [](PlannedRecord& plan, auto&) { plan.files["objects/core/ConfigMap/shop/web"] += " "; },
     "objects.sha256 is not the list"},
    {"an object more",
     [](PlannedRecord& plan, auto&) { plan.files["objects/core/ConfigMap/shop/more"] = "{}"; },
     "objects.sha256 is not the list"},
    {"a list that is not the one signed",
     [](PlannedRecord& plan, auto&) {
       plan.files["objects/core/ConfigMap/shop/web"] += " ";
       plan.relist = true;
     },
     "names another objects.sha256"},
    {"an object where none lies",
     [](PlannedRecord& plan, auto&) {
       plan.objects["core/ConfigMap/shop"] = "{}";
       plan.objects.erase(kWeb);
       plan.resign = true;
     },
     "is not where an object lies"},
    {"another change",
     [](PlannedRecord& plan, auto&) {
       plan.record.head.change = std::string(64, '0');
       plan.keep_change = true;
     },
     "its change digest is not"},
    {"not applied and not there",
     [](PlannedRecord& plan, auto&) { plan.record.not_applied = {"core/Secret/shop/db"}; },
     "notApplied names"},
    {"not applied, and no Secret", [](PlannedRecord& plan, auto&) { plan.record.not_applied = {kWeb}; },
     "Secrets alone"},
    {"not held and there",
     [](PlannedRecord& plan, auto&) {
       plan.record.not_held = {{kWeb, NotHeldReason::kPlainSecret}};
     },
     "notHeld names"},
    {"other rules than named",
     [](PlannedRecord& plan, auto&) {
       plan.files["policy/%2Esluice/sluice.yaml"] = "version: 1\nmode: other\n";
       plan.relist = true;
     },
     "its policy/ is not the one"},
    {"rules that are not there", [](PlannedRecord& plan, auto&) { plan.record.trust_sequence = 9; },
     "which is not there"},
    {"rules of another digest",
     [](PlannedRecord& plan, auto&) { plan.record.trust_digest = std::string(64, '0'); },
     "another record of policy of that number"},
    {"older rules", [](PlannedRecord& plan, const LedgerWriter& writer) { writer.UsePolicy(plan, 1); },
     "older rules"},
    {"a floor that nobody listed", [](PlannedRecord& plan, auto&) { plan.files["floor/x"] = "x"; },
     "policy.sha256 is not the list"},
    {"no recorder's key", [](PlannedRecord& plan, auto&) { plan.signer = "ana"; }, "is not a recorder's"},
    {"a retired recorder's key", [](PlannedRecord& plan, auto&) { plan.signer = "retired"; },
     "was retired before this record"},
    {"another namespace", [](PlannedRecord& plan, auto&) { plan.ns = "sluice-approval"; },
     "made for \"sluice-approval\""},
    {"an approval that is not listed",
     [](PlannedRecord& plan, auto&) { plan.files["approvals/x.json"] = "{}"; },
     "holds others than the record lists"},
    {"an approval that is not there", [](PlannedRecord& plan, auto&) { plan.drop_approvals = true; },
     "holds others than the record lists"},
    {"an approval of another change",
     [](PlannedRecord& plan, auto&) { plan.approval.change = std::string(64, '0'); }, "for another change"},
    {"an approval for another environment",
     [](PlannedRecord& plan, auto&) { plan.approval.environment = "staging"; }, "for another environment"},
    {"an approval for another repository",
     [](PlannedRecord& plan, auto&) { plan.approval.repository = std::string(64, '0'); },
     "for another repository"},
    {"an approval that had expired",
     [](PlannedRecord& plan, auto&) { plan.approval.expires = plan.record.judged; }, "it had expired"},
    {"an approval with another's key", [](PlannedRecord& plan, auto&) { plan.approval_key = "ben"; },
     "it has another key"},
    {"an approval received too late",
     [](PlannedRecord& plan, auto&) { plan.received = plan.record.head.recorded + 1; },
     "after the record was written"},
    {"an approval by a key not yet valid", [](PlannedRecord& plan, auto&) { plan.received = 1'600'000'000; },
     "not yet valid"},
    {"an approval of another kind than listed",
     [](PlannedRecord& plan, auto&) { plan.listed_kind = ApprovalKind::kConsent; }, "another kind or person"},
    {"the approval of an earlier record", [](PlannedRecord& plan, auto&) { plan.again = true; },
     "used by an earlier record"},
    {"one person twice", [](PlannedRecord& plan, auto&) { plan.twice = true; },
     "two approvals of one kind by ana"},
};

TEST_CASE("a record that is otherwise is refused, though its recorder signed it") {
  const LedgerWriter writer;
  const Result<PolicyChain> policy = VerifyPolicy(writer.Open(), {writer.pin()});
  INFO((policy ? "" : policy.error().message));
  REQUIRE(policy);
  CHECK(writer.Write([](PlannedRecord&, const LedgerWriter&) {}).empty());
  for (const Forgery& forgery : kForgeries) {
    const std::string message = writer.Write(forgery.forge);
    INFO(forgery.how << ": " << message);
    CHECK(message.find(forgery.message) != std::string::npos);
    CHECK(message.find("refs/sluice/ledger/production, commit ") == 0);
  }
}

struct PolicyForgery {
  const char* how;
  void (*forge)(PolicyPlan&, const LedgerWriter&);
  const char* message;
};

void Lead(PolicyPlan& plan, const LedgerWriter& writer) {  // with a recorder of its own
  plan.trust.recorders.push_back({writer.KeyOf("next"), {}});
  plan.signer = "next";
}

const PolicyForgery kPolicyForgeries[] = {
    {"agreed to", [](PolicyPlan&, auto&) {}, ""},
    {"by a person more",
     [](PolicyPlan& plan, auto&) {
       plan.by = {"ana", "ben", "eva"};
       plan.keys = {"ana", "ben", "next"};
     },
     ""},
    {"by one of two", [](PolicyPlan& plan, auto&) { plan.by = {"ana"}; },
     "1 of those who must agree did, 2 should have"},
    {"by nobody", [](PolicyPlan& plan, auto&) { plan.by = {}; }, "0 of those who must agree did"},
    {"by one who is not asked",
     [](PolicyPlan& plan, auto&) {
       plan.by = {"ana", "eva"};
       plan.keys = {"ana", "next"};
     },
     "1 of those who must agree did"},
    {"by one person twice",
     [](PolicyPlan& plan, auto&) {
       plan.by = {"ana", "ana"};
     },
     "two approvals of one kind by ana"},
    {"with another's key",
     [](PolicyPlan& plan, auto&) {
       plan.keys = {"ana", "ana"};
     },
     "it has another key"},
    {"by its own threshold",
     [](PolicyPlan& plan, auto&) {
       plan.trust.count = 1;
       plan.by = {"ana"};
     },
     "1 of those who must agree did, 2 should have"},
    {"by people of its own",
     [](PolicyPlan& plan, auto&) {
       plan.trust.from = {"eva"};
       plan.trust.count = 1;
       plan.by = {"eva"};
       plan.keys = {"next"};
     },
     "0 of those who must agree did"},
    {"by keys of its own",
     [](PolicyPlan& plan, const LedgerWriter& writer) {
       plan.files["policy/%2Esluice/allowed_signers"] = "ana,ben " + writer.KeyOf("next").line + "\n";
       plan.keys = {"next", "next"};
     },
     "it has another key"},
    {"for an environment", [](PolicyPlan& plan, auto&) { plan.approval_environment = "production"; },
     "for another environment"},
    {"of another change", [](PolicyPlan& plan, auto&) { plan.change = std::string(64, '0'); },
     "for another change"},
    {"another repository", [](PolicyPlan& plan, auto&) { plan.trust.repository = std::string(64, '0'); },
     "the repository's id changed"},
    {"a number again", [](PolicyPlan& plan, auto&) { plan.sequence = 2; }, "its sequence number is 2, not 3"},
    {"a recorder is dropped", [](PolicyPlan& plan, auto&) { plan.trust.recorders.pop_back(); },
     "was dropped"},
    {"a retired recorder is back",
     [](PolicyPlan& plan, auto&) { plan.trust.recorders.back().last = std::nullopt; }, "may do more again"},
    {"a retired recorder gets more",
     [](PolicyPlan& plan, auto&) {
       plan.trust.recorders.back().last = {{"production", 2}};
     },
     "may do more again"},
    {"signed by a retired recorder", [](PolicyPlan& plan, auto&) { plan.signer = "retired"; },
     "was retired before this record"},
    {"signed by a recorder that it names itself",
     [](PolicyPlan& plan, const LedgerWriter& writer) { Lead(plan, writer); }, "is not a recorder's"},
    {"local times",
     [](PolicyPlan& plan, const LedgerWriter& writer) {
       plan.files["policy/%2Esluice/allowed_signers"] =
           "ana valid-after=\"20260101\" " + writer.KeyOf("ana").line + "\n";
     },
     "a time without Z"},
    {"no signers", [](PolicyPlan& plan, auto&) { plan.files.erase("policy/%2Esluice/allowed_signers"); },
     "the record lacks allowed_signers"},
    {"recovered by the operator",
     [](PolicyPlan& plan, auto&) {
       plan.recovery = true;
       plan.by = {"operator"};
     },
     ""},
    {"recovered with a recorder of its own",
     [](PolicyPlan& plan, const LedgerWriter& writer) {
       Lead(plan, writer);
       plan.recovery = true;
       plan.by = {"operator"};
     },
     ""},
    {"recovered by another",
     [](PolicyPlan& plan, auto&) {
       plan.recovery = true;
       plan.by = {"operator"};
       plan.keys = {"ana"};
     },
     "is not the operator's"},
    {"recovered by an operator of its own",
     [](PolicyPlan& plan, const LedgerWriter& writer) {
       plan.trust.operator_key = writer.KeyOf("next");
       plan.recovery = true;
       plan.by = {"operator"};
       plan.keys = {"next"};
     },
     "is not the operator's"},
    {"the recorder in use is retired behind its own record",
     [](PolicyPlan& plan, const LedgerWriter& writer) {
       plan.trust.recorders.front().last = {{"policy", 1}};
       plan.trust.recorders.push_back({writer.KeyOf("next"), {}});
     },
     "was retired before this record"},
};

TEST_CASE("the operator's policies are those that the record of policy names, or none are held to") {
  const auto nothing = [](PlannedRecord&, const LedgerWriter&) {};
  const auto left_out = [](PlannedRecord& plan, const LedgerWriter&) {
    plan.files.erase(kFloor);
    plan.relist = true;
  };
  const auto others = [](PlannedRecord& plan, const LedgerWriter&) {
    plan.files[kFloor] = "version: 1\n# loose\n";
    plan.relist = true;
  };
  const auto one_more = [](PlannedRecord& plan, const LedgerWriter&) {
    plan.files["floor/%2Esluice/waivers.yaml"] = "[]\n";
    plan.relist = true;
  };
  const auto elsewhere = [](PlannedRecord& plan, const LedgerWriter&) {
    plan.files["floor/CODEOWNERS"] = plan.files[kFloor];
    plan.files.erase(kFloor);
    plan.relist = true;
  };
  const LedgerWriter writer("version: 1\n# strict\n");
  CHECK(writer.Write(nothing).empty());
  for (const LedgerWriter::Forge forge : {LedgerWriter::Forge(left_out), LedgerWriter::Forge(others),
                                          LedgerWriter::Forge(one_more), LedgerWriter::Forge(elsewhere)}) {
    const std::string message = writer.Write(forge);
    CAPTURE(message);
    CHECK(message.find("its floor/ is not the one that record 2 of policy names") != std::string::npos);
  }
  CHECK(writer.Write(nothing).empty());
  const LedgerWriter without;
  CHECK(without.Write(others).empty());
  CHECK(without.Write(nothing).empty());
}

TEST_CASE("a record of policy counts if those before it agreed") {
  const LedgerWriter writer;
  for (const PolicyForgery& forgery : kPolicyForgeries) {
    const std::string message = writer.WriteThirdPolicy(forgery.forge);
    INFO(forgery.how << ": " << message);
    if (*forgery.message == '\0') CHECK(message.empty());
    CHECK(message.find(forgery.message) != std::string::npos);
  }
}

// What a recorder asks of the newest record of policy before it goes on from there.
const PolicyForgery kSigners[] = {
    {"the recorder", [](PolicyPlan&, auto&) {}, ""},
    {"nobody's key", [](PolicyPlan& plan, auto&) { plan.signer = "ana"; }, "is not a recorder's"},
    {"a retired recorder", [](PolicyPlan& plan, auto&) { plan.signer = "retired"; }, "was retired before"},
    {"a recorder that it names itself",
     [](PolicyPlan& plan, const LedgerWriter& writer) { Lead(plan, writer); }, "is not a recorder's"},
    {"a recorder that it retires itself",
     [](PolicyPlan& plan, const LedgerWriter& writer) {
       plan.trust.recorders.front().last = {{"policy", 1}};
       plan.trust.recorders.push_back({writer.KeyOf("next"), {}});
     },
     "was retired before"},
    {"a recorder that the operator brings",
     [](PolicyPlan& plan, const LedgerWriter& writer) {
       Lead(plan, writer);
       plan.recovery = true;
       plan.by = {"operator"};
     },
     ""},
    {"a recorder that another in the operator's place brings",
     [](PolicyPlan& plan, const LedgerWriter& writer) {
       Lead(plan, writer);
       plan.recovery = true;
       plan.by = {"operator"};
       plan.keys = {"ana"};
     },
     "is not the operator's"},
    {"a recorder that the operator brought for another change",
     [](PolicyPlan& plan, const LedgerWriter& writer) {
       Lead(plan, writer);
       plan.recovery = true;
       plan.by = {"operator"};
       plan.change = std::string(64, '0');
     },
     "is not a recorder's"},
};

TEST_CASE("a recorder goes on from a record of policy by a recorder alone") {
  const LedgerWriter writer;
  for (const PolicyForgery& signer : kSigners) {
    PolicyPlan plan = writer.PlanPolicy(3, 3);
    signer.forge(plan, writer);
    const std::string message = writer.RecorderAfter({plan});
    INFO(signer.how << ": " << message);
    if (*signer.message == '\0') CHECK(message.empty());
    CHECK(message.find(signer.message) != std::string::npos);
  }
}

TEST_CASE("an approval of a change of policy counts once, though the change comes back") {
  const LedgerWriter writer;
  std::vector<PolicyPlan> plans = {writer.PlanPolicy(3, 3), writer.PlanPolicy(4, 2), writer.PlanPolicy(5, 3)};
  CHECK(writer.WritePolicies(plans).empty());
  plans.back().approved = 3;
  const std::string message = writer.WritePolicies(plans);
  INFO(message);
  CHECK(message.find("was used by an earlier record") != std::string::npos);
}

}  // namespace
}  // namespace sluice::promotion
