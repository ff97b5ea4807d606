// Both folders are listed whole, modes and all, and a file is one that a glob matches on
// either side: so what the predecessor has no more goes here too. Trees are read entry by
// entry; a link is an entry, never a way. Tested by tests/push/promote-folder.sh.
#include "gate/carry_paths.h"

#include <algorithm>
#include <map>

#include "base/glob.h"
#include "git/changes.h"

namespace sluice::gate {
namespace {

constexpr std::size_t kDeepest = 64;
constexpr std::uint32_t kDirectoryMode = 040000;

struct Entry {
  std::uint32_t mode = 0;
  Oid id;

  friend bool operator==(const Entry&, const Entry&) = default;
};
using Entries = std::map<std::string, Entry>;  // by path within the folder

class Listing {
 public:
  explicit Listing(const git::Repository& repository) : repository_(repository) {}

  Status Below(const Oid& tree, const std::string& prefix, std::size_t depth) {
    if (depth > kDeepest) return LimitPassed("directories are nested deeper than 64");
    const auto entries = git::ReadTree(repository_, tree);
    if (!entries) return entries.error();
    for (const git::TreeEntry& entry : *entries) {
      const std::string path = prefix + entry.name;
      if (entry.mode == kDirectoryMode) {
        if (Status below = Below(entry.id, path + "/", depth + 1); !below) return below;
        continue;
      }
      if (found.size() >= kMostCarriedPaths) return LimitPassed("a folder has more than 10,000 files");
      found[path] = {entry.mode, entry.id};
    }
    return Ok{};
  }

  Entries found;

 private:
  const git::Repository& repository_;
};

// What is not there is empty; a link in the place of the folder is an Error.
Result<Entries> ListFolder(const git::Repository& repository, Oid tree, const std::string& folder) {
  std::size_t begin = 0;
  while (begin < folder.size()) {
    const std::size_t end = std::min(folder.find('/', begin), folder.size());
    const auto entries = git::ReadTree(repository, tree);
    if (!entries) return entries.error();
    const std::string name = folder.substr(begin, end - begin);
    const auto entry = std::find_if(entries->begin(), entries->end(),
                                    [&](const git::TreeEntry& one) { return one.name == name; });
    if (entry == entries->end()) return Entries();
    if (entry->mode != kDirectoryMode) return Usage(folder + " is not a folder");
    tree = entry->id;
    begin = end + 1;
  }
  Listing listing(repository);
  if (Status below = listing.Below(tree, {}, 0); !below) return below.error();
  return std::move(listing.found);
}

// Half a sentence; empty: it is a file like any other.
std::string OddIn(const std::string& path, const Entry& entry) {
  if (entry.mode != git::kFileMode && entry.mode != git::kProgramMode) return "is not a plain file";
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string odd = git::OddName(path.substr(begin, end - begin));
    if (!odd.empty()) return odd;
    begin = end + 1;
  }
  return {};
}

// A file where the other side has a directory: git would take all of it away.
std::string Blocks(const Entries& mine, const std::string& path) {
  for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1))
    if (mine.contains(path.substr(0, slash))) return path.substr(0, slash);
  const auto below = mine.lower_bound(path + "/");
  return below != mine.end() && below->first.starts_with(path + "/") ? below->first : std::string();
}

class Paths {
 public:
  Paths(const CarryAsked& asked, const Entries& theirs, const Entries& mine, CarryPlan& plan)
      : asked_(asked), theirs_(theirs), mine_(mine), plan_(plan) {}

  void Run() {
    for (const auto& [path, entry] : theirs_) {
      const auto same = mine_.find(path);
      if (IsCarried(path) && (same == mine_.end() || same->second != entry)) Copy(path, entry);
    }
    for (const auto& [path, entry] : mine_)
      if (IsCarried(path) && !theirs_.contains(path)) Remove(path, entry);
    std::sort(plan_.paths.begin(), plan_.paths.end());
  }

 private:
  bool IsCarried(const std::string& path) const {
    const std::vector<std::string>& globs = asked_.environment.carry.paths;
    return std::any_of(globs.begin(), globs.end(),
                       [&](const std::string& glob) { return GlobMatches(glob, path); });
  }
  std::string Mine(const std::string& path) const { return asked_.environment.folder + "/" + path; }

  void Copy(const std::string& path, const Entry& entry) {
    const auto same = mine_.find(path);
    std::string why = OddIn(path, entry);
    if (!why.empty()) why = asked_.from.folder + "/" + path + " " + why;
    if (why.empty() && same != mine_.end()) {
      why = OddIn(path, same->second);
      if (!why.empty()) why = Mine(path) + " " + why;
    }
    if (const std::string block = why.empty() ? Blocks(mine_, path) : std::string(); !block.empty())
      why = Mine(block) + " is in the way of " + Mine(path);
    Put(path, why, {Mine(path), entry.mode, {}, entry.id});
  }

  void Remove(const std::string& path, const Entry& entry) {
    const std::string why = OddIn(path, entry);
    Put(path, why.empty() ? why : Mine(path) + " " + why, {Mine(path), git::kFileMode, {}, {}});
  }

  void Put(const std::string& path, const std::string& why, git::TreeEdit edit) {
    if (!why.empty()) return plan_.cannot.push_back(why + ": carry copies plain files alone");
    plan_.paths.push_back(Mine(path));
    plan_.edits.push_back(std::move(edit));
  }

  const CarryAsked& asked_;
  const Entries& theirs_;
  const Entries& mine_;
  CarryPlan& plan_;
};

}  // namespace

Status PlanPaths(const CarryAsked& asked, const Oid& source, const std::string& folder, const Oid& tree,
                 CarryPlan& plan) {
  if (asked.environment.carry.paths.empty()) return Ok{};
  const Result<Entries> theirs = ListFolder(*asked.repository, source, folder);
  if (!theirs) return theirs.error();
  const Result<Entries> mine = ListFolder(*asked.repository, tree, asked.environment.folder);
  if (!mine) return mine.error();
  Paths(asked, *theirs, *mine, plan).Run();
  return Ok{};
}

}  // namespace sluice::gate
