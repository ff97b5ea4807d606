// `git cat-file --batch`, kept running: reads what our own reader does not know.
// Costs 3 to 7 ms to start, so it is started on need alone.
#pragma once

#include <sys/types.h>

#include <mutex>
#include <string>
#include <vector>

#include "git/repository.h"
#include "process/descriptor.h"

namespace sluice::git {

// The environment of every git that we start, built from nothing: no replaced
// objects, no configuration but the repository's own, no lazy fetching.
std::vector<std::string> GitEnvironment(const std::string& git_dir, const std::string& quarantine,
                                        const std::string& objects);

constexpr const char* kGitProgram = "/usr/bin/git";

class CatFile {
 public:
  explicit CatFile(std::vector<std::string> environment) : environment_(std::move(environment)) {}
  ~CatFile() { Stop(); }

  // As Repository::Read, the hash unchecked. Thread-safe; one question at a time.
  Result<RawObject> Read(const Oid& id, std::size_t limit);

 private:
  Status Start();
  void Stop();
  Status Ask(const Oid& id);
  Result<std::string> TakeLine();
  Result<std::string> TakeBytes(std::size_t count);
  Status Receive();
  Result<RawObject> Answer(const Oid& id, std::size_t limit);

  const std::vector<std::string> environment_;
  std::mutex mutex_;
  pid_t child_ = -1;
  process::Descriptor socket_;
  std::string received_;  // and not taken yet
};

}  // namespace sluice::git
