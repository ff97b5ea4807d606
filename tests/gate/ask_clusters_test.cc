// What the gate sends to a cluster and makes of its answers; the cluster is a
// table.
#include <map>

#include "gate/clusters.h"
#include "gate/rules.h"
#include "promotion/words.h"
#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

using Words = std::vector<std::string>;
using By = Evidence::By;

constexpr const char* kTwo = "version: 1\nclusters: {a: {kubernetes: \"1.34\"}, b: {kubernetes: \"1.34\"}}\n";
constexpr const char* kOne = "version: 1\nclusters: {a: {kubernetes: \"1.34\"}}\n";

std::string ConfigMap(const std::string& name, const std::string& more = "data: {k: v}\n") {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + ", namespace: shop}\n" + more;
}

DryRunAnswer Says(Known known, std::string reason = {}, std::vector<DryRunCause> causes = {}) {
  return {known, Effect::kNone, std::move(causes), std::move(reason), {}, {}};
}

// The one cluster: by "Kind ns/name", and for what stands not there.
struct Table {
  std::map<std::string, DryRunAnswer> answers;
  DryRunAnswer rest = Says(Known::kTaken);
  std::string minor = "1.34";
  std::vector<DryRunRequest> seen;

  static std::string NameOf(const DryRunObject& object) {
    return (object.removal ? "-" : "") + object.name.kind + " " + object.name.ns + "/" + object.name.name;
  }
  Result<DryRunReply> operator()(const DryRunRequest& request) {
    seen.push_back(request);
    DryRunReply reply{minor, {}, {}};
    for (const DryRunObject& object : request.objects) {
      const auto found = answers.find(NameOf(object));
      reply.answers.push_back(found == answers.end() ? rest : found->second);
    }
    return reply;
  }
  Words Sent() const {
    Words names;
    for (const DryRunRequest& request : seen) {
      for (const DryRunObject& object : request.objects)
        names.push_back(request.cluster + ": " + NameOf(object));
    }
    std::sort(names.begin(), names.end());
    return names;
  }
};

Verdict Ask(const Files& before, const Files& after, const AskCluster& ask) {
  const MemoryTree old_tree(before), new_tree(after);
  const LoadedConfiguration loaded = LoadConfiguration(new_tree, "test");
  REQUIRE(loaded.findings.empty());
  CheckInput input;
  input.before = before.empty() ? nullptr : &old_tree;
  input.after = &new_tree;
  input.changes = Differences(before, after);
  input.configuration = &loaded.configuration;
  input.ask = ask;
  for (const Cluster& cluster : loaded.configuration.clusters) input.asked.push_back(cluster.name);
  return Check(input);
}

Verdict AskTable(const Files& files, Table& table) { return Ask({}, files, std::ref(table)); }

DryRunAnswer Refused(std::string rule, std::string field, std::string message) {
  return {
      Known::kRefused, Effect::kNone, {{std::move(rule), std::move(field), std::move(message)}}, {}, {}, {}};
}

TEST_CASE("what the cluster takes is accepted, and known from there") {
  Table table;
  const Verdict verdict = AskTable({{".sluice/sluice.yaml", kOne}, {"a.yaml", ConfigMap("x")}}, table);
  CHECK(verdict.outcome == Outcome::kAccepted);
  CHECK(table.Sent() == Words{"a: ConfigMap shop/x"});
  CHECK(table.seen[0].objects[0].json ==
        "{\"apiVersion\":\"v1\",\"data\":{\"k\":\"v\"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\","
        "\"namespace\":\"shop\"}}");
  CHECK(table.seen[0].deadline.count() > 0);
  REQUIRE(verdict.objects.size() == 1);
  CHECK(verdict.objects[0].evidence ==
        std::vector<Evidence>{{By::kOffline, "", ""}, {By::kCluster, "a", ""}});
  CHECK(verdict.summary.by_cluster == 1);
  CHECK(verdict.summary.judged == 1);
}

TEST_CASE("what the cluster refuses is rejected, at the field that it names") {
  struct Row {
    DryRunAnswer answer;
    const char* finding;  // rule, line, severity
  };
  std::vector<Row> rows = {
      {Refused("cluster/invalid", "data[k]", "no"), "cluster/invalid a.yaml:5 error"},
      {Refused("cluster/denied", "", "no"), "cluster/denied a.yaml:1 error"},
      {Refused("cluster/immutable", "immutable", "no"), "cluster/immutable a.yaml:1 error"},
      {Refused("cluster/shape", ".data.k.z", "no"), "cluster/shape a.yaml:5 error"},
      {Refused("cluster/brand-new", "metadata.name", "no"), "cluster/refused a.yaml:3 error"},
      {Refused("schema/type", "metadata.name", "no"), "cluster/refused a.yaml:3 error"},
      {Refused("", "", ""), "cluster/refused a.yaml:1 error"},
      {Says(Known::kRefused), "cluster/refused a.yaml:1 error"},
      {Says(Known::kTaken, "", {{"cluster/warning", "data", "old"}}), "cluster/warning a.yaml:4 warning"},
      {Says(Known::kTaken, "", {{"cluster/takes-over", "data.k", "hpa"}}),
       "cluster/takes-over a.yaml:5 warning"},
      {Says(Known::kTaken, "", {{"cluster/invalid", "data", "odd"}}), "cluster/invalid a.yaml:4 warning"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.finding);
    Table table;
    table.answers = {{"ConfigMap shop/x", row.answer}};
    const Verdict verdict =
        AskTable({{".sluice/sluice.yaml", kOne}, {"a.yaml", ConfigMap("x", "data:\n  k: v\n")}}, table);
    REQUIRE(verdict.findings.size() == 1);
    const Finding& finding = verdict.findings[0];
    CHECK(finding.rule + " " + finding.file + ":" + std::to_string(finding.range.begin.line) + " " +
              std::string(SeverityName(finding.severity)) ==
          row.finding);
    CHECK(finding.message.starts_with("cluster a"));
    CHECK(finding.object.name == "x");
    CHECK_FALSE(finding.source_line.empty());
    CHECK((verdict.outcome == Outcome::kRejected) == (row.answer.known == Known::kRefused));
    CHECK(verdict.summary.by_cluster == 1);
  }
}

TEST_CASE("a refusal whose words are only a warning is still a refusal") {
  Table table;
  table.answers = {{"ConfigMap shop/x", Refused("cluster/warning", "data", "odd")}};
  const Verdict verdict = AskTable({{".sluice/sluice.yaml", kOne}, {"a.yaml", ConfigMap("x")}}, table);
  CHECK(verdict.outcome == Outcome::kRejected);
}

TEST_CASE("every rule of a cluster can be told") {
  for (const Rule* rule : ClusterRules()) {
    CAPTURE(rule->id);
    Table table;
    table.answers = {{"ConfigMap shop/x", Refused(std::string(rule->id), "data", "no")}};
    const Verdict verdict = AskTable({{".sluice/sluice.yaml", kOne}, {"a.yaml", ConfigMap("x")}}, table);
    CHECK(verdict.outcome == Outcome::kRejected);
  }
}

TEST_CASE("where nobody answers nothing is rejected unless that is configured") {
  struct Row {
    const char* name;
    AskCluster ask;
    const char* reason;
  };
  const std::vector<Row> rows = {
      {"an error", [](const DryRunRequest&) -> Result<DryRunReply> { return Failed("no kubeconfig"); },
       "no kubeconfig"},
      {"too few answers",
       [](const DryRunRequest&) -> Result<DryRunReply> {
         return DryRunReply{"1.34", "", {}};
       },
       "the answer does not fit what was asked"},
      {"too many answers",
       [](const DryRunRequest&) -> Result<DryRunReply> {
         return DryRunReply{"1.34", "", std::vector<DryRunAnswer>(9, Says(Known::kTaken))};
       },
       "the answer does not fit what was asked"},
      {"not reached",
       [](const DryRunRequest& request) -> Result<DryRunReply> {
         return DryRunReply{"", "connection refused", std::vector<DryRunAnswer>(request.objects.size())};
       },
       "connection refused"},
      {"a reason of its own",
       [](const DryRunRequest& request) -> Result<DryRunReply> {
         return DryRunReply{
             "1.34", "x", std::vector<DryRunAnswer>(request.objects.size(), Says(Known::kUnverified, "429"))};
       },
       "429"},
      {"no reason",
       [](const DryRunRequest& request) -> Result<DryRunReply> {
         return DryRunReply{"", "", std::vector<DryRunAnswer>(request.objects.size())};
       },
       "nobody said why"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Files files{{".sluice/sluice.yaml", kOne}, {"a.yaml", ConfigMap("x")}};
    const Verdict verdict = Ask({}, files, row.ask);
    CHECK(verdict.outcome == Outcome::kAccepted);
    CHECK(verdict.findings.empty());
    REQUIRE(verdict.objects.size() == 1);
    CHECK(verdict.objects[0].evidence ==
          std::vector<Evidence>{{By::kOffline, "", ""}, {By::kUnverified, "a", row.reason}});
    CHECK(verdict.summary.unverified == 1);
    CHECK(verdict.summary.judged == 0);
    CHECK(verdict.summary.by_cluster == 0);

    const Verdict strict =
        Ask({},
            {{".sluice/sluice.yaml", std::string(kOne) + "rules: {cluster/unverified: error}\n"},
             {"a.yaml", ConfigMap("x")}},
            row.ask);
    CHECK(Brief(strict) == Words{"cluster/unverified a.yaml:1"});
    CHECK(strict.outcome == Outcome::kRejected);
  }
}

TEST_CASE("each cluster that runs an object must take it") {
  int asked = 0;
  const AskCluster ask = [&](const DryRunRequest& request) -> Result<DryRunReply> {
    ++asked;
    const DryRunAnswer answer =
        request.cluster == "b" ? Refused("cluster/denied", "", "no") : Says(Known::kTaken);
    return DryRunReply{"1.34", "", std::vector<DryRunAnswer>(request.objects.size(), answer)};
  };
  const Verdict verdict = Ask({}, {{".sluice/sluice.yaml", kTwo}, {"a.yaml", ConfigMap("x")}}, ask);
  CHECK(asked == 2);
  CHECK(Brief(verdict) == Words{"cluster/denied a.yaml:1"});
  CHECK(verdict.findings[0].message == "cluster b: no");
  CHECK(verdict.objects[0].evidence ==
        std::vector<Evidence>{{By::kOffline, "", ""}, {By::kCluster, "a", ""}, {By::kCluster, "b", ""}});
}

TEST_CASE("a cluster is asked about what it runs") {
  Table table;
  AskTable({{".sluice/sluice.yaml",
             "version: 1\nclusters:\n  prod: {kubernetes: \"1.34\", paths: [\"prod/**\"]}\n"
             "  stage: {kubernetes: \"1.34\", paths: [\"stage/**\"]}\n  none: {kubernetes: \"1.34\", paths: "
             "[\"x/**\"]}\n"},
            {"base/kustomization.yaml", "resources: [a.yaml]\n"},
            {"base/a.yaml", ConfigMap("x")},
            {"prod/kustomization.yaml", "resources: [../base]\nnamePrefix: p-\n"},
            {"stage/kustomization.yaml", "resources: [../base]\n"},
            {"stage/b.yaml", ConfigMap("b")},
            {"other.yaml", ConfigMap("z")}},
           table);
  CHECK(table.Sent() ==
        Words{"prod: ConfigMap shop/p-x", "stage: ConfigMap shop/b", "stage: ConfigMap shop/x"});
}

TEST_CASE("what is refused here is not sent") {
  Table table;
  const Verdict verdict = AskTable(
      {{".sluice/sluice.yaml", kOne},
       {"bad.yaml", ConfigMap("x", "dat: {}\n")},
       {"two.yaml", ConfigMap("good") + "---\n" + ConfigMap("bad", "data: {k: 1}\n")},
       {"secret.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\nstringData: {p: hunter2}\n"},
       {"broken.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [\n"},
       {"base/kustomization.yaml", "resources: [a.yaml, b.yaml]\n"},
       {"base/a.yaml", ConfigMap("built-bad", "data: {k: 1}\n")},
       {"base/b.yaml", ConfigMap("built-good")}},
      table);
  CHECK(verdict.outcome == Outcome::kRejected);
  CHECK(table.Sent() == Words{"a: ConfigMap shop/built-good", "a: ConfigMap shop/good"});
}

TEST_CASE("what is refused here is known to be, and from here") {
  Table table;
  const Verdict verdict =
      AskTable({{".sluice/sluice.yaml", kOne}, {"a.yaml", ConfigMap("x", "dat: {}\n")}}, table);
  CHECK(table.seen.empty());
  REQUIRE(verdict.objects.size() == 1);
  CHECK(verdict.objects[0].evidence ==
        std::vector<Evidence>{{By::kOffline, "", ""}, {By::kOffline, "a", "it is refused here already"}});
}

TEST_CASE("an error that may not count keeps nothing from being asked") {
  const std::string wrong = ConfigMap("x", "dat: {}\n");
  const std::string waivers =
      "- {rule: schema/unknown-field, objects: [\"ConfigMap/shop/x\"], owner: ana, reason: old, expires: "
      "\"2999-01-01\"}\n";
  struct Row {
    const char* more;
    std::string waivers;
    bool older, sent;
  };
  const std::vector<Row> rows = {{"ratchet: true\n", "", true, true},
                                 {"ratchet: true\n", "", false, true},
                                 {"", waivers, false, true},
                                 {"", waivers, true, true},
                                 {"", "", true, false},
                                 {"rules: {schema: \"off\"}\n", "", false, true}};
  for (const Row& row : rows) {
    CAPTURE(row.more, row.waivers, row.older);
    Table table;
    table.rest = Says(Known::kRefused);
    Files before = {{".sluice/sluice.yaml", std::string(kOne) + row.more}};
    if (!row.waivers.empty()) before[".sluice/waivers.yaml"] = row.waivers;
    Files after = before;
    if (row.older) before["a.yaml"] = wrong;
    after["a.yaml"] = wrong + "# changed\n";
    const Verdict verdict = Ask(before, after, std::ref(table));
    CHECK(table.Sent() == (row.sent ? Words{"a: ConfigMap shop/x"} : Words{}));
    CHECK(verdict.outcome == Outcome::kRejected);
  }
}

TEST_CASE("a number that would be sent as another is not sent") {
  Table table;
  const Verdict verdict = AskTable({{".sluice/sluice.yaml", std::string(kOne) + "ratchet: true\n"},
                                    {"a.yaml",
                                     "apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: shop}\n"
                                     "spec: {ports: [{port: 4294967376}]}\n"}},
                                   table);
  CHECK(table.seen.empty());
  REQUIRE(verdict.objects.size() == 1);
  CHECK(KnownBy(verdict.objects[0].evidence) == By::kUnverified);
}

TEST_CASE("what only warns here is sent") {
  Table table;
  AskTable({{".sluice/sluice.yaml", std::string(kOne) + "rules: {schema: warning}\n"},
            {"a.yaml", ConfigMap("x", "dat: {}\n")}},
           table);
  CHECK(table.Sent() == Words{"a: ConfigMap shop/x"});
}

TEST_CASE("what is not whole is not sent, and said to be unverified") {
  Table table;
  const std::string flux =
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: "
      "flux-system}\n"
      "spec:\n  interval: 1h\n  path: ./apps\n  prune: true\n  sourceRef: {kind: GitRepository, name: "
      "flux-system}\n"
      "  postBuild: {substituteFrom: [{kind: Secret, name: vars}]}\n";
  const Verdict verdict = AskTable({{".sluice/sluice.yaml", kOne},
                                    {"flux.yaml", flux},
                                    {"apps/kustomization.yaml", "resources: [a.yaml, b.yaml]\n"},
                                    {"apps/a.yaml", ConfigMap("x", "data: {k: \"${who}\"}\n")},
                                    {"apps/b.yaml", ConfigMap("y")}},
                                   table);
  CHECK(table.Sent() == Words{"a: ConfigMap shop/y", "a: Kustomization flux-system/apps"});
  bool found = false;
  for (const JudgedObject& object : verdict.objects) {
    if (object.name.name != "x") continue;
    found = true;
    CHECK(KnownBy(object.evidence) == By::kUnverified);
    CHECK(object.evidence.back().cluster == "a");
    CHECK(object.evidence.back().reason.starts_with("not known here"));
  }
  CHECK(found);
}

TEST_CASE("what SOPS encrypted is not sent") {
  Table table;
  const Verdict verdict = AskTable(
      {{".sluice/sluice.yaml", kOne},
       {"s.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\nstringData:\n"
        "  p: ENC[AES256_GCM,data:abcd,iv:abcd,tag:abcd,type:str]\n"
        "sops: {mac: \"ENC[AES256_GCM,data:abcd,iv:abcd,tag:abcd,type:str]\", lastmodified: "
        "\"2026-01-01T00:00:00Z\", "
        "version: 3.9.0, age: [{recipient: age1x, enc: x}], encrypted_regex: \"^(data|stringData)$\"}\n"}},
      table);
  CHECK(table.seen.empty());
  REQUIRE(verdict.objects.size() == 1);
  CHECK(KnownBy(verdict.objects[0].evidence) == By::kOffline);
}

TEST_CASE("a kind without a schema is known once a cluster took it") {
  const std::string object = "apiVersion: odd.example/v1\nkind: Odd\nmetadata: {name: x}\n";
  Table table;
  const Verdict verdict = AskTable({{".sluice/sluice.yaml", kOne}, {"a.yaml", object}}, table);
  CHECK(table.Sent() == Words{"a: Odd /x"});
  CHECK(verdict.summary.unverified == 0);
  CHECK(verdict.findings.empty());
  CHECK(verdict.objects[0].evidence == std::vector<Evidence>{{By::kCluster, "a", ""}});

  Table mute;
  mute.rest = Says(Known::kUnverified, "late");
  const Verdict unknown = AskTable({{".sluice/sluice.yaml", kOne}, {"a.yaml", object}}, mute);
  CHECK(unknown.summary.unverified == 1);
  CHECK(unknown.objects[0].evidence.size() == 2);
}

TEST_CASE("what a cluster is not asked about, by its rules, is known offline") {
  Table table;
  table.rest = Says(Known::kOffline, "Secrets are not sent");
  const Verdict verdict = AskTable({{".sluice/sluice.yaml", kOne}, {"a.yaml", ConfigMap("x")}}, table);
  CHECK(verdict.outcome == Outcome::kAccepted);
  CHECK(verdict.summary.judged == 1);
  CHECK(verdict.summary.by_cluster == 0);
  CHECK(verdict.objects[0].evidence.back() == Evidence{By::kOffline, "a", "Secrets are not sent"});
}

TEST_CASE("a namespaced object without a namespace lands in default") {
  Table table;
  AskTable({{".sluice/sluice.yaml", kOne},
            {"a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"},
            {"b.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"}},
           table);
  CHECK(table.Sent() == Words{"a: ConfigMap default/x", "a: Namespace /shop"});
}

TEST_CASE("what the change takes away is asked about as a removal") {
  const Files before{{".sluice/sluice.yaml", kOne},
                     {"a.yaml", ConfigMap("gone") + "---\n" + ConfigMap("stays")},
                     {"b.yaml", ConfigMap("moves")},
                     {"c.yaml", ConfigMap("file-gone")},
                     {"base/kustomization.yaml", "resources: [d.yaml, e.yaml]\n"},
                     {"base/d.yaml", ConfigMap("built-gone")},
                     {"base/e.yaml", ConfigMap("built-stays")},
                     {"old/kustomization.yaml", "resources: [f.yaml]\n"},
                     {"old/f.yaml", ConfigMap("root-gone")}};
  const Files after{{".sluice/sluice.yaml", kOne},
                    {"a.yaml", ConfigMap("stays")},
                    {"b2.yaml", ConfigMap("moves")},
                    {"base/kustomization.yaml", "resources: [e.yaml]\n"},
                    {"base/e.yaml", ConfigMap("built-stays")}};
  Table table;
  table.answers = {{"-ConfigMap shop/gone", Refused("cluster/denied", "", "protected")}};
  const Verdict verdict = Ask(before, after, std::ref(table));
  Words removals;
  for (const std::string& name : table.Sent()) {
    if (name.find('-') == 3) removals.push_back(name.substr(4));
  }
  CHECK(removals == Words{"ConfigMap shop/built-gone", "ConfigMap shop/file-gone", "ConfigMap shop/gone",
                          "ConfigMap shop/root-gone"});
  CHECK(verdict.removed.size() == 4);
  const auto denied = std::find_if(verdict.findings.begin(), verdict.findings.end(),
                                   [](const Finding& finding) { return finding.rule == "cluster/denied"; });
  REQUIRE(denied != verdict.findings.end());
  CHECK(denied->file == "a.yaml");
  CHECK(denied->message == "its removal: cluster a: protected");
  CHECK(verdict.outcome == Outcome::kRejected);
}

TEST_CASE("what only moves, or is made by another build, is not asked about as a removal") {
  const std::string shared = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shared}\n";
  struct Row {
    const char* what;
    Files before, after;
  };
  const Row rows[] = {
      {"from a kustomization to a plain file",
       {{"k/kustomization.yaml", "resources: [a.yaml, b.yaml]\n"},
        {"k/a.yaml", ConfigMap("a")},
        {"k/b.yaml", ConfigMap("b")}},
       {{"k/kustomization.yaml", "resources: [b.yaml]\n"},
        {"plain/a.yaml", ConfigMap("a")},
        {"k/b.yaml", ConfigMap("b")}}},
      {"from a plain file under a kustomization that gives it the same name",
       {{"a.yaml", ConfigMap("a")},
        {"k/kustomization.yaml", "resources: [b.yaml]\n"},
        {"k/b.yaml", ConfigMap("b")}},
       {{"k/kustomization.yaml", "namespace: shop\nresources: [a.yaml, b.yaml]\n"},
        {"k/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n"},
        {"k/b.yaml", ConfigMap("b")}}},
      {"another overlay has it still",
       {{"ns/kustomization.yaml", "resources: [ns.yaml]\n"},
        {"ns/ns.yaml", shared},
        {"o1/kustomization.yaml", "resources: [../ns, x.yaml]\n"},
        {"o1/x.yaml", ConfigMap("x")},
        {"o2/kustomization.yaml", "resources: [../ns]\n"}},
       {{"ns/kustomization.yaml", "resources: [ns.yaml]\n"},
        {"ns/ns.yaml", shared},
        {"o1/kustomization.yaml", "resources: [x.yaml]\n"},
        {"o1/x.yaml", ConfigMap("x")},
        {"o2/kustomization.yaml", "resources: [../ns]\n"}}},
  };
  for (Row row : rows) {
    CAPTURE(row.what);
    row.before[".sluice/sluice.yaml"] = row.after[".sluice/sluice.yaml"] = kOne;
    Table table;
    const Verdict verdict = Ask(row.before, row.after, std::ref(table));
    for (const std::string& name : table.Sent()) CHECK(name.find("-") == name.npos);
    CHECK(verdict.removed.empty());
  }
}

TEST_CASE("a finding of what is built is placed where the field was written") {
  Table table;
  table.answers = {{"ConfigMap shop/x", Refused("cluster/invalid", "data.k", "no")}};
  const Verdict verdict =
      AskTable({{".sluice/sluice.yaml", kOne},
                {"base/kustomization.yaml", "resources: [a.yaml]\n"},
                {"base/a.yaml", ConfigMap("x")},
                {"prod/kustomization.yaml", "resources: [../base]\npatches:\n- path: patch.yaml\n"},
                {"prod/patch.yaml", ConfigMap("x", "data:\n  k: w\n")}},
               table);
  REQUIRE(Brief(verdict) == Words{"cluster/invalid prod/patch.yaml:5"});
  CHECK(verdict.findings[0].source_line == "  k: w");
  CHECK(verdict.findings[0].through.back() == "prod/kustomization.yaml");
}

TEST_CASE("no line of a document with a credential is shown") {
  Table table;
  table.answers = {{"ConfigMap shop/x", Refused("cluster/invalid", "data.k", "no")}};
  const Verdict verdict = AskTable(
      {{".sluice/sluice.yaml", std::string(kOne) + "rules: {secret/token: warning}\n"},
       {"a.yaml",
        ConfigMap("x", "data:\n  k: " + std::string("gh") + "p_Zk3v9QmT7xWcR5bYh2NdJ8sLfG4aPeUq6VtK\n")}},
      table);
  CHECK(Brief(verdict) == Words{"cluster/invalid a.yaml:5", "secret/token a.yaml:5"});
  for (const Finding& finding : verdict.findings) {
    CAPTURE(finding.rule, finding.message, finding.range.begin.line);
    CHECK(finding.source_line.empty());
  }
}

TEST_CASE("a cluster of another minor than its own is told of") {
  Table table;
  table.minor = "1.36";
  const Verdict verdict = AskTable({{".sluice/sluice.yaml", kOne}, {"a.yaml", ConfigMap("x")}}, table);
  REQUIRE(verdict.notes.size() == 1);
  CHECK(verdict.notes[0] == "cluster a runs Kubernetes 1.36, and `clusters` says 1.34");
}

TEST_CASE("the deadline is shared, and nobody is asked past it") {
  Table table;
  const MemoryTree tree({{".sluice/sluice.yaml", kTwo}, {"a.yaml", ConfigMap("x")}});
  const LoadedConfiguration loaded = LoadConfiguration(tree, "test");
  CheckInput input;
  input.after = &tree;
  input.changes = *WholeTree(tree);
  input.configuration = &loaded.configuration;
  input.ask = std::ref(table);
  input.asked = {"a", "b", "unknown"};
  input.ask_within = std::chrono::hours(3);
  input.deadline = std::chrono::steady_clock::now() + std::chrono::hours(1);
  Check(input);
  REQUIRE(table.seen.size() == 2);
  CHECK(table.seen[0].deadline <= std::chrono::minutes(18));
  CHECK(table.seen[1].deadline <= std::chrono::minutes(27));

  table.seen.clear();
  input.ask_within = std::chrono::milliseconds(0);
  const Verdict verdict = Check(input);
  CHECK(table.seen.empty());
  CHECK(verdict.objects[0].evidence.back().reason == "the time for an answer ran out");
  CHECK(verdict.outcome == Outcome::kAccepted);
}

// A record that holds these objects, by their names in the namespace shop.
RecordedObjects RecordOf(const std::map<std::string, std::string>& objects) {
  RecordedObjects recorded{"p", {}, nullptr};
  Files files;
  for (const auto& [name, json] : objects) {
    const std::string path = "objects/core/ConfigMap/shop/" + name;
    files[path] = json;
    recorded.objects.emplace("/ConfigMap/shop/" + name,
                             promotion::ListedFile{path, promotion::DigestOf(json)});
  }
  recorded.files = std::make_shared<MemoryTree>(std::move(files));
  return recorded;
}

std::string Canonical(const std::string& name) {
  return R"({"apiVersion":"v1","data":{"k":"v"},"kind":"ConfigMap","metadata":{"name":")" + name +
         R"(","namespace":"shop"}})";
}

Verdict AskFolder(const Files& files, const RecordedObjects& recorded, const AskCluster& ask) {
  const MemoryTree tree(files);
  const LoadedConfiguration loaded = LoadConfiguration(tree, "test");
  REQUIRE(loaded.findings.empty());
  CheckInput input;
  input.after = &tree;
  input.changes = Differences({}, files);
  input.configuration = &loaded.configuration;
  input.ask = ask;
  input.recorded = &recorded;
  for (const Cluster& cluster : loaded.configuration.clusters) input.asked.push_back(cluster.name);
  return Check(input);
}

TEST_CASE("of a folder that is judged whole, a cluster is asked what differs from its record") {
  const Files files = {{".sluice/sluice.yaml", kOne},        {"p/same.yaml", ConfigMap("same")},
                       {"p/other.yaml", ConfigMap("other")}, {"p/new.yaml", ConfigMap("new")},
                       {"q/gone.yaml", ConfigMap("gone")},   {"q/elsewhere.yaml", ConfigMap("elsewhere")}};
  Table table;
  const RecordedObjects recorded =
      RecordOf({{"same", Canonical("same")}, {"other", Canonical("x")}, {"gone", Canonical("gone")}});
  const Verdict verdict = AskFolder(files, recorded, std::ref(table));
  CHECK(verdict.outcome == Outcome::kAccepted);
  CHECK(table.Sent() == Words{"a: -ConfigMap shop/gone", "a: ConfigMap shop/new", "a: ConfigMap shop/other"});

  Table first;  // without a record all of it, and nothing of another folder
  CHECK(AskFolder(files, RecordOf({}), std::ref(first)).outcome == Outcome::kAccepted);
  CHECK(first.Sent() == Words{"a: ConfigMap shop/new", "a: ConfigMap shop/other", "a: ConfigMap shop/same"});

  Table refuses;
  refuses.answers = {{"-ConfigMap shop/gone", Refused("cluster/denied", "", "no")}};
  const Verdict refused = AskFolder(files, recorded, std::ref(refuses));
  REQUIRE(refused.findings.size() == 1);
  CHECK(refused.findings[0].message == "its removal: cluster a: no");
  CHECK(refused.outcome == Outcome::kRejected);
}

TEST_CASE("what is gone and cannot be read is not taken for nothing") {
  for (const char* text : {"", "{}", "[", "{\"kind\":\"ConfigMap\"}"}) {
    CAPTURE(text);
    Table table;
    const RecordedObjects recorded = RecordOf({{"gone", text}});
    const Files files = {{".sluice/sluice.yaml", kOne}, {"p/new.yaml", ConfigMap("new")}};
    CHECK(AskFolder(files, recorded, std::ref(table)).outcome == Outcome::kUnjudged);
  }
  RecordedObjects nowhere = RecordOf({{"gone", Canonical("gone")}});
  nowhere.files = std::make_shared<MemoryTree>(Files());
  Table table;
  CHECK(AskFolder({{".sluice/sluice.yaml", kOne}}, nowhere, std::ref(table)).outcome == Outcome::kUnjudged);
}

}  // namespace
}  // namespace sluice::gate
