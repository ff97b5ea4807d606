// Tested by tests/gate/values_test.cc.
#include "manifests/render/values_source.h"

#include <algorithm>
#include <array>

#include "manifests/render/edit.h"
#include "manifests/render/root_build.h"
#include "manifests/render/source_of.h"

namespace sluice::manifests::render {
namespace {

bool NamespacesFit(std::string_view a, std::string_view b) { return a == b || a.empty() || b.empty(); }

bool IsNamed(const Object& object, std::string_view kind, std::string_view ns, std::string_view name) {
  return object.group.empty() && object.kind == kind && object.name == name && NamespacesFit(object.ns, ns);
}

bool HoldTheSame(const Object& a, const Object& b) {
  return std::ranges::all_of(std::array{"data", "stringData"}, [&](std::string_view field) {
    const Node* const one = MemberOf(a.root, field);
    const Node* const other = MemberOf(b.root, field);
    return one == nullptr || other == nullptr ? one == other : SameValue(*one, *other);
  });
}

ValuesSource NotKnown(std::string why) {
  ValuesSource source;
  source.not_known = std::move(why);
  return source;
}

std::vector<const Node*> ReferencesOf(const Object& definition) {
  const Node* const spec = MemberOf(definition.root, "spec");
  std::vector<const Node*> references;
  for (const Node* list :
       {MemberOf(MemberOf(spec, "postBuild"), "substituteFrom"), MemberOf(spec, "valuesFrom")}) {
    if (list == nullptr) continue;
    for (const Node& reference : list->children) references.push_back(&reference);
  }
  return references;
}

}  // namespace

std::vector<BuiltObject> ValuesBeside(const Built& built, const Object& definition) {
  std::vector<BuiltObject> beside;
  for (const Node* reference : ReferencesOf(definition)) {
    const std::string_view kind = TextOf(reference, "kind"), name = TextOf(reference, "name");
    for (const BuiltObject& object : built.objects) {
      if (IsNamed(object.object, kind, definition.ns, name)) beside.push_back(object);
    }
  }
  return beside;
}

ValuesSource FindValues(const RootContext& context, const Root& root, std::string_view kind,
                        std::string_view name) {
  const std::string_view ns = root.object.ns;
  const auto built = std::ranges::find_if(
      root.beside, [&](const BuiltObject& each) { return IsNamed(each.object, kind, ns, name); });
  if (built != root.beside.end()) return {&built->object, built->unknown, {}};
  const Object* const found = FindNear(context, "", kind, ns, name, root.file);
  const std::string shown = ShownName(kind, ns, name);
  if (found == nullptr) return {};
  for (const Object* each : context.list("", kind)) {
    if (!IsNamed(*each, kind, ns, name)) continue;
    if (!HoldTheSame(*found, *each)) return NotKnown(shown + " is written in several files that differ");
    if (context.stands_as_written && !context.stands_as_written(*each))
      return NotKnown(shown + " may be changed by what builds it");
  }
  return {found, {}, {}};
}

}  // namespace sluice::manifests::render
