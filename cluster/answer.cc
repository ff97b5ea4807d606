// The table (kShapes) tells shapes apart by HTTP status and by how the text
// begins; a function a meaning says what of it is told. Admission speaks with any
// status (a webhook and a policy choose theirs), so its rows stand first.
// Invariant: no row that refuses fits a text with which the server says that it
// could not decide. Tested by tests/cluster/answer_test.cc on tests/cluster/answers.jsonl.
#include "cluster/answer.h"

#include <algorithm>
#include <array>
#include <optional>

#include "cluster/managers.h"
#include "cluster/masking.h"
#include "cluster/members.h"
#include "cluster/rule_ids.h"
#include "cluster/server_field.h"
#include "cluster/server_words.h"
#include "cluster/status.h"

namespace sluice::cluster {
namespace {

using manifests::Node;

constexpr std::size_t kMostCauses = 100;

// Everything that a meaning may look at.
struct Reading {
  const Asked& asked;
  int http;
  ServerStatus status;
  Discretion discretion;
  DryRunAnswer answer;

  void Refuse(std::string_view rule, std::string_view path, std::string message);
  void Unverified(std::string reason) { answer = UnverifiedFor(std::move(reason)); }
  std::string Said(std::string_view text) const { return FreeWords(text, discretion); }
};

using Meaning = void (*)(Reading&);

void Reading::Refuse(std::string_view rule, std::string_view path, std::string message) {
  answer.known = Known::kRefused;
  if (answer.causes.size() == kMostCauses) return;
  const ServerField found = asked.sent == nullptr ? ServerField() : FindServerField(*asked.sent, path);
  // A field that is not there is called by the server's words alone.
  constexpr std::size_t kLongestField = 500;
  const bool named = found.node != nullptr ? !IsMaskedText(found.field) : discretion.MayName(found.field);
  const bool told = named && found.field.size() <= kLongestField;
  answer.causes.push_back({std::string(rule), told ? found.field : std::string(), std::move(message)});
}

// `words`, and what was said where that may be told.
std::string With(std::string words, const std::string& said) {
  return said.empty() ? words : std::move(words) + ": " + said;
}

// The text between the first two `quote`s of `text`; empty: none.
std::string_view QuotedIn(std::string_view text, char quote) {
  const std::size_t begin = text.find(quote);
  const std::size_t end = begin == text.npos ? text.npos : text.find(quote, begin + 1);
  return end == text.npos ? std::string_view() : text.substr(begin + 1, end - begin - 1);
}

std::vector<std::string_view> AllQuotedIn(std::string_view text) {
  std::vector<std::string_view> found;
  for (std::size_t begin = text.find('"'); begin != text.npos && found.size() < 8;) {
    const std::size_t end = text.find('"', begin + 1);
    if (end == text.npos) break;
    found.push_back(text.substr(begin + 1, end - begin - 1));
    begin = text.find('"', end + 1);
  }
  return found;
}

std::string_view Behind(std::string_view text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  return at == text.npos ? std::string_view() : text.substr(at + mark.size());
}

// ValidatingAdmissionPolicy 'P' with binding 'B' denied request: MESSAGE
void DeniedByPolicy(Reading& reading) {
  const std::string_view said = reading.status.said;
  const std::string policy = NameWords(QuotedIn(said, '\''));
  const std::string binding = NameWords(QuotedIn(Behind(said, "with binding "), '\''));
  const std::string words = "ValidatingAdmissionPolicy " + policy + " (binding " + binding + ") denies it";
  reading.Refuse(kDenied, {}, With(words, reading.Said(Behind(said, " denied request: "))));
}

// admission webhook "W" denied the request: MESSAGE
void WebhookSpoke(Reading& reading) {
  const std::string_view said = reading.status.message;
  const std::string name = NameWords(QuotedIn(said, '"'));
  const std::string_view rest = Behind(said, name + "\" ");
  if (rest.starts_with("denied the request")) {
    return reading.Refuse(
        kDenied, {},
        With("admission webhook " + name + " denies it", reading.Said(Behind(rest, "denied the request: "))));
  }
  if (rest.starts_with("does not support dry run"))
    return reading.Unverified("admission webhook " + name + " does not support dry runs");
  reading.Unverified(With("admission webhook " + name + " could not say", reading.Said(rest)));
}

void WebhookFailed(Reading& reading) {
  const std::string name = NameWords(QuotedIn(reading.status.message, '"'));
  const std::string_view why = Behind(reading.status.message, name + "\": ");
  reading.Unverified(With("admission webhook " + name + " could not be asked", reading.Said(why)));
}

void BadCredentials(Reading& reading) {
  reading.Unverified("the API server does not accept the credentials (401)");
}

// User "U" cannot VERB resource "R" in API group "G" in the namespace "N"
void MissingRight(Reading& reading) {
  const std::string_view said = reading.status.message.substr(reading.status.message.find("User \""));
  const std::vector<std::string_view> parts = AllQuotedIn(said);
  std::string_view verb = Behind(said, " cannot ");
  verb = verb.substr(0, verb.find(' '));
  if (parts.size() < 3) return reading.Unverified(With("not allowed to ask", reading.Said(said)));
  std::string what = NameWords(parts[1]);
  if (!parts[2].empty()) what += "." + NameWords(parts[2]);
  reading.Unverified('"' + NameWords(parts[0]) + "\" may not " + NameWords(verb) + ' ' + what +
                     (parts.size() > 3 ? " in namespace " + NameWords(parts[3]) : " in the whole cluster"));
}

void MissingGrant(Reading& reading) {
  const std::string user = NameWords(QuotedIn(reading.status.said, '"'));
  reading.Unverified('"' + user + "\" may not grant what it is not allowed itself (verbs bind and escalate)");
}

void NotAllowed(Reading& reading) {
  reading.Unverified(With("not allowed to ask", reading.Said(reading.status.said)));
}

// Quotas, limit ranges, pod security and other plugins of admission.
void ForbiddenByPlugin(Reading& reading) {
  if (!reading.status.forbids) {
    return reading.Unverified(With("the API server answers 403", reading.Said(reading.status.message)));
  }
  const std::string said = reading.Said(reading.status.said);
  reading.Refuse(kForbidden, {}, said.empty() ? "an admission plugin forbids it" : said);
}

// Something else that the object names is not there.
struct Missing {
  std::string_view begins;
  std::string_view kind;
  std::string_view field;  // that names it
};
constexpr Missing kMissing[] = {
    {"error looking up service account", "ServiceAccount", "spec.serviceAccountName"},
    {"no PriorityClass with name", "PriorityClass", "spec.priorityClassName"},
    {"pod rejected: RuntimeClass", "RuntimeClass", "spec.runtimeClassName"},
};

std::string_view NameOfMissing(const Missing& missing, std::string_view said) {
  if (missing.kind != "PriorityClass") return QuotedIn(said, '"');
  const std::string_view name = said.substr(missing.begins.size() + 1);
  return name.substr(0, name.find(' '));
}

void NeedsAnother(Reading& reading) {
  const std::string_view said = reading.status.said;
  for (const Missing& missing : kMissing) {
    if (!said.starts_with(missing.begins)) continue;
    const std::string name = NameWords(NameOfMissing(missing, said));
    const bool namespaced = missing.kind == "ServiceAccount";
    const std::string_view ns = namespaced ? std::string_view(reading.asked.object->name.ns) : "";
    if (reading.asked.brings && reading.asked.brings(missing.kind, ns, name)) {
      reading.answer = OfflineFor("the change itself brings its " + std::string(missing.kind) + ' ' + name);
    } else {
      reading.Refuse(kForbidden, missing.field,
                     std::string(missing.kind) + ' ' + name + " is not in the cluster");
    }
  }
}

void NamespaceEnds(Reading& reading) {
  reading.Refuse(kNoNamespace, "metadata.namespace",
                 "namespace " + reading.asked.object->name.ns + " is being deleted");
}

void NoNamespace(Reading& reading) {
  const std::string name = NameWords(QuotedIn(reading.status.message, '"'));
  if (reading.asked.brings && reading.asked.brings("Namespace", "", name)) {
    reading.answer = OfflineFor("the change itself brings namespace " + name);
  } else {
    reading.Refuse(kNoNamespace, "metadata.namespace", "there is no namespace " + name);
  }
}

void AlreadyGone(Reading& reading) {
  reading.answer.known = Known::kTaken;
  reading.answer.reason = "it is not in the cluster";
}

void UnknownKind(Reading& reading) {
  if (reading.asked.object->removal) return AlreadyGone(reading);
  const ObjectName& name = reading.asked.object->name;
  reading.Refuse(kUnknownKind, "kind", "the cluster does not serve " + name.kind + " of " + name.api_version);
}

// 422: each cause at its field.
constexpr std::array<std::string_view, 7> kImmutableWords = {
    "immutable",
    "may not change once set",
    "updates to statefulset spec for fields other than",
    "pod updates may not change fields other than",
    "cannot change roleRef",
    "may not be changed once set",
    "cannot be changed after creation",
};

bool IsAboutImmutable(std::string_view message) {
  return std::any_of(kImmutableWords.begin(), kImmutableWords.end(),
                     [&](std::string_view words) { return message.find(words) != message.npos; });
}

// What the server adds where it stopped before CEL rules: it says nothing of its own.
bool IsRemark(const StatusCause& cause) {
  return cause.message.find("some validation rules were not checked") != cause.message.npos;
}

// The field that a cause without one names in its text: `"spec.one" must validate …`.
std::string_view FieldOf(const StatusCause& cause) {
  if (cause.field != "<nil>") return cause.field;
  const std::string_view text = Behind(cause.message, ": \"\": ");
  return text.starts_with('"') ? QuotedIn(text, '"') : std::string_view();
}

void InvalidValues(Reading& reading) {
  std::size_t frozen = 0;
  for (const StatusCause& cause : reading.status.causes) {
    if (IsRemark(cause) && reading.status.causes.size() > 1) continue;
    const bool immutable = reading.asked.live != nullptr && IsAboutImmutable(cause.message);
    frozen += immutable ? 1 : 0;
    std::string words = CauseWords(cause.message, reading.discretion);
    if (immutable && reading.discretion.silent()) words = "it cannot be changed";
    reading.Refuse(immutable ? kImmutable : kInvalid, FieldOf(cause), std::move(words));
  }
  if (reading.answer.causes.empty()) {
    const std::string said = reading.Said(Behind(reading.status.message, " is invalid: "));
    return reading.Refuse(kInvalid, {}, With("the API server finds it invalid", said));
  }
  if (frozen == reading.answer.causes.size()) reading.answer.effect = Effect::kReplaced;
}

// One line of a typed-patch text, ".PATH: MESSAGE".
void WrongShape(Reading& reading, std::string_view line) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < line.size() && (quoted || line.substr(end, 2) != ": "); ++end) quoted ^= line[end] == '"';
  std::string path(line.substr(0, end));
  std::string_view message = line.substr(std::min(end + 2, line.size()));
  if (!path.starts_with('.')) {
    path.clear();
    message = line;
  }
  if (message.starts_with("element ") && message.find(": ") != message.npos) {
    path += '[' + std::string(message.substr(8, message.find(": ") - 8)) + ']';
    message = Behind(message, ": ");
  }
  if (const std::size_t got = message.find(", got &"); got != message.npos) message = message.substr(0, got);
  const std::string said = reading.Said(message);
  reading.Refuse(kShape, path, said.empty() ? "the value does not fit its field" : said);
}

// failed to create typed patch object (NS/NAME; GV, Kind=K): …
void WrongShapes(Reading& reading) {
  std::string_view text = Behind(reading.status.message, "): ");
  constexpr std::string_view kSeveral = "errors:\n";
  if (!text.starts_with(kSeveral)) return WrongShape(reading, text);
  text.remove_prefix(kSeveral.size());
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (!line.empty()) WrongShape(reading, line);
  }
}

// failed to convert new object (…) to proper version: unable to … to GV, Kind=K: DETAIL
void NotConverted(Reading& reading) {
  const std::string_view detail = Behind(Behind(reading.status.message, " to proper version: "), ", Kind=");
  reading.Refuse(kShape, {},
                 With("the API server cannot read it as its kind", reading.Said(Behind(detail, ": "))));
}

// error strict decoding YAML: … key "a" already set in map; unknown field "spec.x"
void NotDecoded(Reading& reading) {
  const std::string_view field = QuotedIn(Behind(reading.status.message, "field "), '"');
  std::string_view why = Behind(reading.status.message, ": ");
  if (const std::string_view line = Behind(why, "unmarshal errors:\n"); !line.empty()) why = line;
  reading.Refuse(kShape, field, With("the API server cannot decode it", reading.Said(why)));
}

struct Misfit {
  std::string_view begins, field, words;
};
constexpr Misfit kMisfits[] = {
    {"metadata.managedFields must be nil", "metadata.managedFields", "it must not be written"},
    {"the namespace of the provided object", "metadata.namespace",
     "it is another namespace than it lands in"},
    {"the name of the object", "metadata.name", "it is another name than the object's"},
};

void DoesNotFit(Reading& reading) {
  for (const Misfit& misfit : kMisfits) {
    if (reading.status.message.starts_with(misfit.begins))
      reading.Refuse(kInvalid, misfit.field, std::string(misfit.words));
  }
}

void TooLarge(Reading& reading) {
  reading.Refuse(kInvalid, {}, With("it is too large", reading.Said(Behind(reading.status.message, ": "))));
}

// conflict with "M" using GV: the field has another owner
void OwnedByOthers(Reading& reading) {
  for (const StatusCause& cause : reading.status.causes) {
    if (cause.reason != "FieldManagerConflict") continue;
    const std::string_view manager = QuotedIn(cause.message, '"');
    reading.Refuse(kConflict, cause.field, "it was set " + OwnerWords(reading.asked.live, manager));
  }
  if (reading.answer.causes.empty()) reading.Unverified("the API server answers 409 without a reason");
}

// The object says of which state of the live one it was made; or another write
// came in between.
void Outdated(Reading& reading) {
  const Node* const metadata = MemberAt(reading.asked.sent, {"metadata"});
  const bool pinned = metadata != nullptr && (metadata->Find("resourceVersion") || metadata->Find("uid"));
  if (!pinned) return reading.Unverified("the object changed in the cluster while it was asked about");
  const bool version = metadata->Find("resourceVersion") != nullptr;
  reading.Refuse(kConflict, version ? "metadata.resourceVersion" : "metadata.uid",
                 "it is not that of the live object; leave it out");
}

void NobodyCouldSay(Reading& reading) {
  const std::string code = "the API server answers " + std::to_string(reading.http);
  reading.Unverified(With(code, reading.Said(reading.status.message)));
}

struct Shape {
  int http;                 // 0: any
  std::string_view begins;  // how the text begins, behind "… is forbidden: "
  Meaning meaning;
};
constexpr Shape kShapes[] = {
    {0, "ValidatingAdmissionPolicy '", DeniedByPolicy},
    {0, "admission webhook \"", WebhookSpoke},
    {0, "Internal error occurred: failed calling webhook \"", WebhookFailed},
    {401, "", BadCredentials},
    {403, "User \"", MissingRight},
    {403, "forbidden: User \"", MissingRight},
    {403, "user \"", MissingGrant},
    {403, "cannot set blockOwnerDeletion", NotAllowed},
    {403, "cannot set an ownerRef", NotAllowed},
    {403, "user not permitted", NotAllowed},
    {403, "not yet ready to handle request", NobodyCouldSay},
    {403, "unable to create new content in namespace", NamespaceEnds},
    {403, kMissing[0].begins, NeedsAnother},
    {403, kMissing[1].begins, NeedsAnother},
    {403, kMissing[2].begins, NeedsAnother},
    {403, "", ForbiddenByPlugin},
    {404, "namespaces \"", NoNamespace},
    {404, "404 page not found", UnknownKind},
    {409, "Apply failed with ", OwnedByOthers},
    {409, "Operation cannot be fulfilled on ", Outdated},
    {400, "error strict decoding", NotDecoded},
    {400, "strict decoding error", NotDecoded},
    {400, "error decoding", NotDecoded},
    {400, kMisfits[0].begins, DoesNotFit},
    {400, kMisfits[1].begins, DoesNotFit},
    {400, kMisfits[2].begins, DoesNotFit},
    {413, "Request entity too large", TooLarge},
    {422, "PatchOptions.", NobodyCouldSay},
    {422, "DeleteOptions.", NobodyCouldSay},
    {422, "", InvalidValues},
    {500, "failed to create typed patch object (", WrongShapes},
    {500, "failed to convert new object (", NotConverted},
};

void Refused(Reading& reading) {
  if (reading.http == 404 && reading.asked.object->removal && reading.status.reason == "NotFound")
    return AlreadyGone(reading);
  for (const Shape& shape : kShapes) {
    const bool fits = (shape.http == 0 || shape.http == reading.http) &&
                      reading.status.said.starts_with(shape.begins) &&
                      (reading.http != 422 || reading.status.reason == "Invalid");
    if (fits) return shape.meaning(reading);
  }
  NobodyCouldSay(reading);
}

// The very object that was asked about.
bool IsIt(const Node& root, const ObjectName& name) {
  return StringAt(&root, {"kind"}) == name.kind && StringAt(&root, {"apiVersion"}) == name.api_version &&
         StringAt(&root, {"metadata", "name"}) == name.name;
}

void Taken(Reading& reading, const Node* root, const Node*& taken) {
  const DryRunObject& object = *reading.asked.object;
  const bool is_it = root != nullptr && IsIt(*root, object.name);
  const bool success = root != nullptr && StringAt(root, {"status"}) == "Success";
  if (!is_it && !(object.removal && success))
    return reading.Unverified("the API server's answer cannot be read");
  reading.answer.known = Known::kTaken;
  if (object.removal) {
    reading.answer.effect = Effect::kDeleted;
    return;
  }
  taken = root;
  reading.answer.effect = reading.http == 201 ? Effect::kCreated : Effect::kUpdated;
}

// A warning may begin with the field that it is about.
void AddWarnings(const std::vector<std::string>& warnings, Reading& reading) {
  for (const std::string& text : warnings) {
    if (reading.answer.causes.size() == kMostCauses) return;
    const std::string_view path = std::string_view(text).substr(0, text.find(": "));
    ServerField field;
    if (reading.asked.sent != nullptr && path.find(' ') == path.npos)
      field = FindServerField(*reading.asked.sent, path);
    const std::string said = reading.Said(text);
    reading.answer.causes.push_back(
        {std::string(kWarning), field.node == nullptr ? std::string() : field.field,
         said.empty() ? "the API server warns, in words that are not shown" : said});
  }
}

}  // namespace

DryRunAnswer UnverifiedFor(std::string reason) {
  DryRunAnswer answer;
  answer.reason = std::move(reason);
  return answer;
}

DryRunAnswer OfflineFor(std::string reason) {
  DryRunAnswer answer;
  answer.known = Known::kOffline;
  answer.reason = std::move(reason);
  return answer;
}

Understood Understand(const Asked& asked, ServerAnswer answer) {
  Understood understood;
  if (answer.status == 0) {
    understood.answer = UnverifiedFor(answer.trouble.empty() ? "no answer came" : std::move(answer.trouble));
    return understood;
  }
  Reading reading{asked, answer.status, {}, {}, {}};
  const bool json = answer.body.starts_with('{');
  understood.body = ReadJsonObject(std::move(answer.body));
  reading.discretion.Add(asked.sent);
  reading.discretion.Add(asked.live);
  if (reading.http == 200 || reading.http == 201) {
    reading.discretion.Add(understood.body.root);
    Taken(reading, understood.body.root, understood.taken);
  } else {
    const std::string_view text = json ? std::string_view() : *understood.body.file.bytes;
    reading.status = StatusOf(understood.body.root, text);
    Refused(reading);
  }
  const Known known = reading.answer.known;
  if (known == Known::kTaken || known == Known::kRefused) AddWarnings(answer.warnings, reading);
  understood.answer = std::move(reading.answer);
  return understood;
}

}  // namespace sluice::cluster
