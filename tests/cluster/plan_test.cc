// What of a change is sent, and what is known without.
#include "cluster/plan.h"

#include <map>

#include "cluster/rule_ids.h"
#include "tests/cluster/nodes.h"

namespace sluice::cluster {
namespace {

struct Kind {
  ApiResource resource;
  ServedBy by = ServedBy::kApiServer;
};

const std::vector<std::string> kVerbs = {"get", "list", "patch", "delete"};

const std::vector<Kind> kServed = {
    {{"", "v1", "Namespace", "namespaces", false, kVerbs}},
    {{"", "v1", "ConfigMap", "configmaps", true, kVerbs}},
    {{"", "v1", "Secret", "secrets", true, kVerbs}},
    {{"", "v1", "Binding", "bindings", true, {"create"}}},
    {{"", "v1", "Pod", "pods", true, kVerbs}},
    {{"", "v1", "LimitRange", "limitranges", true, kVerbs}},
    {{"", "v1", "ResourceQuota", "resourcequotas", true, kVerbs}},
    {{"apps", "v1", "Deployment", "deployments", true, kVerbs}},
    {{"rbac.authorization.k8s.io", "v1", "Role", "roles", true, kVerbs}},
    {{"metrics.k8s.io", "v1", "PodMetrics", "pods", true, kVerbs}, ServedBy::kAggregated},
    {{"unsure.example.com", "v1", "Unsure", "unsures", true, kVerbs}, ServedBy::kUnknown},
    {{"apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false, kVerbs}},
    {{"admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy", "validatingadmissionpolicies", false,
      kVerbs}},
    {{"old.example.com", "v1", "Old", "olds", true, kVerbs}},
};

ServedKind Find(std::string_view api_version, std::string_view kind) {
  for (const Kind& each : kServed) {
    if (each.resource.group == GroupOf(api_version) && each.resource.version == VersionOf(api_version) &&
        each.resource.kind == kind) {
      return {&each.resource, each.by, false};
    }
  }
  return {nullptr, ServedBy::kApiServer, GroupOf(api_version) == "away.example.com"};
}

DryRunObject Object(const std::string& api_version, const std::string& kind, const std::string& ns,
                    const std::string& name, const std::string& rest = "", bool removal = false) {
  DryRunObject object{{api_version, kind, ns, name}, removal, {}};
  if (!removal)
    object.json =
        Text("apiVersion: " + api_version + "\nkind: " + kind + "\nmetadata: {name: '" + name + "'}\n" + rest)
            .json();
  return object;
}

DryRunObject Map(const std::string& ns, const std::string& name) {
  return Object("v1", "ConfigMap", ns, name);
}
DryRunObject Space(const std::string& name) { return Object("v1", "Namespace", "", name); }
DryRunObject Gone(DryRunObject object) {
  object.removal = true;
  object.json.clear();
  return object;
}

DryRunObject Definition(const std::string& kind, const std::string& plural, const std::string& group) {
  return Object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", plural + '.' + group,
                "spec: {group: " + group + ", names: {kind: " + kind +
                    "}, versions: [{name: v1, served: true}, "
                    "{name: v2, served: false}, {name: v3}]}");
}

constexpr const char* kKnown[] = {"taken", "refused", "offline", "unverified"};

// "sent PATH", or how it is known without and why; "if not …" where it depends.
std::string LineOf(const PlannedObject& planned) {
  std::string line = planned.sent ? "sent " + planned.path : kKnown[static_cast<int>(planned.answer.known)];
  if (planned.answer.effect == Effect::kCreated) line += " created";
  if (!planned.answer.reason.empty()) line += ": " + planned.answer.reason;
  for (const DryRunCause& cause : planned.answer.causes) line += ": " + cause.rule + ": " + cause.message;
  if (planned.depends_on) line += " | " + planned.depends_on.why;
  return line;
}

// Of the last object.
std::string PlanOf(std::vector<DryRunObject> objects, std::set<std::string> absent = {},
                   AdmissionFacts facts = {}, SentKinds sends = {}) {
  const DryRunRequest request{"c", std::move(objects), {}, false};
  const Plan plan = MakePlan({&request, Find, std::move(absent), std::move(facts), sends});
  REQUIRE(plan.objects.size() == request.objects.size());
  return LineOf(plan.objects.back());
}

TEST_CASE("objects are sent to where they are") {
  CHECK(PlanOf({Map("shop", "x")}) == "sent /api/v1/namespaces/shop/configmaps/x");
  CHECK(PlanOf({Object("apps/v1", "Deployment", "shop", "x")}) ==
        "sent /apis/apps/v1/namespaces/shop/deployments/x");
  CHECK(PlanOf({Space("shop")}) == "sent /api/v1/namespaces/shop");
  CHECK(PlanOf({Gone(Map("shop", "x"))}) == "sent /api/v1/namespaces/shop/configmaps/x");
  CHECK(PlanOf({Map("shop", "a b?c#d")}) == "sent /api/v1/namespaces/shop/configmaps/a%20b%3Fc%23d");
  CHECK(PlanOf({Object("rbac.authorization.k8s.io/v1", "Role", "shop", "a:b")}, {}, {}, {.rbac = true}) ==
        "sent /apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles/a%3Ab");
}

TEST_CASE("names that would lead elsewhere are not sent") {
  for (const char* name : {"", ".", "..", "a/b", "../../secrets/x", "a%2fb"}) {
    CAPTURE(name);
    CHECK(PlanOf({Map("shop", name)}) == "unverified: its name cannot stand in a request");
    CHECK(PlanOf({Map(name, "x")}) == "unverified: its name cannot stand in a request");
  }
}

TEST_CASE("some kinds are never sent, or only on request") {
  const DryRunObject secret = Object("v1", "Secret", "shop", "x");
  CHECK(PlanOf({secret}) == "offline: Secrets are not sent, so that their values stay here");
  CHECK(PlanOf({Gone(secret)}) == "offline: Secrets are not sent, so that their values stay here");
  CHECK(PlanOf({secret}, {}, {}, {.secrets = true}) == "sent /api/v1/namespaces/shop/secrets/x");
  CHECK(PlanOf({secret}, {}, {}, {.rbac = true}).starts_with("offline"));
  const DryRunObject role = Object("rbac.authorization.k8s.io/v1", "Role", "shop", "x");
  CHECK(PlanOf({role}).starts_with("offline: roles and their bindings are not sent"));
  CHECK(PlanOf({role}, {}, {}, {.secrets = true}).starts_with("offline"));
  CHECK(PlanOf({Object("metrics.k8s.io/v1", "PodMetrics", "shop", "x")})
            .starts_with("offline: another API server"));
  CHECK(PlanOf({Object("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", "", "x")}, {}, {},
               {.secrets = true, .rbac = true})
            .starts_with("offline: admission policies are not sent"));
  CHECK(PlanOf({Object("unsure.example.com/v1", "Unsure", "shop", "x")}) ==
        "unverified: whether another API server serves it could not be asked");
  CHECK(PlanOf({Object("v1", "Binding", "shop", "x")}) ==
        "unverified: the cluster serves Binding without the verb patch");
  CHECK(PlanOf({Gone(Object("v1", "Binding", "shop", "x"))}) ==
        "unverified: the cluster serves Binding without the verb delete");
}

TEST_CASE("a kind that nobody defines is refused") {
  CHECK(PlanOf({Object("example.com/v1", "New", "shop", "x")}) ==
        "refused: cluster/unknown-kind: the cluster does not serve New of example.com/v1");
  CHECK(PlanOf({Object("away.example.com/v1", "New", "shop", "x")}) ==
        "unverified: who serves its API does not answer");
  CHECK(PlanOf({Gone(Object("example.com/v1", "New", "shop", "x"))}) == "taken: it is not in the cluster");
}

TEST_CASE("a kind that the change defines is judged offline") {
  const DryRunObject definition = Definition("New", "news", "example.com");
  const auto object = [](const char* version) {
    return Object(std::string("example.com/") + version, "New", "shop", "x");
  };
  const std::string brought =
      "offline created: the change itself brings its CustomResourceDefinition news.example.com";
  CHECK(PlanOf({definition, object("v1")}) == brought);
  CHECK(PlanOf({definition, object("v3")}) == brought);
  CHECK(PlanOf({definition, object("v2")}).starts_with("refused"));  // not served
  CHECK(PlanOf({definition, object("v4")}).starts_with("refused"));
  CHECK(PlanOf({definition, Object("other.com/v1", "New", "shop", "x")}).starts_with("refused"));
  CHECK(PlanOf({Gone(definition), object("v1")}).starts_with("refused"));
  CHECK(PlanOf({definition}).starts_with("sent"));
}

TEST_CASE("where the definition changes the server's is no longer the one that counts") {
  const DryRunObject definition = Definition("Old", "olds", "old.example.com");
  const DryRunObject object = Object("old.example.com/v1", "Old", "shop", "x");
  CHECK(PlanOf({definition, object}) ==
        "offline: the change itself changes its CustomResourceDefinition olds.old.example.com");
  CHECK(PlanOf({definition, Gone(object)}).starts_with("sent"));
  CHECK(PlanOf({Gone(definition), object}) == "unverified: the change removes its CustomResourceDefinition");
  CHECK(PlanOf({Gone(definition), Gone(object)}).starts_with("sent"));
}

TEST_CASE("a version that the definition of the change no longer serves is not asked about") {
  const DryRunObject object = Object("old.example.com/v1", "Old", "shop", "x");
  const auto serving = [](const std::string& versions) {
    return Object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "olds.old.example.com",
                  "spec: {group: old.example.com, names: {kind: Old}, versions: [" + versions + "]}");
  };
  const std::string ended =
      "unverified: the change's CustomResourceDefinition olds.old.example.com serves no version v1";
  CHECK(PlanOf({serving("{name: v1, served: false}, {name: v2}"), object}) == ended);
  CHECK(PlanOf({serving("{name: v2, served: true}"), object}) == ended);
  CHECK(PlanOf({serving(""), object}) == ended);
  CHECK(PlanOf({serving("{name: v1}"), object}).starts_with("offline"));
  CHECK(PlanOf({serving("{name: v2}"), Gone(object)}).starts_with("sent"));
}

TEST_CASE("what lands in a namespace of the change is asked for only where that is there") {
  const std::vector<DryRunObject> both = {Space("new"), Map("new", "x")};
  CHECK(NamespacesToAsk({"", both, {}, false}) == std::vector<std::string>{"new"});
  CHECK(NamespacesToAsk({"", {Space("a"), Map("b", "x"), Gone(Map("a", "x")), Gone(Space("b"))}, {}, false})
            .empty());
  CHECK(PlanOf(both, {"new"}) == "offline created: the change itself brings its namespace new");
  CHECK(PlanOf(both).starts_with("sent"));
  CHECK(PlanOf({Space("new"), Gone(Map("new", "x"))}, {"new"}).starts_with("sent"));
  CHECK(PlanOf({Gone(Space("shop")), Map("shop", "x")}) ==
        "unverified: the change removes its namespace shop");
  CHECK(PlanOf({Map("new", "x"), Space("new")}, {"new"}) == "sent /api/v1/namespaces/new");
}

AdmissionFacts Facts(const std::string& policy, const std::string& binding = "") {
  AdmissionFacts facts;
  LearnAdmission(*Text("metadata: {name: p}\nspec: " + policy), AdmissionKinds()[0], facts);
  if (!binding.empty())
    LearnAdmission(*Text("metadata: {name: b}\nspec: " + binding), AdmissionKinds()[1], facts);
  return facts;
}

DryRunObject Policy(const std::string& name, const std::string& spec) {
  return Object("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", "", name, "spec: " + spec);
}
DryRunObject Binding(const std::string& name, const std::string& spec) {
  return Object("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", "", name,
                "spec: " + spec);
}

const std::string kOverMaps =
    "{matchConstraints: {resourceRules: [{apiGroups: [''], resources: [configmaps]}]}";

TEST_CASE("what a changed policy judges depends on it") {
  const std::string touched = " | the change itself changes admission policy p, or what it goes by";
  const DryRunObject map = Map("shop", "x"), web = Object("apps/v1", "Deployment", "shop", "x");
  CHECK(PlanOf({Policy("p", kOverMaps + "}"), map}).ends_with(touched));
  CHECK_FALSE(PlanOf({Policy("p", kOverMaps + "}"), web}).ends_with(touched));
  CHECK(PlanOf({Policy("p", "{matchConstraints: {resourceRules: [{apiGroups: ['*'], resources: ['*/*']}]}}"),
                web})
            .ends_with(touched));
  CHECK(PlanOf({Gone(Policy("p", "{}")), map}, {}, Facts(kOverMaps + "}")).ends_with(touched));
  CHECK_FALSE(PlanOf({Gone(Policy("p", "{}")), web}, {}, Facts(kOverMaps + "}")).ends_with(touched));
  CHECK(PlanOf({Binding("b", "{policyName: p}"), map}, {}, Facts(kOverMaps + "}")).ends_with(touched));
  CHECK(PlanOf({Gone(Binding("b", "{}")), map}, {}, Facts(kOverMaps + "}", "{policyName: p}"))
            .ends_with(touched));
  // Nobody knows what the policy of a changed binding judges.
  CHECK(PlanOf({Binding("b", "{policyName: p}"), web}).ends_with(touched));
  CHECK_FALSE(PlanOf({Binding("b", "{}"), web}).ends_with("goes by"));  // binds nothing
  CHECK_FALSE(PlanOf({web}, {}, Facts(kOverMaps + "}", "{policyName: p}")).ends_with(touched));
}

TEST_CASE("what a policy judges depends on its parameters") {
  const std::string touched = " | the change itself changes admission policy p, or what it goes by";
  const std::string takes = kOverMaps + ", paramKind: {apiVersion: v1, kind: ConfigMap}}";
  const DryRunObject map = Map("shop", "x");
  const auto plan = [&](const DryRunObject& param, const std::string& reference) {
    return PlanOf({param, map}, {}, Facts(takes, "{policyName: p, paramRef: " + reference + "}"))
        .ends_with(touched);
  };
  CHECK(plan(Map("policies", "limits"), "{name: limits, namespace: policies}"));
  CHECK(plan(Gone(Map("policies", "limits")), "{name: limits, namespace: policies}"));
  CHECK(plan(Map("shop", "limits"), "{name: limits}"));
  CHECK(plan(Map("shop", "any"), "{selector: {}}"));
  CHECK_FALSE(plan(Map("policies", "others"), "{name: limits, namespace: policies}"));
  CHECK_FALSE(plan(Map("shop", "limits"), "{name: limits, namespace: policies}"));
  CHECK_FALSE(
      plan(Object("apps/v1", "Deployment", "policies", "limits"), "{name: limits, namespace: policies}"));
}

TEST_CASE("where policies could not be read, what else might steer them counts") {
  const DryRunObject web = Object("apps/v1", "Deployment", "shop", "x"), map = Map("shop", "limits");
  const auto depends = [](std::vector<DryRunObject> objects) {
    AdmissionFacts unread;
    unread.trouble = "admission policies could not be read: x";
    return PlanOf(std::move(objects), {}, std::move(unread))
        .ends_with(" | admission policies could not be read: x");
  };
  CHECK(depends({map, web}));
  CHECK(depends({Gone(map), web}));
  CHECK(depends({Object("v1", "Secret", "shop", "s"), web}));
  CHECK(depends({Object("old.example.com/v1", "Old", "shop", "o"), web}));
  CHECK(depends({Object("metrics.k8s.io/v1", "PodMetrics", "shop", "o"), web}));
  CHECK(depends({Object("example.com/v1", "New", "shop", "o"), web}));
  CHECK(depends({Gone(Binding("b", "{}")), web}));
  CHECK(
      depends({Object("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", "", "b"), web}));
  CHECK(depends({web, map, Map("shop", "other")}));
  // Its own parameter is the one before the change, whoever applies it.
  CHECK_FALSE(depends({web, map}));
  CHECK_FALSE(depends({map}));
  // Kinds of Kubernetes' own that hold no settings of others.
  CHECK_FALSE(depends({Space("n"), Object("apps/v1", "Deployment", "shop", "y"), web}));
  CHECK_FALSE(depends({Object("rbac.authorization.k8s.io/v1", "Role", "shop", "r"), web}));
}

TEST_CASE("mutating policies and their parameters count as the others do") {
  const std::string touched = " | the change itself changes admission policy p, or what it goes by";
  const DryRunObject map = Map("shop", "x"), web = Object("apps/v1", "Deployment", "shop", "x");
  const auto mutating = [](const std::string& kind, const std::string& name, const std::string& spec) {
    return Object("admissionregistration.k8s.io/v1beta1", "MutatingAdmissionPolicy" + kind, "", name,
                  "spec: " + spec);
  };
  CHECK(PlanOf({mutating("", "p", kOverMaps + "}"), map}).ends_with(touched));
  CHECK_FALSE(PlanOf({mutating("", "p", kOverMaps + "}"), web}).ends_with(touched));
  CHECK(PlanOf({mutating("Binding", "b", "{policyName: p}"), web}).ends_with(touched));
  // A name of one kind is none of the other.
  CHECK(PlanOf({Gone(mutating("", "p", "{}")), web}, {}, Facts(kOverMaps + "}")).ends_with(touched));
  CHECK_FALSE(
      PlanOf({Gone(mutating("Binding", "b", "{}")), map}, {}, Facts(kOverMaps + "}", "{policyName: p}"))
          .ends_with(touched));
}

TEST_CASE("what changed webhooks are asked about depends on them") {
  const std::string touched = " | the change itself changes the webhooks of ValidatingWebhookConfiguration w";
  const auto hook = [](const std::string& rules) {
    return Object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "", "w",
                  "webhooks: [{rules: [" + rules + "]}]");
  };
  const std::string maps = "{apiGroups: [''], resources: [configmaps]}", none;
  const DryRunObject map = Map("shop", "x"), web = Object("apps/v1", "Deployment", "shop", "x");
  AdmissionFacts facts;
  facts.webhooks = {{false, "w", {{"", "configmaps"}}}};
  CHECK(PlanOf({hook(maps), map}).ends_with(touched));
  CHECK_FALSE(PlanOf({hook(maps), web}).ends_with(touched));
  CHECK(PlanOf({hook(none), map}, {}, facts).ends_with(touched));
  CHECK(PlanOf({Gone(hook(none)), map}, {}, facts).ends_with(touched));
  CHECK_FALSE(PlanOf({Gone(hook(none)), web}, {}, facts).ends_with(touched));
  facts.webhooks[0].name = "another";
  CHECK_FALSE(PlanOf({Gone(hook(none)), map}, {}, facts).ends_with(touched));
}

TEST_CASE("what quotas and limits of the change count depends on them") {
  const auto quota = [](const std::string& hard) {
    return Object("v1", "ResourceQuota", "shop", "q", "spec: {hard: {" + hard + "}}");
  };
  const std::string touched = " | the change itself changes ResourceQuota q";
  const DryRunObject map = Map("shop", "x"), pod = Object("v1", "Pod", "shop", "x"),
                     web = Object("apps/v1", "Deployment", "shop", "x");
  CHECK(PlanOf({quota("pods: 1"), pod}).ends_with(touched));
  CHECK(PlanOf({quota("requests.cpu: 1"), pod}).ends_with(touched));
  CHECK(PlanOf({quota("configmaps: 1"), map}).ends_with(touched));
  CHECK(PlanOf({quota("count/deployments.apps: 1"), web}).ends_with(touched));
  CHECK(PlanOf({Gone(quota("")), web}).ends_with(touched));
  CHECK(PlanOf({Object("v1", "LimitRange", "shop", "l"), pod})
            .ends_with(" | the change itself changes LimitRange l"));
  CHECK_FALSE(PlanOf({quota("pods: 1"), map}).ends_with(touched));
  CHECK_FALSE(PlanOf({quota("pods: 1"), web}).ends_with(touched));
  CHECK_FALSE(PlanOf({quota("configmaps: 1"), Map("other", "x")}).ends_with(touched));
  CHECK_FALSE(PlanOf({quota("configmaps: 1"), Gone(map)}).ends_with(touched));
  CHECK_FALSE(PlanOf({map, quota("resourcequotas: 1")}).ends_with(touched));
  CHECK_FALSE(PlanOf({Object("v1", "LimitRange", "shop", "l"), web}).ends_with("LimitRange l"));
}

TEST_CASE("what lands in a namespace with other labels depends on them") {
  const DryRunRequest request{"c", {Space("shop"), Map("shop", "x"), Map("other", "x")}, {}, false};
  const Plan plan = MakePlan({&request, Find, {}, {}, {}, {"shop"}});
  CHECK(plan.objects[1].depends_on.why ==
        "the change itself sets labels of namespace shop, by which admission goes");
  CHECK_FALSE(plan.objects[0].depends_on);
  CHECK_FALSE(plan.objects[2].depends_on);
}

TEST_CASE("what depends on the change is weighed") {
  const Dependence policy{"why", true, false, false}, quota{"why", false, true, false},
      mutating{"why", true, false, true};
  DryRunAnswer taken;
  taken.known = Known::kTaken;
  taken.effect = Effect::kUpdated;
  CHECK(Weighed(taken, {}).known == Known::kTaken);
  for (const Dependence& each : {policy, quota, mutating}) {
    CHECK(Weighed(taken, each).known == Known::kUnverified);
    CHECK(Weighed(taken, each).reason == "why");
    CHECK(Weighed(taken, each).effect == Effect::kUpdated);
  }
  const auto refused = [](std::initializer_list<std::string_view> rules) {
    DryRunAnswer answer;
    answer.known = Known::kRefused;
    for (const std::string_view rule : rules) answer.causes.push_back({std::string(rule), "", "no"});
    return answer;
  };
  CHECK(Weighed(refused({kDenied}), policy).known == Known::kUnverified);
  CHECK(Weighed(refused({kDenied, kWarning}), policy).known == Known::kUnverified);
  CHECK(Weighed(refused({kDenied}), quota).known == Known::kRefused);
  CHECK(Weighed(refused({kForbidden}), quota).known == Known::kUnverified);
  CHECK(Weighed(refused({kForbidden}), policy).known == Known::kRefused);
  CHECK(Weighed(refused({kDenied, kInvalid}), policy).known == Known::kRefused);
  CHECK(Weighed(refused({kDenied, kInvalid}), mutating).known == Known::kUnverified);
}

TEST_CASE("namespaces and definitions go first, removals last") {
  const DryRunRequest request{"c",
                              {Gone(Map("shop", "a")), Map("shop", "b"), Object("v1", "Secret", "shop", "s"),
                               Space("n"), Definition("New", "news", "example.com"), Map("shop", "c")},
                              {},
                              false};
  CHECK(MakePlan({&request, Find}).order == std::vector<std::size_t>{3, 4, 1, 5, 0});
}

TEST_CASE("what a change brings is known by kind, namespace and name") {
  const DryRunRequest request{"c", {Map("shop", "a"), Gone(Map("shop", "b")), Space("n")}, {}, false};
  CHECK(BringsObject(request, "ConfigMap", "shop", "a"));
  CHECK(BringsObject(request, "Namespace", "", "n"));
  CHECK_FALSE(BringsObject(request, "ConfigMap", "shop", "b"));
  CHECK_FALSE(BringsObject(request, "ConfigMap", "", "a"));
  CHECK_FALSE(BringsObject(request, "Secret", "shop", "a"));
}

}  // namespace
}  // namespace sluice::cluster
