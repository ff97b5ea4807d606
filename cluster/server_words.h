// What API servers, policies and webhooks write, as it may be told: one line, no
// value that must not be seen, no dump of an object, no full stop.
#pragma once

#include <string>
#include <string_view>

#include "cluster/masking.h"

namespace sluice::cluster {

// Free text, cut after 500 bytes; empty where it must not be told, or where it has
// characters that a reader could not see.
std::string FreeWords(std::string_view text, const Discretion& discretion);

// The message of a field error ("Invalid value: 99999: must be between …"):
// "invalid value 99999: must be between …". A value that is a collection, or long,
// is left out; what must not be told too. Never empty.
std::string CauseWords(std::string_view message, const Discretion& discretion);

// The name of a thing or of a person; "?" where it is longer than names are or
// could not be seen.
std::string NameWords(std::string_view name);

// A field of an object, as manifests::FieldPath writes it: keys stand in it, and
// any text may be one. Empty where one is a credential or could not be seen, and
// where it is long.
std::string FieldWords(std::string field);

}  // namespace sluice::cluster
