// native/label and native/annotation: keys and values of labels and of the selectors that must be
// labels (apimachinery/pkg/apis/meta/v1/validation, ValidateLabels and
// ValidateLabelSelector; apimachinery/pkg/api/validation, ValidateAnnotations).
#include <string>

#include "policies/placeholder.h"
#include "policies/rules/metadata_walk.h"
#include "policies/rules/name_syntax.h"
#include "policies/rules/rules.h"
#include "policies/rules/words.h"

namespace sluice::policies {

constexpr Rule kLabelRule{
    .id = "native/label",
    .title = "a label key or value that cannot be",
    .why =
        "The API server refuses the object. A key is an optional DNS subdomain, '/', and a name; name and "
        "value have at most 63 letters, digits, '-', '_' and '.', and begin and end with a letter or "
        "digit.",
    .remedy = "shorten the label, or make it an annotation, whose value is free",
    .fails = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: web-settings
  namespace: shop
  labels:
    app.kubernetes.io/version: "1.0, build 7"
data:
  colour: blue
)",
    .passes = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: web-settings
  namespace: shop
  labels:
    app.kubernetes.io/version: 1.0-build7
data:
  colour: blue
)",
};

constexpr Rule kAnnotationRule{
    .id = "native/annotation",
    .title = "an annotation key that cannot be, or too much in annotations",
    .why =
        "The API server refuses the object. A key is an optional DNS subdomain, '/', and a name of at "
        "most 63 characters; keys and values together may have 256 KiB.",
    .remedy = "use a key such as example.com/name; keep large texts in a ConfigMap",
    .fails = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: web-settings
  namespace: shop
  annotations:
    owned by: the shop team
data:
  colour: blue
)",
    .passes = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: web-settings
  namespace: shop
  annotations:
    example.com/owned-by: the shop team
data:
  colour: blue
)",
};

namespace {

using manifests::FieldStep;
using manifests::Node;
using manifests::Object;

constexpr std::size_t kAnnotationBytes = 256 * 1024;  // apimachinery: TotalAnnotationSizeLimitB

std::string FieldOf(std::vector<FieldStep> path, std::string_view key) {
  path.push_back({.key = key});
  return manifests::FieldPath(path);
}

void CheckLabelMap(const Object& object, const Node& labels, const std::vector<FieldStep>& path,
                   Findings& findings) {
  for (const Node& label : labels.children) {
    if (IsFull(findings)) return;
    const std::string_view problem = QualifiedNameProblem(label.key);
    if (!problem.empty() && !HoldsPlaceholder(label.key)) {
      findings.push_back(FindingIn(kLabelRule, object, label.key_range, FieldOf(path, label.key),
                                   "label key " + Quoted(label.key) + ' ' + std::string(problem)));
    }
    const std::string_view value_problem = LabelValueProblem(label.String());
    if (value_problem.empty() || HoldsPlaceholder(label.text) || IsSopsValue(label.text)) continue;
    // The value itself is not shown: it may have been meant for a Secret.
    findings.push_back(FindingIn(kLabelRule, object, label.range, FieldOf(path, label.key),
                                 "value of label " + Quoted(label.key) + ' ' + std::string(value_problem)));
  }
}

// The key is checked in lower case (apimachinery/pkg/api/validation, ValidateAnnotations).
std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

void CheckAnnotationMap(const Object& object, const Node& annotations, const std::vector<FieldStep>& path,
                        Findings& findings) {
  std::size_t bytes = 0;
  for (const Node& annotation : annotations.children) {
    bytes += annotation.key.size() + annotation.String().size();
    if (IsFull(findings)) continue;
    const std::string_view problem = QualifiedNameProblem(Lower(annotation.key));
    if (problem.empty() || HoldsPlaceholder(annotation.key)) continue;
    findings.push_back(FindingIn(kAnnotationRule, object, annotation.key_range, FieldOf(path, annotation.key),
                                 "annotation key " + Quoted(annotation.key) + ' ' + std::string(problem)));
  }
  if (bytes <= kAnnotationBytes) return;
  findings.push_back(FindingIn(kAnnotationRule, object, annotations.key_range, manifests::FieldPath(path),
                               "annotations have " + std::to_string(bytes) + " bytes, the limit is " +
                                   std::to_string(kAnnotationBytes)));
}

}  // namespace

void CheckMetadata(const NativeContext& context, const Object& object, Findings& findings) {
  WalkMetadata(*context.catalog, object,
               [&](MetadataPart part, const Node& mapping, const std::vector<FieldStep>& path) {
                 if (part == MetadataPart::kAnnotations) {
                   CheckAnnotationMap(object, mapping, path, findings);
                 } else {
                   CheckLabelMap(object, mapping, path, findings);
                 }
               });
}

}  // namespace sluice::policies
