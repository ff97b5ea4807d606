#include "manifests/render/kind_facts.h"

#include <algorithm>
#include <tuple>

namespace sluice::manifests::render {
namespace {

const KindRow* FindRow(std::span<const KindRow> kinds, std::string_view group, std::string_view version,
                       std::string_view kind) {
  const auto name = std::tie(group, version, kind);
  const auto found =
      std::lower_bound(kinds.begin(), kinds.end(), name, [](const KindRow& row, const auto& wanted) {
        return std::tie(row.group, row.version, row.kind) < wanted;
      });
  if (found == kinds.end() || std::tie(found->group, found->version, found->kind) != name) return nullptr;
  return &*found;
}

}  // namespace

TypeId KindFacts::TypeOf(std::string_view group, std::string_view version, std::string_view kind) const {
  const KindRow* const row = FindRow(kinds, group, version, kind);
  return row == nullptr ? TypeId{0} : row->type;
}

KindScope KindFacts::ScopeOf(std::string_view group, std::string_view version, std::string_view kind) const {
  const KindRow* const row = FindRow(kinds, group, version, kind);
  return row == nullptr ? KindScope::kUnknown : row->scope;
}

const FieldFacts* KindFacts::Find(TypeId owner, std::string_view field) const {
  if (owner == 0) return nullptr;
  const auto wanted = std::tie(owner, field);
  const auto found = std::lower_bound(
      fields.begin(), fields.end(), wanted,
      [](const FieldFacts& row, const auto& key) { return std::tie(row.owner, row.field) < key; });
  if (found != fields.end() && std::tie(found->owner, found->field) == wanted) return &*found;
  return field == "*" ? nullptr : Find(owner, "*");
}

}  // namespace sluice::manifests::render
