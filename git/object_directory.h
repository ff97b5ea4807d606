// One object directory (`objects/`, an alternate, or a quarantine): its packs
// and its loose objects.
#pragma once

#include <bitset>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "git/file.h"
#include "git/object_cache.h"
#include "git/pack.h"
#include "git/pack_index.h"

namespace sluice::git {

class ObjectDirectory {
 public:
  // A quarantine is small and asked for many objects that it does not hold, so
  // which of its 256 folders are there is looked up once.
  enum class Purpose { kStore, kQuarantine };

  // Null where `path` is no directory that we may read.
  static std::unique_ptr<ObjectDirectory> Open(std::string path, HashKind kind, Purpose purpose);

  // The object where it is here; nothing where it is not. Thread-safe.
  std::optional<Result<RawObject>> ReadPacked(const Oid& id, std::size_t limit, BaseCache* cache);
  std::optional<Result<RawObject>> ReadLooseObject(const Oid& id, std::size_t limit) const;
  bool Contains(const Oid& id);

  // Looks for packs that came or went since they were listed; true where any did.
  bool Refresh();

  // False where something lies here that we do not read (an index of version 1,
  // more packs than we open): what is not found may be in it.
  bool understood();

  const std::string& path() const { return path_; }
  int fd() const { return directory_.fd(); }

 private:
  struct IndexedPack;
  struct Packs;
  struct Place;
  ObjectDirectory(std::string path, HashKind kind) : path_(std::move(path)), kind_(kind) {}
  std::shared_ptr<Packs> CurrentPacks();
  std::shared_ptr<Packs> ListPacks();
  std::optional<Place> Find(Packs* packs, const Oid& id);
  bool MayHoldLoose(const Oid& id) const { return !folders_ || folders_->test(id.data()[0]); }
  void ListFolders();

  const std::string path_;
  const HashKind kind_;
  File directory_;
  std::optional<std::bitset<256>> folders_;  // where known: which "ab/" are there
  std::mutex mutex_;
  std::shared_ptr<Packs> packs_;  // guarded by mutex_; null until asked for
};

}  // namespace sluice::git
