#include <algorithm>
#include <charconv>
#include <utility>

#include "schemas/catalog_impl.h"
#include "schemas/crd.h"
#include "schemas/rules.h"
#include "schemas/words.h"

// Which schema applies. Test: catalog_test.cc.

namespace sluice::schemas {
namespace {

std::string MinorName(std::uint32_t minor) { return "1." + std::to_string(minor); }

void AddKinds(const SchemaTables& tables, std::unordered_multimap<std::uint32_t, KindMatch>& added) {
  const Bundle& bundle = tables.bundle;
  for (const KindRow& row : bundle.kinds) {
    const std::uint32_t hash =
        HashKind(bundle.Text(row.group), bundle.Text(row.version), bundle.Text(row.kind));
    added.emplace(hash, KindMatch{&tables, &row});
  }
}

bool Is(const KindMatch& match, std::string_view group, std::string_view version, std::string_view kind) {
  const Bundle& bundle = match.tables->bundle;
  return bundle.Text(match.row->kind) == kind && bundle.Text(match.row->version) == version &&
         bundle.Text(match.row->group) == group;
}

}  // namespace

bool Catalog::Impl::IsBuiltInGroup(std::string_view group) const {
  const Bundle& bundle = built_in->bundle;
  return std::any_of(bundle.groups.begin(), bundle.groups.end(),
                     [&](std::uint32_t name) { return bundle.Text(name) == group; });
}

KindMatch Catalog::Impl::Find(std::string_view group, std::string_view version, std::string_view kind) const {
  const KindRow* const row = built_in->bundle.FindKind(group, version, kind);
  const KindMatch match{row == nullptr ? nullptr : built_in.get(), row};
  if (added.empty() || (row != nullptr && row->origin == static_cast<std::uint8_t>(Origin::kKubernetes)))
    return match;
  if (IsBuiltInGroup(group)) return match;
  KindMatch best = match;
  const auto [begin, end] = added.equal_range(HashKind(group, version, kind));
  for (auto at = begin; at != end; ++at) {
    if (!Is(at->second, group, version, kind)) continue;
    const bool tree_kind = at->second.row->origin == static_cast<std::uint8_t>(Origin::kTree);
    if (tree_kind) return at->second;
    best = at->second;
  }
  return best;
}

std::uint32_t Catalog::Impl::Root(const KindMatch& match, std::size_t minor) const {
  const bool by_minor = match.tables == built_in.get();
  return match.tables->bundle.Root(*match.row, by_minor ? minor_places[minor] : 0);
}

Catalog::Catalog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Catalog::Catalog(Catalog&&) noexcept = default;
Catalog& Catalog::operator=(Catalog&&) noexcept = default;
Catalog::~Catalog() = default;

Status Catalog::Impl::SetMinors(const std::vector<std::string>& names) {
  const auto known = built_in->bundle.minors;
  minors.clear();
  minor_places.clear();
  for (const std::string& minor : names) {
    const auto place = std::find_if(known.begin(), known.end(),
                                    [&](std::uint32_t each) { return MinorName(each) == minor; });
    if (place == known.end()) {
      return Usage("Kubernetes \"" + Escaped(minor, 40) + "\" is not built in, known are " +
                   ListWords(BuiltInMinors()));
    }
    minor_places.push_back(static_cast<std::size_t>(place - known.begin()));
  }
  std::sort(minor_places.begin(), minor_places.end());
  minor_places.erase(std::unique(minor_places.begin(), minor_places.end()), minor_places.end());
  for (const std::size_t place : minor_places) minors.push_back(MinorName(known[place]));
  return Ok{};
}

Result<Catalog> Catalog::BuiltIn(std::vector<std::string> minors) {
  auto impl = std::make_unique<Impl>();
  impl->built_in = SchemaTables::BuiltIn();
  const Status set = impl->SetMinors(minors.empty() ? DefaultMinors() : minors);
  if (!set) return set.error();
  return Catalog(std::move(impl));
}

Result<Catalog> Catalog::WithMinors(const std::vector<std::string>& minors) const {
  auto impl = std::make_unique<Impl>(*impl_);
  const Status set = impl->SetMinors(minors.empty() ? DefaultMinors() : minors);
  if (!set) return set.error();
  return Catalog(std::move(impl));
}

Findings Catalog::AddCrd(const manifests::Object& crd, const Limits& limits) {
  CompiledCrd compiled = CompileCrd(crd, limits);
  if (compiled.bytes.empty()) return std::move(compiled.findings);
  Result<std::unique_ptr<SchemaTables>> tables = SchemaTables::FromBytes(std::move(compiled.bytes));
  if (!tables) {
    compiled.findings.push_back(
        MakeFinding(kCrd, std::string(crd.file), crd.root->range, tables.error().message));
    return std::move(compiled.findings);
  }
  for (Finding& finding : CheckDefaults(*impl_->built_in, **tables, crd, compiled.defaults)) {
    compiled.findings.push_back(std::move(finding));
  }
  AddKinds(**tables, impl_->added);
  impl_->tree.push_back(std::move(*tables));
  return std::move(compiled.findings);
}

Status Catalog::AddBundle(std::string bytes) {
  Result<std::unique_ptr<SchemaTables>> tables = SchemaTables::FromBytes(std::move(bytes));
  if (!tables) return tables.error();
  for (const KindRow& row : (*tables)->bundle.kinds) {
    if (row.origin != static_cast<std::uint8_t>(Origin::kImported)) {
      return Failed("the schema bundle was not made by an import");
    }
  }
  if ((*tables)->bundle.minors.size() != 1) return Failed("the schema bundle was not made by an import");
  AddKinds(**tables, impl_->added);
  impl_->imported.push_back(std::move(*tables));
  return Ok{};
}

KindInfo Catalog::Find(std::string_view group, std::string_view version, std::string_view kind) const {
  const KindMatch match = impl_->Find(group, version, kind);
  if (!match) return {};
  const auto has_root = [&](std::size_t minor) { return impl_->Root(match, minor) != kNone; };
  bool found = false;
  for (std::size_t minor = 0; minor < impl_->minors.size(); ++minor) found = found || has_root(minor);
  if (!found) return {};
  return {static_cast<Origin>(match.row->origin), static_cast<Scope>(match.row->scope),
          match.tables->bundle.Text(match.row->plural), match.row->has_cel_rules != 0};
}

const std::vector<std::string>& Catalog::minors() const { return impl_->minors; }

std::vector<std::string> BuiltInMinors() {
  std::vector<std::string> names;
  for (const std::uint32_t minor : BuiltInBundle().minors) names.push_back(MinorName(minor));
  return names;
}

std::vector<std::string> DefaultMinors() {
  std::vector<std::string> names = BuiltInMinors();
  if (names.size() > 3) names.erase(names.begin(), names.end() - 3);
  return names;
}

std::string InMinorsOnly(const std::vector<std::string>& minors, std::uint64_t held) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < minors.size(); ++i) {
    if ((held >> i & 1) != 0) names.push_back(minors[i]);
  }
  if (names.size() == minors.size() || names.empty()) return "";
  return " (in " + ListWords(names) + " only)";
}

}  // namespace sluice::schemas
