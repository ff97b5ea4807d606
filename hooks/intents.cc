#include "hooks/intents.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>

#include "hooks/hook_file.h"
#include "process/descriptor.h"

namespace sluice::hooks {
namespace {

using process::Descriptor;

constexpr std::string_view kUnfinished = ".new-";

bool WriteDurably(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return fdatasync(file) == 0;
}

Status KeepOne(int directory, const Intent& intent) {
  const std::string unfinished = std::string(kUnfinished) + std::to_string(getpid());
  const Descriptor file(
      openat(directory, unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!file) return SystemError("cannot write an intent", errno);
  const bool kept = WriteDurably(file.get(), intent.text) &&
                    renameat(directory, unfinished.c_str(), directory, intent.name.c_str()) == 0;
  if (kept) return Ok{};
  const Error error = SystemError("cannot write an intent", errno);
  unlinkat(directory, unfinished.c_str(), 0);
  return error;
}

}  // namespace

Status MakeOwnDirectory(const Places& places, const std::string& name) {
  Status made = MakeDirectoryLike(places.Own(), places.common_dir);
  return made && !name.empty() ? MakeDirectoryLike(places.Own() + "/" + name, places.common_dir) : made;
}

Status KeepIntents(const Places& places, const std::vector<Intent>& intents) {
  if (intents.empty()) return Ok{};
  if (Status made = MakeOwnDirectory(places, "intents"); !made) return made;
  const std::string path = places.Own() + "/intents";
  const Descriptor directory(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return SystemError("cannot open " + path, errno);
  for (const Intent& intent : intents)
    if (Status kept = KeepOne(directory.get(), intent); !kept) return kept;
  if (fsync(directory.get()) != 0) return SystemError("cannot write " + path, errno);
  return Ok{};
}

void RemoveOldIntents(const Places& places, std::chrono::hours age) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir((places.Own() + "/intents").c_str()), closedir);
  if (directory == nullptr) return;
  const time_t oldest = time(nullptr) - std::chrono::duration_cast<std::chrono::seconds>(age).count();
  while (const dirent* entry = readdir(directory.get())) {
    struct stat status;
    const int at = dirfd(directory.get());
    if (fstatat(at, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) continue;
    if (status.st_mtime < oldest) unlinkat(at, entry->d_name, 0);
  }
}

}  // namespace sluice::hooks
