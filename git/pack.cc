// Reading packs (gitformat-pack). A delta chain is walked down to its base by
// headers alone, then up again, on a vector and not on the stack. Bounds: depth
// of a chain, size of each base, bytes written for one object, and the caller's
// limit, which is checked on the sizes that the headers claim.
// Tested by tests/git/{reader,hostile}_test.cc and tests/fuzz/pack_fuzz.cc.
#include "git/pack.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "git/bounds.h"
#include "git/bytes.h"
#include "git/delta.h"
#include "git/inflate.h"

namespace sluice::git {
namespace {

constexpr std::size_t kPackHeader = 12;
constexpr unsigned kOfsDelta = 6;
constexpr unsigned kRefDelta = 7;

Error TooLarge(std::size_t limit) {
  return LimitPassed("it is larger than " + std::to_string(limit) + " bytes");
}

// Type and size: 3 and 4 bits in the first byte, then 7 bits a byte.
bool TakeTypeAndSize(std::string_view* bytes, unsigned* type, std::uint64_t* size) {
  if (bytes->empty()) return false;
  auto byte = static_cast<unsigned char>(bytes->front());
  bytes->remove_prefix(1);
  *type = byte >> 4 & 7;
  *size = byte & 15;
  for (unsigned shift = 4; byte >= 128; shift += 7) {
    if (bytes->empty() || shift > 56) return false;
    byte = static_cast<unsigned char>(bytes->front());
    bytes->remove_prefix(1);
    *size |= std::uint64_t{byte & 127u} << shift;
  }
  return true;
}

// How far back the base lies: 7 bits a byte, highest first, each step plus one.
bool TakeDistance(std::string_view* bytes, std::uint64_t* distance) {
  *distance = 0;
  for (int i = 0; i < 9 && !bytes->empty(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes->front());
    bytes->remove_prefix(1);
    *distance = (i == 0 ? 0 : (*distance + 1) << 7) | (byte & 127u);
    if (byte < 128) return true;
  }
  return false;
}

}  // namespace

// The header of an entry, and the first of its deflated bytes.
struct Pack::Entry {
  unsigned type = 0;
  std::uint64_t size = 0;      // of the object or of the delta, inflated
  std::uint64_t distance = 0;  // OFS_DELTA: back to the base
  Oid base;                    // REF_DELTA
  std::uint64_t data_at = 0;
  std::string_view head;  // into buffer
  char buffer[4096];      // most manifests fit, so that one read does

  bool IsDelta() const { return type == kOfsDelta || type == kRefDelta; }
};

struct Pack::Chain {
  std::vector<std::uint64_t> deltas;  // offsets, the wanted object first
  std::string first_delta;            // inflated already: it tells the result's size
  std::uint64_t base_at = 0;
  std::shared_ptr<const RawObject> base;
  std::optional<RawObject> whole;  // the wanted object, where it is no delta
  BaseCache* cache = nullptr;
};

std::uint64_t Pack::NextNumber() {
  static std::atomic<std::uint64_t> next{0};
  return next.fetch_add(1);
}

Status Pack::OpenFile() {
  if (fd_.load(std::memory_order_acquire) >= 0) return Ok{};
  const std::lock_guard lock(opening_);
  if (fd_.load(std::memory_order_relaxed) >= 0) return Ok{};
  File file = OpenAt(directory_, name_);
  if (!file && errno == ENOENT) return NotFound("the pack is gone");
  if (!file) return SystemError("cannot open the pack", errno);
  std::uint8_t header[kPackHeader];
  const bool whole = ReadAt(file.fd(), 0, header, sizeof header) == sizeof header;
  if (!whole || std::memcmp(header, "PACK", 4) != 0) return Failed("the file is not a pack");
  if (const std::uint32_t version = Be32(header + 4); version != 2 && version != 3) {  // equal in form
    return Failed("the pack is of version " + std::to_string(version));
  }
  file_ = std::move(file);
  fd_.store(file_.fd(), std::memory_order_release);
  return Ok{};
}

Status Pack::ReadEntry(std::uint64_t offset, Entry* entry) const {
  const std::size_t got = ReadSome(fd_, offset, entry->buffer, sizeof entry->buffer);
  std::string_view rest(entry->buffer, got);
  if (offset < kPackHeader || !TakeTypeAndSize(&rest, &entry->type, &entry->size)) {
    return Failed("its header is cut off");
  }
  if (entry->type == kOfsDelta) {
    if (!TakeDistance(&rest, &entry->distance)) return Failed("its header is cut off");
    if (entry->distance == 0 || entry->distance > offset - kPackHeader)
      return Failed("its base lies outside the pack");
  } else if (entry->type == kRefDelta) {
    if (rest.size() < HashBytes(kind_)) return Failed("its header is cut off");
    entry->base = Oid::FromBytes(kind_, rest.data());
    rest.remove_prefix(HashBytes(kind_));
  } else if (entry->type < 1 || entry->type > 4) {
    return Failed("its type is none that git knows");
  }
  entry->head = rest;
  entry->data_at = offset + (got - rest.size());
  return Ok{};
}

Result<std::string> Pack::Inflate(const Entry& entry, std::size_t limit) const {
  if (entry.size > limit) return TooLarge(limit);
  std::string bytes;
  InflateStream stream(fd_, entry.data_at, entry.head);
  const Status read = stream.ReadRest(&bytes, entry.size);
  if (!read) return read.error();
  return bytes;
}

// Follows bases until one is whole or was kept from before. The first delta is
// inflated at once: it tells the size of what is wanted before anything else is
// read. A ring of REF_DELTAs is seen when a milestone, moved on at every power
// of two, comes again.
Status Pack::Descend(std::uint64_t offset, std::size_t limit, const FindBase& find_base, Chain* chain) const {
  Entry entry;
  if (const Status read = ReadEntry(offset, &entry); !read) return read;
  if (!entry.IsDelta()) {
    Result<std::string> bytes = Inflate(entry, limit);
    if (!bytes) return bytes.error();
    chain->whole = RawObject{static_cast<ObjectType>(entry.type), *std::move(bytes)};
    return Ok{};
  }
  const std::size_t base_limit = std::max(limit, kMaxBaseBytes);
  if (const Status first = TakeFirstDelta(entry, limit, chain); !first) return first;
  std::uint64_t milestone = offset;
  for (std::size_t next_milestone = 1; entry.IsDelta();) {
    chain->deltas.push_back(offset);
    if (chain->deltas.size() > kMaxDeltaDepth) {
      return LimitPassed("it is a delta more than " + std::to_string(kMaxDeltaDepth) + " deep");
    }
    const auto base =
        entry.type == kOfsDelta ? std::optional(offset - entry.distance) : find_base(entry.base);
    if (!base) return Failed("the base of its delta is not in the pack");
    if (*base == milestone) return Failed("its delta is its own base");
    if (chain->deltas.size() == next_milestone) {
      milestone = *base;
      next_milestone *= 2;
    }
    offset = chain->base_at = *base;
    if ((chain->base = chain->cache->Get({number_, offset}))) return Ok{};
    if (const Status read = ReadEntry(offset, &entry); !read) return read;
  }
  Result<std::string> bytes = Inflate(entry, base_limit);
  if (!bytes) return bytes.error();
  chain->base =
      std::make_shared<const RawObject>(RawObject{static_cast<ObjectType>(entry.type), *std::move(bytes)});
  return Ok{};
}

Status Pack::TakeFirstDelta(const Entry& entry, std::size_t limit, Chain* chain) const {
  Result<std::string> bytes = Inflate(entry, std::max(limit, kMaxBaseBytes));
  if (!bytes) return bytes.error();
  std::string_view delta = *bytes;
  DeltaSizes sizes;
  if (!TakeDeltaSizes(&delta, &sizes)) return Failed("its delta is malformed");
  if (sizes.result > limit) return TooLarge(limit);
  chain->first_delta = *std::move(bytes);
  return Ok{};
}

// Applies the deltas, the lowest first, and keeps what others may build on.
Result<RawObject> Pack::Ascend(Chain* chain, std::size_t limit) const {
  const std::size_t base_limit = std::max(limit, kMaxBaseBytes);
  std::size_t written = 0;
  while (true) {
    chain->cache->Put({number_, chain->base_at}, chain->base);
    const std::uint64_t at = chain->deltas.back();
    chain->deltas.pop_back();
    const bool last = chain->deltas.empty();
    std::string delta;
    if (last) {
      delta = std::move(chain->first_delta);
    } else {
      Entry entry;
      if (const Status read = ReadEntry(at, &entry); !read) return read.error();
      Result<std::string> bytes = Inflate(entry, base_limit);
      if (!bytes) return bytes.error();
      delta = std::move(*bytes);
    }
    Result<std::string> bytes = ApplyDelta(chain->base->bytes, delta, last ? limit : base_limit);
    if (!bytes) return bytes.error();
    written += bytes->size() + delta.size();
    if (written > kMaxChainBytes) {
      return LimitPassed("its deltas write more than " + std::to_string(kMaxChainBytes) + " bytes");
    }
    if (last) return RawObject{chain->base->type, std::move(*bytes)};
    chain->base = std::make_shared<RawObject>(RawObject{chain->base->type, std::move(*bytes)});
    chain->base_at = at;
  }
}

Result<RawObject> Pack::Read(std::uint64_t offset, std::size_t limit, const FindBase& find_base,
                             BaseCache* cache) {
  if (const Status opened = OpenFile(); !opened) return opened.error();
  Chain chain;
  chain.cache = cache;
  if (const Status down = Descend(offset, limit, find_base, &chain); !down) return down.error();
  if (chain.whole) return std::move(*chain.whole);
  return Ascend(&chain, limit);
}

}  // namespace sluice::git
