#include "schemas/rendering.h"

#include <algorithm>
#include <tuple>

namespace sluice::schemas {
namespace {

using manifests::render::FieldFacts;
using manifests::render::KindFacts;
using manifests::render::KindRow;
using manifests::render::KindScope;
using manifests::render::TypeId;

enum Type : TypeId {
  kNone,
#define RENDERING_TYPE(name) name,
#define RENDERING_FIELD(owner, field, type, merge, key, second_key)
#define RENDERING_KIND(group, version, kind, type, scope)
#include "schemas/kubernetes/rendering.inc"
#undef RENDERING_TYPE
#undef RENDERING_FIELD
};

constexpr FieldFacts kFields[] = {
#define RENDERING_TYPE(name)
#define RENDERING_FIELD(owner, field, type, merge, key, second_key) \
  {owner, field, type, merge, key, second_key},
#include "schemas/kubernetes/rendering.inc"
#undef RENDERING_FIELD
#undef RENDERING_KIND
};

constexpr KindRow kKinds[] = {
#define RENDERING_FIELD(owner, field, type, merge, key, second_key)
#define RENDERING_KIND(group, version, kind, type, scope) {group, version, kind, type, KindScope::scope},
#include "schemas/kubernetes/rendering.inc"
#undef RENDERING_TYPE
#undef RENDERING_FIELD
#undef RENDERING_KIND
};

static_assert(std::is_sorted(std::begin(kFields), std::end(kFields), [](const auto& a, const auto& b) {
  return std::tie(a.owner, a.field) < std::tie(b.owner, b.field);
}));
static_assert(std::is_sorted(std::begin(kKinds), std::end(kKinds), [](const auto& a, const auto& b) {
  return std::tie(a.group, a.version, a.kind) < std::tie(b.group, b.version, b.kind);
}));

constexpr KindFacts kFacts{kKinds, kFields};

}  // namespace

const KindFacts& RenderingFacts() { return kFacts; }

}  // namespace sluice::schemas
