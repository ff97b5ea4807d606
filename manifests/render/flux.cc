// Tested by tests/manifests/render/flux_test.cc; held against `kubectl kustomize`
// and Flux' envsubst by tests/oracles/envsubst/flux.
#include "manifests/render/flux.h"

#include <array>

#include "manifests/render/edit.h"
#include "manifests/render/flux_fields.h"
#include "manifests/render/flux_variables.h"
#include "manifests/render/root_build.h"
#include "manifests/render/source_of.h"

namespace sluice::manifests::render {
namespace {

constexpr std::string_view kGroup = "kustomize.toolkit.fluxcd.io";

// Fields of the spec that go into the kustomization as they are.
constexpr std::array kFields = {
    FluxField{"targetNamespace", "namespace", NodeKind::kString},
    FluxField{"namePrefix", "namePrefix", NodeKind::kString},
    FluxField{"nameSuffix", "nameSuffix", NodeKind::kString},
    kFluxPatches,
    kFluxImages,
    FluxField{"buildMetadata", "buildMetadata", NodeKind::kSequence},
};

bool IsLocalPath(std::string_view path) {
  static constexpr std::string_view kRemote[] = {"git::", "gh:", "git@", "github.com:", "github.com/", "/"};
  for (const std::string_view prefix : kRemote) {
    if (path.starts_with(prefix)) return false;
  }
  return path.find("://") == std::string_view::npos;
}

class FluxBuilder {
 public:
  FluxBuilder(Session& session, const Root& root, const RootContext& context)
      : build_(session, root, context), spec_(root.spec) {}

  Built Run();

 private:
  bool CheckDirectory();
  bool Amend();
  bool AmendComponents();
  void MarkOrigin();
  bool Fail(const Node& at, std::string message) {
    return build_.Fail(kFluxRule, at.range, std::move(message));
  }
  void AddField(const Node& value, std::string_view name, Range key_range) {
    fields_.push_back(AsMember(build_.arena, value, name, key_range));
  }
  void CheckParts(const std::vector<RepoPath>& parts);
  void PutVariablesIn();

  RootBuild build_;
  const Node* spec_;
  std::vector<Node> fields_;
};

Built FluxBuilder::Run() {
  const SourceTree source =
      SourceOf(build_.context, MemberOf(spec_, "sourceRef"), {build_.root.object.ns, build_.root.file});
  if (!build_.root.outside.empty() || !source.outside.empty()) {
    build_.LeaveOut({}, build_.root.outside.empty() ? source.outside : build_.root.outside);
    return build_.Finish();
  }
  if (!CheckDirectory() || !Amend()) return build_.Finish();
  const Node fields = MappingNode(build_.arena, fields_, build_.root.place);
  build_.Add(
      BuildKustomization(build_.session, build_.root.directory, {.fields = &fields, .anywhere = true}));
  CheckParts(source.parts);
  if (!build_.Failed()) PutVariablesIn();
  if (!build_.Failed()) SetCommonMetadata(build_, MemberOf(spec_, "commonMetadata"));
  return build_.Finish();
}

bool FluxBuilder::CheckDirectory() {
  const RepoPath& directory = build_.root.directory;
  build_.built.read.push_back(directory.text());
  if (build_.session.sources().List(directory)) return true;
  const Node* path = MemberOf(spec_, "path");
  return build_.Fail(kFluxRule, path == nullptr ? Range{} : path->range,
                     "spec.path: there is no directory " + directory.text() + " in this repository");
}

bool FluxBuilder::Amend() {
  if (spec_ == nullptr) return true;
  if (!TakeFluxFields(build_, kFluxRule, "spec.", *spec_, kFields, fields_)) return false;
  MarkOrigin();
  return AmendComponents() && TakeOldFluxPatches(build_, kFluxRule, "spec.", *spec_, fields_);
}

// Flux lets kustomize write origins into the objects of a kustomization that
// names no resources: it is how it avoids one that is empty.
void FluxBuilder::MarkOrigin() {
  if (MemberOf(spec_, "buildMetadata") != nullptr) return;
  for (const std::string_view name : {"kustomization.yaml", "kustomization.yml", "Kustomization"}) {
    const Result<RepoPath> path = build_.root.directory.Child(name);
    if (!path) continue;
    const auto file = build_.session.sources().Read(*path);
    if (!file) continue;
    if ((*file)->parsed.documents.empty()) return;
    const Node* root = (*file)->parsed.documents.front().root;
    const Node* resources = MemberOf(root, "resources");
    if (resources != nullptr && !resources->children.empty()) return;
    const Node origin = TextNode(build_.arena, "originAnnotations", root->range);
    AddField(SequenceNode(build_.arena, std::span(&origin, 1), root->range), "buildMetadata", root->range);
    return;
  }
}

bool FluxBuilder::AmendComponents() {
  const Node* components = MemberOf(spec_, "components");
  if (components == nullptr) return true;
  std::vector<Node> there;
  for (const Node& component : components->children) {
    if (!IsLocalPath(component.String()) || component.String().empty()) {
      return Fail(component, "spec.components takes relative paths in the repository alone");
    }
    const Result<RepoPath> path = build_.root.directory.Resolve(component.String());
    if (path) build_.built.read.push_back(path->text());
    const bool missing = !path || !build_.session.sources().List(*path);
    if (!missing || !IsTrue(spec_, "ignoreMissingComponents")) there.push_back(component);
  }
  if (there.empty()) return true;
  AddField(WithChildren(build_.arena, *components, there), "components", components->key_range);
  return true;
}

// An artifact holds the directories that are copied into it and nothing else.
void FluxBuilder::CheckParts(const std::vector<RepoPath>& parts) {
  if (parts.empty()) return;
  for (const std::string& read : std::vector<std::string>(build_.built.read)) {
    const Result<RepoPath> path = RepoPath::Parse(read);
    if (!path || path->IsRoot()) continue;
    const bool inside =
        std::ranges::any_of(parts, [&](const RepoPath& part) { return path->IsInside(part); });
    if (inside || !build_.session.sources().ReadText(*path)) continue;
    build_.Fail(kFluxRule, {}, "the artifact that this builds from does not hold " + read);
    return;
  }
}

void FluxBuilder::PutVariablesIn() {
  const Node* post_build = MemberOf(spec_, "postBuild");
  if (post_build == nullptr) return;
  VariableSet set;
  if (const std::optional<RenderProblem> problem = ReadVariables(build_, *post_build, set)) {
    build_.Fail(kSubstitutionRule, problem->place, problem->message);
    return;
  }
  std::size_t steps = kMostEnvsubstSteps;
  for (BuiltObject& object : build_.built.objects) {
    Substituted result =
        Substitute(build_.arena, *object.object.root, set, build_.session.sources().limits(), steps);
    if (result.problem) {
      Finding finding = FindingAt(build_.session.sources(), kSubstitutionRule, build_.root,
                                  result.problem->place, result.problem->message);
      finding.object = object.object.Name();
      finding.through = object.through;
      build_.built.findings.push_back(std::move(finding));
    } else if (result.changed) {
      build_.Replace(object, result.root);
      object.unknown.insert(object.unknown.end(), result.unknown.begin(), result.unknown.end());
    }
  }
}

}  // namespace

bool IsFluxKustomization(const Object& object) {
  return object.group == kGroup && object.kind == "Kustomization";
}

void DescribeFluxKustomization(const RootContext& context, Root& root, Sources& sources, Findings& findings) {
  const SourceTree source = SourceOf(context, MemberOf(root.spec, "sourceRef"), {root.object.ns, root.file});
  root.by = Builder::kFlux;
  root.outside = source.outside;
  if (!source.outside.empty()) return;
  const Node* path = MemberOf(root.spec, "path");
  std::string_view text = path == nullptr ? std::string_view() : path->String();
  while (text.starts_with('/')) text.remove_prefix(1);
  const Result<RepoPath> directory = source.root.Resolve(text.empty() ? "." : text);
  if (directory) {
    root.directory = *directory;
    return;
  }
  findings.push_back(
      FindingAt(sources, kFluxRule, root, path->range, "spec.path: " + directory.error().message));
  root.outside = "a path that is not in this repository";
}

Built BuildFluxKustomization(Session& session, const Root& root, const RootContext& context) {
  return FluxBuilder(session, root, context).Run();
}

}  // namespace sluice::manifests::render
