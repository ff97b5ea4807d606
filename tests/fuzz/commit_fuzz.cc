// Hostile commits and tags, and the configuration and refs of a repository.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "git/format.h"
#include "git/objects.h"
#include "git/refs.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const HashKind kind : {HashKind::kSha1, HashKind::kSha256}) {
    const std::uint8_t raw[32] = {1};
    const auto commit = git::ParseCommit(Oid::FromBytes(kind, raw), bytes);
    if (commit && (commit->tree.kind() != kind || commit->committer_time < 0)) std::abort();
    if (commit && commit->message.size() > size) std::abort();
    (void)git::ParseTag(kind, bytes);
  }
  (void)git::ParseFormat(bytes);
  (void)git::IsRefName(bytes);
  static const int file = memfd_create("packed-refs", MFD_CLOEXEC);
  if (ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != static_cast<ssize_t>(size)) std::abort();
  (void)git::FindPackedRef(file, "refs/heads/main", HashKind::kSha1);
  return 0;
}
