// What no schema can see of environments: names that mean nothing, two that take
// one place, an order that goes round, conditions that nobody could ever meet.
// Tested by tests/promotion/environment_test.cc.
#include "promotion/environment.h"

#include <algorithm>
#include <map>

#include "base/repo_path.h"
#include "git/refs.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

using std::chrono::seconds;

constexpr std::string_view kReserved = "policy";
constexpr seconds kMaxBreakGlass = std::chrono::days(7);
constexpr seconds kMinBreakGlass = std::chrono::minutes(1);

std::string Joined(const std::vector<std::string>& names, std::string_view between) {
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : std::string(between)) + name;
  return joined;
}

class Checker {
 public:
  Checker(std::span<const Environment> environments, const Surroundings& around)
      : environments_(environments), around_(around) {}

  Problems Run() {
    for (const Environment& environment : environments_) {
      CheckName(environment);
      CheckPlace(environment);
      CheckPredecessors(environment);
      CheckClusters(environment);
      CheckApprovals(environment.approvals, environment.name, around_, problems_);
      CheckTimes(environment);
      CheckCarry(environment);
      CheckMovedBy(environment);
      CheckBreakGlass(environment);
    }
    CheckOrder();
    return std::move(problems_);
  }

 private:
  void Report(Range range, std::string message) { problems_.push_back({range, std::move(message)}); }

  void CheckName(const Environment& environment) {
    if (environment.name == kReserved)
      return Report(environment.range, "`policy` is not an environment's name: the ledger of policy has it");
    if (!IsLabel(environment.name))
      return Report(environment.range,
                    "\"" + environment.name +
                        "\" is not an environment's name: 1 to 63 of a-z, 0-9 and -, no - at its ends");
    if (!names_.insert(environment.name).second)
      Report(environment.range, "there are two environments named " + environment.name);
  }

  void CheckPlace(const Environment& environment) {
    if (!git::IsRefName(environment.Ref()) || environment.branch.starts_with("refs/"))
      Report(environment.range,
             "\"" + environment.branch + "\" is not a branch name; write it without refs/heads/");
    if (!environment.folder.empty()) CheckFolder(environment);
    for (const Environment& other : environments_) {
      if (&other == &environment) break;  // each pair once
      if (other.branch == environment.branch) CheckApart(other, environment);
    }
  }

  void CheckFolder(const Environment& environment) {
    const Result<RepoPath> folder = RepoPath::Parse(environment.folder);
    if (!folder || folder->IsRoot())
      return Report(environment.range, "\"" + environment.folder + "\" is not a folder of the repository");
    if (environment.folder == ".sluice" || environment.folder.starts_with(".sluice/"))
      Report(environment.range, "the folder of an environment cannot be the configuration's");
  }

  // Of one branch: folders that do not overlap.
  void CheckApart(const Environment& one, const Environment& other) {
    if (one.folder.empty() || other.folder.empty())
      return Report(other.range, "branch " + other.branch + " is " + one.name +
                                     "'s already: give each of them a folder, or its own branch");
    const Result<RepoPath> a = RepoPath::Parse(one.folder), b = RepoPath::Parse(other.folder);
    if (a && b && (a->IsInside(*b) || b->IsInside(*a)))
      Report(other.range, "folder " + other.folder + " overlaps with " + one.folder + " of " + one.name);
  }

  void CheckPredecessors(const Environment& environment) {
    std::set<std::string> seen;
    for (const Named& before : environment.after) {
      const Environment* found = FindEnvironment(environments_, before.name);
      if (found == nullptr) Report(before.range, "there is no environment " + before.name);
      if (!seen.insert(before.name).second) Report(before.range, before.name + " stands twice in `after`");
      if (found == nullptr) continue;
      if (environment.outcome != Asked::kRecorded && found->clusters.empty())
        Report(before.range, before.name + " has no clusters that could report an outcome");
      if (found->folder.empty() != environment.folder.empty())
        Report(before.range, "content moves from branch to branch or from folder to folder: " + before.name +
                                 (found->folder.empty() ? " is a branch" : " is a folder"));
    }
    const Carry& carry = environment.carry;
    if (!environment.after.empty() && !environment.folder.empty() && !carry.images && !carry.charts &&
        carry.paths.empty())
      problems_.push_back({environment.range,
                           "`after` of a folder asks for nothing without `carry`: name what has to have "
                           "run there before",
                           true});
    if (!environment.after.empty()) return;
    if (environment.soak > seconds(0))
      Report(environment.range, "`soak` asks how long predecessors have run it: name them in `after`");
    if (environment.outcome != Asked::kRecorded)
      Report(environment.range, "`outcome` asks what predecessors' clusters report: name them in `after`");
  }

  void CheckClusters(const Environment& environment) {
    std::set<std::string> seen;
    for (const Named& cluster : environment.clusters) {
      if (!IsLabel(cluster.name)) Report(cluster.range, "\"" + cluster.name + "\" is not a cluster's name");
      if (!seen.insert(cluster.name).second)
        Report(cluster.range, cluster.name + " stands twice in `clusters`");
      if (around_.clusters != nullptr && around_.clusters->count(cluster.name) == 0)
        Report(cluster.range, "there is no cluster " + cluster.name + " in `clusters`");
    }
  }

  void CheckTimes(const Environment& environment) {
    for (const Window& window : environment.windows) CheckZone(window.zone, window.range);
    for (const Freeze& freeze : environment.freezes) {
      CheckZone(freeze.zone, freeze.range);
      if (freeze.end <= freeze.begin) Report(freeze.range, "a freeze ends after it begins");
    }
    if (environment.max_removed > 100) Report(environment.range, "`maxRemoved` is a share, 0% to 100%");
  }

  // A machine without tzdata cannot say which zones there are: then windows stay
  // shut, and say so, when they are asked. Other machines have other zones, and no
  // record is false for that.
  void CheckZone(const std::string& name, Range range) {
    const Result<Zone> zone = ReadZone(name);
    if (!zone && zone.error().kind == ErrorKind::kNotFound)
      problems_.push_back({range, zone.error().message, true});
  }

  void CheckCarry(const Environment& environment) {
    const Carry& carry = environment.carry;
    if (!carry.images && !carry.charts && carry.paths.empty()) return;
    if (environment.folder.empty())
      Report(carry.range, "`carry` is for folders: branches are merged whole");
    else if (environment.after.empty())
      Report(carry.range, "`carry` copies from predecessors: name them in `after`");
    for (const std::string& path : carry.paths)
      if (path.starts_with('/') || path.find("..") != path.npos)
        Report(carry.range, "\"" + path + "\" in `carry` leads out of the folder");
  }

  void CheckMovedBy(const Environment& environment) {
    if (!environment.ByRequest()) return;
    if (environment.folder.empty())
      return Report(
          environment.moved_by_range,
          "`movedBy: request` is for folders: a branch holds nothing but what its environment runs");
    if (around_.people.people.empty())
      Report(environment.moved_by_range, "`movedBy: request` needs somebody who asks: name them in `people`");
  }

  void CheckBreakGlass(const Environment& environment) {
    if (!environment.break_glass) return;
    const BreakGlass& glass = *environment.break_glass;
    for (const Named& named : glass.by)
      if (!IsPersonOrGroup(around_.people, named.name))
        Report(named.range, "nobody in `people` and no group is named " + named.name);
    if (glass.by.empty()) Report(glass.range, "`breakGlass` names who may, in `by`");
    if (glass.lasts < kMinBreakGlass || glass.lasts > kMaxBreakGlass)
      Report(glass.range, "`breakGlass` lasts for 1m to 7d");
  }

  // Predecessors, depth first; the way back to where it came from is the cycle.
  void CheckOrder() {
    for (const Environment& environment : environments_) Visit(environment);
  }
  void Visit(const Environment& environment) {
    const auto [state, fresh] = done_.emplace(environment.name, false);
    if (!fresh && state->second) return;
    way_.push_back(environment.name);
    const auto begin = std::find(way_.begin(), way_.end() - 1, environment.name);
    if (begin != way_.end() - 1) {
      // From predecessor to successor, as content moves.
      const std::vector<std::string> round(std::make_reverse_iterator(way_.end()),
                                           std::make_reverse_iterator(begin));
      Report(environment.range, "`after` goes round: " + Joined(round, " → "));
    } else {
      for (const Named& before : environment.after)
        if (const Environment* found = FindEnvironment(environments_, before.name)) Visit(*found);
    }
    way_.pop_back();
    done_[environment.name] = true;
  }

  std::span<const Environment> environments_;
  const Surroundings& around_;
  std::set<std::string> names_;
  std::map<std::string, bool> done_;
  std::vector<std::string> way_;
  Problems problems_;
};

void Append(std::span<const Environment> environments, const Environment& environment,
            std::vector<const Environment*>& order) {
  if (std::find(order.begin(), order.end(), &environment) != order.end()) return;
  for (const Named& before : environment.after)
    if (const Environment* found = FindEnvironment(environments, before.name))
      Append(environments, *found, order);
  order.push_back(&environment);
}

}  // namespace

bool IsEnvironmentName(std::string_view name) { return IsLabel(name) && name != kReserved; }

std::set<std::string> MayAgree(const Approvals& approvals, const People& people) {
  if (!approvals.from.empty()) return Members(people, approvals.from);
  std::set<std::string> everybody;
  for (const Person& person : people.people) everybody.insert(person.name);
  return everybody;
}

void CheckApprovals(const Approvals& approvals, const std::string& of, const Surroundings& around,
                    Problems& problems) {
  std::set<std::string> seen;
  for (const Named& named : approvals.from) {
    if (!IsPersonOrGroup(around.people, named.name))
      problems.push_back({named.range, "nobody in `people` and no group is named " + named.name});
    if (!seen.insert(named.name).second)
      problems.push_back({named.range, named.name + " stands twice in `from`"});
  }
  if (approvals.count == 0 && !approvals.from.empty())
    problems.push_back({approvals.range, "`from` without a number of approvals asks for nothing"});
  const std::size_t people =
      approvals.from.empty() ? around.people.people.size() : Members(around.people, approvals.from).size();
  if (approvals.count > people)
    problems.push_back({approvals.range, of + " asks for " + std::to_string(approvals.count) +
                                             " approvals of " + std::to_string(people) + " people"});
  if (approvals.codeowners && !around.codeowners)
    problems.push_back(
        {approvals.range, "`codeowners` needs to know how to read that file: review: {codeowners: github}"});
}

Problems CheckEnvironments(std::span<const Environment> environments, const Surroundings& around) {
  return Checker(environments, around).Run();
}

const Environment* FindEnvironment(std::span<const Environment> environments, std::string_view name) {
  const auto found = std::find_if(environments.begin(), environments.end(),
                                  [&](const Environment& environment) { return environment.name == name; });
  return found == environments.end() ? nullptr : &*found;
}

std::vector<const Environment*> InOrder(std::span<const Environment> environments) {
  std::vector<const Environment*> order;
  for (const Environment& environment : environments) Append(environments, environment, order);
  return order;
}

}  // namespace sluice::promotion
