// A fan-out table of 256 counts and the sorted ids behind it: how an .idx and
// a multi-pack-index both find an object. Searched with pread, one call a
// window, and with none once it was asked often.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/oid.h"

namespace sluice::git {

class IdTable {
 public:
  // `fd` must outlive the table. False where the fan-out decreases or the file
  // ends before the ids do.
  bool Load(int fd, std::uint64_t file_size, std::uint64_t fanout_at, std::uint64_t ids_at, HashKind kind);

  std::uint32_t count() const { return fanout_[255]; }
  // Position of `id`; nothing where it is not there. Thread-safe.
  std::optional<std::uint32_t> Find(const Oid& id) const;

 private:
  std::optional<std::uint32_t> FindByReading(const Oid& id, std::uint32_t low, std::uint32_t high) const;
  void LoadIds() const;

  int fd_ = -1;
  std::uint64_t ids_at_ = 0;
  std::size_t id_bytes_ = 20;
  std::array<std::uint32_t, 256> fanout_{};

  // All ids, read at once after many look-ups: a walk of a whole tree then
  // makes no call for them.
  mutable std::atomic<std::uint32_t> asked_{0};
  mutable std::once_flag load_once_;
  mutable std::string ids_;
  mutable std::atomic<bool> loaded_{false};
};

}  // namespace sluice::git
