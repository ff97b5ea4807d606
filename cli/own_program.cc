#include "cli/own_program.h"

#include <unistd.h>

#include <cerrno>

#include "cli/output.h"
#include "hooks/cluster_program.h"
#include "hooks/own_program.h"

namespace sluice::cli {
namespace {

int Become(const Result<std::string>& program, const std::vector<std::string>& words) {
  if (!program) return Fail(program.error());
  std::vector<char*> arguments{const_cast<char*>(program->c_str())};
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv(program->c_str(), arguments.data());
  return Fail(SystemError("cannot start " + *program, errno));
}

Result<std::string> FindAgentProgram() {
  std::string looked;
  Result<std::string> program = hooks::FindOwnProgram("sluice-agent", "agent", looked);
  if (program) return program;
  return NotFound("sluice-agent, which applies records, is not installed (looked for " + looked + ")");
}

}  // namespace

int BecomeClusterProgram(const std::vector<std::string>& words) {
  return Become(hooks::FindClusterProgram(), words);
}

int BecomeAgentProgram(const std::vector<std::string>& words) { return Become(FindAgentProgram(), words); }

}  // namespace sluice::cli
