// What a file is for, told by what refers to it: whole objects, or something
// partial that cannot be judged alone and is said so (D20 of the design: what
// is not judged is said, and cannot be arranged by the file itself).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gate/configuration.h"
#include "gate/facts.h"

namespace sluice::gate {

struct Role {
  bool in_scope = true;                     // below the configured roots
  bool whole = true;                        // its documents are judged as whole objects
  std::string reason;                       // why not, for people
  bool chart_template = false;              // why it is not whole
  bool as_text = false;                     // why it is not whole: builds read it, and make no object of it
  bool substituted = false;                 // Flux replaces ${VAR} in it
  bool deployed = false;                    // a controller, a kustomization or an include builds it
  std::vector<std::string> kustomizations;  // files that refer to it directly as a resource, sorted
};

Role RoleOf(const Facts& facts, const Roots& roots, std::string_view path);

}  // namespace sluice::gate
