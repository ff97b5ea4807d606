// Tested by tests/cli/usage_test.py and tests/push/a-program-that-is-gone.sh.
#include "gate/version_words.h"

#include "base/version.h"
#include "schemas/catalog.h"

namespace sluice::gate {

std::string VersionWords(std::string_view program) {
  std::string words = std::string(program) + " " + std::string(kVersion) + "\nKubernetes ";
  bool first = true;
  for (const std::string& minor : schemas::BuiltInMinors()) {
    words += (first ? "" : ", ") + minor;
    first = false;
  }
  return words + "\n";
}

}  // namespace sluice::gate
