// An answer is written to its own place by one thread alone, so nothing is locked.
// What has no answer when the deadline passes says just that.
// Tested by tests/cluster/dry_run_test.cc with a table, and against a real API
// server by tests/cluster/live_test.py.
#include "cluster/dry_run.h"

#include <algorithm>
#include <optional>
#include <thread>

#include "cluster/api_client.h"
#include "cluster/at_once.h"
#include "cluster/live_diff.h"
#include "cluster/live_states.h"
#include "cluster/masking.h"
#include "cluster/members.h"
#include "cluster/removal.h"
#include "cluster/schema_sources.h"
#include "cluster/server_words.h"

namespace sluice::cluster {
namespace {

using Clock = std::chrono::steady_clock;
using manifests::Node;

constexpr std::string_view kLate = "no answer within the deadline";
constexpr std::string_view kMetadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

// Of a GET that brought nothing.
std::string WhyNot(const ServerAnswer& answer) {
  if (answer.status == 0) return answer.trouble.empty() ? "no answer came" : answer.trouble;
  return "the API server answers " + std::to_string(answer.status);
}

// Whether nobody could say; what a GET answers besides 200 and 404.
std::string TroubleOf(const ServerAnswer& answer) {
  return WhyNot(answer) + (answer.status == 0 ? "" : " when asked for the live object");
}

// Empty: it is a whole list.
std::string FaultOfList(const Node* root) {
  const Node* const items = root == nullptr ? nullptr : root->Find("items");
  if (items == nullptr || items->kind != manifests::NodeKind::kSequence) return "the answer is no list";
  return StringAt(root, {"metadata", "continue"}).empty() ? "" : "the answer is no whole list";
}

// "a, b, c and 4 more"
std::string SomeOf(const std::vector<std::string>& fields) {
  constexpr std::size_t kNamed = 3;
  std::string words;
  for (std::size_t i = 0; i < std::min(fields.size(), kNamed); ++i) words += (i > 0 ? ", " : "") + fields[i];
  return fields.size() <= kNamed ? words : words + " and " + std::to_string(fields.size() - kNamed) + " more";
}

// Both may be null. The label with the namespace's own name is the API server's.
bool SameLabels(const Node* sent, const Node* live) {
  constexpr std::string_view kItsName = "kubernetes.io/metadata.name";
  const Node* const wanted = MemberAt(sent, {"metadata", "labels"});
  const Node* const there = MemberAt(live, {"metadata", "labels"});
  const auto holds = [&](const Node* all, const Node* each) {
    const auto is_in = [&](const Node& label) {
      const Node* const other = all == nullptr ? nullptr : all->Find(label.key);
      return label.key == kItsName || (other != nullptr && other->String() == label.String());
    };
    return each == nullptr || std::all_of(each->children.begin(), each->children.end(), is_in);
  };
  return holds(there, wanted) && holds(wanted, there);
}

class Run {
 public:
  Run(const Server& server, const DryRunOptions& options, const DryRunRequest& request, Clock::time_point end)
      : server_(server), options_(options), request_(request), end_(end) {}

  DryRunReply Go() {
    DryRunReply reply{server_.minor, server_.trouble, {}};
    reply.answers.resize(request_.objects.size());
    if (!server_.trouble.empty()) {
      for (DryRunAnswer& answer : reply.answers) answer.reason = server_.trouble;
      return reply;
    }
    PlanInput input{&request_, server_.find};
    AskNamespaces(input);
    input.admission = AskAdmission();
    input.sends = options_.sends;
    plan_ = MakePlan(input);
    for (std::size_t i = 0; i < plan_.objects.size(); ++i)
      reply.answers[i] =
          plan_.objects[i].sent ? UnverifiedFor(std::string(kLate)) : std::move(plan_.objects[i].answer);
    AskAll(reply.answers);
    return reply;
  }

 private:
  ServerAnswer Get(std::string path, std::string_view accept = "application/json") const {
    ServerRequest request;
    request.path = std::move(path);
    request.accept = accept;
    return server_.send(request, end_);
  }

  void AskNamespaces(PlanInput& input) const {
    const ServedKind kind = server_.find("v1", "Namespace");
    if (kind.resource == nullptr) return;
    for (const std::string& name : NamespacesToAsk(request_)) {
      const std::string path = ObjectPath({"v1", "Namespace", "", name}, *kind.resource);
      if (path.empty()) continue;
      ServerAnswer answer = Get(path);
      if (answer.status == 404) {
        input.absent.insert(name);
      } else if (answer.status != 200 || IsRelabelled(name, ReadJsonObject(std::move(answer.body)))) {
        input.relabelled.insert(name);
      }
    }
  }

  // Whether the change sets other labels than the namespace has.
  bool IsRelabelled(const std::string& name, const JsonObject& live) const {
    const ObjectName wanted{"v1", "Namespace", "", name};
    const auto object = std::find_if(request_.objects.begin(), request_.objects.end(),
                                     [&](const DryRunObject& each) { return each.name == wanted; });
    return object == request_.objects.end() || !SameLabels(ReadJsonObject(object->json).root, live.root);
  }

  AdmissionFacts AskAdmission() const {
    AdmissionFacts facts;
    const bool of_webhooks =
        std::any_of(request_.objects.begin(), request_.objects.end(), [](const DryRunObject& object) {
          const AdmissionKind* const kind = AdmissionKindOf(object.name);
          return kind != nullptr && kind->is == AdmissionKind::Is::kWebhooks;
        });
    std::vector<AdmissionQuestion> questions;
    for (const AdmissionKind& kind : AdmissionKinds()) {
      const ServedKind served = FindAdmissionKind(kind);
      const bool wanted = kind.is != AdmissionKind::Is::kWebhooks || of_webhooks;
      if (wanted && served.resource != nullptr)
        questions.push_back({&kind, ResourcePath(*served.resource, "", ""), {}});
    }
    AtOnce(options_.at_once, questions.size(),
           [&](std::size_t at) { questions[at].answer = Get(questions[at].path); });
    for (AdmissionQuestion& question : questions) LearnFrom(question, facts);
    return facts;
  }

  struct AdmissionQuestion {
    const AdmissionKind* kind;
    std::string path;
    ServerAnswer answer;
  };

  // Mutating policies have no version 1 on many servers, or are off.
  ServedKind FindAdmissionKind(const AdmissionKind& kind) const {
    ServedKind served;
    for (const char* const version : {"v1", "v1beta1", "v1alpha1"}) {
      if (served.resource == nullptr)
        served = server_.find("admissionregistration.k8s.io/" + std::string(version), kind.kind);
    }
    return served;
  }

  static void LearnFrom(AdmissionQuestion& question, AdmissionFacts& facts) {
    ServerAnswer& answer = question.answer;
    std::string why = answer.status == 200 ? std::string() : WhyNot(answer);
    const JsonObject body = why.empty() ? ReadJsonObject(std::move(answer.body)) : JsonObject();
    if (why.empty()) why = FaultOfList(body.root);
    if (!why.empty()) facts.trouble = "admission policies could not be read: " + why;
    for (const Node& item : ElementsAt(body.root, {"items"})) LearnAdmission(item, *question.kind, facts);
  }

  // A Secret is asked for alone: a list would read all of them.
  void AskAll(std::vector<DryRunAnswer>& answers) {
    LiveQuestion question{server_.send, {}, end_, options_.at_once};
    for (const std::size_t i : plan_.order) {
      const DryRunObject& object = request_.objects[i];
      question.objects.push_back(
          {plan_.objects[i].path, object.name, object.removal || object.name.kind == "Secret"});
    }
    ForEachLiveState(question, [&](std::size_t at, LiveState found) {
      const std::size_t i = plan_.order[at];
      answers[i] = Weighed(Ask(i, std::move(found)), plan_.objects[i].depends_on);
    });
  }

  DryRunAnswer Ask(std::size_t index, LiveState found) const {
    const DryRunObject& object = request_.objects[index];
    const std::string& path = plan_.objects[index].path;
    const int status = found.answer.status;
    const bool unseen = status == 403;  // may apply, may not read
    if (status != 200 && status != 404 && !unseen) return UnverifiedFor(TroubleOf(found.answer));
    const bool of_text = status == 200 && found.item == nullptr;
    const JsonObject text = of_text ? ReadJsonObject(std::move(found.answer.body)) : JsonObject();
    const Node* const live = of_text ? text.root : found.item;
    if (of_text && live == nullptr) return UnverifiedFor("the live object cannot be read");
    return object.removal ? AskRemoval(object, path, live) : AskApply(object, path, live);
  }

  DryRunAnswer AskApply(const DryRunObject& object, const std::string& path, const Node* live) const {
    const JsonObject sent = ReadJsonObject(object.json);
    if (sent.root == nullptr) return UnverifiedFor("the object cannot be sent");
    const Applier applier = ApplierFor(live, options_.usual);
    ServerRequest request;
    request.method = "PATCH";
    request.path = path + "?dryRun=All&fieldValidation=Strict&fieldManager=" + PathSegment(applier.manager) +
                   (applier.force ? "&force=true" : "");
    request.content_type = "application/apply-patch+yaml";
    request.body = object.json;
    const Asked asked{&object, sent.root, live, BringsOf()};
    Understood understood = Understand(asked, server_.send(request, end_));
    if (understood.taken != nullptr && live != nullptr) Compare(asked, applier, understood);
    if (request_.compare) Show(sent.root, live, understood);
    if (live == nullptr) return std::move(understood.answer);
    return WithoutKept(std::move(understood.answer), applier, LeftBehind(*sent.root, *live, applier));
  }

  // The server's word is about an object that has `kept` still.
  static DryRunAnswer WithoutKept(DryRunAnswer answer, const Applier& applier,
                                  const std::vector<std::string>& kept) {
    if (kept.empty()) return answer;
    if (answer.effect == Effect::kUnchanged) answer.effect = Effect::kUpdated;
    DryRunAnswer weighed =
        Weighed(answer, {'"' + NameWords(applier.manager) + "\" updates rather than applies: it takes away " +
                             SomeOf(kept) + ", which a dry run keeps",
                         true});
    weighed.live = std::move(answer.live);
    weighed.taken = std::move(answer.taken);
    return weighed;
  }

  Brings BringsOf() const {
    return [this](std::string_view kind, std::string_view ns, std::string_view name) {
      return BringsObject(request_, kind, ns, name);
    };
  }

  // What an update really does.
  void Compare(const Asked& asked, const Applier& applier, Understood& understood) const {
    DryRunAnswer& answer = understood.answer;
    if (IsSame(*asked.live, *understood.taken)) answer.effect = Effect::kUnchanged;
    for (DryRunCause& cause : TakenOver(*asked.sent, *asked.live, *understood.taken, applier))
      answer.causes.push_back(std::move(cause));
  }

  static void Show(const Node* sent, const Node* live, Understood& understood) {
    Discretion discretion;
    for (const Node* const state : {sent, live, understood.taken}) discretion.Add(state);
    Compared shown = cluster::Compare(live, understood.taken, discretion);
    understood.answer.live = std::move(shown.live);
    understood.answer.taken = std::move(shown.taken);
  }

  DryRunAnswer AskRemoval(const DryRunObject& object, const std::string& path, const Node* live) const {
    ServerRequest request;
    request.method = "DELETE";
    request.path = path + "?dryRun=All";
    const Asked asked{&object, nullptr, live, {}};
    Understood understood = Understand(asked, server_.send(request, end_));
    if (live != nullptr && understood.answer.known == Known::kTaken)
      TellConsequences(object, *live, understood.answer);
    if (request_.compare) Show(nullptr, live, understood);
    return std::move(understood.answer);
  }

  void TellConsequences(const DryRunObject& object, const Node& live, DryRunAnswer& answer) const {
    for (DryRunCause& cause : FinalizerCauses(object.name, live)) answer.causes.push_back(std::move(cause));
    for (const Dependants& kind : DependantsOf(object.name)) {
      const ServedKind served = server_.find(kind.api_version, kind.kind);
      if (served.resource == nullptr) continue;
      ServerAnswer list =
          Get(ResourcePath(*served.resource, object.name.ns, "") + "?limit=500", kMetadataOnly);
      const JsonObject body = list.status == 200 ? ReadJsonObject(std::move(list.body)) : JsonObject();
      if (body.root == nullptr) {
        answer.reason = "whether a " + std::string(kind.kind) + " belongs to it could not be asked";
        continue;
      }
      const Owned owned = OwnedIn(*body.root, UidOf(live));
      if (owned.count > 0) answer.causes.push_back(DependantCause(kind, owned));
    }
  }

  const Server& server_;
  const DryRunOptions& options_;
  const DryRunRequest& request_;
  const Clock::time_point end_;
  Plan plan_{};
};

}  // namespace

DryRunReply DryRun(const Server& server, const DryRunOptions& options, const DryRunRequest& request) {
  return Run(server, options, request, Clock::now() + request.deadline).Go();
}

DryRunReply DryRun(ApiClient& client, const AnswerCache& cache, const DryRunOptions& options,
                   const DryRunRequest& request) {
  const Clock::time_point end = Clock::now() + request.deadline;
  Server server{SendThrough(client), {}, {}, {}};
  std::optional<Result<std::string>> minor;
  std::jthread beside([&] { minor = MinorOf(client, end); });
  const Result<Discovery> discovery = Discovery::Fetch(client, cache, end);
  beside.join();
  if (discovery) {
    server.find = FindIn(*discovery);
    if (*minor) server.minor = **minor;
  } else {
    server.trouble = discovery.error().Text();
  }
  return Run(server, options, request, end).Go();
}

}  // namespace sluice::cluster
