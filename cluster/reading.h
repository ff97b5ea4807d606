// One answer while it is read, and what its shapes mean: functions that answer.cc's
// table names, each of which says what is made of a text like the one above it. For
// answer.cc alone.
#pragma once

#include <string>
#include <string_view>

#include "cluster/answer.h"
#include "cluster/masking.h"
#include "cluster/status.h"

namespace sluice::cluster {

inline constexpr std::size_t kMostCauses = 100;

struct Reading {
  const Asked& asked;
  int http;
  ServerStatus status;
  Discretion discretion;
  DryRunAnswer answer;

  // `path` is as the server names a field.
  void Refuse(std::string_view rule, std::string_view path, std::string message);
  void Unverified(std::string reason) { answer = UnverifiedFor(std::move(reason)); }
  std::string Said(std::string_view text) const;
};

// `words`, and what was said where that may be told.
std::string With(std::string words, const std::string& said);
// The text between the first two `quote`s of `text`; empty: none.
std::string_view QuotedIn(std::string_view text, char quote);
// What stands behind the first `mark`; empty: there is none.
std::string_view Behind(std::string_view text, std::string_view mark);

// What the text of kMissing begins with: something else that the object names is
// not there.
struct Missing {
  std::string_view begins;
  std::string_view kind;
  std::string_view field;  // that names it
};
inline constexpr Missing kMissing[] = {
    {"error looking up service account", "ServiceAccount", "spec.serviceAccountName"},
    {"no PriorityClass with name", "PriorityClass", "spec.priorityClassName"},
    {"pod rejected: RuntimeClass", "RuntimeClass", "spec.runtimeClassName"},
};

// Fields that a request contradicts.
struct Misfit {
  std::string_view begins, field, words;
};
inline constexpr Misfit kMisfits[] = {
    {"metadata.managedFields must be nil", "metadata.managedFields", "it must not be written"},
    {"the namespace of the provided object", "metadata.namespace",
     "it is another namespace than it lands in"},
    {"the name of the object", "metadata.name", "it is another name than the object's"},
};

// Admission and authorisation (admission_answers.cc).
void DeniedByPolicy(Reading& reading);
void WebhookSpoke(Reading& reading);
void WebhookFailed(Reading& reading);
void MissingRight(Reading& reading);
void MissingGrant(Reading& reading);
void NotAllowed(Reading& reading);
void ForbiddenByPlugin(Reading& reading);
void NeedsAnother(Reading& reading);
void NamespaceEnds(Reading& reading);

// The object itself, and the live one (object_answers.cc).
void InvalidValues(Reading& reading);
void WrongShapes(Reading& reading);
void NotConverted(Reading& reading);
void NotDecoded(Reading& reading);
void DoesNotFit(Reading& reading);
void TooLarge(Reading& reading);
void OwnedByOthers(Reading& reading);
void Outdated(Reading& reading);

}  // namespace sluice::cluster
