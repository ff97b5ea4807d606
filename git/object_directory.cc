// Finding an object in one directory: the pack that held the last one, the
// multi-pack-index, the other packs, then the loose file. Packs are listed at
// the first need and kept as an immutable list: a repack under us is seen by
// Refresh(), and what is open stays readable.
// Tested by tests/git/reader_test.cc.
#include "git/object_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "git/bounds.h"
#include "git/loose.h"

namespace sluice::git {
namespace {

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

// The names in the directory `path` beneath `parent`.
Directory OpenDirectory(int parent, const char* path) {
  const int fd = openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = fd < 0 ? nullptr : fdopendir(fd);
  if (fd >= 0 && stream == nullptr) close(fd);
  return {stream, closedir};
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

struct ObjectDirectory::IndexedPack {
  IndexedPack(int directory, const std::string& stem, HashKind kind)
      : index_name(stem + ".idx"), pack(directory, stem + ".pack", kind) {}

  // False where the index is gone or none that we read.
  bool Usable(int directory, HashKind kind) {
    std::call_once(opened, [&] {
      usable = index.Open(directory, index_name, kind);
      unknown = !usable && faccessat(directory, index_name.c_str(), F_OK, 0) == 0;
    });
    return usable;
  }

  const std::string index_name;
  Pack pack;
  PackIndex index;
  std::once_flag opened;
  bool usable = false;
  std::atomic<bool> unknown{false};
};

struct ObjectDirectory::Packs {
  File directory;                                   // objects/pack
  std::vector<std::string> names;                   // of its files, sorted: to see a change
  std::vector<std::unique_ptr<IndexedPack>> packs;  // those with an index of their own
  MultiPackIndex multi;
  std::vector<std::unique_ptr<Pack>> multi_packs;  // as multi.packs(); empty: no multi-pack-index
  std::atomic<std::size_t> last{0};                // the pack that held the last object found
  bool too_many = false;
};

struct ObjectDirectory::Place {
  Pack* pack = nullptr;
  std::uint64_t offset = 0;
  Pack::FindBase find_base;
};

std::unique_ptr<ObjectDirectory> ObjectDirectory::Open(std::string path, HashKind kind, Purpose purpose) {
  std::unique_ptr<ObjectDirectory> directory(new ObjectDirectory(std::move(path), kind));
  directory->directory_ = OpenAt(AT_FDCWD, directory->path_, O_DIRECTORY);
  if (!directory->directory_) return nullptr;
  if (purpose == Purpose::kQuarantine) directory->ListFolders();
  return directory;
}

void ObjectDirectory::ListFolders() {
  const Directory names = OpenDirectory(directory_.fd(), ".");
  if (!names) return;
  folders_.emplace();
  while (const dirent* entry = readdir(names.get())) {
    const char* name = entry->d_name;
    if (HexDigit(name[0]) < 0 || HexDigit(name[1]) < 0 || name[2] != '\0') continue;
    folders_->set(static_cast<std::size_t>(HexDigit(name[0]) * 16 + HexDigit(name[1])));
  }
}

std::shared_ptr<ObjectDirectory::Packs> ObjectDirectory::ListPacks() {
  auto packs = std::make_shared<Packs>();
  packs->directory = OpenAt(directory_.fd(), "pack", O_DIRECTORY);
  const Directory names =
      packs->directory ? OpenDirectory(packs->directory.fd(), ".") : Directory(nullptr, closedir);
  if (!names) return packs;
  while (const dirent* entry = readdir(names.get())) {
    const std::string_view name = entry->d_name;
    if (name.ends_with(".pack") || name.ends_with(".idx") || name == "multi-pack-index")
      packs->names.emplace_back(name);
  }
  std::sort(packs->names.begin(), packs->names.end());
  const auto has = [&](const std::string& name) {
    return std::binary_search(packs->names.begin(), packs->names.end(), name);
  };
  const int fd = packs->directory.fd();
  if (has("multi-pack-index") && packs->multi.Open(fd, "multi-pack-index", kind_)) {
    for (const std::string& index : packs->multi.packs()) {
      packs->multi_packs.push_back(
          std::make_unique<Pack>(fd, index.substr(0, index.size() - 4) + ".pack", kind_));
    }
  }
  for (const std::string& name : packs->names) {
    if (!name.ends_with(".idx")) continue;
    const std::string stem = name.substr(0, name.size() - 4);
    const auto& covered = packs->multi.packs();
    if (!packs->multi_packs.empty() && std::find(covered.begin(), covered.end(), name) != covered.end())
      continue;
    packs->too_many = packs->packs.size() >= kMaxPacks;
    if (packs->too_many) break;
    if (has(stem + ".pack")) packs->packs.push_back(std::make_unique<IndexedPack>(fd, stem, kind_));
  }
  return packs;
}

std::shared_ptr<ObjectDirectory::Packs> ObjectDirectory::CurrentPacks() {
  const std::lock_guard lock(mutex_);
  if (!packs_) packs_ = ListPacks();
  return packs_;
}

bool ObjectDirectory::Refresh() {
  std::shared_ptr<Packs> fresh = ListPacks();
  const std::lock_guard lock(mutex_);
  if (packs_ && packs_->names == fresh->names) return false;
  packs_ = std::move(fresh);
  return true;
}

bool ObjectDirectory::understood() {
  const std::shared_ptr<Packs> packs = CurrentPacks();
  return !packs->too_many && std::none_of(packs->packs.begin(), packs->packs.end(),
                                          [](const auto& pack) { return pack->unknown.load(); });
}

std::optional<ObjectDirectory::Place> ObjectDirectory::Find(Packs* packs, const Oid& id) {
  if (!packs->multi_packs.empty()) {
    if (const auto place = packs->multi.Find(id)) {
      const auto find_base = [packs, number = place->pack](const Oid& base) {
        const auto other = packs->multi.Find(base);
        return other && other->pack == number ? std::optional(other->offset) : std::nullopt;
      };
      return Place{packs->multi_packs[place->pack].get(), place->offset, find_base};
    }
  }
  const std::size_t count = packs->packs.size();
  const std::size_t last = packs->last.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < count; ++i) {
    // The one that held the last object first, the others in their order.
    const std::size_t at = i == 0 ? last : i <= last ? i - 1 : i;
    IndexedPack& pack = *packs->packs[at];
    if (!pack.Usable(packs->directory.fd(), kind_)) continue;
    if (const auto offset = pack.index.Find(id)) {
      packs->last.store(at, std::memory_order_relaxed);
      return Place{&pack.pack, *offset, [&pack](const Oid& base) { return pack.index.Find(base); }};
    }
  }
  return std::nullopt;
}

std::optional<Result<RawObject>> ObjectDirectory::ReadPacked(const Oid& id, std::size_t limit,
                                                             BaseCache* cache) {
  const std::shared_ptr<Packs> packs = CurrentPacks();
  const std::optional<Place> place = Find(packs.get(), id);
  if (!place) return std::nullopt;
  Result<RawObject> object = place->pack->Read(place->offset, limit, place->find_base, cache);
  // A pack that a repack took away: the object is elsewhere by now.
  if (!object && object.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (object || object.error().kind == ErrorKind::kLimit) return object;
  return Failed(object.error().message + " (in " + path_ + "/pack/" + place->pack->name() + ")");
}

std::optional<Result<RawObject>> ObjectDirectory::ReadLooseObject(const Oid& id, std::size_t limit) const {
  if (!MayHoldLoose(id)) return std::nullopt;
  const File file = OpenAt(directory_.fd(), LoosePath(id));
  if (file) return ReadLoose(file.fd(), limit);
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  return SystemError("cannot open the object's file", errno);
}

bool ObjectDirectory::Contains(const Oid& id) {
  if (id.kind() != kind_) return false;
  if (MayHoldLoose(id) && faccessat(directory_.fd(), LoosePath(id).c_str(), F_OK, 0) == 0) return true;
  const std::shared_ptr<Packs> packs = CurrentPacks();
  return Find(packs.get(), id).has_value();
}

}  // namespace sluice::git
