// A push's verdict for the person who pushes: the refs that matter most, in
// full, and a line that counts the rest.
#pragma once

#include <string>
#include <string_view>

#include "gate/operator.h"
#include "gate/push.h"
#include "hooks/answer.h"

namespace sluice::hooks {

Answer InWords(const gate::PushVerdict& verdict, const gate::HookSettings& settings);

// Of a request: an indented line for each thing that it lacks.
Answer InWordsOfRequest(const gate::PushVerdict& verdict);

// Where there is no verdict. `reason` is half a sentence ("it took longer than 4 s"); of
// kConfiguration it is the server's own settings, which nobody who pushes can mend.
std::string NoVerdictWords(const Error& reason, const gate::HookSettings& settings);

// `text` as an "error: " line, or what GitLab's web page shows.
std::string ErrorLine(std::string_view text, const gate::HookSettings& settings);

}  // namespace sluice::hooks
