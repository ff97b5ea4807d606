#include "git/loose.h"

#include <charconv>

#include "git/hash.h"
#include "git/inflate.h"

namespace sluice::git {
namespace {

constexpr std::size_t kMaxHeader = 32;    // "commit 18446744073709551615\0" is 28
constexpr std::size_t kFirstStep = 4096;  // most commits, trees and manifests are whole in one step of zlib

}  // namespace

std::string LoosePath(const Oid& id) {
  std::string path = id.Hex();
  path.insert(2, 1, '/');
  return path;
}

Result<RawObject> ReadLoose(int fd, std::size_t limit) {
  InflateStream stream(fd, 0, {});
  char buffer[kFirstStep];
  const Result<std::size_t> got = stream.Read(buffer, sizeof buffer);
  if (!got) return got.error();
  const std::string_view head(buffer, *got);
  const std::size_t end = head.substr(0, kMaxHeader).find('\0');
  const std::size_t space = head.find(' ');
  if (end == head.npos || space > end) return Failed("its header is malformed");
  const std::optional<ObjectType> type = TypeByName(head.substr(0, space));
  std::uint64_t size = 0;
  const auto [stop, code] = std::from_chars(head.data() + space + 1, head.data() + end, size);
  if (!type || code != std::errc() || stop != head.data() + end) return Failed("its header is malformed");
  if (size > limit) return LimitPassed("it is larger than " + std::to_string(limit) + " bytes");
  RawObject object{*type, std::string(head.substr(end + 1))};
  if (object.bytes.size() > size) return Failed("it holds more bytes than its header says");
  if (const Status read = stream.ReadRest(&object.bytes, size); !read) return read.error();
  return object;
}

}  // namespace sluice::git
