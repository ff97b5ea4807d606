// How the rules of this folder speak: a finding with its object and place, and
// text of the user's that may stand in a message.
#pragma once

#include <string>
#include <string_view>

#include "base/finding.h"
#include "manifests/object.h"

namespace sluice::policies {

// Of one rule family in one object or file. Past it more of the same would only
// cost memory; where something was left out, the last finding says so.
inline constexpr std::size_t kMaxFindings = 100;

// True where `findings` is full; then the last one says that more follow.
bool IsFull(Findings& findings);

// A finding of `rule` about `object`; `field` as manifests::FieldPath writes it.
Finding FindingIn(const Rule& rule, const manifests::Object& object, Range range, std::string field,
                  std::string message);

// `text` in double quotes, cut after 80 bytes; never text that looks like a
// credential (names are pushed by hand too). Not for values of Secrets.
std::string Quoted(std::string_view text);

// The same for the name of an object, part by part.
ObjectName ShownName(ObjectName name);

// "Deployment shop/web", "ClusterRole reader".
std::string Describe(const ObjectName& name);

// Where a finding about the object as a whole points: its `kind`.
Range PlaceOf(const manifests::Object& object);

}  // namespace sluice::policies
