// What one tree makes of a file; for the stages that hold two trees against each
// other. Implemented in judgement.cc.
#pragma once

#include <string>
#include <string_view>

#include "gate/work.h"

namespace sluice::gate {

struct Standing {
  Role role;
  bool judged = false;  // its documents, should they be objects
};

Standing StandingIn(const Work& work, const Facts& facts, const std::string& path, std::string_view bytes);

// Why what was judged is not any more, for people.
std::string OutReason(const Role& role, bool readable);

}  // namespace sluice::gate
