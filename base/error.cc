#include "base/error.h"

#include <cstring>

namespace sluice {

std::string Error::Text() const {
  if (file.empty()) return message;
  std::string text = file;
  if (at.line != 0) text += ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
  return text + ": " + message;
}

Error SystemError(std::string what, int errno_value) {
  return Failed(std::move(what) + ": " + std::strerror(errno_value));
}

}  // namespace sluice
