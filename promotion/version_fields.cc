// By tables: an image stands in a container wherever there is one, and in what is
// called `image` among a HelmRelease's values; a chart's version where each
// controller looks for it. Tested by tests/promotion/bot_test.cc.
#include "promotion/version_fields.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace sluice::promotion {
namespace {

using manifests::FieldDifference;
using manifests::Node;
using manifests::Object;
using manifests::ObjectDifference;

// As FieldDifference writes them, with [] for any element.
constexpr std::string_view kContainers[] = {"containers[].image", "initContainers[].image",
                                            "ephemeralContainers[].image", "volumes[].image.reference"};
constexpr std::string_view kValues = "spec.values.";
constexpr std::string_view kImageValues[] = {"image", "image.tag", "image.digest"};

struct ChartField {
  std::string_view group, kind, field;
  std::string_view beside;  // member of the same mapping without which it is no chart; empty: none needed
};
constexpr ChartField kCharts[] = {
    {"helm.toolkit.fluxcd.io", "HelmRelease", "spec.chart.spec.version", ""},
    {"source.toolkit.fluxcd.io", "HelmChart", "spec.version", ""},
    {"source.toolkit.fluxcd.io", "OCIRepository", "spec.ref.tag", ""},
    {"source.toolkit.fluxcd.io", "OCIRepository", "spec.ref.semver", ""},
    {"source.toolkit.fluxcd.io", "OCIRepository", "spec.ref.digest", ""},
    {"argoproj.io", "Application", "spec.source.targetRevision", "chart"},
    {"argoproj.io", "Application", "spec.sources[].targetRevision", "chart"},
};

// `tail` is all of `field`, or what follows a dot in it.
bool EndsIn(std::string_view field, std::string_view tail) {
  return field.ends_with(tail) &&
         (field.size() == tail.size() || field[field.size() - tail.size() - 1] == '.');
}

// The mapping that holds the field, or null where the way is not as it says.
const Node* MappingOf(const Node* node, std::string_view field) {
  while (node != nullptr) {
    const std::size_t dot = field.find('.');
    if (dot == field.npos) return node;
    const std::string_view part = field.substr(0, dot);
    const std::size_t bracket = part.find('[');
    node = node->Find(part.substr(0, bracket));
    if (bracket != part.npos && node != nullptr) {
      std::size_t index = 0;
      for (const char c : part.substr(bracket + 1, part.size() - bracket - 2))
        index = index * 10 + static_cast<std::size_t>(c - '0');
      node = index < node->children.size() ? &node->children[index] : nullptr;
    }
    field.remove_prefix(dot + 1);
  }
  return nullptr;
}

bool HasBeside(const Object& object, std::string_view field, std::string_view member) {
  const Node* mapping = MappingOf(object.root, field);
  return mapping != nullptr && mapping->Find(member) != nullptr;
}

}  // namespace

std::string WithoutNumbers(std::string_view field) {
  std::string plain;
  bool number = false;
  for (const char c : field) {
    number = number && c != ']';
    if (!number) plain += c;
    number = number || c == '[';
  }
  return plain;
}

VersionField VersionFieldOf(const ObjectDifference& object, const FieldDifference& field) {
  if (object.before == nullptr || object.after == nullptr) return VersionField::kNone;
  const std::string plain = WithoutNumbers(field.field);
  if (std::any_of(std::begin(kContainers), std::end(kContainers),
                  [&](std::string_view tail) { return EndsIn(plain, tail); }))
    return plain.starts_with("spec.") ? VersionField::kImage : VersionField::kNone;
  const Object& after = *object.after;
  const bool release = after.group == "helm.toolkit.fluxcd.io" && after.kind == "HelmRelease";
  if (release && plain.starts_with(kValues) &&
      std::any_of(std::begin(kImageValues), std::end(kImageValues), [&](std::string_view tail) {
        return EndsIn(std::string_view(plain).substr(kValues.size()), tail);
      }))
    return VersionField::kImage;
  for (const ChartField& chart : kCharts) {
    if (chart.group != after.group || chart.kind != after.kind || chart.field != plain) continue;
    if (!chart.beside.empty() && (!HasBeside(after, field.field, chart.beside) ||
                                  !HasBeside(*object.before, field.field, chart.beside)))
      continue;
    return VersionField::kChart;
  }
  return VersionField::kNone;
}

std::string_view ImageName(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const std::size_t colon = image.rfind(':'), slash = image.rfind('/');
  const bool tagged = colon != image.npos && (slash == image.npos || colon > slash);
  return tagged ? image.substr(0, colon) : image;
}

bool VersionAlone(VersionField kind, const FieldDifference& field) {
  if (field.before == nullptr || field.after == nullptr) return false;
  if (kind == VersionField::kNone || !field.before->IsString() || !field.after->IsString()) return false;
  const bool part = field.field.ends_with(".tag") || field.field.ends_with(".digest");
  return kind == VersionField::kChart || part ||
         ImageName(field.before->text) == ImageName(field.after->text);
}

}  // namespace sluice::promotion
