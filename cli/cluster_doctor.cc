// `sluice cluster doctor`: as whom a name leads to a cluster, what that identity
// may do, whether the guard holds, and who else has a say there. Everything is
// read; the one thing that is tried is the guard's canary (cluster/guard.h).
// Tests: tests/cli/cluster_doctor_test.py.
#include <fmt/format.h>

#include <algorithm>

#include "cli/cluster_commands.h"
#include "cli/cluster_context.h"
#include "cli/cluster_identity.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cluster/read.h"
#include "cluster/rights.h"
#include "report/report.h"

namespace sluice::cli {
namespace {

using cluster::Document;
using cluster::TextAt;
using manifests::Node;

constexpr auto kDeadline = std::chrono::seconds(60);  // for everything that is asked
constexpr std::string_view kAdmission = "/apis/admissionregistration.k8s.io/v1/";

struct Visit {
  cluster::ApiClient& client;
  std::string ns;
  cluster::Clock::time_point end;
  std::string text{};

  void Line(std::string_view label, std::string_view words) {
    text += fmt::format("{:<12}{}\n", label, report::Printable(words));
  }
  Document Read(const std::string& path) { return ReadDocument(client, path, end); }
};

std::string Joined(const std::vector<std::string_view>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

// A line for what could not be read; false then.
bool IsThere(Visit& visit, std::string_view label, const Document& document) {
  if (!document) visit.Line(label, "not known: " + document.trouble);
  return static_cast<bool>(document);
}

std::span<const Node> Items(const Document& document) {
  const Node* items = document.root().Find("items");
  return items == nullptr ? std::span<const Node>() : items->children;
}

// False where the API server does not answer: then nothing else can be said.
bool TellServer(Visit& visit) {
  const Document version = visit.Read("/version");
  if (!IsThere(visit, "server", version)) return false;
  visit.Line("server", fmt::format("Kubernetes {}, {}", TextAt(version.root(), "gitVersion"),
                                   visit.client.access().server.Origin()));
  return true;
}

void TellGuard(Visit& visit, const cluster::GuardReport& report) {
  visit.Line("identity", report.user.empty() ? "not known" : report.user);
  if (report.Holds()) {
    visit.Line("guard",
               "holds: policy, binding and rights are as they must be, and a real create was refused");
  } else if (report.faults.empty()) {
    visit.Line("guard", "could not be checked: " + report.trouble);
  } else {
    visit.Line("guard", "does not hold");
  }
  for (const std::string& fault : report.faults) visit.Line("", "- " + fault);
}

void TellRights(Visit& visit) {
  const Document review =
      AskReview(visit.client, "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
                fmt::format(R"({{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectRulesReview",)"
                            R"("spec":{{"namespace":"{}"}}}})",
                            visit.ns),
                visit.end);
  if (!IsThere(visit, "rights", review)) return;
  const cluster::Rights rights = cluster::RightsOf(review.root());
  std::vector<std::string> lines;
  for (const cluster::RightsRule& rule : rights.rules) {
    std::string groups;
    for (const std::string_view group : rule.groups) {
      groups += (groups.empty() ? "" : ", ") + std::string(group.empty() ? "core" : group);
    }
    const std::string only = rule.names.empty() ? "" : " named " + Joined(rule.names);
    lines.push_back(fmt::format("{} of {}: {}{}", Joined(rule.verbs), groups, Joined(rule.resources), only));
  }
  std::sort(lines.begin(), lines.end());  // the API server lists them in any order
  std::string_view label = "rights";
  for (const std::string& line : lines) {
    visit.Line(label, line);
    label = "";
  }
  if (rights.incomplete) visit.Line(label, "and perhaps more: the API server cannot list all of them");
}

// Webhooks with side effects cannot be asked by a dry run: what they match stays unverified.
void TellWebhooks(Visit& visit, std::string_view label, const std::string& resource) {
  const Document list = visit.Read(std::string(kAdmission) + resource);
  if (!IsThere(visit, label, list)) return;
  bool any = false;
  for (const Node& configuration : Items(list)) {
    const Node* hooks = configuration.Find("webhooks");
    if (hooks == nullptr) continue;
    for (const Node& hook : hooks->children) {
      const std::string_view effects = TextAt(hook, "sideEffects");
      const bool dry = effects == "None" || effects == "NoneOnDryRun";
      visit.Line(
          any ? "" : label,
          fmt::format("{} {}: sideEffects {}, failurePolicy {}{}", TextAt(configuration, "metadata.name"),
                      TextAt(hook, "name"), effects, TextAt(hook, "failurePolicy"),
                      dry ? "" : ": knows no dry run, so what it matches stays unverified"));
      any = true;
    }
  }
  if (!any) visit.Line(label, "none");
}

void TellPolicies(Visit& visit) {
  const Document policies = visit.Read(std::string(kAdmission) + "validatingadmissionpolicies");
  if (!IsThere(visit, "policies", policies)) return;
  const Document bindings = visit.Read(std::string(kAdmission) + "validatingadmissionpolicybindings");
  if (!IsThere(visit, "policies", bindings)) return;
  bool any = false;
  for (const Node& policy : Items(policies)) {
    const std::string_view name = TextAt(policy, "metadata.name");
    const auto count =
        std::count_if(Items(bindings).begin(), Items(bindings).end(),
                      [&](const Node& binding) { return TextAt(binding, "spec.policyName") == name; });
    visit.Line(
        any ? "" : "policies",
        fmt::format("{}: failurePolicy {}, {}", name, TextAt(policy, "spec.failurePolicy"),
                    count == 0 ? "not bound, so it says nothing" : fmt::format("bindings: {}", count)));
    any = true;
  }
  if (!any) visit.Line("policies", "none");
}

}  // namespace

int RunClusterDoctor(const std::vector<std::string>& words) {
  if (words.size() != 3) return Fail(Usage("doctor takes a cluster, a namespace and the operator's file"));
  Result<ClusterIdentity> identity = FindIdentity(words[0], words[2], true);
  if (!identity) return Fail(identity.error());
  const auto client = OpenClient(identity->access);
  if (!client) return Fail(client.error());
  identity->guard.ns = words[1];
  Visit visit{**client, words[1], cluster::Clock::now() + kDeadline};
  if (identity->guarded) visit.Line("cluster", words[0] + " of " + words[2]);
  visit.Line("context", identity->access.context);
  if (!TellServer(visit)) {
    Print(visit.text);
    return kUnjudged;
  }
  const cluster::GuardReport report = cluster::Guard(**client, identity->guard).Check(visit.end);
  TellGuard(visit, report);
  TellRights(visit);
  TellPolicies(visit);
  TellWebhooks(visit, "validating", "validatingwebhookconfigurations");
  TellWebhooks(visit, "mutating", "mutatingwebhookconfigurations");
  if (!Print(visit.text) || (!report.Holds() && report.faults.empty())) return kUnjudged;
  return report.Holds() ? kAccepted : kRejected;
}

}  // namespace sluice::cli
