// One function a reason not to send, in the order in which they win.
// Tested by tests/cluster/plan_test.cc.
#include "cluster/plan.h"

#include <algorithm>
#include <map>
#include <optional>

#include "cluster/answer.h"
#include "cluster/members.h"
#include "cluster/rule_ids.h"

namespace sluice::cluster {
namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr std::string_view kAdmission = "admissionregistration.k8s.io";
constexpr std::string_view kUnguarded =
    "admission policies are not sent: none of them guards a dry run of these";

// Kinds that are not sent unless the operator asks for it, or never.
struct Withheld {
  std::string_view group, kind;  // kind empty: all of the group
  bool SentKinds::*unless;       // null: never sent
  std::string_view reason;
};
constexpr Withheld kWithheld[] = {
    {"", "Secret", &SentKinds::secrets, "Secrets are not sent, so that their values stay here"},
    {"rbac.authorization.k8s.io", "", &SentKinds::rbac,
     "roles and their bindings are not sent: to ask takes the right to grant what they grant"},
    {kAdmission, "ValidatingAdmissionPolicy", nullptr, kUnguarded},
    {kAdmission, "ValidatingAdmissionPolicyBinding", nullptr, kUnguarded},
    {kAdmission, "MutatingAdmissionPolicy", nullptr, kUnguarded},
    {kAdmission, "MutatingAdmissionPolicyBinding", nullptr, kUnguarded},
};

bool IsNamespace(const DryRunObject& object) {
  return object.name.kind == "Namespace" && object.name.api_version == "v1";
}

bool IsDefinition(const DryRunObject& object) {
  return object.name.kind == "CustomResourceDefinition" &&
         GroupOf(object.name.api_version) == "apiextensions.k8s.io";
}

DryRunAnswer Brought(std::string reason) {
  DryRunAnswer answer = OfflineFor(std::move(reason));
  answer.effect = Effect::kCreated;
  return answer;
}

// A CustomResourceDefinition that the change sets.
struct Definition {
  std::string name;
  std::set<std::string> versions;  // served
};

class Planner {
 public:
  explicit Planner(const PlanInput& input)
      : input_(input), request_(*input.request), steering_(request_, input.admission, input.relabelled) {}

  Plan Make() {
    for (const DryRunObject& object : request_.objects) Learn(object);
    Plan plan;
    for (const DryRunObject& object : request_.objects) plan.objects.push_back(PlanOf(object));
    plan.order = OrderOf(plan);
    return plan;
  }

 private:
  void Learn(const DryRunObject& object) {
    if (IsNamespace(object) && object.removal) removed_namespaces_.insert(object.name.name);
    if (!IsDefinition(object)) return;
    if (object.removal) {
      removed_definitions_.insert(object.name.name);  // "PLURAL.GROUP"
    } else {
      LearnDefinition(object);
    }
  }

  void LearnDefinition(const DryRunObject& object) {
    const JsonObject json = ReadJsonObject(object.json);
    Definition definition{object.name.name, {}};
    for (const Node& version : ElementsAt(json.root, {"spec", "versions"})) {
      const Node* const served = version.Find("served");
      const bool is_served = served == nullptr || served->kind != NodeKind::kBool || served->value.boolean;
      if (is_served) definition.versions.emplace(StringAt(&version, {"name"}));
    }
    const std::string group(StringAt(json.root, {"spec", "group"}));
    definitions_[{group, std::string(StringAt(json.root, {"spec", "names", "kind"}))}] =
        std::move(definition);
  }

  PlannedObject PlanOf(const DryRunObject& object) const {
    PlannedObject planned;
    const ServedKind kind = input_.find(object.name.api_version, object.name.kind);
    if (std::optional<DryRunAnswer> answer = Withhold(object, kind)) {
      planned.answer = *std::move(answer);
      return planned;
    }
    planned.path = ObjectPath(object.name, *kind.resource);
    planned.sent = !planned.path.empty();
    if (!planned.sent) planned.answer = UnverifiedFor("its name cannot stand in a request");
    planned.depends_on = steering_.Of(object, kind.resource->resource);
    return planned;
  }

  std::optional<DryRunAnswer> Withhold(const DryRunObject& object, const ServedKind& kind) const {
    for (const auto reason : {&Planner::ByKind, &Planner::ByDefinition, &Planner::ByNamespace}) {
      if (std::optional<DryRunAnswer> answer = (this->*reason)(object, kind)) return answer;
    }
    if (kind.resource == nullptr)
      return kind.stale ? UnverifiedFor("who serves its API does not answer") : NotServed(object);
    if (kind.by == ServedBy::kAggregated)
      return OfflineFor("another API server serves it, where no policy guards a dry run");
    if (kind.by == ServedBy::kUnknown)
      return UnverifiedFor("whether another API server serves it could not be asked");
    const char* const verb = object.removal ? "delete" : "patch";
    if (!kind.resource->Has(verb))
      return UnverifiedFor("the cluster serves " + object.name.kind + " without the verb " + verb);
    return std::nullopt;
  }

  std::optional<DryRunAnswer> ByKind(const DryRunObject& object, const ServedKind&) const {
    for (const Withheld& withheld : kWithheld) {
      const bool same_kind = withheld.kind.empty() || withheld.kind == object.name.kind;
      if (!same_kind || withheld.group != GroupOf(object.name.api_version)) continue;
      const bool sent = withheld.unless != nullptr && input_.sends.*withheld.unless;
      if (!sent) return OfflineFor(std::string(withheld.reason));
    }
    return std::nullopt;
  }

  std::optional<DryRunAnswer> ByDefinition(const DryRunObject& object, const ServedKind& kind) const {
    const std::string group(GroupOf(object.name.api_version));
    const bool served = kind.resource != nullptr;
    if (served && !object.removal && removed_definitions_.contains(kind.resource->resource + '.' + group))
      return UnverifiedFor("the change removes its CustomResourceDefinition");
    const auto found = definitions_.find({group, object.name.kind});
    if (found == definitions_.end() || object.removal) return std::nullopt;
    const std::string& name = found->second.name;
    const std::string version(VersionOf(object.name.api_version));
    if (!found->second.versions.contains(version)) {
      if (!served) return std::nullopt;
      return UnverifiedFor("the change's CustomResourceDefinition " + name + " serves no version " + version);
    }
    if (served) return OfflineFor("the change itself changes its CustomResourceDefinition " + name);
    return Brought("the change itself brings its CustomResourceDefinition " + name);
  }

  std::optional<DryRunAnswer> ByNamespace(const DryRunObject& object, const ServedKind&) const {
    if (object.name.ns.empty() || object.removal) return std::nullopt;
    if (removed_namespaces_.contains(object.name.ns))
      return UnverifiedFor("the change removes its namespace " + object.name.ns);
    if (!input_.absent.contains(object.name.ns)) return std::nullopt;
    return Brought("the change itself brings its namespace " + object.name.ns);
  }

  static DryRunAnswer NotServed(const DryRunObject& object) {
    DryRunAnswer answer;
    answer.known = object.removal ? Known::kTaken : Known::kRefused;
    if (object.removal) {
      answer.reason = "it is not in the cluster";
    } else {
      answer.causes.push_back(
          {std::string(kUnknownKind), "kind",
           "the cluster does not serve " + object.name.kind + " of " + object.name.api_version});
    }
    return answer;
  }

  std::vector<std::size_t> OrderOf(const Plan& plan) const {
    const auto rank = [&](std::size_t i) {
      const DryRunObject& object = request_.objects[i];
      if (object.removal) return 2;
      return IsNamespace(object) || IsDefinition(object) ? 0 : 1;
    };
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < plan.objects.size(); ++i) {
      if (plan.objects[i].sent) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
    return order;
  }

  const PlanInput& input_;
  const DryRunRequest& request_;
  const Steering steering_;
  std::map<std::pair<std::string, std::string>, Definition> definitions_{};  // by group and kind
  std::set<std::string> removed_definitions_{}, removed_namespaces_{};
};

}  // namespace

std::vector<std::string> NamespacesToAsk(const DryRunRequest& request) {
  std::set<std::string> brought, needed;
  for (const DryRunObject& object : request.objects) {
    if (object.removal) continue;
    if (IsNamespace(object)) brought.insert(object.name.name);
    if (!object.name.ns.empty()) needed.insert(object.name.ns);
  }
  std::vector<std::string> both;
  std::set_intersection(brought.begin(), brought.end(), needed.begin(), needed.end(),
                        std::back_inserter(both));
  return both;
}

Plan MakePlan(const PlanInput& input) { return Planner(input).Make(); }

bool BringsObject(const DryRunRequest& request, std::string_view kind, std::string_view ns,
                  std::string_view name) {
  return std::any_of(request.objects.begin(), request.objects.end(), [&](const DryRunObject& object) {
    return !object.removal && object.name.kind == kind && object.name.ns == ns && object.name.name == name;
  });
}

}  // namespace sluice::cluster
