// The rules of group cluster/ that an answer may name; their words stand with
// the gate, which tells them (gate/cluster_rules.cc).
#pragma once

#include <string_view>

namespace sluice::cluster {

inline constexpr std::string_view kInvalid = "cluster/invalid";
inline constexpr std::string_view kShape = "cluster/shape";
inline constexpr std::string_view kDenied = "cluster/denied";
inline constexpr std::string_view kForbidden = "cluster/forbidden";
inline constexpr std::string_view kConflict = "cluster/conflict";
inline constexpr std::string_view kImmutable = "cluster/immutable";
inline constexpr std::string_view kNoNamespace = "cluster/no-namespace";
inline constexpr std::string_view kUnknownKind = "cluster/unknown-kind";
inline constexpr std::string_view kWarning = "cluster/warning";
inline constexpr std::string_view kTakesOver = "cluster/takes-over";

inline constexpr std::string_view kAllRuleIds[] = {kInvalid,  kShape,     kDenied,      kForbidden,
                                                   kConflict, kImmutable, kNoNamespace, kUnknownKind,
                                                   kWarning,  kTakesOver};

}  // namespace sluice::cluster
