// kustomize/unknown-field and kustomize/wrong-type: the fields of a
// kustomization and what each takes, after sigs.k8s.io/kustomize/api/types of
// 5.7, which decodes strictly. Only the top level and the elements of lists are
// looked at. Go's decoder takes a name in any case; here it must be exact, since
// a reference under another name would be one that nobody follows.
// Tested by kustomization_test.cc.
#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "manifests/nearest.h"
#include "manifests/render/rules.h"
#include "policies/rules/rules.h"
#include "policies/rules/words.h"
#include "schemas/words.h"

namespace sluice::policies {

namespace {

using manifests::FieldStep;
using manifests::Node;
using manifests::NodeKind;

enum class Takes : unsigned char { kString, kMapping, kStringMap, kStrings, kMappings, kEither };

struct Field {
  std::string_view name;
  Takes takes;
};
constexpr std::array<Field, 35> kFields = {{
    {"apiVersion", Takes::kString},
    {"kind", Takes::kString},
    {"metadata", Takes::kMapping},
    {"openapi", Takes::kStringMap},
    {"namePrefix", Takes::kString},
    {"nameSuffix", Takes::kString},
    {"namespace", Takes::kString},
    {"commonLabels", Takes::kStringMap},
    {"labels", Takes::kMappings},
    {"commonAnnotations", Takes::kStringMap},
    {"patchesStrategicMerge", Takes::kStrings},
    {"patchesJson6902", Takes::kMappings},
    {"patches", Takes::kEither},  // paths in kustomize 4 and older
    {"images", Takes::kMappings},
    {"imageTags", Takes::kMappings},
    {"replacements", Takes::kMappings},
    {"replicas", Takes::kMappings},
    {"vars", Takes::kMappings},
    {"sortOptions", Takes::kMapping},
    {"resources", Takes::kStrings},
    {"components", Takes::kStrings},
    {"crds", Takes::kStrings},
    {"bases", Takes::kStrings},
    {"configMapGenerator", Takes::kMappings},
    {"secretGenerator", Takes::kMappings},
    {"helmGlobals", Takes::kMapping},
    {"helmCharts", Takes::kMappings},
    {"helmChartInflationGenerator", Takes::kMappings},
    {"generatorOptions", Takes::kMapping},
    {"configurations", Takes::kStrings},
    {"generators", Takes::kStrings},
    {"transformers", Takes::kStrings},
    {"validators", Takes::kStrings},
    {"inventory", Takes::kMapping},
    {"buildMetadata", Takes::kStrings},
}};

std::string_view Words(Takes takes) {
  switch (takes) {
    case Takes::kString:
      return "a string";
    case Takes::kMapping:
      return "a mapping";
    case Takes::kStringMap:
      return "a mapping of strings";
    case Takes::kStrings:
      return "a list of strings";
    case Takes::kMappings:
      return "a list of mappings";
    case Takes::kEither:
      break;
  }
  return "a list of mappings or paths";
}

NodeKind KindOf(Takes takes) {
  if (takes == Takes::kString) return NodeKind::kString;
  return takes == Takes::kMapping || takes == Takes::kStringMap ? NodeKind::kMapping : NodeKind::kSequence;
}

// What Go makes of null: nothing, but an empty path in a list of paths.
bool FitsElement(Takes takes, const Node& element) {
  switch (takes) {
    case Takes::kStringMap:
      return element.IsString() || element.kind == NodeKind::kNull;
    case Takes::kStrings:
      return element.IsString();
    case Takes::kMappings:
      return element.kind == NodeKind::kMapping || element.kind == NodeKind::kNull;
    case Takes::kEither:
      return element.kind == NodeKind::kMapping || element.kind == NodeKind::kNull || element.IsString();
    default:
      return true;
  }
}

class FieldCheck {
 public:
  FieldCheck(const std::string& file, Findings& findings) : file_(file), findings_(findings) {}

  void Check(const Node& root) {
    if (root.kind == NodeKind::kNull) return;
    if (root.kind != NodeKind::kMapping) {
      const std::string got(schemas::KindWords(root));
      Report(manifests::render::kWrongTypeRule, root.range, {}, "a kustomization is a mapping, got " + got);
      return;
    }
    for (const Node& member : root.children) Member(member);
  }

 private:
  void Report(const Rule& rule, Range place, std::string field, std::string message) {
    if (IsFull(findings_)) return;
    findings_.push_back(MakeFinding(rule, file_, place, std::move(message)));
    findings_.back().field = std::move(field);
  }

  void Member(const Node& member) {
    const auto known =
        std::ranges::find_if(kFields, [&](const Field& field) { return field.name == member.key; });
    if (known == kFields.end()) return Unknown(member);
    if (member.kind == NodeKind::kNull) return;
    if (member.kind != KindOf(known->takes)) return WrongType(*known, member, {.key = {}, .index = 0}, false);
    for (std::size_t i = 0; i < member.children.size(); ++i) {
      const Node& element = member.children[i];
      if (!FitsElement(known->takes, element)) WrongType(*known, element, {element.key, i}, true);
    }
  }

  void WrongType(const Field& field, const Node& node, FieldStep step, bool is_element) {
    std::vector<FieldStep> path = {{.key = field.name}};
    if (is_element) path.push_back(step);
    Report(manifests::render::kWrongTypeRule, node.range, manifests::FieldPath(path),
           std::string(field.name) + " takes " + std::string(Words(field.takes)) + ", got " +
               (is_element ? "in it " : "") + std::string(schemas::KindWords(node)));
  }

  void Unknown(const Node& member) {
    std::vector<std::string_view> names;
    for (const Field& field : kFields) names.push_back(field.name);
    const std::string near(manifests::Nearest(member.key, names));
    Report(manifests::render::kUnknownFieldRule, member.key_range, {},
           "a kustomization has no field " + Quoted(member.key) +
               (near.empty() ? "" : ", did you mean \"" + near + "\""));
    findings_.back().remedy = schemas::Suggestion(near);
  }

  const std::string& file_;
  Findings& findings_;
};

// An object behind the document that kustomize reads.
bool IsOther(const manifests::Document& document) {
  const Node* api_version = document.root->Find("apiVersion");
  return api_version != nullptr && document.root->Find("kind") != nullptr &&
         !api_version->String().starts_with("kustomize.config.k8s.io/");
}

}  // namespace

Findings CheckKustomization(const manifests::ParsedFile& kustomization) {
  Findings findings;
  if (!manifests::IsKustomizationName(kustomization.path)) return findings;
  FieldCheck check(kustomization.path, findings);
  for (const manifests::Document& document : kustomization.documents) {
    const bool first = &document == &kustomization.documents.front();
    if (first || !IsOther(document)) check.Check(*document.root);
  }
  return findings;
}

}  // namespace sluice::policies
