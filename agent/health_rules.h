// What the kinds of Flux, Argo CD, Crossplane and cert-manager write of their own
// health, as data. A kind is asked clue by clue; the first that fits says it.
// Sources: the kinds' Go types and controllers (fluxcd/pkg/apis/meta,
// argoproj/argo-cd and argo-rollouts, crossplane/crossplane-runtime,
// cert-manager/cert-manager); what recovers by itself is in progress, not failed.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "agent/health.h"

namespace sluice::agent {

struct Clue {
  std::string_view at;      // "Ready": a condition; ".status.phase": a field
  std::string_view is;      // status of the condition, or the field's text; "*": any
  std::string_view reason;  // of the condition; empty: any
  Health then;
};

struct KindRule {
  std::string_view group;  // ".x.io" stands for every group that ends so
  std::string_view kind;   // empty: every kind of the group that stands in no row before
  std::span<const Clue> clues;
  Health otherwise;           // no clue fits
  std::string_view words;     // why, then
  std::string_view paused{};  // the field of spec that tells its controller to do nothing
  bool dated = false;         // its conditions say of which generation they speak
};

// Null: no row.
const KindRule* FindKindRule(std::string_view group, std::string_view kind);

ObjectHealth HealthBy(const KindRule& rule, const manifests::Node& live);

}  // namespace sluice::agent
