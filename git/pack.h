// One version 2 pack: the object at an offset, deltas resolved.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "git/file.h"
#include "git/object_cache.h"
#include "git/repository.h"

namespace sluice::git {

class Pack {
 public:
  // Finds the base of a REF_DELTA in the same pack.
  using FindBase = std::function<std::optional<std::uint64_t>(const Oid&)>;

  // `name`: "pack-….pack" beneath `directory`, opened at the first read.
  // `directory` must outlive the pack.
  Pack(int directory, std::string name, HashKind kind)
      : directory_(directory), name_(std::move(name)), kind_(kind) {}

  // The object at `offset`: kLimit past `limit` bytes, before memory is taken;
  // kNotFound where the pack is gone; kFailed where it is corrupt. Its hash is
  // the caller's to check. Thread-safe.
  Result<RawObject> Read(std::uint64_t offset, std::size_t limit, const FindBase& find_base,
                         BaseCache* cache);

  const std::string& name() const { return name_; }

 private:
  struct Entry;
  struct Chain;
  Status OpenFile();
  Status ReadEntry(std::uint64_t offset, Entry* entry) const;
  Result<std::string> Inflate(const Entry& entry, std::size_t limit) const;
  Status Descend(std::uint64_t offset, std::size_t limit, const FindBase& find_base, Chain* chain) const;
  Status TakeFirstDelta(const Entry& entry, std::size_t limit, Chain* chain) const;
  Result<RawObject> Ascend(Chain* chain, std::size_t limit) const;

  const int directory_;
  const std::string name_;
  const HashKind kind_;
  const std::uint64_t number_ = NextNumber();  // no two packs of this process share one
  std::mutex opening_;
  std::atomic<int> fd_{-1};
  File file_;

  static std::uint64_t NextNumber();
};

}  // namespace sluice::git
