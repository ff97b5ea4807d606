#include "hooks/chain.h"

#include <unistd.h>

#include "process/child.h"

namespace sluice::hooks {
namespace {

// Its time is its own affair, as it was.
constexpr std::chrono::hours kAsLongAsItTakes{24};

}  // namespace

int RunChained(const Call& call, const std::string& directory) {
  if (call.hook.empty()) return 0;
  std::string path = call.hook + std::string(kBefore);
  if (!path.starts_with('/')) path.insert(0, directory + "/");
  if (access(path.c_str(), X_OK) != 0) return 0;  // as git: a hook without the bit does not run
  const Result<process::ChildResult> result = process::Run({.argv = {path},
                                                            .environment = call.environment,
                                                            .input = call.input,
                                                            .deadline = kAsLongAsItTakes,
                                                            .where = process::Output::kInherit});
  return result && result->exit_code >= 0 ? result->exit_code : 1;
}

}  // namespace sluice::hooks
