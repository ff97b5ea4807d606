// Patterns as OpenSSH has them (PATTERNS in ssh_config(5)).
#pragma once

#include <string_view>

namespace sluice::crypto {

// '*' stands for any bytes, '?' for one. At most |text| times |pattern| steps.
bool MatchesPattern(std::string_view text, std::string_view pattern);

// Patterns with commas between them: one matches, and none that begins with '!'
// does. One of 1,023 bytes or more makes the whole list match nothing, as in
// OpenSSH.
bool MatchesPatternList(std::string_view text, std::string_view patterns);

}  // namespace sluice::crypto
