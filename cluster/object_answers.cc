// What is wrong with the object itself, or with it beside the live one.
#include <algorithm>
#include <array>

#include "cluster/managers.h"
#include "cluster/members.h"
#include "cluster/reading.h"
#include "cluster/rule_ids.h"
#include "cluster/server_words.h"

namespace sluice::cluster {
namespace {

using manifests::Node;

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

}  // namespace

// 422: each cause at its field.
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

}  // namespace sluice::cluster
