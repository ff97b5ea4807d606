// Numbers as Kubernetes' libraries read and write them. Go's strconv decides
// what a float is called, so that our JSON is theirs byte for byte.
#pragma once

#include <string>
#include <string_view>

#include "manifests/document.h"

namespace sluice::manifests {

// The value of decimal `text` (digits with an optional point and exponent).
// False where it is too large for a double; too small is zero, as in Go.
bool ParseDouble(std::string_view text, double& value);

// Go's encoding/json: the shortest digits that read back as `value`, plain from
// 1e-6 up to 1e21, else with an exponent. `value` is finite. Appends to `out`.
void AppendDouble(double value, std::string& out);

// What sigs.k8s.io/yaml makes of a float that is a mapping key:
// strconv.FormatFloat(value, 'g', -1, 32).
std::string FloatKey(double value);

// A kFloat becomes kInteger where its JSON text is a whole number that fits an
// int64: Kubernetes reads its own JSON back, so that 1e3 and 1.0 are integers.
void WholeToInteger(Node& node);

// strconv.ParseInt and ParseUint with base 0, underscores already taken out: a
// sign, then 0x, 0o, 0b, a leading 0 for octal, or decimal. Sets kind and value.
bool SetInteger(std::string_view text, Node& node);

}  // namespace sluice::manifests
