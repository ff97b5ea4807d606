// A planned promotion and what stands in its way, for people and for programs.
#pragma once

#include <string>

#include "gate/promote.h"
#include "gate/push.h"

namespace sluice::cli {

// `verdict` is that of the push that it would be; null where there is nothing to move,
// a conflict, or something that cannot be carried.
std::string PromotionAsText(const gate::PromotionPlan& plan, const gate::RefVerdict* verdict);
std::string PromotionAsJson(const gate::PromotionPlan& plan, const gate::RefVerdict* verdict);

}  // namespace sluice::cli
