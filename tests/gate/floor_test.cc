// Pushes that two configurations judge, the repository's own and the operator's
// floor: the union rejects, and neither is loosened by the other.
#include "tests/gate/push_fixture.h"

namespace sluice::gate {
namespace {

TEST_CASE("with a floor both judge and the union rejects") {
  const Scratch scratch("own"), floor("floor");
  const Oid old =
      scratch.Commit({{"a.yaml", kGood}, {".sluice/sluice.yaml", "version: 1\nrules: {schema: \"off\"}\n"}});
  const Oid tip = scratch.Commit({{"a.yaml", kBad}});
  scratch.Point("refs/heads/main", old);
  CHECK(PushMain(scratch, old, tip).accepted);
  floor.Commit({{".sluice/sluice.yaml", "version: 1\n"}});
  Push push = MakePush(scratch, {{old, tip, "refs/heads/main"}});
  push.floor = floor.Open();
  push.settings.floor = {floor.path(), "refs/heads/main"};
  CHECK_FALSE(JudgePush(push).accepted);
  push.settings.floor.ref = "refs/heads/gone";
  CHECK(JudgePush(push).refs[0].verdict.outcome == Outcome::kUnjudged);
}

TEST_CASE("what observes writes no ref of ours that nobody judged") {
  const Scratch scratch("own"), floor("floor");
  const Oid old = scratch.Commit({{"a.yaml", kGood}});
  const Oid tip = scratch.Commit({{"a.yaml", kBad}});
  scratch.Point("refs/heads/main", old);
  floor.Commit({{".sluice/sluice.yaml", "version: 1\n"}});
  for (const char* ref :
       {"refs/heads/main", "refs/sluice/ledger/production", "refs/sluice/approvals/a/b/c"}) {
    CAPTURE(ref);
    const bool ours = std::string_view(ref).starts_with("refs/sluice/");
    Push push = MakePush(scratch, {{old, tip, ref}});
    push.settings.mode = Mode::kObserve;
    push.floor = floor.Open();
    push.settings.floor = {floor.path(), "refs/heads/gone"};
    const PushVerdict verdict = JudgePush(push);
    CHECK(verdict.refs[0].verdict.outcome == Outcome::kUnjudged);
    CHECK(verdict.accepted == !ours);
    CHECK(verdict.refs[0].rejects == ours);
    push.updates.push_back({old, tip, "refs/heads/other"});
    CHECK(JudgePush(push).accepted == !ours);
  }
}

TEST_CASE("environments of the floor leave its branch protected by default") {
  const Scratch scratch("own"), floor("floor");
  const Oid old = scratch.Commit({{"a.yaml", kGood}});
  const Oid tip = scratch.Commit({{"a.yaml", kBad}});
  scratch.Point("refs/heads/policy", old);
  scratch.Point("refs/heads/main", old);
  for (const char* more : {"", "environments: {production: {branch: production}}\n"}) {
    CAPTURE(more);
    floor.Commit({{".sluice/sluice.yaml", std::string("version: 1\n") + more}});
    Push push = MakePush(scratch, {{old, tip, "refs/heads/main"}});
    push.settings.policy_ref = "refs/heads/policy";
    push.floor = floor.Open();
    push.settings.floor = {floor.path(), "refs/heads/main"};
    CHECK(JudgePush(push).refs[0].is_protected);
  }
}

TEST_CASE("clusters of the floor are asked, once each") {
  const std::string clusters = "version: 1\nclusters: {a: {kubernetes: \"1.34\"}";
  const Scratch scratch("own"), floor("floor");
  const Oid old = scratch.Commit({{".sluice/sluice.yaml", clusters + "}\n"}});
  const Oid tip = scratch.Commit({{"a.yaml", kGood}});
  scratch.Point("refs/heads/main", old);
  floor.Commit({{".sluice/sluice.yaml", clusters + ", b: {kubernetes: \"1.34\"}}\n"}});
  Push push = MakePush(scratch, {{old, tip, "refs/heads/main"}});
  push.floor = floor.Open();
  push.settings.floor = {floor.path(), "refs/heads/main"};
  std::vector<std::string> asked;
  push.ask = [&](const DryRunRequest& request) -> Result<DryRunReply> {
    asked.push_back(request.cluster);
    DryRunAnswer answer;
    answer.known = request.cluster == "a" ? Known::kTaken : Known::kRefused;
    return DryRunReply{"1.34", "", std::vector<DryRunAnswer>(request.objects.size(), answer)};
  };
  const PushVerdict verdict = JudgePush(push);
  CHECK(asked == std::vector<std::string>{"a", "b"});
  CHECK_FALSE(verdict.accepted);
  const std::vector<JudgedObject>& objects = verdict.refs[0].verdict.objects;
  REQUIRE_FALSE(objects.empty());
  for (const char* cluster : {"a", "b"}) {
    CHECK(std::count(objects[0].evidence.begin(), objects[0].evidence.end(),
                     Evidence{Evidence::By::kCluster, cluster, {}}) == 1);
  }
}

TEST_CASE("a pattern of the repository does not allow what the floor forbids") {
  const Scratch scratch("own"), floor("floor");
  const Oid first = scratch.Commit(
      {{".sluice/sluice.yaml", "version: 1\nprotect: [{branch: main, force: true, delete: true}]\n"}});
  const Oid second = scratch.Commit({{"b.txt", "x"}});
  floor.Commit({{".sluice/sluice.yaml", "version: 1\nprotect: [main]\n"}});
  CHECK(PushMain(scratch, second, first).accepted);
  scratch.Point("refs/heads/main", second);
  for (const Oid& to : {first, Oid()}) {
    Push push = MakePush(scratch, {{second, to, "refs/heads/main"}});
    push.floor = floor.Open();
    push.settings.floor = {floor.path(), "refs/heads/main"};
    CHECK_FALSE(JudgePush(push).accepted);
  }
}

}  // namespace
}  // namespace sluice::gate
