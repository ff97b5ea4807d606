// Which schema applies to an object, and does the object fit it.
//
//   Catalog catalog = BuiltInCatalog({"1.33", "1.34"});
//   Findings findings = CheckShape(catalog, change);
//
// A check means what the API server means: strict decoding, then structural
// validation; null is unset, integers have widths. It walks the flat tables of
// a bundle (schemas/bundle.h) and needs no network and no start-up.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.h"
#include "base/limits.h"
#include "base/result.h"
#include "manifests/object.h"

namespace sluice::schemas {

enum class Scope : std::uint8_t { kUnknown, kNamespaced, kCluster };

// Where the schema of a kind came from, for the evidence.
enum class Origin : std::uint8_t { kNone, kKubernetes, kCatalogue, kTree, kImported };

struct KindInfo {
  Origin origin = Origin::kNone;
  Scope scope = Scope::kUnknown;
  std::string_view plural;     // empty where unknown
  bool has_cel_rules = false;  // x-kubernetes-validations, which this engine does not run yet
};

// Schemas of one verdict. Immutable while checks run; shared by threads.
// Lookups prefer the tree's CRDs, then imported bundles, then the catalogue;
// built-in groups come from Kubernetes alone.
class Catalog {
 public:
  // `minors`: target versions such as "1.34", newest last; fails (kUsage) on
  // one that is not built in, naming those that are.
  static Result<Catalog> BuiltIn(std::vector<std::string> minors);
  // The same kinds for other target minors; fails as BuiltIn does. Tables are
  // shared: this costs the list of kinds that were added.
  Result<Catalog> WithMinors(const std::vector<std::string>& minors) const;
  Catalog(Catalog&&) noexcept;
  Catalog& operator=(Catalog&&) noexcept;
  ~Catalog();

  // A CustomResourceDefinition of the tree; its kinds become known. Findings
  // say what is wrong with the CRD itself (its object is whole and has a place).
  Findings AddCrd(const manifests::Object& crd, const Limits& limits);
  // A bundle made by `sluice schemas import`.
  Status AddBundle(std::string bytes);

  KindInfo Find(std::string_view group, std::string_view version, std::string_view kind) const;
  const std::vector<std::string>& minors() const;

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  explicit Catalog(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The newest three minors that are built in, oldest first, and all of them.
std::vector<std::string> DefaultMinors();
std::vector<std::string> BuiltInMinors();

// Shape of one object against every target minor. A finding that holds for
// only some of them names them. A kind without a schema is schema/unknown-kind
// (built-in groups: error) or no finding and evidence `unverified`, left to the
// caller, who sees it by Find().
Findings CheckShape(const Catalog& catalog, const manifests::Object& object);

// Removed, deprecated and not yet introduced APIs (api/ rules).
Findings CheckLifecycle(const Catalog& catalog, const manifests::Object& object);

std::span<const Rule* const> SchemaRules();

}  // namespace sluice::schemas
