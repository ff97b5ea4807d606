// Nobody else can enter, so that no link can come in between: what lies there,
// we put there. Tested by tests/process/private_directory_test.cc.
#include "process/private_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>

#include "base/write_all.h"
#include "process/descriptor.h"

namespace sluice::process {
namespace {

constexpr std::string_view kPrefix = "sluice-private-";
constexpr const char* kPlaces[] = {"/dev/shm", "/tmp"};
constexpr std::time_t kLeftBehind = 600;  // seconds; no program of ours has so long

void Remove(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);  // follows no link
}

bool IsLeftBehind(const std::string& path) {
  struct stat status;
  return lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
         std::time(nullptr) - status.st_mtime > kLeftBehind;
}

void Sweep(const std::string& place) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(place.c_str()), closedir);
  if (!directory) return;
  while (const dirent* entry = readdir(directory.get())) {
    const std::string path = place + "/" + entry->d_name;
    if (std::string_view(entry->d_name).starts_with(kPrefix) && IsLeftBehind(path)) Remove(path);
  }
}

Status MakeParents(const std::string& root, const std::string& name) {
  for (std::size_t slash = name.find('/'); slash != name.npos; slash = name.find('/', slash + 1)) {
    const std::string path = root + "/" + name.substr(0, slash);
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
      return SystemError("cannot make a directory in " + root, errno);
  }
  return Ok{};
}

}  // namespace

Result<PrivateDirectory> PrivateDirectory::Make() {
  for (const char* place : kPlaces) {
    Sweep(place);
    std::string path = std::string(place) + "/" + std::string(kPrefix) + "XXXXXX";
    if (mkdtemp(path.data()) != nullptr) return PrivateDirectory(std::move(path));
  }
  return SystemError("cannot make a directory in /dev/shm or /tmp", errno);
}

PrivateDirectory::~PrivateDirectory() {
  if (!path_.empty()) Remove(path_);
}

Status PrivateDirectory::Write(const std::string& name, std::string_view bytes) const {
  if (Status made = MakeParents(path_, name); !made) return made;
  const std::string path = path_ + "/" + name;
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file || !WriteAll(file.get(), bytes)) return SystemError("cannot write a file in " + path_, errno);
  return Ok{};
}

Status PrivateDirectory::MakeDirectory(const std::string& name) const {
  if (Status made = MakeParents(path_, name); !made) return made;
  if (mkdir((path_ + "/" + name).c_str(), 0700) != 0)
    return SystemError("cannot make a directory in " + path_, errno);
  return Ok{};
}

}  // namespace sluice::process
