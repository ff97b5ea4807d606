// Policies, webhooks and plugins of admission, and the rights of who asks. The last
// are never the object's fault.
#include <vector>

#include "cluster/reading.h"
#include "cluster/rule_ids.h"
#include "cluster/server_words.h"

namespace sluice::cluster {
namespace {

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

std::string_view NameOfMissing(const Missing& missing, std::string_view said) {
  if (missing.kind != "PriorityClass") return QuotedIn(said, '"');
  const std::string_view name = said.substr(missing.begins.size() + 1);
  return name.substr(0, name.find(' '));
}

}  // namespace

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

}  // namespace sluice::cluster
