#include "hooks/intents.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>

#include "base/crash_point.h"
#include "base/write_all.h"
#include "hooks/hook_file.h"
#include "process/descriptor.h"

namespace sluice::hooks {
namespace {

using process::Descriptor;

constexpr std::string_view kUnfinished = ".new-";
constexpr int kMostAlike = 100;

// Under the first free name; the last one is used again.
bool Name(int directory, const std::string& unfinished, const std::string& name) {
  for (int again = 0; again < kMostAlike; ++again) {
    const std::string free = again == 0 ? name : name + "." + std::to_string(again);
    const bool last = again + 1 == kMostAlike;
    if (renameat2(directory, unfinished.c_str(), directory, free.c_str(), last ? 0 : RENAME_NOREPLACE) == 0)
      return true;
    if (errno == EINVAL || errno == ENOSYS)  // a file system that cannot tell: as one move
      return renameat(directory, unfinished.c_str(), directory, name.c_str()) == 0;
    if (errno != EEXIST) return false;
  }
  return false;
}

// The file under its name, not on the disk yet.
Result<Descriptor> Place(int directory, const Intent& intent) {
  const std::string unfinished = std::string(kUnfinished) + std::to_string(getpid());
  Descriptor file(
      openat(directory, unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!file) return SystemError("cannot write an intent", errno);
  const bool placed = WriteAll(file.get(), intent.text) && Name(directory, unfinished, intent.name);
  if (placed) return file;
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
  CrashPoint("intents-judged");
  if (Status made = MakeOwnDirectory(places, "intents"); !made) return made;
  const std::string path = places.Own() + "/intents";
  const Descriptor directory(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return SystemError("cannot open " + path, errno);
  Descriptor last;
  for (const Intent& intent : intents) {
    Result<Descriptor> placed = Place(directory.get(), intent);
    if (!placed) return placed.error();
    last = std::move(*placed);
  }
  CrashPoint("intents-placed");
  // One file is renamed before it is synced, so that one flush of the journal
  // takes both; for many, one flush of the file system does. A file that a
  // power cut leaves torn belongs to a ref that did not move.
  const int synced = intents.size() == 1 ? fsync(last.get()) : syncfs(directory.get());
  return synced == 0 ? Status(Ok{}) : Status(SystemError("cannot write " + path, errno));
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
