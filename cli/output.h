// What the command says: results to standard output, everything else to
// standard error. A reader that went away (`sluice check | head`) is no error.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/verdict.h"

namespace sluice::cli {

enum class When : unsigned char { kAuto, kAlways, kNever };

// Whether standard output takes colours: asked for, or a terminal without
// NO_COLOR (non-empty) and TERM=dumb.
bool UseColour(When when);

// Whether messages that are erased again make sense on standard error.
bool IsInteractive();

// To standard output; false where it cannot be written, which is said.
bool Print(std::string_view text);
// "error: …" to standard error, made printable.
void PrintError(std::string_view message);
void PrintHint(std::string_view message);

// Says the error and returns its exit code: 2 for usage and configuration, else 3.
int Fail(const Error& error);

// 0, 1 or 3.
int ExitCodeOf(Outcome outcome);

}  // namespace sluice::cli
