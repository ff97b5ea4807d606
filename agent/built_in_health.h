// Kubernetes' own kinds, each as kstatus judges it.
#pragma once

#include <string_view>

#include "agent/health.h"

namespace sluice::agent {

using JudgeKind = ObjectHealth (*)(const manifests::Node& live, WallTime now);

// Null: the kind has no rule of its own.
JudgeKind FindBuiltIn(std::string_view group, std::string_view kind);

}  // namespace sluice::agent
