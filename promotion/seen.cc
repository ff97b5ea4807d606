// Tested by tests/promotion/seen_test.cc.
#include "promotion/seen.h"

#include <algorithm>

#include "base/glob.h"
#include "promotion/object_path.h"

namespace sluice::promotion {
namespace {

// Paths too, that no record can hold; kLimit names the first.
Status CheckFits(std::span<const std::string> files) {
  std::size_t bytes = 0;
  for (const std::string& file : files) {
    const Result<std::string> written = EscapePath(file);
    if (!written) return LimitPassed("no approval can name " + file + ": " + written.error().message);
    bytes += written->size();
  }
  if (files.size() <= kSeenFiles && bytes <= kSeenBytes) return Ok{};
  return LimitPassed(
      "more than 1,000 files differ, or 32 KiB of their names, of which each is asked for by "
      "another rule: no approval can name them; agree to it in parts");
}

// The first file of each rule.
std::vector<std::string> OneOfEach(const ReviewRules& rules, const std::string& environment,
                                   const Codeowners* codeowners, std::span<const std::string> files) {
  std::set<std::string> chosen;
  for (const PathRule& rule : rules.paths) {
    if (!Holds(rule, environment)) continue;
    const auto found = std::find_if(files.begin(), files.end(),
                                    [&](const std::string& file) { return GlobMatches(rule.glob, file); });
    if (found != files.end()) chosen.insert(*found);
  }
  std::set<std::uint32_t> lines;
  for (const std::string& file : files) {
    const CodeownersRule* const rule = codeowners == nullptr ? nullptr : OwnersOf(*codeowners, file);
    if (rule != nullptr && !rule->owners.empty() && lines.insert(rule->line).second) chosen.insert(file);
  }
  return {chosen.begin(), chosen.end()};
}

}  // namespace

Result<Seen> SeenOf(const ReviewRules& rules, const std::string& environment, const Codeowners* codeowners,
                    std::span<const std::string> files, std::set<std::string> authors) {
  if (authors.size() > kSeenAuthors)
    return LimitPassed("more than 256 people wrote it: no approval can name them; agree to it in parts");
  Seen seen{{authors.begin(), authors.end()}, {files.begin(), files.end()}};
  if (CheckFits(seen.files)) return seen;
  const auto can_be_named = [](const std::string& file) { return static_cast<bool>(EscapePath(file)); };
  std::stable_partition(seen.files.begin(), seen.files.end(), can_be_named);  // rather these
  seen.files = OneOfEach(rules, environment, codeowners, seen.files);
  const Status fits = CheckFits(seen.files);
  return fits ? Result<Seen>(std::move(seen)) : fits.error();
}

}  // namespace sluice::promotion
