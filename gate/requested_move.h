// An environment that moves by request (docs/approvals.md, "A request"): its folder, as it
// is at a commit of the branch, is judged as a push of whoever asked, and held to what they
// signed. No branch is moved.
#pragma once

#include <string>

#include "gate/ref_content.h"

namespace sluice::gate {

// Whose move it is, under a login by which a record is known as theirs. kUsage where
// `people` knows nobody of the name, or gives them no login, or none that a record can hold.
Status MoveAs(const promotion::People& people, const std::string& person, Push& push);

// The verdict of `judges.push.requested`, in mode enforce; its turn is that of the environment
// alone. With an intent where the recorder may write the record.
RefVerdict JudgeRequested(const Judges& judges);

}  // namespace sluice::gate
