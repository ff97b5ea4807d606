// The order of looking: the quarantine whole (what a push changes lies there),
// packs of all directories, loose objects of all directories, and packs again
// where any came meanwhile: a repack moves loose objects into packs under us.
// Tested by tests/git/reader_test.cc.
#include "git/object_store.h"

#include <algorithm>

#include "git/bounds.h"
#include "git/hash.h"

namespace sluice::git {
namespace {

using Directories = std::vector<std::unique_ptr<ObjectDirectory>>;

bool Known(const Directories& directories, const std::string& path) {
  return std::any_of(directories.begin(), directories.end(),
                     [&](const auto& one) { return one->path() == path; });
}

// Opens each path of one alternates file; relative ones count from the object
// directory that the file is of. False where a line is of a form we do not read.
bool OpenAlternates(std::string_view text, const std::string& base, HashKind kind, Directories* directories) {
  bool understood = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '"' || directories->size() >= kMaxObjectDirectories) {  // a quoted path
      understood = false;
      continue;
    }
    std::string path = line.front() == '/' ? std::string(line) : base + "/" + std::string(line);
    if (Known(*directories, path)) continue;
    auto directory = ObjectDirectory::Open(std::move(path), kind, ObjectDirectory::Purpose::kStore);
    if (directory) directories->push_back(std::move(directory));
  }
  return understood;
}

}  // namespace

Directories OpenDirectories(const std::string& objects, HashKind kind, bool* understood) {
  Directories directories;
  auto first = ObjectDirectory::Open(objects, kind, ObjectDirectory::Purpose::kStore);
  if (!first) return directories;
  directories.push_back(std::move(first));
  std::size_t level_begin = 0;
  for (int depth = 0; depth < kMaxAlternateDepth && level_begin < directories.size(); ++depth) {
    const std::size_t level_end = directories.size();
    for (std::size_t i = level_begin; i < level_end; ++i) {
      const Result<std::string> text = ReadFileAt(directories[i]->fd(), "info/alternates", kMaxConfigBytes);
      const std::string base = directories[i]->path();
      if (text && !OpenAlternates(*text, base, kind, &directories)) *understood = false;
    }
    level_begin = level_end;
  }
  return directories;
}

Result<std::unique_ptr<ObjectStore>> ObjectStore::Open(const std::string& objects,
                                                       const std::string& quarantine, HashKind kind) {
  std::unique_ptr<ObjectStore> store(new ObjectStore(kind));
  store->directories_ = OpenDirectories(objects, kind, &store->understood_);
  if (store->directories_.empty()) return Failed("cannot open the object directory " + objects);
  if (quarantine.empty()) return store;
  store->quarantine_ = ObjectDirectory::Open(quarantine, kind, ObjectDirectory::Purpose::kQuarantine);
  if (!store->quarantine_) return Failed("cannot open the quarantine " + quarantine);
  return store;
}

bool ObjectStore::understood() const {
  return understood_ && (!quarantine_ || quarantine_->understood()) &&
         std::all_of(directories_.begin(), directories_.end(),
                     [](const auto& one) { return one->understood(); });
}

std::vector<std::string> ObjectStore::Paths() const {
  std::vector<std::string> paths;
  for (const auto& directory : directories_) paths.push_back(directory->path());
  if (quarantine_) paths.push_back(quarantine_->path());
  return paths;
}

std::optional<Result<RawObject>> ObjectStore::FindPacked(const Oid& id, std::size_t limit) const {
  for (const auto& directory : directories_) {
    if (auto object = directory->ReadPacked(id, limit, &cache_)) return object;
  }
  return std::nullopt;
}

std::optional<Result<RawObject>> ObjectStore::Find(const Oid& id, std::size_t limit) const {
  if (quarantine_) {
    if (auto object = quarantine_->ReadLooseObject(id, limit)) return object;
    if (auto object = quarantine_->ReadPacked(id, limit, &cache_)) return object;
  }
  if (auto object = FindPacked(id, limit)) return object;
  for (const auto& directory : directories_) {
    if (auto object = directory->ReadLooseObject(id, limit)) return object;
  }
  bool changed = false;
  for (const auto& directory : directories_) changed |= directory->Refresh();
  return changed ? FindPacked(id, limit) : std::nullopt;
}

Result<RawObject> ObjectStore::Read(const Oid& id, std::size_t limit) const {
  if (id.kind() != kind_)
    return NotFound("object " + id.Hex() + " has an id of another hash than the repository");
  if (const auto known = known_.Get(id); known && known->bytes.size() <= limit) return *known;
  std::optional<Result<RawObject>> object = Find(id, limit);
  if (!object) return NotFound("object " + id.Hex() + " is missing");
  if (!*object) {
    Error error = object->error();
    error.message = "object " + id.Hex() + ": " + error.message;
    return error;
  }
  if (const Status verified = Verify(id, **object); !verified) return verified.error();
  const ObjectType type = (*object)->type;
  if (type == ObjectType::kCommit || type == ObjectType::kTree)
    known_.Put(id, std::make_shared<const RawObject>(**object));
  return *std::move(object);
}

Status Verify(const Oid& id, const RawObject& object) {
  if (HashObject(id.kind(), object.type, object.bytes) == id) return Ok{};
  return Failed("object " + id.Hex() + " is damaged: its bytes have another id; run git fsck");
}

}  // namespace sluice::git
