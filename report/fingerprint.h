// A finding's identity from run to run: its rule, file, object, field and
// message, never its line, so that it is the same finding after lines were
// added above it.
#pragma once

#include <map>
#include <string>

#include "base/finding.h"

namespace sluice::report {

// Fingerprints of one report. Equal findings are numbered in their order, so
// that no two are the same.
class Fingerprints {
 public:
  // 32 hexadecimal digits. Not a promise against an attacker: FNV-1a, 128 bit.
  std::string Of(const Finding& finding);

 private:
  std::map<std::string, unsigned> seen_;
};

}  // namespace sluice::report
