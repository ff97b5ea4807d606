#include <charconv>

#include "schemas/catalog_impl.h"
#include "schemas/rules.h"

// Removed, deprecated and not yet introduced APIs, from the lifecycle table of
// the bundle (schemas/kubernetes/lifecycle.txt). A kind that a minor's own
// OpenAPI serves is neither removed nor missing there, whatever the table says.
// Test: lifecycle_test.cc.

namespace sluice::schemas {
namespace {

constexpr std::string_view kNoReplacement =
    "no other version of it is served: take it out; what took its place, if anything did, is in "
    "kubernetes.io/docs/reference/using-api/deprecation-guide";

std::uint32_t NumberOf(const std::string& minor) {
  std::uint32_t number = 0;
  std::from_chars(minor.data() + 2, minor.data() + minor.size(), number);
  return number;
}

struct Standing {
  std::uint64_t removed = 0, deprecated = 0, not_yet = 0;  // bits of the target minors
};

Standing StandingOf(const Catalog::Impl& impl, const KindMatch& match, const LifecycleRow& row) {
  Standing standing;
  for (std::size_t i = 0; i < impl.minors.size(); ++i) {
    const std::uint32_t minor = NumberOf(impl.minors[i]);
    const std::uint64_t bit = std::uint64_t{1} << i;
    const bool served = match && impl.Root(match, i) != kNone;
    if (!served && row.removed != 0 && row.removed <= minor) {
      standing.removed |= bit;
    } else if (!served && (row.introduced == 0 || row.introduced > minor)) {
      standing.not_yet |= bit;
    } else if (row.deprecated != 0 && row.deprecated <= minor) {
      standing.deprecated |= bit;
    }
  }
  return standing;
}

Finding At(const Rule& rule, const manifests::Object& object, std::string message) {
  const manifests::Node* const version = object.root->Find("apiVersion");
  Finding finding = MakeFinding(rule, std::string(object.file),
                                version != nullptr ? version->range : object.root->range, std::move(message));
  finding.field = "apiVersion";
  finding.object = object.Name();
  return finding;
}

}  // namespace

std::uint64_t ExplainedByLifecycle(const Catalog::Impl& impl, const KindMatch& match,
                                   const manifests::Object& object) {
  const LifecycleRow* const row =
      impl.built_in->bundle.FindLifecycle(object.group, object.version, object.kind);
  if (row == nullptr) return 0;
  const Standing standing = StandingOf(impl, match, *row);
  return standing.removed | standing.not_yet;
}

Findings CheckLifecycle(const Catalog& catalog, const manifests::Object& object) {
  const Catalog::Impl& impl = catalog.impl();
  const Bundle& bundle = impl.built_in->bundle;
  const LifecycleRow* const row = bundle.FindLifecycle(object.group, object.version, object.kind);
  if (row == nullptr) return {};
  const Standing standing = StandingOf(impl, impl.Find(object.group, object.version, object.kind), *row);
  if ((standing.removed | standing.not_yet | standing.deprecated) == 0) return {};
  const std::string what = std::string(object.kind) + " of " + std::string(object.api_version);
  const std::string_view replacement = bundle.Text(row->replacement);
  const std::string use = replacement.empty() ? "" : ", use " + std::string(replacement);
  Findings findings;
  if (standing.removed != 0) {
    findings.push_back(At(kApiRemoved, object,
                          what + " was removed in Kubernetes 1." + std::to_string(row->removed) + use +
                              InMinorsOnly(impl.minors, standing.removed)));
    if (replacement.empty()) findings.back().remedy = kNoReplacement;
  }
  if (standing.not_yet != 0) {
    const std::string since = row->introduced == 0
                                  ? " is not served by Kubernetes"
                                  : " comes with Kubernetes 1." + std::to_string(row->introduced);
    findings.push_back(At(kApiNotYet, object, what + since + InMinorsOnly(impl.minors, standing.not_yet)));
    const bool everywhere = standing.not_yet + 1 == std::uint64_t{1} << impl.minors.size();
    if (!everywhere) findings.back().severity = Severity::kWarning;
  }
  if (standing.deprecated != 0 && standing.removed == 0) {
    std::string message = what + " is deprecated since Kubernetes 1." + std::to_string(row->deprecated);
    if (row->removed != 0) message += " and goes away in 1." + std::to_string(row->removed);
    findings.push_back(
        At(kApiDeprecated, object, message + use + InMinorsOnly(impl.minors, standing.deprecated)));
    if (replacement.empty()) findings.back().remedy = kNoReplacement;
  }
  return findings;
}

}  // namespace sluice::schemas
