// Which files there are, and their bytes.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "cluster/kubeconfig.h"

namespace sluice::cluster {
namespace {

constexpr std::size_t kMaxFile = 4u << 20;

std::string Variable(const Environment& environment, const char* name) {
  const char* value = environment(name);
  return value ? value : "";
}

Error Unreadable(const std::string& path, std::string why) {
  return {ErrorKind::kConfiguration, "cannot be read (" + std::move(why) + ")", path, {}};
}

Result<Kubeconfig> LoadOne(const std::string& path) {
  Result<std::string> bytes = ReadConfigurationFile(path, kMaxFile);
  if (!bytes) return bytes.error();
  return ParseKubeconfig(path, std::move(*bytes));
}

// The parts of KUBECONFIG in their order, each once; empty ones are none.
std::vector<std::string> Listed(const std::string& list) {
  std::vector<std::string> paths;
  std::set<std::string> seen;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t colon = std::min(list.find(':', at), list.size());
    const std::string path = list.substr(at, colon - at);
    if (!path.empty() && seen.insert(path).second) paths.push_back(path);
    at = colon + 1;
  }
  return paths;
}

bool IsMissing(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

}  // namespace

// Pipes are read to their end as well: kubectl is fed by <(…).
Result<std::string> ReadConfigurationFile(const std::string& path, std::size_t limit) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Unreadable(path, std::strerror(errno));
  std::string bytes;
  char buffer[16 * 1024];
  ssize_t got = 0;
  while (bytes.size() <= limit &&
         ((got = read(file, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR)))
    if (got > 0) bytes.append(buffer, static_cast<std::size_t>(got));
  const int error = errno;
  close(file);
  if (got < 0) return Unreadable(path, std::strerror(error));
  if (bytes.size() > limit) return Unreadable(path, "more than " + std::to_string(limit >> 10) + " KiB");
  return bytes;
}

Result<Kubeconfig> LoadKubeconfig(const std::string& path, const Environment& environment) {
  if (!path.empty()) return LoadOne(path);
  std::vector<std::string> paths = Listed(Variable(environment, "KUBECONFIG"));
  const std::string home = Variable(environment, "HOME");
  if (Variable(environment, "KUBECONFIG").empty() && !home.empty()) paths = {home + "/.kube/config"};
  Kubeconfig merged;
  for (const std::string& one : paths) {
    if (IsMissing(one)) continue;
    Result<Kubeconfig> read = LoadOne(one);
    if (!read) return read;
    MergeKubeconfig(merged, std::move(*read));
  }
  return merged;
}

}  // namespace sluice::cluster
