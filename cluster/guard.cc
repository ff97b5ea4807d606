// What cannot be read is not taken for granted: a fault where the API server says
// no, trouble where it says nothing.
#include "cluster/guard.h"

#include <fmt/format.h>

#include <algorithm>

#include "cluster/at_once.h"
#include "cluster/guard_policy.h"
#include "cluster/read.h"
#include "cluster/rights.h"
#include "manifests/object.h"

namespace sluice::cluster {
namespace {

using manifests::Node;
using net::Clock;

constexpr std::string_view kAdmission = "/apis/admissionregistration.k8s.io/v1";
constexpr std::string_view kAuthorization = "/apis/authorization.k8s.io/v1";
constexpr std::string_view kCanary = "sluice-guard-canary";
constexpr std::string_view kApply = "apply deploy/gate to the cluster";
constexpr std::size_t kMostNamespaces = 1001;  // in which rights are asked for, ours with them
constexpr std::size_t kAtOnce = 8;

// A check under way.
struct Checking {
  ApiClient& client;
  const GuardOptions& options;
  Clock::time_point end;
  GuardReport report{};
  std::string seen{};  // of policy, binding and rights, to be compared

  bool Going() const { return report.trouble.empty(); }
  void Fault(std::string sentence) { report.faults.push_back(std::move(sentence)); }
};

// True for names that may stand in a path and in JSON as they are.
bool IsNamespaceName(std::string_view name) {
  return !name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// Notes why there is no document: `missing` for 404, a fault too for 403.
void NoteAbsence(Checking& checking, const Document& document, const std::string& what) {
  if (document.status == 404) return checking.Fault(fmt::format("there is no {}: {}", what, kApply));
  if (document.status == 403)
    return checking.Fault(fmt::format("the identity may not read the {}: {}", what, kApply));
  checking.report.trouble = document.trouble;
}

void AskWhoWeAre(Checking& checking) {
  const Document review =
      AskReview(checking.client, "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                R"({"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"})", checking.end);
  if (!review) {
    checking.report.trouble = review.trouble;
    return;
  }
  checking.report.user = TextAt(review.root(), "status.userInfo.username");
  checking.seen += checking.report.user;
}

void CheckObject(Checking& checking, std::string_view resource, const std::string& kind) {
  const Document document =
      ReadDocument(checking.client, fmt::format("{}/{}/{}", kAdmission, resource, kGuardName), checking.end);
  if (!document) return NoteAbsence(checking, document, fmt::format("{} {}", kind, kGuardName));
  const Node& root = document.root();
  std::vector<std::string> faults = resource == "validatingadmissionpolicies"
                                        ? PolicyFaults(root, checking.report.user)
                                        : BindingFaults(root);
  std::move(faults.begin(), faults.end(), std::back_inserter(checking.report.faults));
  checking.seen +=
      fmt::format("\n{} {}", TextAt(root, "metadata.uid"), TextAt(root, "metadata.resourceVersion"));
}

// API groups that other API servers serve: their admission is not this one's.
std::vector<std::string> AggregatedGroups(Checking& checking) {
  std::vector<std::string> groups;
  const Document services =
      ReadDocument(checking.client, "/apis/apiregistration.k8s.io/v1/apiservices", checking.end);
  if (!services) {
    NoteAbsence(checking, services, "list of APIServices, which says what other API servers serve");
    return groups;
  }
  const Node* items = services.root().Find("items");
  if (items == nullptr) return groups;
  for (const Node& service : items->children) {
    if (!TextAt(service, "spec.service.name").empty()) groups.emplace_back(TextAt(service, "spec.group"));
  }
  return groups;
}

std::string QuestionBody(const RightsQuestion& question, std::string_view ns) {
  return fmt::format(
      R"({{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{{"resourceAttributes":)"
      R"({{"namespace":"{}","verb":"{}","group":"{}","resource":"{}","subresource":"{}","name":"{}"}}}}}})",
      ns, question.verb, question.group, question.resource, question.subresource, question.name);
}

// Where the list of rights may be incomplete, each is asked about by itself.
void AskEachRight(Checking& checking, const std::string& ns, const RightsAllowed& allowed) {
  for (const RightsQuestion& question : RightsQuestions(allowed)) {
    const Document review =
        AskReview(checking.client, fmt::format("{}/selfsubjectaccessreviews", kAuthorization),
                  QuestionBody(question, ns), checking.end);
    if (!review) {
      checking.report.trouble = review.trouble;
      return;
    }
    const std::string_view allows = TextAt(review.root(), "status.allowed");
    checking.seen += allows;
    if (allows == "true") {
      checking.Fault(question.words);
    } else if (allows != "false" || !TextAt(review.root(), "status.evaluationError").empty()) {
      checking.report.trouble = "the API server cannot say what the identity may do";
      return;
    }
  }
}

Document AskRights(Checking& checking, const std::string& ns) {
  return AskReview(
      checking.client, fmt::format("{}/selfsubjectrulesreviews", kAuthorization),
      fmt::format(
          R"({{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectRulesReview","spec":{{"namespace":"{}"}}}})",
          ns),
      checking.end);
}

void JudgeRights(Checking& checking, const Document& review, const std::string& ns,
                 const RightsAllowed& allowed) {
  if (!review) {
    checking.report.trouble = review.trouble;
    return;
  }
  const Rights rights = RightsOf(review.root());
  for (std::string& sentence : ExcessiveRights(rights, allowed)) checking.Fault(std::move(sentence));
  checking.seen += '\n';
  manifests::CanonicalJson(review.root(), checking.seen);
  if (!rights.incomplete) return;
  AskEachRight(checking, ns, allowed);
  if (!checking.options.unlisted_rights && checking.Going()) {
    checking.report.trouble =
        "the API server cannot list what the identity may do; unlistedRights: true in clusters.yaml is "
        "content "
        "with questions about each right that is known to be too much";
  }
}

// Rights may be bound in single namespaces.
void CheckRights(Checking& checking, const RightsAllowed& allowed) {
  std::vector<std::string> namespaces = checking.options.namespaces;
  namespaces.insert(namespaces.begin(), checking.options.ns);
  for (const std::string& ns : namespaces) {
    if (!IsNamespaceName(ns)) return checking.Fault(fmt::format("\"{}\" is no name of a namespace", ns));
  }
  if (namespaces.size() > kMostNamespaces) {
    checking.report.trouble =
        fmt::format("the change touches more than {} namespaces, in each of which rights may be bound",
                    kMostNamespaces - 1);
    return;
  }
  std::vector<Document> reviews(namespaces.size());
  AtOnce(kAtOnce, namespaces.size(), [&](std::size_t i) { reviews[i] = AskRights(checking, namespaces[i]); });
  for (std::size_t i = 0; i < namespaces.size() && checking.Going(); ++i)
    JudgeRights(checking, reviews[i], namespaces[i], allowed);
}

// A namespace that repeats the rights of another repeats no sentence.
void DropRepeated(std::vector<std::string>& sentences) {
  std::vector<std::string> kept;
  for (std::string& sentence : sentences) {
    if (std::find(kept.begin(), kept.end(), sentence) == kept.end()) kept.push_back(std::move(sentence));
  }
  sentences = std::move(kept);
}

std::string CanaryPath(const Checking& checking) {
  return fmt::format("/api/v1/namespaces/{}/configmaps", checking.options.ns);
}

// The HTTP status; 0: no answer.
int DeleteCanary(Checking& checking) {
  const Result<ApiAnswer> removed = checking.client.Send(
      {.method = "DELETE", .path = fmt::format("{}/{}", CanaryPath(checking), kCanary), .end = checking.end});
  return removed && !removed->failure ? removed->status : 0;
}

void NoteRemoval(Checking& checking, int status) {
  if (status == 200) return;
  checking.Fault(fmt::format("the ConfigMap {} was created in {} to try it and could not be deleted", kCanary,
                             checking.options.ns));
}

// Nobody said whether it was created.
void LookForCanary(Checking& checking) {
  const int status = DeleteCanary(checking);
  if (status == 404) return;
  if (status == 200) {
    return checking.Fault(
        fmt::format("the ConfigMap {} was in {}, where the policy {} should have refused it, and was deleted",
                    kCanary, checking.options.ns, kGuardName));
  }
  checking.report.trouble +=
      fmt::format("; the ConfigMap {} may be left in {}", kCanary, checking.options.ns);
}

// A fifth of the time is left for what comes after.
Result<ApiAnswer> CreateCanary(Checking& checking) {
  const std::string body =
      fmt::format(R"({{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"{}"}},"data":)"
                  R"({{"why":"Sluice tries whether this is refused. It should never be here."}}}})",
                  kCanary);
  const Clock::time_point now = Clock::now();
  return checking.client.Send(
      {.method = "POST",
       .path = CanaryPath(checking),
       .headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}},
       .body = body,
       .end = now + (checking.end - now) / 5 * 4});
}

void JudgeCanary(Checking& checking, const Result<ApiAnswer>& answer) {
  if (!answer || answer->failure || answer->status == 429 || answer->status >= 500) {
    checking.report.trouble = answer ? Trouble(*answer) : answer.error().Text();
    const bool may_be_there = answer && answer->status != 429;
    return may_be_there ? LookForCanary(checking) : void();
  }
  const std::string refusal = fmt::format(
      "the API server answered 403: configmaps \"{0}\" is forbidden: ValidatingAdmissionPolicy '{1}' with "
      "binding '{1}' denied request: {2}",
      kCanary, kGuardName, kGuardMessage);
  const std::string words = Trouble(*answer);
  if (words == refusal) return;
  if (answer->status == 201) {
    checking.Fault(
        fmt::format("a real create of a ConfigMap in {} was taken: nothing keeps this identity from writing",
                    checking.options.ns));
    return NoteRemoval(checking, DeleteCanary(checking));
  }
  checking.Fault(fmt::format("a real create of a ConfigMap in {} was not refused by the policy {}: {}",
                             checking.options.ns, kGuardName, words));
}

// One real create, which that very policy must refuse. What an earlier one left,
// when there was no guard, is taken away first.
void TryCanary(Checking& checking) {
  Result<ApiAnswer> answer = CreateCanary(checking);
  const bool left = answer && !answer->failure && answer->status == 409;
  const int removed = left ? DeleteCanary(checking) : 200;
  if (left && removed == 200) answer = CreateCanary(checking);
  JudgeCanary(checking, answer);
  NoteRemoval(checking, removed);
}

}  // namespace

std::string GuardReport::Reason() const {
  if (Holds()) return {};
  if (faults.empty()) return "the guard of this cluster could not be checked: " + trouble;
  return "the guard of this cluster does not hold: " + faults.front();
}

GuardReport Guard::Check(Clock::time_point end) {
  Checking checking{client_, options_, end};
  AskWhoWeAre(checking);
  if (checking.Going()) CheckObject(checking, "validatingadmissionpolicies", "ValidatingAdmissionPolicy");
  if (checking.Going()) {
    CheckObject(checking, "validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding");
  }
  RightsAllowed allowed{.rbac_kinds = options_.rbac_kinds};
  if (checking.Going()) allowed.aggregated = AggregatedGroups(checking);
  if (checking.Going()) CheckRights(checking, allowed);
  DropRepeated(checking.report.faults);
  if (checking.report.Holds() && checking.seen != held_) TryCanary(checking);
  held_ = checking.report.Holds() ? checking.seen : std::string();
  return std::move(checking.report);
}

}  // namespace sluice::cluster
