// In which order the objects of a record are applied: waves, each begun when the
// one before it was taken. What others need comes first (namespaces, definitions),
// what judges others comes last (webhooks, admission policies), and
// `sluice.dev/depends-on` stands above all of that.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/proof.h"
#include "base/finding.h"

namespace sluice::agent {

// "GROUP/namespaces/NAMESPACE/KIND/NAME" or "GROUP/KIND/NAME" (the core group is
// empty: "/ConfigMap/a"), several of them with commas: the form of
// config.kubernetes.io/depends-on.
inline constexpr std::string_view kDependsOn = "sluice.dev/depends-on";

struct OrderedObject {
  std::string path;  // promotion/object_path.h
  ObjectName name;   // as recorded, its namespace too
  std::string json;
  std::string trouble;               // why it can never be applied; empty: it can
  std::vector<std::size_t> needs{};  // indexes of those that it depends on
  unsigned tier = 0, depth = 0;      // its wave
};

// Objects with `apply` alone, sorted by wave, then by path. What a text says that
// does not fit its path, what depends on nothing that is there or on itself, has a
// `trouble`. Where others apply, dependencies mean nothing (`depends` false): only what
// does not fit its path has one then.
std::vector<OrderedObject> Order(std::vector<RecordedObject> objects, bool depends = true);

// Gives both a `trouble` where two would be one object, since what names no namespace lands in
// `default_namespace`.
void RefuseTwins(std::vector<OrderedObject>& objects, std::string_view default_namespace);

// The tier of a kind: 0 namespaces, 1 definitions, up to the last.
unsigned TierOf(std::string_view group, std::string_view kind);
inline constexpr unsigned kNamespaceTier = 0, kDefinitionTier = 1;

}  // namespace sluice::agent
