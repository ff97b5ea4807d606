// Rules as patches: where they are put, and where they cannot be.
#include "agent/ignore_patch.h"

#include "tests/cluster/nodes.h"

namespace sluice::agent {
namespace {

const std::vector<DriftRule> kRule = {
    {.kind = "Deployment", .field = "spec.replicas", .action = DriftAction::kIgnore}};
const std::string kLine = R"({kind: "Deployment", field: "spec.replicas", action: ignore})";

std::string PatchOf(const std::string& text) {
  const Result<std::string> patch = IgnorePatch("agent.yaml", text, kRule);
  if (!patch) FAIL(patch.error().Text());
  return *patch;
}

// What the patch makes of the text, by the rules of the format; fails where it does not fit.
std::string Patched(const std::string& text, const std::string& patch) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < patch.size();) {
    const std::size_t end = patch.find('\n', at);
    REQUIRE(end != patch.npos);
    lines.push_back(patch.substr(at, end - at));
    at = end + 1;
  }
  REQUIRE(lines.size() > 3);
  CHECK(lines[0] == "--- agent.yaml");
  CHECK(lines[1] == "+++ agent.yaml");
  std::size_t begin = 0, old_count = 0, now_begin = 0, now_count = 0;
  REQUIRE(sscanf(lines[2].c_str(), "@@ -%zu,%zu +%zu,%zu @@", &begin, &old_count, &now_begin, &now_count) ==
          4);
  std::string old, now;
  std::size_t olds = 0, nows = 0;
  for (std::size_t i = 3; i < lines.size(); ++i) {
    const char kind = lines[i][0];
    if (kind == '\\') continue;
    const bool unended = i + 1 < lines.size() && lines[i + 1][0] == '\\';
    const std::string line = lines[i].substr(1) + (unended ? "" : "\n");
    if (kind != '+') old += line, ++olds;
    if (kind != '-') now += line, ++nows;
  }
  CHECK(olds == old_count);
  CHECK(nows == now_count);
  std::size_t at = 0;
  for (std::size_t line = 1; line < begin; ++line) at = text.find('\n', at) + 1;
  INFO(patch);
  REQUIRE(text.substr(at, old.size()) == old);
  return text.substr(0, at) + now + text.substr(at + old.size());
}

struct Put {
  const char *what, *before;
  std::string after;
};

TEST_CASE("a rule is put before those that are there") {
  const Put cases[] = {
      {"no drift", "a: 1\nb: 2\n", "a: 1\nb: 2\ndrift:\n  rules:\n  - " + kLine + "\n"},
      {"nothing at all but one key", "a: 1\n", "a: 1\ndrift:\n  rules:\n  - " + kLine + "\n"},
      {"no line end", "a: 1\nb: 2", "a: 1\nb: 2\ndrift:\n  rules:\n  - " + kLine + "\n"},
      {"no rules", "a: 1\ndrift:\n  action: alert\nb: 2\n",
       "a: 1\ndrift:\n  rules:\n  - " + kLine + "\n  action: alert\nb: 2\n"},
      {"rules in the line of their key", "drift:\n  rules:\n  - {action: heal}\nb: 2\n",
       "drift:\n  rules:\n  - " + kLine + "\n  - {action: heal}\nb: 2\n"},
      {"rules further in",
       "drift:\n    rules:\n      # why\n      - action: heal\n        kind: A\n      - {action: alert}\n",
       "drift:\n    rules:\n      # why\n      - " + kLine +
           "\n      - action: heal\n        kind: A\n      - {action: alert}\n"},
      {"far from both ends",
       "a: 1\nb: 2\nc: 3\nd: 4\ndrift:\n  rules:\n  - {action: heal}\ne: 5\nf: 6\ng: 7\nh: 8\n",
       "a: 1\nb: 2\nc: 3\nd: 4\ndrift:\n  rules:\n  - " + kLine +
           "\n  - {action: heal}\ne: 5\nf: 6\ng: 7\nh: 8\n"},
      {"the last line has no end, and stays so", "drift:\n  rules:\n  - {action: heal}",
       "drift:\n  rules:\n  - " + kLine + "\n  - {action: heal}"},
  };
  for (const Put& each : cases) {
    INFO(each.what);
    const std::string patched = Patched(each.before, PatchOf(each.before));
    CHECK(patched == each.after);
    const manifests::ParsedFile file = manifests::Parse("x", patched, {});
    REQUIRE(file.Readable());
    const auto settings = ReadDriftSettings(file.documents[0].root->Find("drift"), "x");
    REQUIRE(settings);
    CHECK(settings->rules[0].field == "spec.replicas");
  }
  CHECK(PatchOf("a: 1\nb: 2") ==
        "--- agent.yaml\n+++ agent.yaml\n@@ -1,2 +1,5 @@\n a: 1\n-b: 2\n\\ No newline at end of file\n+b: 2\n"
        "+drift:\n+  rules:\n+  - " +
            kLine + "\n");
}

TEST_CASE("where no line can be put in, it is said") {
  for (const char* const text :
       {"drift: {action: alert}\n", "a: 1\ndrift:\n", "drift: []\n", "drift:\n  rules: []\n",
        "drift:\n  rules: [{action: heal}]\n", "drift:\n  rules:\n", "drift: alert\n"}) {
    INFO(text);
    const auto patch = IgnorePatch("agent.yaml", text, kRule);
    REQUIRE(!patch);
    CHECK(patch.error().kind == ErrorKind::kConfiguration);
    CHECK(patch.error().at.line > 0);
  }
  CHECK(!IgnorePatch("agent.yaml", "a: [", kRule));
  CHECK(!IgnorePatch("agent.yaml", "a: 1\n---\nb: 2\n", kRule));
  CHECK(IgnorePatch("agent.yaml", "a: 1\n", {})->empty());
  const auto beside_flux = IgnorePatch("agent.yaml", "a: 1\napply: flux\n", kRule);
  REQUIRE(!beside_flux);
  CHECK(beside_flux.error().at.line == 2);
  CHECK(beside_flux.error().message.find("leave the field out of the repository") != std::string::npos);
  CHECK(IgnorePatch("agent.yaml", "apply: sluice\n", kRule));
}

TEST_CASE("each field that differs becomes a rule that fits it alone") {
  Drift drift;
  drift.fields = {{.field = "spec.replicas"},
                  {.field = "(a field whose name looks like a credential)"},
                  {.field = "spec.a[1].b"}};
  const ObjectName web{"apps/v1", "Deployment", "shop", "web"};
  const auto rules = IgnoreRules(web, drift, "production", "HPA");
  REQUIRE(rules.size() == 2);
  CHECK(RuleText(rules[1]) ==
        R"({environment: "production", group: "apps", kind: "Deployment", namespace: "shop", name: "web", )"
        R"(field: "spec.a[1].b", action: ignore, reason: "HPA"})");
  const DriftSettings settings{.rules = rules};
  CHECK(Decide(settings, "production", web, "spec.replicas").action == DriftAction::kIgnore);
  CHECK(Decide(settings, "production", web, "spec.paused").action == DriftAction::kHeal);
  CHECK(Decide(settings, "staging", web, "spec.replicas").action == DriftAction::kHeal);
  CHECK(IgnoreRules({"v1", "ConfigMap", "", "x"}, drift, "", "")[0].group.empty());
}

}  // namespace
}  // namespace sluice::agent
