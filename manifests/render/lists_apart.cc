// kubectl, Flux and Argo CD read what a build prints, and take anything apart
// whose "items" is a list, whatever its kind. A patch, a replacement or a
// variable can give an object such a field when every file has been read. So
// this stands behind the last step that changes fields of objects, and before
// those that give each object labels or a namespace.
// Invariant: no object of a build that came to its end has "items" at its top
// which some tool would take for a list.
// Tested by tests/manifests/render/lists_apart_test.cc.
#include "manifests/render/lists_apart.h"

#include <algorithm>
#include <utility>

#include "manifests/made_list.h"
#include "manifests/render/envsubst.h"
#include "manifests/render/root_build.h"
#include "manifests/rules.h"

namespace sluice::manifests::render {
namespace {

bool HasItems(const Node* root) { return root != nullptr && root->Find("items") != nullptr; }

// A field whose name only the cluster knows may be "items"; none of another kind
// is a list by that.
const Node* ListOfUnknownName(const BuiltObject& object) {
  if (object.unknown.empty()) return nullptr;
  const auto& fields = object.object.root->children;
  const auto found = std::ranges::find_if(fields, [](const Node& field) {
    const bool list = field.kind == NodeKind::kSequence || HoldsVariables(field.String());
    return list && HoldsVariables(field.key);
  });
  return found == fields.end() ? nullptr : &*found;
}

class Taker {
 public:
  Taker(const Sources& sources, const Root& root, Built& built)
      : sources_(sources), root_(root), built_(built) {}

  void Run() {
    if (std::ranges::none_of(built_.objects, [](const BuiltObject& object) { return Concerns(object); }))
      return;  // nearly every build
    for (BuiltObject& object : std::exchange(built_.objects, {})) {
      if (Concerns(object)) {
        Take(object);
      } else {
        built_.objects.push_back(std::move(object));
      }
    }
  }

 private:
  static bool Concerns(const BuiltObject& object) {
    return HasItems(object.object.root) || HasItems(object.with_defaults) ||
           ListOfUnknownName(object) != nullptr;
  }

  void Take(const BuiltObject& list) {
    if (const Node* field = ListOfUnknownName(list))
      return Fail(list, field->key_range, "the name of this field is not known here; it may be \"items\"");
    if (HasItems(list.object.root) != (list.with_defaults == nullptr || HasItems(list.with_defaults)))
      return Fail(list, list.object.root->range, "this is a list by the default of a variable alone");
    const ObjectList parts = Read(list, *list.object.root);
    ObjectList defaults;
    if (list.with_defaults != nullptr) defaults = Read(list, *list.with_defaults);
    const bool paired = defaults.objects.size() == parts.objects.size();
    if (list.with_defaults != nullptr && !paired)
      return Fail(list, list.object.root->range, "how many objects this is depends on a variable");
    for (std::size_t i = 0; i < parts.objects.size(); ++i)
      Add(list, parts.objects[i], paired ? defaults.objects[i].root : nullptr);
  }

  ObjectList Read(const BuiltObject& list, const Node& root) {
    ObjectList read = ObjectsOf(root, list.object.file, sources_.limits());
    for (Finding& finding : read.findings) {
      Move(list, finding);
      built_.findings.push_back(std::move(finding));
    }
    return read;
  }

  void Add(const BuiltObject& list, const Object& part, const Node* defaults) {
    BuiltObject object = list;
    object.object = ObjectAt(sources_, part.root);
    object.with_defaults = defaults;
    built_.objects.push_back(std::move(object));
  }

  void Fail(const BuiltObject& list, Range place, std::string message) {
    Finding finding = MakeFinding(kListRule, {}, place, std::move(message));
    Move(list, finding);
    built_.findings.push_back(std::move(finding));
  }

  // To where people read it.
  void Move(const BuiltObject& list, Finding& finding) {
    Place place = sources_.Resolve(finding.range);
    if (place.file == nullptr) place = sources_.Resolve(list.object.root->range);
    finding.file = place.file == nullptr ? root_.file : place.file->path.text();
    finding.range = place.range;
    finding.through = list.through;
    finding.object = list.object.Name();
  }

  const Sources& sources_;
  const Root& root_;
  Built& built_;
};

}  // namespace

void TakeListsApart(const Sources& sources, const Root& root, Built& built) {
  Taker(sources, root, built).Run();
}

}  // namespace sluice::manifests::render
