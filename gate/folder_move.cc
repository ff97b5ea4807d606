// A version is compared by where it stands in an object, list elements alike, and by its
// text: "Deployment web, spec.template.spec.containers[].image, shop/web:2". The object
// of the predecessor is the one of the same group, kind and name, in any namespace. Of
// paths, files are compared by their ids. Tested by tests/push/folders.sh.
#include "gate/folder_move.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "base/glob.h"
#include "gate/carried_versions.h"
#include "gate/recorded_change.h"
#include "git/changes.h"
#include "promotion/ledger_facts.h"
#include "promotion/object_path.h"
#include "promotion/version_fields.h"
#include "promotion/words.h"

namespace sluice::gate {
namespace {

using manifests::Object;
using promotion::Environment;
using promotion::LedgerFacts;

constexpr std::size_t kObjectBytes = 3u << 20;
constexpr std::string_view kCarried = "carried";  // no digest

using Versions = std::set<std::pair<std::string, std::string>>;  // field without numbers, text

Versions VersionsOf(const promotion::Carry& carry, const Object* object) {
  Versions versions;
  if (object == nullptr) return versions;
  for (const CarriedVersion& version : VersionsIn(carry, *object)) {
    std::string text;
    manifests::CanonicalJson(*version.node, text);
    versions.emplace(promotion::WithoutNumbers(version.field), std::move(text));
  }
  return versions;
}

// What would be new of an object, and a file within the folder.
struct CarriedObject {
  promotion::ObjectId id;
  Versions versions;
};
struct CarriedFile {
  RepoPath path;  // within the folder
  Oid id;         // zero: it is gone
};

std::string Words(const CarriedObject& object) {
  return object.versions.begin()->second + " of " + object.id.kind + " " + object.id.name;
}

// The id of a file below a directory of a tree; zero where there is none.
Result<Oid> IdAt(const FileTree& tree, const std::string& folder, const RepoPath& path) {
  const Result<RepoPath> whole = RepoPath::Parse(folder + "/" + path.text());
  if (!whole) return whole.error();
  const auto entries = tree.List(whole->Parent());
  if (!entries && entries.error().kind == ErrorKind::kNotFound) return Oid();
  if (!entries) return entries.error();
  for (const FileEntry& entry : *entries)
    if (entry.name == whole->Name()) return entry.id;
  return Oid();
}

class Comparison {
 public:
  Comparison(const EnvironmentPush& push, EnvironmentMove& move)
      : push_(push), move_(move), carry_(push.environment.carry) {}

  Status Run() {
    move_.kind.source = push_.after;
    if (push_.restores != 0) return TellRollback();
    if (push_.environment.after.empty() || move_.next == nullptr) return Ok{};
    move_.kind.own = !move_.head;  // what stands there when its ledger begins
    if (move_.kind.own) return Ok{};
    if (Status found = FindObjects(); !found) return found;
    if (Status found = FindFiles(); !found) return found;
    move_.kind.own = objects_.empty() && files_.empty();
    if (move_.kind.own) return Ok{};
    for (const promotion::Named& before : push_.environment.after)
      if (Status compared = Compare(before.name); !compared) return compared;
    if (!missing_.empty()) {
      move_.kind.why_direct = missing_;
      return Ok{};
    }
    move_.kind.move = promotion::Move::kPromotion;
    return Ok{};
  }

 private:
  // What ran here needs nobody who ran it before.
  Status TellRollback() {
    if (move_.next == nullptr) return Usage("what it goes back to cannot be told: " + move_.behind);
    const auto fact =
        promotion::FindFact(push_.repository, push_.environment.name, *move_.policy, push_.restores);
    if (!fact) return fact.error();
    const std::string named = "record " + std::to_string(push_.restores) + " of " + push_.environment.name;
    if (!*fact) return Usage(named + " is not among its newest");
    if ((*fact)->commit != push_.after.Hex())
      return Usage(named + " is of " + (*fact)->commit.substr(0, 12) + ", and not of " +
                   push_.after.Hex().substr(0, 12));
    if ((*fact)->set != promotion::DigestOf(promotion::DigestListText(move_.next->objects)))
      return Usage("what the files of " + named + " make today is not what it holds");
    if (!promotion::IsTextLine(push_.reason)) return Usage("a rollback has a reason, one line");
    move_.kind.move = promotion::Move::kRollback;
    move_.kind.restores = push_.restores;
    move_.kind.reason = push_.reason;
    move_.kind.own = true;
    return Ok{};
  }

  Status FindObjects() {
    if (!carry_.images && !carry_.charts) return Ok{};
    const auto change = ChangeOf(push_.repository, &*move_.head, *move_.next);
    if (!change) return change.error();
    for (const manifests::ObjectDifference& object : change->differences) {
      if (object.after == nullptr) continue;
      Versions versions = VersionsOf(carry_, object.after);
      for (const auto& known : VersionsOf(carry_, object.before)) versions.erase(known);
      if (versions.empty()) continue;
      objects_.push_back({{std::string(object.after->group),
                           std::string(object.after->kind),
                           {},
                           std::string(object.after->name)},
                          std::move(versions)});
    }
    return Ok{};
  }

  Status FindFiles() {
    if (carry_.paths.empty()) return Ok{};
    const Result<Oid> before = Oid::FromHex(move_.head->record.source.tree);
    if (!before) return before.error();
    const Result<Oid> after = git::TreeOf(*push_.repository, push_.after);
    if (!after) return after.error();
    const auto changes = git::Changes(*push_.repository, *before, *after, Limits());
    if (!changes) return changes.error();
    const std::string prefix = push_.environment.folder + "/";
    for (const git::FileChange& file : *changes) {
      if (!file.path.starts_with(prefix)) continue;
      const std::string path = file.path.substr(prefix.size());
      const bool carried = std::any_of(carry_.paths.begin(), carry_.paths.end(),
                                       [&](const std::string& glob) { return GlobMatches(glob, path); });
      const Result<RepoPath> parsed = RepoPath::Parse(path);
      if (carried && parsed) files_.push_back({*parsed, file.new_id});
    }
    return Ok{};
  }

  // Which of its newest records hold all of it, from the newest run of them on.
  Status Compare(const std::string& name) {
    const Environment* const predecessor = promotion::FindEnvironment(push_.environments, name);
    if (predecessor == nullptr) return Ok{};  // the configuration was refused for it
    Result<LedgerFacts> facts = promotion::ReadLedgerFacts(push_.repository, *predecessor, *move_.policy);
    if (!facts) return facts.error();
    std::string missing = name + " has recorded nothing";
    bool found = false;
    Result<Oid> at = push_.repository->ResolveRef("refs/sluice/ledger/" + name);
    std::size_t looked = 0;
    // What is not found to hold it counts for nothing, whatever commit it was made from.
    std::set<const promotion::RecordFact*> holding;
    for (auto record = facts->records.rbegin(); record != facts->records.rend() && looked < kMostCompared;
         ++record, ++looked) {
      if (!at) return at.error();
      Result<std::string> lacks = WhatLacks(*predecessor, *at, record->commit);
      if (!lacks) return lacks.error();
      if (looked == 0) missing = *lacks;
      if (!lacks->empty() && found) break;
      if (lacks->empty()) {
        found = true;
        holding.insert(&*record);
      }
      const Result<git::Commit> commit = git::ReadCommit(*push_.repository, *at);
      if (!commit) return commit.error();
      if (commit->parents.empty()) break;
      at = commit->parents.front();
    }
    for (promotion::RecordFact& record : facts->records) {
      const bool holds = holding.contains(&record);
      record.commit = holds ? push_.after.Hex() : "";
      if (holds) record.set = kCarried;
    }
    if (!found && missing_.empty()) missing_ = missing;
    move_.predecessors.push_back(*std::move(facts));
    return Ok{};
  }

  // Of one record; empty: it has all.
  Result<std::string> WhatLacks(const Environment& predecessor, const Oid& record,
                                const std::string& source) {
    const Result<Oid> tree = git::TreeOf(*push_.repository, record);
    if (!tree) return tree.error();
    const std::unique_ptr<FileTree> recorded = git::OpenTree(push_.repository, *tree);
    for (const CarriedObject& object : objects_) {
      if (std::chrono::steady_clock::now() > push_.deadline)
        return LimitPassed("the time ran out before all that is carried was compared");
      const Result<bool> held = HasVersions(*recorded, object);
      if (!held) return held.error();
      if (!*held) return "it brings " + Words(object) + ", which " + predecessor.name + " does not run";
    }
    if (files_.empty()) return std::string();
    const Result<Oid> commit = Oid::FromHex(source);
    if (!commit) return commit.error();
    const Result<Oid> source_tree = git::TreeOf(*push_.repository, *commit);
    if (!source_tree) return source_tree.error();
    const std::unique_ptr<FileTree> files = git::OpenTree(push_.repository, *source_tree);
    for (const CarriedFile& file : files_) {
      const Result<Oid> id = IdAt(*files, predecessor.folder, file.path);
      if (!id) return id.error();
      if (*id != file.id)
        return push_.environment.folder + "/" + file.path.text() + " is not what " + predecessor.name +
               " runs";
    }
    return std::string();
  }

  Result<bool> HasVersions(const FileTree& recorded, const CarriedObject& object) {
    Versions there;
    promotion::ObjectId id = object.id;
    id.ns = "x";
    const Result<std::string> like = promotion::ObjectPath(id);
    if (!like) return like.error();
    const Result<RepoPath> file = RepoPath::Parse("objects/" + *like);
    if (!file) return file.error();
    const RepoPath kind = file->Parent().Parent();
    const auto namespaces = recorded.List(kind);
    if (!namespaces && namespaces.error().kind == ErrorKind::kNotFound) return false;
    if (!namespaces) return namespaces.error();
    for (const FileEntry& entry : *namespaces) {
      const Result<RepoPath> place =
          RepoPath::Parse(kind.text() + "/" + entry.name + "/" + std::string(file->Name()));
      if (!place) return place.error();
      if (Status added = AddThose(recorded, *place, there); !added) return added.error();
    }
    return std::includes(there.begin(), there.end(), object.versions.begin(), object.versions.end());
  }

  // Many records hold one object: each text is read once.
  Status AddThose(const FileTree& recorded, const RepoPath& place, Versions& there) {
    const Result<Oid> id = IdAt(recorded, std::string(place.Parent().text()), *RepoPath::Parse(place.Name()));
    if (!id) return id.error();
    if (id->IsZero()) return Ok{};
    const auto known = known_.find(*id);
    if (known == known_.end()) {
      Result<std::string> text = recorded.Read(place, kObjectBytes);
      if (!text) return text.error();
      const manifests::ParsedFile file = manifests::Parse("object.json", *std::move(text), Limits());
      Versions versions;
      for (const Object& object : manifests::Objects(file, Limits()).objects)
        versions.merge(VersionsOf(carry_, &object));
      there.insert(versions.begin(), versions.end());
      known_.emplace(*id, std::move(versions));
      return Ok{};
    }
    there.insert(known->second.begin(), known->second.end());
    return Ok{};
  }

  const EnvironmentPush& push_;
  EnvironmentMove& move_;
  const promotion::Carry& carry_;
  std::vector<CarriedObject> objects_;
  std::vector<CarriedFile> files_;
  std::map<Oid, Versions> known_;
  std::string missing_;  // half a sentence; empty: each predecessor has all
};

}  // namespace

Status TellFolderMove(const EnvironmentPush& push, EnvironmentMove& move) {
  return Comparison(push, move).Run();
}

}  // namespace sluice::gate
