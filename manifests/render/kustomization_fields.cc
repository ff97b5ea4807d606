// Tested by tests/manifests/render/kustomization_fields_test.cc.
#include "manifests/render/kustomization_fields.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "manifests/hidden.h"
#include "manifests/nearest.h"
#include "manifests/render/edit.h"
#include "manifests/render/rules.h"

namespace sluice::manifests::render {
namespace {

enum class Takes : std::uint8_t {
  kString,
  kBool,
  kInteger,
  kStrings,
  kStringMap,
  kBoolMap,
  kAnything,
  kOne,
  kMany
};

struct Field {
  std::string_view type, name;
  Takes takes;
  std::string_view of;  // the type of a mapping (kOne) or of the elements of a list (kMany)
};

constexpr Field kFields[] = {
    {"Kustomization", "apiVersion", Takes::kString, ""},
    {"Kustomization", "kind", Takes::kString, ""},
    {"Kustomization", "metadata", Takes::kOne, "Metadata"},
    {"Kustomization", "openapi", Takes::kStringMap, ""},
    {"Kustomization", "namePrefix", Takes::kString, ""},
    {"Kustomization", "nameSuffix", Takes::kString, ""},
    {"Kustomization", "namespace", Takes::kString, ""},
    {"Kustomization", "commonLabels", Takes::kStringMap, ""},
    {"Kustomization", "labels", Takes::kMany, "Label"},
    {"Kustomization", "commonAnnotations", Takes::kStringMap, ""},
    {"Kustomization", "patchesStrategicMerge", Takes::kStrings, ""},
    {"Kustomization", "patchesJson6902", Takes::kMany, "Patch"},
    {"Kustomization", "patches", Takes::kMany, "Patch"},
    {"Kustomization", "images", Takes::kMany, "Image"},
    {"Kustomization", "imageTags", Takes::kMany, "Image"},
    {"Kustomization", "replacements", Takes::kMany, "Replacement"},
    {"Kustomization", "replicas", Takes::kMany, "Replica"},
    {"Kustomization", "vars", Takes::kMany, "Var"},
    {"Kustomization", "sortOptions", Takes::kOne, "SortOptions"},
    {"Kustomization", "resources", Takes::kStrings, ""},
    {"Kustomization", "components", Takes::kStrings, ""},
    {"Kustomization", "crds", Takes::kStrings, ""},
    {"Kustomization", "bases", Takes::kStrings, ""},
    {"Kustomization", "configMapGenerator", Takes::kMany, "ConfigMapArgs"},
    {"Kustomization", "secretGenerator", Takes::kMany, "SecretArgs"},
    {"Kustomization", "helmGlobals", Takes::kOne, "HelmGlobals"},
    {"Kustomization", "helmCharts", Takes::kMany, "HelmChart"},
    {"Kustomization", "helmChartInflationGenerator", Takes::kMany, "HelmChartArgs"},
    {"Kustomization", "generatorOptions", Takes::kOne, "GeneratorOptions"},
    {"Kustomization", "configurations", Takes::kStrings, ""},
    {"Kustomization", "generators", Takes::kStrings, ""},
    {"Kustomization", "transformers", Takes::kStrings, ""},
    {"Kustomization", "validators", Takes::kStrings, ""},
    {"Kustomization", "buildMetadata", Takes::kStrings, ""},
    {"Metadata", "name", Takes::kString, ""},
    {"Metadata", "namespace", Takes::kString, ""},
    {"Metadata", "labels", Takes::kStringMap, ""},
    {"Metadata", "annotations", Takes::kStringMap, ""},
    {"Label", "pairs", Takes::kStringMap, ""},
    {"Label", "includeSelectors", Takes::kBool, ""},
    {"Label", "includeTemplates", Takes::kBool, ""},
    {"Label", "fields", Takes::kMany, "FieldSpec"},
    {"FieldSpec", "group", Takes::kString, ""},
    {"FieldSpec", "version", Takes::kString, ""},
    {"FieldSpec", "kind", Takes::kString, ""},
    {"FieldSpec", "path", Takes::kString, ""},
    {"FieldSpec", "create", Takes::kBool, ""},
    {"Patch", "path", Takes::kString, ""},
    {"Patch", "patch", Takes::kString, ""},
    {"Patch", "target", Takes::kOne, "Selector"},
    {"Patch", "options", Takes::kBoolMap, ""},
    {"Selector", "group", Takes::kString, ""},
    {"Selector", "version", Takes::kString, ""},
    {"Selector", "kind", Takes::kString, ""},
    {"Selector", "name", Takes::kString, ""},
    {"Selector", "namespace", Takes::kString, ""},
    {"Selector", "annotationSelector", Takes::kString, ""},
    {"Selector", "labelSelector", Takes::kString, ""},
    {"Image", "name", Takes::kString, ""},
    {"Image", "newName", Takes::kString, ""},
    {"Image", "tagSuffix", Takes::kString, ""},
    {"Image", "newTag", Takes::kString, ""},
    {"Image", "digest", Takes::kString, ""},
    {"Replica", "name", Takes::kString, ""},
    {"Replica", "count", Takes::kInteger, ""},
    {"Replacement", "path", Takes::kString, ""},
    {"Replacement", "source", Takes::kOne, "Source"},
    {"Replacement", "sourceValue", Takes::kString, ""},
    {"Replacement", "targets", Takes::kMany, "Target"},
    {"Source", "group", Takes::kString, ""},
    {"Source", "version", Takes::kString, ""},
    {"Source", "kind", Takes::kString, ""},
    {"Source", "name", Takes::kString, ""},
    {"Source", "namespace", Takes::kString, ""},
    {"Source", "fieldPath", Takes::kString, ""},
    {"Source", "options", Takes::kOne, "FieldOptions"},
    {"Target", "select", Takes::kOne, "Selector"},
    {"Target", "reject", Takes::kMany, "Selector"},
    {"Target", "fieldPaths", Takes::kStrings, ""},
    {"Target", "options", Takes::kOne, "FieldOptions"},
    {"FieldOptions", "delimiter", Takes::kString, ""},
    {"FieldOptions", "index", Takes::kInteger, ""},
    {"FieldOptions", "encoding", Takes::kString, ""},
    {"FieldOptions", "create", Takes::kBool, ""},
    {"Var", "name", Takes::kString, ""},
    {"Var", "objref", Takes::kOne, "ObjectReference"},
    {"Var", "fieldref", Takes::kOne, "FieldReference"},
    {"ObjectReference", "apiVersion", Takes::kString, ""},
    {"ObjectReference", "group", Takes::kString, ""},
    {"ObjectReference", "version", Takes::kString, ""},
    {"ObjectReference", "kind", Takes::kString, ""},
    {"ObjectReference", "name", Takes::kString, ""},
    {"ObjectReference", "namespace", Takes::kString, ""},
    {"FieldReference", "fieldPath", Takes::kString, ""},
    {"SortOptions", "order", Takes::kString, ""},
    {"SortOptions", "legacySortOptions", Takes::kOne, "LegacySortOptions"},
    {"LegacySortOptions", "orderFirst", Takes::kStrings, ""},
    {"LegacySortOptions", "orderLast", Takes::kStrings, ""},
    {"ConfigMapArgs", "namespace", Takes::kString, ""},
    {"ConfigMapArgs", "name", Takes::kString, ""},
    {"ConfigMapArgs", "behavior", Takes::kString, ""},
    {"ConfigMapArgs", "literals", Takes::kStrings, ""},
    {"ConfigMapArgs", "files", Takes::kStrings, ""},
    {"ConfigMapArgs", "envs", Takes::kStrings, ""},
    {"ConfigMapArgs", "env", Takes::kString, ""},
    {"ConfigMapArgs", "options", Takes::kOne, "GeneratorOptions"},
    {"SecretArgs", "namespace", Takes::kString, ""},
    {"SecretArgs", "name", Takes::kString, ""},
    {"SecretArgs", "behavior", Takes::kString, ""},
    {"SecretArgs", "literals", Takes::kStrings, ""},
    {"SecretArgs", "files", Takes::kStrings, ""},
    {"SecretArgs", "envs", Takes::kStrings, ""},
    {"SecretArgs", "env", Takes::kString, ""},
    {"SecretArgs", "options", Takes::kOne, "GeneratorOptions"},
    {"SecretArgs", "type", Takes::kString, ""},
    {"GeneratorOptions", "labels", Takes::kStringMap, ""},
    {"GeneratorOptions", "annotations", Takes::kStringMap, ""},
    {"GeneratorOptions", "disableNameSuffixHash", Takes::kBool, ""},
    {"GeneratorOptions", "immutable", Takes::kBool, ""},
    {"HelmGlobals", "chartHome", Takes::kString, ""},
    {"HelmGlobals", "configHome", Takes::kString, ""},
    {"HelmChart", "name", Takes::kString, ""},
    {"HelmChart", "version", Takes::kString, ""},
    {"HelmChart", "repo", Takes::kString, ""},
    {"HelmChart", "releaseName", Takes::kString, ""},
    {"HelmChart", "namespace", Takes::kString, ""},
    {"HelmChart", "additionalValuesFiles", Takes::kStrings, ""},
    {"HelmChart", "valuesFile", Takes::kString, ""},
    {"HelmChart", "valuesInline", Takes::kAnything, ""},
    {"HelmChart", "valuesMerge", Takes::kString, ""},
    {"HelmChart", "includeCRDs", Takes::kBool, ""},
    {"HelmChart", "skipHooks", Takes::kBool, ""},
    {"HelmChart", "apiVersions", Takes::kStrings, ""},
    {"HelmChart", "kubeVersion", Takes::kString, ""},
    {"HelmChart", "nameTemplate", Takes::kString, ""},
    {"HelmChart", "skipTests", Takes::kBool, ""},
    {"HelmChart", "debug", Takes::kBool, ""},
    {"HelmChart", "devel", Takes::kBool, ""},
    {"HelmChartArgs", "chartName", Takes::kString, ""},
    {"HelmChartArgs", "chartVersion", Takes::kString, ""},
    {"HelmChartArgs", "chartRepoUrl", Takes::kString, ""},
    {"HelmChartArgs", "chartHome", Takes::kString, ""},
    {"HelmChartArgs", "chartRepoName", Takes::kString, ""},
    {"HelmChartArgs", "helmBin", Takes::kString, ""},
    {"HelmChartArgs", "helmHome", Takes::kString, ""},
    {"HelmChartArgs", "values", Takes::kString, ""},
    {"HelmChartArgs", "valuesLocal", Takes::kAnything, ""},
    {"HelmChartArgs", "valuesMerge", Takes::kString, ""},
    {"HelmChartArgs", "releaseName", Takes::kString, ""},
    {"HelmChartArgs", "releaseNamespace", Takes::kString, ""},
    {"HelmChartArgs", "extraArgs", Takes::kStrings, ""},
    // Files of the field `configurations`.
    {"Configuration", "namePrefix", Takes::kMany, "FieldSpec"},
    {"Configuration", "nameSuffix", Takes::kMany, "FieldSpec"},
    {"Configuration", "namespace", Takes::kMany, "FieldSpec"},
    {"Configuration", "commonLabels", Takes::kMany, "FieldSpec"},
    {"Configuration", "labels", Takes::kMany, "FieldSpec"},
    {"Configuration", "templateLabels", Takes::kMany, "FieldSpec"},
    {"Configuration", "commonAnnotations", Takes::kMany, "FieldSpec"},
    {"Configuration", "nameReference", Takes::kMany, "NameReference"},
    {"Configuration", "varReference", Takes::kMany, "FieldSpec"},
    {"Configuration", "images", Takes::kMany, "FieldSpec"},
    {"Configuration", "replicas", Takes::kMany, "FieldSpec"},
    {"NameReference", "group", Takes::kString, ""},
    {"NameReference", "version", Takes::kString, ""},
    {"NameReference", "kind", Takes::kString, ""},
    {"NameReference", "fieldSpecs", Takes::kMany, "FieldSpec"},
};

std::span<const Field> FieldsOf(std::string_view type) {
  const auto begin = std::ranges::find(kFields, type, &Field::type);
  const auto end =
      std::find_if(begin, std::end(kFields), [&](const Field& field) { return field.type != type; });
  return {begin, end};
}

bool SameButCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

const Field* Find(std::string_view type, std::string_view name) {
  const std::span<const Field> fields = FieldsOf(type);
  auto found = std::ranges::find(fields, name, &Field::name);
  if (found == fields.end()) {
    found = std::ranges::find_if(fields, [&](const Field& field) { return SameButCase(field.name, name); });
  }
  return found == fields.end() ? nullptr : &*found;
}

std::string_view Words(Takes takes) {
  switch (takes) {
    case Takes::kString:
      return "a string";
    case Takes::kBool:
      return "true or false";
    case Takes::kInteger:
      return "an integer";
    case Takes::kStrings:
      return "a list of strings";
    case Takes::kStringMap:
      return "a mapping of strings";
    case Takes::kBoolMap:
      return "a mapping of true or false";
    case Takes::kMany:
      return "a list of mappings";
    default:
      return "a mapping";
  }
}

std::string_view Words(NodeKind kind) {
  constexpr std::string_view kWords[] = {"null",     "a boolean", "an integer", "a number with a fraction",
                                         "a string", "a list",    "a mapping"};
  return kWords[static_cast<std::size_t>(kind)];
}

// What a single value must be; for lists and maps, what an element must be.
bool IsOfKind(Takes takes, const Node& node) {
  if (node.kind == NodeKind::kNull) return takes != Takes::kStrings;
  switch (takes) {
    case Takes::kString:
    case Takes::kStrings:
    case Takes::kStringMap:
      return node.IsString();
    case Takes::kBool:
    case Takes::kBoolMap:
      return node.kind == NodeKind::kBool;
    case Takes::kInteger:
      return node.kind == NodeKind::kInteger;
    default:
      return node.kind == NodeKind::kMapping;
  }
}

class FieldCheck {
 public:
  explicit FieldCheck(const ReportField& report) : report_(report) {}

  void Mapping(const Node& node, std::string_view type) {
    for (const Node& member : node.children) {
      const Field* field = Find(type, member.key);
      if (field == nullptr) {
        Unknown(member, type);
      } else if (member.kind != NodeKind::kNull) {
        Value(member, *field);
      }
    }
  }

 private:
  void Value(const Node& node, const Field& field) {
    const bool list = field.takes == Takes::kStrings || field.takes == Takes::kMany;
    const bool map = field.takes == Takes::kStringMap || field.takes == Takes::kBoolMap;
    if (!list && !map) return Single(node, field);
    if (node.kind != (list ? NodeKind::kSequence : NodeKind::kMapping)) return WrongType(node, field, "");
    for (const Node& child : node.children) {
      if (!IsOfKind(field.takes, child)) {
        WrongType(child, field, "in it ");
      } else if (field.takes == Takes::kMany) {
        Mapping(child, field.of);
      }
    }
  }

  void Single(const Node& node, const Field& field) {
    if (!IsOfKind(field.takes, node)) return WrongType(node, field, "");
    if (field.takes == Takes::kOne) Mapping(node, field.of);
  }

  void WrongType(const Node& node, const Field& field, std::string_view where) {
    report_(kWrongTypeRule, node.range,
            fmt::format("{} takes {}, got {}{}", field.name, Words(field.takes), where, Words(node.kind)));
  }

  void Unknown(const Node& member, std::string_view type) {
    std::vector<std::string_view> names;
    for (const Field& field : FieldsOf(type)) names.push_back(field.name);
    const std::string_view near = Nearest(member.key, names);
    std::string message = type == "Kustomization" ? "a kustomization has no field " : "there is no field ";
    message += Shown(member.key);
    if (type != "Kustomization") message += " here";
    if (!near.empty()) message += fmt::format(", did you mean \"{}\"", near);
    report_(kUnknownFieldRule, member.key_range, std::move(message));
  }

  const ReportField& report_;
};

}  // namespace

void CheckFields(const Node& node, std::string_view type, const ReportField& report) {
  FieldCheck(report).Mapping(node, type);
}

std::optional<Node> WithFieldNames(Arena& arena, const Node& node, std::string_view type) {
  std::vector<Node> members(node.children.begin(), node.children.end());
  bool changed = false;
  for (Node& member : members) {
    const Field* field = Find(type, member.key);
    if (field == nullptr) continue;
    if (field->takes == Takes::kOne) {
      if (const auto inner = WithFieldNames(arena, member, field->of)) member = *inner, changed = true;
    } else if (field->takes == Takes::kMany) {
      std::vector<Node> elements(member.children.begin(), member.children.end());
      bool other = false;
      for (Node& element : elements) {
        if (const auto inner = WithFieldNames(arena, element, field->of)) element = *inner, other = true;
      }
      if (other) member = WithChildren(arena, member, elements), changed = true;
    }
    if (member.key != field->name)
      member = AsMember(arena, member, field->name, member.key_range), changed = true;
  }
  if (!changed) return std::nullopt;
  return WithChildren(arena, node, members);
}

}  // namespace sluice::manifests::render
