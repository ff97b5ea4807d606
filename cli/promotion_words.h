// A planned promotion and what stands in its way, for people and for programs.
#pragma once

#include <string>

#include "gate/promote.h"
#include "gate/push.h"

namespace sluice::cli {

// `verdict` is that of the push that it would be; null where there is nothing to move,
// a conflict, or something that cannot be carried. Conditions that are not met are listed,
// or left to findings of the verdict that are printed beside it.
enum class Unmet : unsigned char { kListed, kAmongFindings };
std::string PromotionAsText(const gate::PromotionPlan& plan, const gate::RefVerdict* verdict, Unmet unmet);
std::string PromotionAsJson(const gate::PromotionPlan& plan, const gate::RefVerdict* verdict);

}  // namespace sluice::cli
