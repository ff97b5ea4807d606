// What the operator says of drift: which rule fits, and what is no rule.
#include "agent/drift_settings.h"

#include "tests/cluster/nodes.h"

namespace sluice::agent {
namespace {

using cluster::Text;

TEST_CASE("a pattern fits the field and all below it") {
  struct Fit {
    const char *pattern, *field;
    bool fits;
  };
  const Fit cases[] = {
      {"", "spec.replicas", true},
      {"spec.replicas", "spec.replicas", true},
      {"spec", "spec.template.spec.containers[0].image", true},
      {"spec.template.spec.containers[*].image", "spec.template.spec.containers[12].image", true},
      {"spec.template.spec.containers[0]", "spec.template.spec.containers[0].image", true},
      {"spec.*.spec", "spec.template.spec.containers[0]", true},
      {"*", "spec.replicas", true},
      {"metadata.annotations.example.com/a", "metadata.annotations.example.com/a", true},
      {"spec.replica", "spec.replicas", false},
      {"spec.replicas", "spec", false},
      {"spec.replicas", "spec.replicasX", false},
      {"spec.template.spec.containers[1]", "spec.template.spec.containers[12]", false},
      {"spec.template.spec.containers[*]", "spec.template.spec.containers", false},
      {"spec.containers.*", "spec.containers[0]", false},
      {"spec[*]", "spec.replicas", false},
      {"spec.rep*", "spec.replicas", false},
      {"replicas", "spec.replicas", false},
  };
  for (const Fit& each : cases) {
    INFO(each.pattern << " " << each.field);
    CHECK(FieldFits(each.pattern, each.field) == each.fits);
  }
}

TEST_CASE("the first rule that fits decides") {
  const Text text(
      "action: alert\nrules:\n- {kind: Deployment, group: apps, namespace: 'shop-*', field: spec.replicas, "
      "action: "
      "ignore, reason: HPA}\n- {environment: staging, action: ignore}\n- {name: web, action: heal}\n");
  const auto settings = ReadDriftSettings(text.get(), "agent.yaml");
  REQUIRE(settings);
  const auto action = [&](const std::string& environment, const ObjectName& object,
                          const std::string& field) {
    return Decide(*settings, environment, object, field).action;
  };
  const ObjectName web{"apps/v1", "Deployment", "shop-a", "web"}, other{"v1", "ConfigMap", "shop-a", "other"};
  CHECK(action("production", web, "spec.replicas") == DriftAction::kIgnore);
  CHECK(Decide(*settings, "production", web, "spec.replicas").reason == "HPA");
  CHECK(action("production", web, "spec.paused") == DriftAction::kHeal);
  CHECK(action("staging", web, "spec.paused") == DriftAction::kIgnore);
  CHECK(action("production", other, "data.a") == DriftAction::kAlert);
  CHECK(action("production", {"apps/v1", "Deployment", "bank", "api"}, "spec.replicas") ==
        DriftAction::kAlert);
  CHECK(action("production", {"example.com/v1", "Deployment", "shop-a", "api"}, "spec.replicas") ==
        DriftAction::kAlert);
  const auto none = ReadDriftSettings(nullptr, "agent.yaml");
  REQUIRE(none);
  CHECK(none->action == DriftAction::kHeal);
  CHECK(Decide(*none, "production", web, "spec").action == DriftAction::kHeal);
}

TEST_CASE("what is no setting is refused, with its place") {
  struct Wrong {
    const char *yaml, *message;
    unsigned line;
  };
  const Wrong cases[] = {
      {"[]", "drift must be a mapping of action and rules", 1},
      {"alert", "drift must be a mapping of action and rules", 1},
      {"\naction: fix", "action must be heal, alert or ignore", 2},
      {"action: [heal]", "action must be heal, alert or ignore", 1},
      {"actions: heal", "drift has no key \"actions\"", 1},
      {"rules: {}", "rules must be a list of at most 1000 rules", 1},
      {"rules:\n- heal", "a rule of drift must be a mapping", 2},
      {"rules:\n- {kind: Deployment}", "a rule of drift needs an action", 2},
      {"rules:\n- {action: Heal}", "action must be heal, alert or ignore", 2},
      {"rules:\n- {action: heal, kinds: Deployment}", "a rule of drift has no key \"kinds\"", 2},
      {"rules:\n- {action: heal, kind: [Deployment]}", "kind must be a text that is not empty", 2},
      {"rules:\n- {action: heal, field: ''}", "field must be a text that is not empty", 2},
      {"rules:\n- {action: heal}\n- {action: heal, name: 5}", "name must be a text that is not empty", 3},
  };
  for (const Wrong& each : cases) {
    INFO(each.yaml);
    const Text text(each.yaml);
    const auto settings = ReadDriftSettings(text.get(), "agent.yaml");
    REQUIRE(!settings);
    CHECK(settings.error().kind == ErrorKind::kConfiguration);
    CHECK(settings.error().message == each.message);
    CHECK(settings.error().file == "agent.yaml");
    CHECK(settings.error().at.line == each.line);
  }
  std::string many = "rules:\n";
  for (int i = 0; i < 1001; ++i) many += "- {action: heal}\n";
  CHECK(!ReadDriftSettings(Text(many).get(), "agent.yaml"));
}

TEST_CASE("a rule is written as it is read") {
  const DriftRule rule{.environment = "production",
                       .group = "apps",
                       .kind = "Deployment",
                       .ns = "shop",
                       .name = "we\"b",
                       .field = "spec.template.spec.containers[0].image",
                       .action = DriftAction::kIgnore,
                       .reason = "a: b"};
  const Text text("rules:\n- " + RuleText(rule));
  const auto settings = ReadDriftSettings(text.get(), "x");
  REQUIRE(settings);
  REQUIRE(settings->rules.size() == 1);
  CHECK(RuleText(settings->rules[0]) == RuleText(rule));
  CHECK(settings->rules[0].name == rule.name);
  CHECK(settings->rules[0].reason == rule.reason);
  CHECK(RuleText({.action = DriftAction::kAlert}) == "{action: alert}");
}

}  // namespace
}  // namespace sluice::agent
