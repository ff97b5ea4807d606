#include "cli/own_program.h"

#include <unistd.h>

#include <cerrno>

#include "cli/output.h"
#include "hooks/cluster_program.h"

namespace sluice::cli {

int BecomeClusterProgram(const std::vector<std::string>& words) {
  const Result<std::string> program = hooks::FindClusterProgram();
  if (!program) return Fail(program.error());
  std::vector<char*> arguments{const_cast<char*>(program->c_str())};
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv(program->c_str(), arguments.data());
  return Fail(SystemError("cannot start " + *program, errno));
}

}  // namespace sluice::cli
