// `people`, `review`, `bots` and `environments` of sluice.yaml: nodes that the
// schema has seen, to values of promotion/, and what is wrong with these.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "manifests/document.h"
#include "promotion/bot.h"
#include "promotion/environment.h"
#include "promotion/people.h"
#include "promotion/review.h"

namespace sluice::promotion {

// Who is who, and how content moves. Without environments nothing moves by Sluice.
struct PromotionSettings {
  People people;
  ReviewRules review;
  std::vector<BotRule> bots;
  std::vector<Environment> environments;  // in the order of the file
};

struct DecodedPromotion {
  PromotionSettings settings;
  Problems problems;  // places in the file
};

// `root` is the whole of sluice.yaml. `clusters` as in Surroundings.
DecodedPromotion DecodePromotion(const manifests::Node& root, const std::set<std::string>* clusters);

}  // namespace sluice::promotion
