// Tested by tests/manifests/render/helm_release_test.cc.
#include "manifests/render/helm_release.h"

#include <memory>

#include "crypto/digest.h"
#include "manifests/render/edit.h"
#include "manifests/render/helm.h"
#include "manifests/render/helm_chart_of.h"
#include "manifests/render/helm_set.h"
#include "manifests/render/lists_apart.h"
#include "manifests/render/post_render.h"
#include "manifests/render/root_build.h"
#include "manifests/render/source_of.h"
#include "manifests/render/values_source.h"
#include "manifests/rules.h"

namespace sluice::manifests::render {
namespace {

constexpr std::string_view kGroup = "helm.toolkit.fluxcd.io";

class ReleaseBuilder {
 public:
  ReleaseBuilder(Session& session, const Root& root, const RootContext& context)
      : build_(session, root, context), spec_(root.spec) {}

  Built Run();

 private:
  bool Fail(const Node& at, std::string message) {
    return build_.Fail(kHelmReleaseRule, at.range, std::move(message));
  }
  bool ValuesFrom(const Node& reference);
  bool ValuesAt(const Node& reference, std::string_view path, const Node* data);
  bool ValuesOf(const Node& data);
  void Forget(std::string why) { unknown_.push_back(std::move(why)); }
  void RefuseDoubleKeys(Built& part);
  bool PostRenderers();
  Release Describe(const ChartSource& chart);

  RootBuild build_;
  const Node* spec_;
  std::vector<const Node*> layers_;
  std::vector<std::string> unknown_;
  std::vector<std::shared_ptr<const SourceFile>> files_;
};

Built ReleaseBuilder::Run() {
  const ChartOf chart = ChartOfRelease(build_.context, build_.root);
  if (!chart.outside.empty()) {
    build_.LeaveOut(chart.place, chart.outside);
    return build_.Finish();
  }
  if (const Node* references = MemberOf(spec_, "valuesFrom")) {
    for (const Node& reference : references->children) {
      if (!ValuesFrom(reference)) return build_.Finish();
    }
  }
  layers_.push_back(MemberOf(spec_, "values"));
  const Release release = Describe(chart.source);
  Built part = BuildRelease(build_.session, release, build_.context);
  RefuseDoubleKeys(part);
  for (BuiltObject& object : part.objects) {
    object.through.clear();  // Add names the file
    object.unknown.insert(object.unknown.end(), unknown_.begin(), unknown_.end());
  }
  build_.Add(std::move(part));
  if (!build_.Failed() && PostRenderers()) {
    SetCommonMetadata(build_, MemberOf(spec_, "commonMetadata"));
    TakeListsApart(build_.session.sources(), build_.root, build_.built);
    SetNamespaces(build_.session, release, build_.arena, build_.built.objects);
  }
  return build_.Finish();
}

// helm-controller's post-renderers, which run for every release, read each object
// and refuse what helm alone would send.
void ReleaseBuilder::RefuseDoubleKeys(Built& part) {
  for (Finding& finding : part.findings) {
    if (finding.rule != kDuplicateKeyRule.id) continue;
    finding.severity = Severity::kError;
    part.objects.clear();
  }
}

Release ReleaseBuilder::Describe(const ChartSource& chart) {
  const Node* install = MemberOf(spec_, "install");
  const std::string_view target = TextOf(spec_, "targetNamespace");
  Release release;
  release.name = ReleaseName(spec_, build_.root.object.name);
  release.ns = target.empty() ? build_.root.object.ns : std::string(target);
  if (release.ns.empty()) release.ns = "default";
  release.chart = chart;
  release.values = layers_;
  release.file = build_.root.file;
  release.place = build_.root.place;
  release.include_crds = TextOf(install, "crds") != "Skip" && !IsTrue(install, "skipCRDs");
  release.hooks = !IsTrue(install, "disableHooks");
  release.schema = !IsTrue(install, "disableSchemaValidation");
  release.tests = IsTrue(MemberOf(spec_, "test"), "enable");
  release.upgraded = true;
  return release;
}

bool ReleaseBuilder::ValuesFrom(const Node& reference) {
  const std::string_view kind = TextOf(&reference, "kind");
  const std::string_view name = TextOf(&reference, "name");
  const std::string_view path = TextOf(&reference, "targetPath");
  std::string_view key = TextOf(&reference, "valuesKey");
  if (key.empty()) key = "values.yaml";
  if (kind != "ConfigMap" && kind != "Secret")
    return Fail(reference, "valuesFrom takes the kinds ConfigMap and Secret");
  const ValuesSource source =
      kind == "Secret" ? ValuesSource() : FindValues(build_.context, build_.root, kind, name);
  const Object* const object = source.object;
  unknown_.insert(unknown_.end(), source.unknown.begin(), source.unknown.end());
  if (!source.not_known.empty()) {
    Forget(source.not_known);
    return path.empty() || ValuesAt(reference, path, nullptr);
  }
  const Node* data = object == nullptr ? nullptr : MemberOf(MemberOf(object->root, "data"), key);
  if (object != nullptr) build_.built.read.emplace_back(object->file);
  if (data == nullptr) {
    if (kind == "ConfigMap" && IsTrue(&reference, "optional")) return true;
    const std::string where = std::string(kind) + " " + std::string(name);
    if (object != nullptr) return Fail(reference, where + " has no key " + std::string(key));
    Forget("values of the release come from " + where +
           (kind == "Secret" ? "" : ", which is not in the tree"));
    return path.empty() || ValuesAt(reference, path, nullptr);
  }
  return path.empty() ? ValuesOf(*data) : ValuesAt(reference, path, data);
}

// A text of YAML; it may come from a block in a file, or from a generator.
bool ReleaseBuilder::ValuesOf(const Node& data) {
  const auto file = build_.session.sources().ReadInline(data);
  if (!file || !(*file)->parsed.Readable()) return Fail(data, "valuesFrom: the values are no YAML");
  files_.push_back(*file);
  if ((*file)->parsed.documents.empty()) return true;
  const Node* values = (*file)->parsed.documents.front().root;
  if (values->kind == NodeKind::kNull) return true;
  if (values->kind != NodeKind::kMapping) return Fail(data, "valuesFrom: the values are not a mapping");
  layers_.push_back(values);
  return true;
}

bool ReleaseBuilder::ValuesAt(const Node& reference, std::string_view path, const Node* data) {
  const std::string_view text = data == nullptr ? std::string_view() : data->String();
  const bool quoted = text.size() > 1 && text.front() == text.back() && (text[0] == '"' || text[0] == '\'');
  // Helm reads lists and several values out of such texts.
  const bool plain = text.find_first_of(",{}\\") == std::string_view::npos;
  Node value;
  if (data == nullptr || !plain) {
    value = TextNode(build_.arena, "${values}", reference.range);
    if (data != nullptr) Forget("a value of the release is written as Helm's --set takes lists");
  } else if (quoted) {
    value = TextNode(build_.arena, text.substr(1, text.size() - 2), data->range);
  } else {
    value = TypedValue(build_.arena, text, data->range);
  }
  // It goes over what the layers before it say, and lists change in place.
  const Node merged = MergeValues(build_.arena, layers_);
  const std::optional<Node> set = WithValueAt(build_.arena, merged, path, value);
  if (!set) return Fail(reference, "valuesFrom: the targetPath is none of Helm's");
  layers_ = {&build_.arena.Keep(std::span(&*set, 1)).front()};
  return true;
}

bool ReleaseBuilder::PostRenderers() {
  const Node* renderers = MemberOf(spec_, "postRenderers");
  if (renderers == nullptr) return true;
  for (const Node& renderer : renderers->children) {
    const Node* fields = MemberOf(&renderer, "kustomize");
    if (fields != nullptr && !PostRender(build_, *fields)) return false;
  }
  return true;
}

}  // namespace

bool IsHelmRelease(const Object& object) { return object.group == kGroup && object.kind == "HelmRelease"; }

void DescribeHelmRelease(const RootContext& context, Root& root, Sources&, Findings&) {
  root.by = Builder::kHelmRelease;
  const ChartOf chart = ChartOfRelease(context, root);
  root.outside = chart.outside;
  root.directory = chart.source.directory;
}

Built BuildHelmRelease(Session& session, const Root& root, const RootContext& context) {
  return ReleaseBuilder(session, root, context).Run();
}

std::string ReleaseName(const Node* spec, std::string_view name) {
  constexpr std::size_t kLongest = 53;
  constexpr std::size_t kDigits = 12;
  std::string full(TextOf(spec, "releaseName"));
  if (full.empty()) {
    const std::string_view target = TextOf(spec, "targetNamespace");
    if (!target.empty()) full.append(target).append("-");
    full.append(name);
  }
  if (full.size() <= kLongest) return full;
  const std::string digest = crypto::Hex(crypto::DigestSha256(full)).substr(0, kDigits);
  return full.substr(0, kLongest - kDigits - 1) + "-" + digest;
}

}  // namespace sluice::manifests::render
