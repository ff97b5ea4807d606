#include <algorithm>
#include <utility>

#include "manifests/nearest.h"
#include "schemas/catalog_impl.h"
#include "schemas/rules.h"
#include "schemas/walk.h"
#include "schemas/words.h"

// CheckShape: each different root of the target minors is walked once, equal
// findings are merged, and what holds for some minors only says so.
// Test: check_test.cc.

namespace sluice::schemas {
namespace {

struct HeldFinding {
  Finding finding;
  std::uint64_t minors = 0;  // bits of the target minors for which it holds
};

bool SameFinding(const Finding& a, const Finding& b) {
  return a.rule == b.rule && a.range == b.range && a.field == b.field && a.message == b.message;
}

void Merge(Findings found, std::uint64_t minors, std::vector<HeldFinding>& all) {
  for (Finding& finding : found) {
    const auto same = std::find_if(
        all.begin(), all.end(), [&](const HeldFinding& each) { return SameFinding(each.finding, finding); });
    if (same != all.end()) {
      same->minors |= minors;
    } else {
      all.push_back({std::move(finding), minors});
    }
  }
}

// "apps/v1, apps/v1beta2": where else the built-in groups have this kind.
std::string OtherHomes(const Bundle& bundle, const manifests::Object& object) {
  std::vector<std::string> homes;
  for (const KindRow& row : bundle.kinds) {
    if (row.origin != static_cast<std::uint8_t>(Origin::kKubernetes) || bundle.Text(row.kind) != object.kind)
      continue;
    const std::string_view group = bundle.Text(row.group);
    homes.push_back((group.empty() ? "" : std::string(group) + "/") + std::string(bundle.Text(row.version)));
  }
  std::sort(homes.begin(), homes.end());
  return ListWords(homes);
}

std::string_view NearestKind(const Bundle& bundle, const manifests::Object& object) {
  std::vector<std::string_view> names;
  for (const KindRow& row : bundle.kinds) {
    if (bundle.Text(row.group) == object.group && bundle.Text(row.version) == object.version) {
      names.push_back(bundle.Text(row.kind));
    }
  }
  return manifests::Nearest(object.kind, names);
}

Finding UnknownKind(const Catalog::Impl& impl, const manifests::Object& object, std::uint64_t minors) {
  const Bundle& bundle = impl.built_in->bundle;
  std::string message =
      "Kubernetes has no kind " + Escaped(object.kind, 60) + " in " + Escaped(object.api_version, 60);
  const std::string homes = OtherHomes(bundle, object);
  const bool elsewhere = !homes.empty() && minors + 1 == std::uint64_t{1} << impl.minors.size();
  std::string_view near = elsewhere ? std::string_view() : NearestKind(bundle, object);
  if (near == object.kind) near = {};
  if (elsewhere) message += ", it is in " + homes;
  if (!near.empty()) message += ", did you mean " + std::string(near);
  const manifests::Node* const kind = object.root->Find("kind");
  Finding finding =
      MakeFinding(kUnknownKind, std::string(object.file), kind != nullptr ? kind->range : object.root->range,
                  message + InMinorsOnly(impl.minors, minors));
  finding.field = homes.empty() ? "kind" : "apiVersion";
  finding.remedy = Suggestion(near);
  finding.object = object.Name();
  return finding;
}

}  // namespace

Findings CheckShape(const Catalog& catalog, const manifests::Object& object) {
  const Catalog::Impl& impl = catalog.impl();
  const KindMatch match = impl.Find(object.group, object.version, object.kind);
  Findings findings;
  std::vector<HeldFinding> held;
  std::uint64_t missing = 0;
  std::uint64_t done = 0;
  const std::size_t count = impl.minors.size();
  for (std::size_t minor = 0; minor < count; ++minor) {
    if ((done >> minor & 1) != 0) continue;
    const std::uint32_t root = match ? impl.Root(match, minor) : kNone;
    std::uint64_t equal = 0;  // minors with this very root
    for (std::size_t other = minor; other < count; ++other) {
      if ((match ? impl.Root(match, other) : kNone) == root) equal |= std::uint64_t{1} << other;
    }
    done |= equal;
    if (root == kNone) {
      missing |= equal;
      continue;
    }
    Walker(*impl.built_in, object, findings).Check(*match.tables, root);
    if (!findings.empty()) Merge(std::exchange(findings, {}), equal, held);
  }
  for (HeldFinding& each : held) {
    each.finding.message += InMinorsOnly(impl.minors, each.minors | missing);
    findings.push_back(std::move(each.finding));
  }
  if (missing != 0 && impl.IsBuiltInGroup(object.group)) {
    missing &= ~ExplainedByLifecycle(impl, match, object);
    if (missing != 0) findings.push_back(UnknownKind(impl, object, missing));
  }
  return findings;
}

}  // namespace sluice::schemas
