// One file on its own: what excuses a finding, how many are listed, which lines
// are shown.
#include "gate/examine.h"

#include <algorithm>

#include "gate/excuses.h"
#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

std::string Deployment(const std::string& spec, const std::string& more = "") {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  " + spec +
         "\n  selector:\n    matchLabels: {app: x}\n  template:\n    metadata:\n      labels: {app: x}\n"
         "    spec:\n      containers:\n      - name: web\n        image: x\n" +
         more;
}

// The tree of a Flux Kustomization that replaces variables in apps/.
Verdict Substituted(const std::string& manifest) {
  return CheckTree({
      {"clusters/x.yaml",
       "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a, namespace: b}\n"
       "spec: {path: ./apps, interval: 1m, prune: true, sourceRef: {kind: GitRepository, name: x},\n"
       "  postBuild: {substituteFrom: [{kind: Secret, name: known-in-the-cluster}]}}\n"},
      {"apps/web.yaml", manifest},
  });
}

const char* kEncrypted = "ENC[AES256_GCM,data:p0lJyQ==,iv:hV0z,tag:BzWp,type:int]";
// Metadata as SOPS writes it, whole.
const std::string kSops =
    "sops:\n  age:\n  - recipient: age1yt3tfqlfrwdwx0z0ynwplcr6qxcxfaqycuprpmy89nr83ltx74tqdpszlw\n    enc: "
    "|\n"
    "      -----BEGIN AGE ENCRYPTED FILE-----\n      YWdlLWVuY3J5cHRpb24ub3JnL3YxCg==\n      -----END AGE "
    "ENCRYPTED FILE-----\n"
    "  lastmodified: \"2026-01-02T03:04:05Z\"\n  mac: "
    "ENC[AES256_GCM,data:p0lJyQ==,iv:hV0z,tag:BzWp,type:str]\n"
    "  encrypted_regex: ^(replicas|data)$\n  version: 3.9.0\n";

std::vector<std::string> Rules(const Verdict& verdict) {
  std::vector<std::string> rules;
  for (const Finding& finding : verdict.findings) {
    if (finding.severity != Severity::kNote) rules.push_back(finding.rule);
  }
  return rules;
}

TEST_CASE("a value that Flux replaces excuses what is wrong with it") {
  for (const char* spec : {"replicas: ${REPLICAS}", "replicas: \"${REPLICAS:=3}\"", "replicas: 1${X}",
                           "${FIELD}: 3", "replicas: 1\n  strategy: {type: \"${TYPE}\"}"}) {
    CAPTURE(spec);
    CHECK(Rules(Substituted(Deployment(spec))).empty());
  }
}

TEST_CASE("text beside a value, another value or a comment excuse nothing") {
  for (const char* spec : {"replica: 3 # ${x}", "replicas: three # ${x}", "replica: ${x}",
                           "replica: \"${REPLICAS}\" # ${x}", "strategy: {typ: Recreate, type: \"${TYPE}\"}",
                           "replicas: \"$${REPLICAS}\"", "replicas: \"${REPLICAS\"", "paused: {a: \"${x}\"}",
                           "revisionHistoryLimit: [\"${x}\"]", "template: \"x\" #${x}\n  replicas: 1"}) {
    CAPTURE(spec);
    CHECK_FALSE(Rules(Substituted(Deployment(spec))).empty());
  }
  std::string no_selector = Deployment("replicas: 1");
  no_selector.replace(no_selector.find("spec:"), 5, "spec: # ${x}");
  no_selector.erase(no_selector.find("  selector:"),
                    std::string("  selector:\n    matchLabels: {app: x}\n").size());
  CHECK_FALSE(Rules(Substituted(no_selector)).empty());
}

TEST_CASE("a field that is missing is excused by nothing, not even by the key above it") {
  const manifests::ParsedFile file = manifests::Parse("a.yaml", "${x}: {a: b}\n", Limits());
  const Excuses excuses(file);
  Finding finding;
  finding.range = file.documents.at(0).root->children[0].key_range;
  finding.rule = "schema/unknown-field";
  CHECK(excuses.Placeholder(finding));
  finding.rule = "schema/required";
  CHECK_FALSE(excuses.Placeholder(finding));
}

TEST_CASE("only a value that SOPS encrypted is excused by it") {
  CHECK(Rules(CheckTree({{"web.yaml", Deployment(std::string("replicas: ") + kEncrypted, kSops)}})).empty());
  for (const std::string& spec : {std::string("replica: 3 # ENC["), std::string("replica: 3 # ") + kEncrypted,
                                  std::string("replicas: ENC[3]"), std::string("replica: ") + kEncrypted,
                                  std::string("replicas: three # ") + kEncrypted}) {
    CAPTURE(spec);
    const std::vector<std::string> rules = Rules(CheckTree({{"web.yaml", Deployment(spec, kSops)}}));
    CHECK(std::any_of(rules.begin(), rules.end(),
                      [](const std::string& rule) { return rule.starts_with("schema/"); }));
  }
}

std::string BadMaps(int count, int from = 0) {
  std::string text;
  for (int i = from; i < from + count; ++i) {
    text += "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: m" + std::to_string(i) + "}\ndatum: {}\n";
  }
  return text;
}

TEST_CASE("of one rule in one file a hundred findings are listed, the others are one more") {
  const Verdict verdict = CheckTree({{"m.yaml", BadMaps(250)}, {"n.yaml", BadMaps(100, 300)}});
  REQUIRE(verdict.findings.size() == 201);
  CHECK(verdict.findings[100].message == "150 more of the same in this file, from here on, not listed");
  CHECK(verdict.findings[100].range.begin.line == 505);
  CHECK(verdict.findings[100].rule == "schema/unknown-field");
  CHECK(verdict.outcome == Outcome::kRejected);
}

TEST_CASE("what is excused does not crowd out what is not") {
  std::string text;
  for (int i = 0; i < 200; ++i) {
    text += "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: m" + std::to_string(i) + "}\n${x}: {}\n";
  }
  const Verdict verdict = Substituted(text + BadMaps(1, 500));
  CHECK(Rules(verdict) == std::vector<std::string>{"schema/unknown-field"});
}

TEST_CASE("ratchet and waivers weigh every finding, however many there are") {
  const Files before = {{".sluice/sluice.yaml", "version: 1\nratchet: true\n"}, {"m.yaml", BadMaps(150)}};
  Files after = before;
  after["m.yaml"] = BadMaps(150) + "# touched\n";
  CHECK(CheckChange(before, after).outcome == Outcome::kAccepted);
  after["m.yaml"] = BadMaps(151);
  CHECK(CheckChange(before, after).summary.errors == 1);
}

struct LineCase {
  const char* text;
  std::vector<std::string> lines;
};

TEST_CASE("a line is shown unless a Secret stands in a document on it") {
  const std::string bidi = "\xe2\x80\xae";
  for (const LineCase& c : {
           LineCase{"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nwrong: 1\n", {"wrong: 1"}},
           {"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nwrong: 1\n", {""}},
           {"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n---\napiVersion: v1\nkind: "
            "ConfigMap\nmetadata: {name: b}\n"
            "wrong: 1\n",
            {"wrong: 1"}},
           {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\nwrong: 1\n---\napiVersion: v1\nkind: "
            "Secret\n"
            "metadata: {name: a}\nalso: 1\n",
            {"wrong: 1", ""}},
           // Both documents of a line, whichever the finding is of.
           {"{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\"}} "
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"b\"},\"wrong\":1}\n",
            {""}},
           {"{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"b\"},\"wrong\":1} "
            "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\"}}\n",
            {""}},
       }) {
    CAPTURE(c.text);
    const Verdict verdict = CheckTree({{"a.yaml", c.text}});
    std::vector<std::string> lines;
    for (const Finding& finding : verdict.findings) lines.push_back(finding.source_line);
    CHECK(lines == c.lines);
  }
}

TEST_CASE("a document that is no object hides its lines where it may be a Secret") {
  const std::string bidi = "stringData: {password: hunter2, a: \"\xe2\x80\xae\"}\n";
  for (const std::string& head : {std::string("apiVersion: v1\nKind: Secret\nmetadata: {name: a}\n"),
                                  std::string("apiversion: v1\nkind: Secret\nmetadata: {name: a}\n"),
                                  std::string("kind: Secret\nmetadata: {name: a}\n"),
                                  std::string("apiVersion: v1\nkind: [Secret]\nmetadata: {name: a}\n"),
                                  std::string("apiVersion: v1\nmetadata: {name: a}\n")}) {
    CAPTURE(head);
    const Verdict verdict = CheckTree({{"a.yaml", head + bidi}});
    CHECK_FALSE(verdict.findings.empty());
    for (const Finding& finding : verdict.findings) CHECK(finding.source_line.empty());
  }
}

TEST_CASE("hidden characters are found in what nobody can read as YAML, and in other files") {
  const std::string reorders = "\xE2\x80\xAE", invisible = "\xE2\x80\x8B",
                    astronaut = "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80";
  const std::string chart = "apiVersion: v2\nname: c\nversion: 1.0.0\n";
  const std::pair<std::string, std::string> files[] = {{"v.yaml", "a: 1\na: 2 # "},
                                                       {"v.json", "{\"a\": // "},
                                                       {"c/templates/_h.tpl", "{{/* */}} "},
                                                       {"c/templates/a.yaml", "a: {{ .Values.a }} # "},
                                                       {"c/templates/NOTES.txt", "x "},
                                                       {"run.sh", "#!/bin/sh\n# "},
                                                       {"README.md", "x "},
                                                       {"Makefile", "# "}};
  for (const auto& [path, text] : files) {
    CAPTURE(path);
    const Files before = {{"c/Chart.yaml", chart}};
    const auto verdict = [&](const std::string& hidden) {
      Files after = before;
      after[path] = text + hidden + " evil\n";
      return CheckChange(before, after);
    };
    const Verdict rejected = verdict(reorders);
    CAPTURE(Brief(rejected));
    CHECK(rejected.outcome == Outcome::kRejected);
    CHECK(Brief(rejected)[0].starts_with("text/bidirectional " + path));
    CHECK(verdict(invisible).outcome == Outcome::kAccepted);
    CHECK(Brief(verdict(invisible)).size() == 1);
    for (const std::string& fine : {std::string(), astronaut, std::string("\xD7\xA9\xD7\x9C")})
      CHECK(Brief(verdict(fine)).empty());
  }
}

}  // namespace
}  // namespace sluice::gate
