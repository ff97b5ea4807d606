#include "hooks/own_program.h"

#include <unistd.h>

namespace sluice::hooks {

Result<std::string> FindOwnProgram(std::string_view name, std::string_view built_in, std::string& looked) {
  char path[4096];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  if (length <= 0) return NotFound("our own program is not to be found");
  const std::string self(path, static_cast<std::size_t>(length));
  const std::string directory = self.substr(0, self.rfind('/'));
  const std::string parent = directory.substr(0, directory.rfind('/'));
  for (const std::string& place :
       {parent + "/libexec/sluice", directory, parent + "/" + std::string(built_in)}) {
    std::string program = place + "/" + std::string(name);
    if (access(program.c_str(), X_OK) == 0) return program;
    looked += (looked.empty() ? "" : ", ") + program;
  }
  return NotFound("no program " + std::string(name));
}

}  // namespace sluice::hooks
