// References are read in their order, and a later one wins; what stands in
// postBuild.substitute wins over all. An unknown set of names (a Secret that is
// not in the tree) makes everything before it unknown.
#include "manifests/render/flux_variables.h"

#include "manifests/render/values_source.h"

namespace sluice::manifests::render {
namespace {

std::string WithoutLineBreaks(std::string_view text) {
  std::string value(text);
  std::erase(value, '\n');
  return value;
}

class Reader {
 public:
  Reader(RootBuild& build, VariableSet& set) : build_(build), set_(set) {}

  bool From(const Node& reference);
  bool Inline(const Node& substitute);
  std::optional<RenderProblem> problem;

 private:
  bool Fail(Range place, std::string message) {
    problem = RenderProblem{std::move(message), place};
    return false;
  }
  bool Set(const Node& entry, SetVariable variable);
  bool SetAll(const Node* data, const std::string& not_known);
  void Forget(const std::string& why);

  RootBuild& build_;
  VariableSet& set_;
};

bool Reader::Set(const Node& entry, SetVariable variable) {
  if (!IsVariableName(entry.key)) {
    return Fail(entry.key_range, "the name of a variable must match ^[_[:alpha:]][_[:alpha:][:digit:]]*$");
  }
  set_.variables[std::string(entry.key)] = std::move(variable);
  const std::size_t most = build_.session.sources().limits().mapping_keys;
  if (set_.variables.size() <= most) return true;
  return Fail(entry.key_range, "more than " + std::to_string(most) + " variables");
}

bool Reader::SetAll(const Node* data, const std::string& not_known) {
  if (data == nullptr) return true;
  for (const Node& entry : data->children) {
    const std::string_view text = not_known.empty() ? entry.String() : std::string_view();
    // What builds the ConfigMap may in turn put variables into it.
    const bool open = HoldsVariables(text);
    SetVariable variable{WithoutLineBreaks(text), entry.range, not_known};
    if (open) variable.not_known = "its value in a ConfigMap holds variables itself";
    if (!Set(entry, std::move(variable))) return false;
  }
  return true;
}

void Reader::Forget(const std::string& why) {
  for (auto& [name, variable] : set_.variables) variable.not_known = why;
  set_.others = why;
}

bool Reader::From(const Node& reference) {
  const std::string_view kind = TextOf(&reference, "kind");
  const std::string_view name = TextOf(&reference, "name");
  const std::string_view ns = build_.root.object.ns;
  if (kind != "ConfigMap" && kind != "Secret") {
    return Fail(reference.range, "substituteFrom takes the kinds ConfigMap and Secret");
  }
  const ValuesSource source = FindValues(build_.context, build_.root, kind, name);
  const Object* const object = source.object;
  const std::string shown = ShownName(kind, ns, name);
  if (!source.not_known.empty()) {
    Forget(source.not_known);
    return true;
  }
  if (object == nullptr) {
    const bool absent = kind == "ConfigMap" && IsTrue(&reference, "optional");
    if (!absent) Forget(shown + " of substituteFrom is not in the tree");
    return true;
  }
  build_.built.read.emplace_back(object->file);
  const std::string not_known = kind == "Secret" ? shown + " of substituteFrom holds it" : std::string();
  return SetAll(MemberOf(object->root, "data"), not_known) &&
         (kind == "ConfigMap" || SetAll(MemberOf(object->root, "stringData"), not_known));
}

bool Reader::Inline(const Node& substitute) {
  for (const Node& entry : substitute.children) {
    if (!entry.IsString())
      return Fail(entry.range, "the value of a variable must be a string: put it in quotes");
    if (!Set(entry, {WithoutLineBreaks(entry.text), entry.range, {}})) return false;
  }
  return true;
}

}  // namespace

std::optional<RenderProblem> ReadVariables(RootBuild& build, const Node& post_build, VariableSet& set) {
  set.strict = build.context.strict_substitution;
  set.always = TextOf(&post_build, "substituteStrategy") == "Always";
  Reader reader(build, set);
  if (const Node* references = MemberOf(&post_build, "substituteFrom")) {
    for (const Node& reference : references->children) {
      if (!reader.From(reference)) return reader.problem;
    }
  }
  const Node* substitute = MemberOf(&post_build, "substitute");
  if (substitute != nullptr && !reader.Inline(*substitute)) return reader.problem;
  return std::nullopt;
}

}  // namespace sluice::manifests::render
