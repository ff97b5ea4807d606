// Which tool builds a source, plain directories, and kustomize with options.
#include "manifests/render/argo_source.h"

#include <algorithm>
#include <iterator>

#include "manifests/kustomization_names.h"
#include "manifests/render/edit.h"
#include "manifests/render/path_glob.h"
#include "manifests/render/source_of.h"

namespace sluice::manifests::render {
namespace {

constexpr std::size_t kMostDepth = 50;
constexpr std::string_view kSkipFile = "+argocd:skip-file-rendering";

enum class Tool { kHelm, kKustomize, kDirectory, kPlugin };

bool Has(const std::vector<FileEntry>& entries, std::string_view name) {
  for (const FileEntry& entry : entries) {
    if (entry.kind == FileKind::kFile && entry.name == name) return true;
  }
  return false;
}

// Zero values alone, as Go leaves them out.
bool SaysNothing(const Node& node) {
  switch (node.kind) {
    case NodeKind::kNull:
      return true;
    case NodeKind::kBool:
      return !node.value.boolean;
    case NodeKind::kString:
      return node.text.empty();
    case NodeKind::kMapping:
      return std::ranges::all_of(node.children, SaysNothing);
    case NodeKind::kSequence:
      return node.children.empty();
    default:
      return false;
  }
}

// Argo CD drops options that say nothing before it asks which tool they name
// (NormalizeApplicationSpec).
bool Names(const Node& source, std::string_view tool) {
  const Node* options = MemberOf(&source, tool);
  return options != nullptr && !SaysNothing(*options);
}

Tool ToolOf(const Node& source, const std::vector<FileEntry>& entries) {
  if (MemberOf(&source, "plugin") != nullptr) return Tool::kPlugin;
  if (MemberOf(&source, "chart") != nullptr || Names(source, "helm")) return Tool::kHelm;
  if (Names(source, "kustomize")) return Tool::kKustomize;
  if (Names(source, "directory")) return Tool::kDirectory;
  if (Has(entries, "Chart.yaml")) return Tool::kHelm;
  for (const std::string_view name : kKustomizationNames) {
    if (Has(entries, name)) return Tool::kKustomize;
  }
  return Tool::kDirectory;
}

// Argo CD replaces $ARGOCD_APP_NAME and its like in options.
bool UsesBuildEnvironment(const Node& node) {
  const std::string_view text = node.String();
  if (text.find("$ARGOCD_") != std::string_view::npos || text.find("${ARGOCD_") != std::string_view::npos)
    return true;
  for (const Node& child : node.children) {
    if (UsesBuildEnvironment(child)) return true;
  }
  return false;
}

// Files beside the manifests that Argo CD merges into the source: for every
// Application, and for one by its name ("NAMESPACE_NAME" where it lies elsewhere).
bool OverriddenBy(RootBuild& build, const RepoPath& directory, const std::vector<FileEntry>& entries) {
  const std::string& app = build.root.object.name;
  const std::string own = ".argocd-source-" + app + ".yaml";
  const std::string_view names[] = {".argocd-source.yaml", own};
  for (const std::string_view name : names) {
    const Result<RepoPath> path = directory.Child(name);
    if (path) build.built.read.push_back(path->text());
  }
  return std::ranges::any_of(entries, [&](const FileEntry& entry) {
    const bool of_namespace =
        entry.name.starts_with(".argocd-source-") && entry.name.ends_with("_" + app + ".yaml");
    return of_namespace || entry.name == names[0] || entry.name == names[1];
  });
}

class DirectoryReader {
 public:
  DirectoryReader(RootBuild& build, const RepoPath& top, const Node* options)
      : build_(build), top_(top), options_(options), recurse_(IsTrue(options, "recurse")) {}

  // False after a finding.
  bool CheckPatterns() const;
  void Read(const RepoPath& directory, std::size_t depth);
  Built built;

 private:
  void Below(const RepoPath& directory, std::size_t depth);
  bool Wanted(const RepoPath& path) const;
  void ReadFile(const RepoPath& path);

  RootBuild& build_;
  const RepoPath& top_;
  const Node* options_;
  bool recurse_;
};

bool DirectoryReader::CheckPatterns() const {
  for (const std::string_view name : {"include", "exclude"}) {
    if (TextOf(options_, name).size() <= kLongestGlob) continue;
    return build_.Fail(kArgoCdRule, MemberOf(options_, name)->range,
                       "directory." + std::string(name) + ": a pattern of more than " +
                           std::to_string(kLongestGlob) + " bytes");
  }
  return true;
}

bool DirectoryReader::Wanted(const RepoPath& path) const {
  std::string_view relative = path.text();
  if (!top_.IsRoot()) relative.remove_prefix(top_.text().size() + 1);
  const std::string_view include = TextOf(options_, "include");
  const std::string_view exclude = TextOf(options_, "exclude");
  if (!exclude.empty() && GlobMatches(exclude, relative)) return false;
  return include.empty() || GlobMatches(include, relative);
}

void DirectoryReader::ReadFile(const RepoPath& path) {
  if (path.text().ends_with(".jsonnet")) {
    build_.LeaveOut({}, "Jsonnet is not run: " + path.text());
    return;
  }
  built.read.push_back(path.text());
  const auto file = build_.session.sources().Read(path);
  if (!file) return build_.LeaveOut({}, file.error().message);
  if ((*file)->parsed.bytes != nullptr && (*file)->parsed.bytes->find(kSkipFile) != std::string::npos) return;
  for (const Object& object : (*file)->objects.objects) built.objects.push_back({object, {}, {}});
}

void DirectoryReader::Below(const RepoPath& directory, std::size_t depth) {
  if (build_.Failed()) return;
  if (depth <= kMostDepth) return Read(directory, depth);
  build_.Fail(kRootLimitRule, options_->range,
              "directories lie more than " + std::to_string(kMostDepth) + " deep in " + top_.text());
}

void DirectoryReader::Read(const RepoPath& directory, std::size_t depth) {
  built.read.push_back(directory.text());
  const Result<std::vector<FileEntry>> entries = build_.session.sources().List(directory);
  if (!entries) return;
  for (const FileEntry& entry : *entries) {
    const Result<RepoPath> path = directory.Child(entry.name);
    if (!path) continue;
    if (entry.kind == FileKind::kDirectory && recurse_) Below(*path, depth + 1);
    bool manifest = false;
    for (const std::string_view ending : {".yaml", ".yml", ".json", ".jsonnet"}) {
      manifest |= entry.name.ends_with(ending);
    }
    if (manifest && entry.kind == FileKind::kFile && Wanted(*path)) ReadFile(*path);
  }
}

// "old=new:tag@digest" and shorter, as `kustomize edit set image` takes them.
Node ImageOf(Arena& arena, const Node& text) {
  std::string_view rest = text.String();
  std::vector<Node> members;
  const auto add = [&](std::string_view key, std::string_view value) {
    members.push_back(AsMember(arena, TextNode(arena, value, text.range), key, text.range));
  };
  const std::size_t equals = rest.find('=');
  const std::string_view old = rest.substr(0, equals);
  if (equals != std::string_view::npos) rest.remove_prefix(equals + 1);
  const std::size_t at = rest.find('@');
  const std::string_view digest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  rest = rest.substr(0, at);
  const std::size_t slash = rest.rfind('/');
  const std::size_t colon = rest.find(':', slash == std::string_view::npos ? 0 : slash);
  const std::string_view name = rest.substr(0, colon);
  add("name", equals == std::string_view::npos ? name : old);
  if (equals != std::string_view::npos) add("newName", name);
  if (colon != std::string_view::npos) add("newTag", rest.substr(colon + 1));
  if (!digest.empty()) add("digest", digest);
  return MappingNode(arena, members, text.range);
}

class KustomizeOptions {
 public:
  KustomizeOptions(RootBuild& build, const RepoPath& directory, const Node* options)
      : build_(build), directory_(directory), options_(options) {}

  // The fields of a kustomization.
  Node Fields() {
    for (const std::string_view name :
         {"namePrefix", "nameSuffix", "namespace", "commonAnnotations", "patches", "replicas"}) {
      if (const Node* value = MemberOf(options_, name)) Add(*value, name);
    }
    Images();
    Labels();
    Components();
    return MappingNode(build_.arena, fields_, build_.root.place);
  }

 private:
  void Add(const Node& value, std::string_view name) {
    fields_.push_back(AsMember(build_.arena, value, name, value.range));
  }

  void Images() {
    const Node* images = MemberOf(options_, "images");
    if (images == nullptr) return;
    std::vector<Node> list;
    for (const Node& image : images->children) list.push_back(ImageOf(build_.arena, image));
    Add(SequenceNode(build_.arena, list, images->range), "images");
  }

  void Labels() {
    const Node* labels = MemberOf(options_, "commonLabels");
    if (labels == nullptr) return;
    if (!IsTrue(options_, "labelWithoutSelector")) return Add(*labels, "commonLabels");
    std::vector<Node> members = {AsMember(build_.arena, *labels, "pairs", labels->range)};
    if (IsTrue(options_, "labelIncludeTemplates")) {
      members.push_back(
          AsMember(build_.arena, BoolNode(true, labels->range), "includeTemplates", labels->range));
    }
    const Node entry = MappingNode(build_.arena, members, labels->range);
    Add(SequenceNode(build_.arena, std::span(&entry, 1), labels->range), "labels");
  }

  void Components() {
    const Node* components = MemberOf(options_, "components");
    if (components == nullptr) return;
    std::vector<Node> there;
    for (const Node& component : components->children) {
      const Result<RepoPath> path = directory_.Resolve(component.String());
      const bool missing = !path || !build_.session.sources().List(*path);
      if (path) build_.built.read.push_back(path->text());
      if (!missing || !IsTrue(options_, "ignoreMissingComponents")) there.push_back(component);
    }
    if (!there.empty()) Add(SequenceNode(build_.arena, there, components->range), "components");
  }

  RootBuild& build_;
  const RepoPath& directory_;
  const Node* options_;
  std::vector<Node> fields_;
};

}  // namespace

Built BuildArgoDirectory(RootBuild& build, const RepoPath& directory, const Node* options) {
  DirectoryReader reader(build, directory, options);
  if (reader.CheckPatterns()) reader.Read(directory, 0);
  return std::move(reader.built);
}

void BuildArgoKustomize(RootBuild& build, const RepoPath& directory, const Node* options) {
  const Node fields = KustomizeOptions(build, directory, options).Fields();
  build.Add(BuildKustomization(build.session, directory, {.fields = &fields, .anywhere = false}));
}

void BuildSource(RootBuild& build, const Node& source, const std::vector<const Node*>& all) {
  const std::string_view url = TextOf(&source, "repoURL");
  const Node* path = MemberOf(&source, "path");
  const bool chart = MemberOf(&source, "chart") != nullptr;
  if (!chart && path == nullptr && MemberOf(&source, "ref") != nullptr) return;  // it only brings values
  if (!chart && !IsThisRepository(build.context, url)) {
    return build.LeaveOut(source.range, "the source is another repository: " + CanonicalUrl(url));
  }
  const std::string other = OtherRevision(build.context, TextOf(&source, "targetRevision"));
  if (!chart && !other.empty()) return build.LeaveOut(source.range, "the source follows " + other);
  if (UsesBuildEnvironment(source))
    return build.LeaveOut(source.range, "the source uses Argo CD's build environment");
  const std::string_view text = path == nullptr ? std::string_view() : path->String();
  const Result<RepoPath> directory = RepoPath().Resolve(text.empty() ? "." : text);
  const auto entries = directory ? build.session.sources().List(*directory)
                                 : Result<std::vector<FileEntry>>(directory.error());
  if (!chart && !entries) {
    build.Fail(kArgoCdRule, path == nullptr ? source.range : path->range,
               "path: there is no directory " + std::string(text) + " in this repository");
    return;
  }
  if (!chart && OverriddenBy(build, *directory, *entries)) {
    return build.LeaveOut(source.range,
                          "Argo CD merges " + directory->text() +
                              "/.argocd-source*.yaml into the source, which is not followed here");
  }
  switch (ToolOf(source, chart ? std::vector<FileEntry>() : *entries)) {
    case Tool::kPlugin:
      return build.LeaveOut(source.range, "the source is built by a plugin, which is not run");
    case Tool::kHelm:
      return BuildArgoHelm(build, chart ? RepoPath() : *directory, source, all);
    case Tool::kKustomize:
      return BuildArgoKustomize(build, *directory, MemberOf(&source, "kustomize"));
    case Tool::kDirectory:
      return build.Add(BuildArgoDirectory(build, *directory, MemberOf(&source, "directory")));
  }
}

}  // namespace sluice::manifests::render
