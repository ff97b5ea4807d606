// Inside of a Catalog, for catalog.cc, check.cc, lifecycle.cc and describe.cc.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schemas/catalog.h"
#include "schemas/tables.h"

namespace sluice::schemas {

struct KindMatch {
  const SchemaTables* tables = nullptr;
  const KindRow* row = nullptr;
  explicit operator bool() const { return row != nullptr; }
};

struct Catalog::Impl {
  std::vector<std::string> minors;        // "1.34", oldest first
  std::vector<std::size_t> minor_places;  // their places in the built-in bundle's minors
  std::shared_ptr<const SchemaTables> built_in;
  std::vector<std::shared_ptr<const SchemaTables>> tree;  // one a CRD
  std::vector<std::shared_ptr<const SchemaTables>> imported;
  std::unordered_multimap<std::uint32_t, KindMatch> added;  // by HashKind; the tree's come first

  Status SetMinors(const std::vector<std::string>& names);
  bool IsBuiltInGroup(std::string_view group) const;
  // Tree, then imported, then built in; built-in groups from Kubernetes alone.
  KindMatch Find(std::string_view group, std::string_view version, std::string_view kind) const;
  // The root of a kind in the target minor with this index; kNone where it has none there.
  std::uint32_t Root(const KindMatch& match, std::size_t minor) const;
};

// Bits of the target minors for which CheckLifecycle says why they lack a kind.
std::uint64_t ExplainedByLifecycle(const Catalog::Impl& impl, const KindMatch& match,
                                   const manifests::Object& object);

// " (in 1.33 only)", " (in 1.33 and 1.34 only)"; empty where `held` has all minors.
std::string InMinorsOnly(const std::vector<std::string>& minors, std::uint64_t held);

}  // namespace sluice::schemas
