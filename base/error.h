// What went wrong inside Sluice itself: a file that cannot be read, a usage
// mistake, a limit of the machine. What is wrong in the user's text is a
// Finding (base/finding.h), never an Error; the two never mix.
#pragma once

#include <string>
#include <utility>

#include "base/range.h"

namespace sluice {

enum class ErrorKind : unsigned char {
  kFailed,         // the machine or a program under us failed: exit 3
  kNotFound,       // the thing asked for does not exist
  kUsage,          // the caller's words are wrong: exit 2
  kConfiguration,  // a configuration file is wrong, `file` and `at` say where: exit 2
  kLimit,          // a limit was passed, the message names it: exit 3
};

struct Error {
  ErrorKind kind = ErrorKind::kFailed;
  std::string message;  // one sentence without a full stop, with what to do where that is known
  std::string file;     // empty, or the file that the message speaks of
  Position at;          // 0:0 where no place is known

  // "file:line:column: message", as far as the parts are known.
  std::string Text() const;
};

inline Error Failed(std::string message) { return {ErrorKind::kFailed, std::move(message), {}, {}}; }
inline Error NotFound(std::string message) { return {ErrorKind::kNotFound, std::move(message), {}, {}}; }
inline Error Usage(std::string message) { return {ErrorKind::kUsage, std::move(message), {}, {}}; }
inline Error LimitPassed(std::string message) { return {ErrorKind::kLimit, std::move(message), {}, {}}; }

// `what: strerror(errno_value)`, for failed system calls.
Error SystemError(std::string what, int errno_value);

}  // namespace sluice
