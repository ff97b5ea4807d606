// The table (kShapes) tells shapes apart by HTTP status and by how the text
// begins; a function a meaning says what of it is told. Admission speaks with any
// status (a webhook and a policy choose theirs), so its rows stand first.
// Invariant: no row that refuses fits a text with which the server says that it
// could not decide. Tested by tests/cluster/answer_test.cc on tests/cluster/answers.jsonl.
#include "cluster/answer.h"

#include "cluster/members.h"
#include "cluster/reading.h"
#include "cluster/rule_ids.h"
#include "cluster/server_field.h"
#include "cluster/server_words.h"

namespace sluice::cluster {
namespace {

using manifests::Node;

using Meaning = void (*)(Reading&);

void BadCredentials(Reading& reading) {
  reading.Unverified("the API server does not accept the credentials (401)");
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
  if (reading.http < 400) return NobodyCouldSay(reading);
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
      field = FindServerField(*reading.asked.sent, path, reading.asked.live);
    const std::string said = reading.Said(text);
    reading.answer.causes.push_back(
        {std::string(kWarning), field.node == nullptr ? std::string() : FieldWords(field.field),
         said.empty() ? "the API server warns, in words that are not shown" : said});
  }
}

}  // namespace

void Reading::Refuse(std::string_view rule, std::string_view path, std::string message) {
  answer.known = Known::kRefused;
  if (answer.causes.size() == kMostCauses) return;
  const ServerField found =
      asked.sent == nullptr ? ServerField() : FindServerField(*asked.sent, path, asked.live);
  // A field that is not there is called by the server's words alone.
  const bool named = found.node != nullptr || discretion.MayName(found.field);
  answer.causes.push_back(
      {std::string(rule), named ? FieldWords(found.field) : std::string(), std::move(message)});
}

std::string Reading::Said(std::string_view text) const { return FreeWords(text, discretion); }

std::string With(std::string words, const std::string& said) {
  return said.empty() ? words : std::move(words) + ": " + said;
}

std::string_view QuotedIn(std::string_view text, char quote) {
  const std::size_t begin = text.find(quote);
  const std::size_t end = begin == text.npos ? text.npos : text.find(quote, begin + 1);
  return end == text.npos ? std::string_view() : text.substr(begin + 1, end - begin - 1);
}

std::string_view Behind(std::string_view text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  return at == text.npos ? std::string_view() : text.substr(at + mark.size());
}

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
  const bool success = reading.http == 200 || reading.http == 201;
  if (success) Taken(reading, understood.body.root, understood.taken);
  // Where the server says nothing, nothing needs to be kept from being told.
  if (!success || !answer.warnings.empty()) {
    if (asked.object->name.kind == "Secret") reading.discretion.Silence();
    reading.discretion.Add(asked.sent);
    reading.discretion.Add(asked.live);
    if (success) reading.discretion.Add(understood.body.root);
  }
  if (!success) {
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
