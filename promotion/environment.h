// Environments as the configuration has them: protected branches, or folders of
// one, in an order in which content moves through them, each with what it asks
// before it moves. Values without a repository; docs/configuration.md has each key.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "promotion/calendar.h"
#include "promotion/people.h"
#include "promotion/problem.h"

namespace sluice::promotion {

// Who must agree: `count` people, of `from` where anybody is named there, else
// of everybody in `people`.
struct Approvals {
  unsigned count = 0;       // 0: not asked for. Written, it is 1 or more
  std::vector<Named> from;  // people and groups
  bool codeowners = false;  // and the owners of each file
  Range range{};
};

// What a predecessor's clusters must have said of the content.
enum class Asked : std::uint8_t { kRecorded, kApplied, kHealthy };

// What `sluice promote` copies from the predecessor's folder.
struct Carry {
  bool images = false, charts = false;
  std::vector<std::string> paths;  // globs, within the folder
  Range range{};
};

struct BreakGlass {
  std::vector<Named> by;
  std::chrono::seconds lasts = std::chrono::hours(2);  // `for`
  Range range{};
};

inline constexpr unsigned kMaxRemovedPercent = 20;

// What brings a folder to another commit of its branch: each push that changes its objects,
// or what one of the people asked for (docs/approvals.md, "A request").
enum class MovedBy : std::uint8_t { kPush, kRequest };

struct Environment {
  std::string name;
  std::string branch;  // "env/production"
  std::string folder;  // empty: the whole branch
  std::vector<Named> after;
  std::vector<Named> clusters;
  Approvals approvals;
  std::chrono::seconds soak{0};
  Asked outcome = Asked::kRecorded;
  std::vector<Window> windows;  // none: always open
  std::vector<Freeze> freezes;
  Carry carry;
  std::optional<BreakGlass> break_glass;
  MovedBy moved_by = MovedBy::kPush;
  Range moved_by_range{};
  unsigned max_removed = kMaxRemovedPercent;  // percent of the objects; more asks for a consent
  Range range{};

  std::string Ref() const { return "refs/heads/" + branch; }
  bool ByRequest() const { return moved_by == MovedBy::kRequest; }
};

// 1 to 63 bytes of `[a-z0-9-]`, no `-` at either end, and not `policy`.
bool IsEnvironmentName(std::string_view name);

// What else the configuration says that environments speak of.
struct Surroundings {
  const People& people;
  const std::set<std::string>* clusters = nullptr;  // names; null: any may be named
  bool codeowners = false;                          // `review` names a dialect
};

// Those who may agree: whom it names, else everybody in `people`.
std::set<std::string> MayAgree(const Approvals& approvals, const People& people);

// What is wrong with who must agree; `of` is what asks for it.
void CheckApprovals(const Approvals& approvals, const std::string& of, const Surroundings& around,
                    Problems& problems);

// All of them together: names, places, the order (a cycle is told with its way), who and when.
Problems CheckEnvironments(std::span<const Environment> environments, const Surroundings& around);

// Null where there is none of the name.
const Environment* FindEnvironment(std::span<const Environment> environments, std::string_view name);

// Predecessors before successors, else as given. Requires that they are in order.
std::vector<const Environment*> InOrder(std::span<const Environment> environments);

}  // namespace sluice::promotion
