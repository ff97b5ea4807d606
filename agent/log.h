// Structured log lines on standard error: one JSON object each, `time`, `level`,
// `message` and what belongs to it.
#pragma once

#include <string_view>

#include "agent/json_text.h"

namespace sluice::agent {

enum class Level : std::uint8_t { kInfo, kWarning, kError };

// One line, one write: lines of several threads do not mix.
void Log(Level level, std::string_view message, JsonMapping members = {});

}  // namespace sluice::agent
