// Hostile packs and their indexes. Odd first byte: the rest is a pack as it
// stands. Even: a pack is built from it, so that the fuzzer need not learn to
// deflate: a byte of type, two of base, one of size, then that many bytes.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "git/delta.h"
#include "git/loose.h"
#include "git/pack.h"
#include "git/pack_index.h"

namespace sluice::git {
namespace {

// A zlib stream of one stored block (RFC 1950, 1951): quick to make.
std::string Deflate(std::string_view bytes) {
  const auto size = static_cast<unsigned>(bytes.size());  // under 256
  std::string deflated = {'\x78', '\x01', '\x01', static_cast<char>(size), 0, static_cast<char>(~size),
                          '\xff'};
  deflated += bytes;
  const uLong sum = adler32(adler32(0, nullptr, 0), reinterpret_cast<const Bytef*>(bytes.data()), size);
  for (int shift = 24; shift >= 0; shift -= 8) deflated += static_cast<char>(sum >> shift);
  return deflated;
}

std::string BuildPack(std::string_view bytes, std::vector<std::uint64_t>* offsets) {
  std::string pack("PACK\0\0\0\2\0\0\0\0", 12);
  while (bytes.size() >= 4 && offsets->size() < 12) {
    const auto byte = [&](std::size_t i) {
      return static_cast<unsigned>(static_cast<unsigned char>(bytes[i]));
    };
    const unsigned type = byte(0) & 7, base = byte(1) * 256 + byte(2), size = byte(3);
    bytes.remove_prefix(4);
    const std::string_view payload = bytes.substr(0, size);
    bytes.remove_prefix(payload.size());
    offsets->push_back(pack.size());
    pack += static_cast<char>(0x80 | type << 4 | (payload.size() & 15));
    pack += static_cast<char>(payload.size() >> 4);
    if (type == 6) pack += {static_cast<char>(0x80 | (base >> 7 & 127)), static_cast<char>(base & 127)};
    if (type == 7) pack += std::string(20, static_cast<char>(base));
    pack += Deflate(payload);
  }
  return pack;
}

// A name under which openat() opens `fd` anew.
std::string NameOf(int fd) { return std::to_string(fd); }

void RunIndexes(int directory, int file) {
  PackIndex index;
  MultiPackIndex multi;
  const bool is_index = index.Open(directory, NameOf(file), HashKind::kSha1);
  const bool is_multi = multi.Open(directory, NameOf(file), HashKind::kSha1);
  for (unsigned i = 0; i < 256; i += 5) {
    const std::uint8_t raw[32] = {static_cast<std::uint8_t>(i), 1};
    if (is_index) (void)index.Find(Oid::FromBytes(HashKind::kSha1, raw));
    if (is_multi) (void)multi.Find(Oid::FromBytes(HashKind::kSha1, raw));
  }
  (void)ReadLoose(file, 1 << 16);
}

// Reads each object; of bytes that are no built pack, tries them as an index and
// as a loose object too.
void Run(const std::string& bytes, const std::vector<std::uint64_t>& offsets, bool built) {
  static const int directory = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  static const int file = memfd_create("pack", MFD_CLOEXEC);
  if (ftruncate(file, 0) != 0 ||
      pwrite(file, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    std::abort();
  Pack pack(directory, NameOf(file), HashKind::kSha1);
  BaseCache cache;
  const auto find_base = [&](const Oid& id) {
    return offsets.empty() ? std::optional<std::uint64_t>()
                           : std::optional(offsets[id.data()[0] % offsets.size()]);
  };
  for (const std::uint64_t offset : offsets) {
    const auto object = pack.Read(offset, 1 << 16, find_base, &cache);
    if (object && object->bytes.size() > 1 << 16) std::abort();
  }
  if (!built) RunIndexes(directory, file);
}

}  // namespace
}  // namespace sluice::git

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::git;
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::vector<std::uint64_t> offsets;
  if (data[0] % 2 == 0) {
    const std::string pack = BuildPack(bytes, &offsets);
    Run(pack, offsets, true);
  } else {
    for (std::uint64_t i = 12; i < 16; ++i) offsets.push_back(i);
    Run(std::string(bytes), offsets, false);
  }
  const std::string_view base = bytes.substr(0, bytes.size() / 2);
  const auto result = ApplyDelta(base, bytes.substr(base.size()), 1 << 16);
  if (result && result->size() > 1 << 16) std::abort();
  return 0;
}
