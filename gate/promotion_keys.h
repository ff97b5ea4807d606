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

namespace sluice::gate {

// Who is who, and how content moves. Without environments nothing moves by Sluice.
struct PromotionSettings {
  promotion::People people;
  promotion::ReviewRules review;
  std::vector<promotion::BotRule> bots;
  std::vector<promotion::Environment> environments;  // in the order of the file
};

struct DecodedPromotion {
  PromotionSettings settings;
  promotion::Problems problems;  // places in the file
};

// `root` is the whole of sluice.yaml. `clusters` as in promotion::Surroundings.
DecodedPromotion DecodePromotion(const manifests::Node& root, const std::set<std::string>* clusters);

}  // namespace sluice::gate
