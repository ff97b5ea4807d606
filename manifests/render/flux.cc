// Tested by tests/manifests/render/flux_test.cc; held against `kubectl kustomize`
// and Flux' envsubst by tests/oracles/envsubst/flux.
#include "manifests/render/flux.h"

#include <array>

#include "manifests/render/edit.h"
#include "manifests/render/flux_fields.h"
#include "manifests/render/flux_generate.h"
#include "manifests/render/flux_variables.h"
#include "manifests/render/lists_apart.h"
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
  const Object* GitRepository();
  bool CheckDirectory();
  bool Amend(SourceIgnore& ignore);
  bool AmendComponents();
  void AmendFile(SourceIgnore& ignore);
  bool Fail(const Node& at, std::string message) {
    return build_.Fail(kFluxRule, at.range, std::move(message));
  }
  void AddField(const Node& value, std::string_view name, Range key_range) {
    fields_.push_back(AsMember(build_.arena, value, name, key_range));
  }
  void CheckSource(const SourceTree& source, SourceIgnore& ignore);
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
  const Object* repository = GitRepository();
  SourceIgnore ignore(build_.session.sources(),
                      repository == nullptr ? "" : TextOf(repository->root->Find("spec"), "ignore"));
  if (!CheckDirectory() || !Amend(ignore)) return build_.Finish();
  const Node fields = MappingNode(build_.arena, fields_, build_.root.place);
  build_.Add(
      BuildKustomization(build_.session, build_.root.directory, {.fields = &fields, .anywhere = true}));
  CheckSource(source, ignore);
  if (repository != nullptr) build_.built.read.emplace_back(repository->file);
  if (!build_.Failed()) PutVariablesIn();
  TakeListsApart(build_.session.sources(), build_.root, build_.built);
  if (!build_.Failed()) SetCommonMetadata(build_, MemberOf(spec_, "commonMetadata"));
  return build_.Finish();
}

// The source, where it is one and lies in the tree.
const Object* FluxBuilder::GitRepository() {
  const Node* reference = MemberOf(spec_, "sourceRef");
  if (TextOf(reference, "kind") != "GitRepository") return nullptr;
  std::string_view ns = TextOf(reference, "namespace");
  if (ns.empty()) ns = build_.root.object.ns;
  return FindNear(build_.context, "source.toolkit.fluxcd.io", "GitRepository", ns, TextOf(reference, "name"),
                  build_.root.file);
}

bool FluxBuilder::CheckDirectory() {
  const RepoPath& directory = build_.root.directory;
  build_.built.read.push_back(directory.text());
  if (build_.session.sources().List(directory)) return true;
  const Node* path = MemberOf(spec_, "path");
  return build_.Fail(kFluxRule, path == nullptr ? Range{} : path->range,
                     "spec.path: there is no directory " + directory.text() + " in this repository");
}

bool FluxBuilder::Amend(SourceIgnore& ignore) {
  if (spec_ == nullptr) return true;
  if (!TakeFluxFields(build_, kFluxRule, "spec.", *spec_, kFields, fields_)) return false;
  AmendFile(ignore);
  return AmendComponents() && TakeOldFluxPatches(build_, kFluxRule, "spec.", *spec_, fields_);
}

// With regard to the file that is there, or in place of the one that is not. Flux
// lets kustomize write origins into the objects of a kustomization that names no
// resources: it is how it avoids one that is empty.
void FluxBuilder::AmendFile(SourceIgnore& ignore) {
  const auto file = OwnKustomization(build_);
  if (file == nullptr) return AddField(GeneratedResources(build_, ignore), "resources", {});
  if (file->parsed.documents.empty()) return;
  const Node* root = file->parsed.documents.front().root;
  if (const Node* own = MemberOf(root, "images"))
    for (Node& field : fields_)
      if (field.key == "images") field = MergedImages(build_.arena, field, *own);
  const Node* resources = MemberOf(root, "resources");
  if (MemberOf(spec_, "buildMetadata") != nullptr || (resources != nullptr && !resources->children.empty()))
    return;
  const Node origin = TextNode(build_.arena, "originAnnotations", root->range);
  AddField(SequenceNode(build_.arena, std::span(&origin, 1), root->range), "buildMetadata", root->range);
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

// What was read must be in the artifact: in the directories that it holds, if not
// all, and in no pattern of what it leaves out.
void FluxBuilder::CheckSource(const SourceTree& source, SourceIgnore& ignore) {
  const auto is_held = [&](const RepoPath& path) {
    const auto holds = [&](const RepoPath& part) { return path.IsInside(part); };
    return source.parts.empty() || std::ranges::any_of(source.parts, holds);
  };
  const std::vector<std::string> read = build_.built.read;
  for (const std::string& text : read) {
    const Result<RepoPath> path = RepoPath::Parse(text);
    if (!path || path->IsRoot()) continue;
    const bool held = is_held(*path);
    if ((held && !ignore.LeavesOut(*path)) || !build_.session.sources().ReadText(*path)) continue;
    build_.Fail(kFluxRule, {},
                (held ? "spec.ignore or a .sourceignore keeps out of the source what this builds from: "
                      : "the artifact that this builds from does not hold ") +
                    text);
    break;
  }
  for (std::string& text : ignore.read()) build_.built.read.push_back(std::move(text));
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
      if (result.with_defaults)
        object.with_defaults = &build_.arena.Keep(std::span<const Node>(&*result.with_defaults, 1)).front();
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
