// What a program that pushes may change, and where. It says what a bot may do, not
// who agrees: approvals are asked for as for anybody's push.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "manifests/diff.h"
#include "promotion/condition.h"
#include "promotion/environment.h"

namespace sluice::promotion {

struct BotRule {
  std::string name;                     // of People::bots
  bool images = false, charts = false;  // `may`: versions alone, never another image or chart
  std::vector<Named> environments;      // `in`; empty: all
  std::vector<std::string> paths;       // globs; empty: all files
  Range range{};
};

Problems CheckBotRules(std::span<const BotRule> rules, std::span<const Environment> environments);

struct BotQuestion {
  const BotRule& rule;
  std::string environment;
  std::span<const std::string> files;                    // that differ
  std::span<const manifests::ObjectDifference> objects;  // that differ, as built
};

// What it may not have changed; at most kMostBotConditions are told.
inline constexpr std::size_t kMostBotConditions = 20;
Conditions AskBot(const BotQuestion& question);

}  // namespace sluice::promotion
