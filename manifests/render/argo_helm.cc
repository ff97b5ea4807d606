// A source that is a chart: values from files, from the Application, from
// parameters, in that order; the last wins.
#include <optional>

#include "manifests/render/argo_source.h"
#include "manifests/render/edit.h"
#include "manifests/render/helm.h"
#include "manifests/render/helm_set.h"
#include "manifests/render/path_glob.h"
#include "manifests/render/source_of.h"

namespace sluice::manifests::render {
namespace {

class ArgoHelm {
 public:
  ArgoHelm(RootBuild& build, const RepoPath& directory, const Node& source,
           const std::vector<const Node*>& all)
      : build_(build),
        directory_(directory),
        source_(source),
        all_(all),
        options_(MemberOf(&source, "helm")) {}

  void Run();

 private:
  bool Fail(const Node& at, std::string message) {
    return build_.Fail(kArgoCdRule, at.range, std::move(message));
  }
  bool Files();
  std::optional<RepoPath> FileOf(const Node& name, bool& left_out);
  bool Inline();
  bool Parameters();
  bool FileParameters();
  bool Layer(const SourceFile& file, const Node& at);
  bool Set(const Node& parameter, const Node& value);
  ChartSource Chart() const;

  RootBuild& build_;
  const RepoPath& directory_;
  const Node& source_;
  const std::vector<const Node*>& all_;
  const Node* options_;
  std::vector<const Node*> layers_;
  std::vector<std::shared_ptr<const SourceFile>> files_;
};

ChartSource ArgoHelm::Chart() const {
  ChartSource chart;
  chart.directory = directory_;
  if (MemberOf(&source_, "chart") == nullptr) return chart;
  chart.name = TextOf(&source_, "chart");
  chart.version = TextOf(&source_, "targetRevision");
  const std::string url(TextOf(&source_, "repoURL"));
  chart.repository = url.find("://") == std::string::npos ? "oci://" + url : url;
  return chart;
}

void ArgoHelm::Run() {
  if (!Files() || !Inline() || !Parameters() || !FileParameters()) return;
  Release release;
  release.name = TextOf(options_, "releaseName");
  if (release.name.empty()) release.name = build_.root.object.name;
  release.ns = TextOf(options_, "namespace");
  if (release.ns.empty()) release.ns = TextOf(MemberOf(build_.root.spec, "destination"), "namespace");
  if (release.ns.empty()) release.ns = "default";
  release.chart = Chart();
  release.values = layers_;
  release.file = build_.root.file;
  release.place = source_.range;
  release.include_crds = !IsTrue(options_, "skipCrds");
  release.schema = !IsTrue(options_, "skipSchemaValidation");
  Built part = BuildRelease(build_.session, release, build_.context);
  SetNamespaces(build_.session, release, build_.arena, part.objects);
  for (BuiltObject& object : part.objects) object.through.clear();  // Add names the file
  build_.Add(std::move(part));
}

bool ArgoHelm::Layer(const SourceFile& file, const Node& at) {
  if (!file.parsed.Readable()) return Fail(at, "these values are no YAML");
  if (file.parsed.documents.empty()) return true;
  const Node* values = file.parsed.documents.front().root;
  if (values->kind == NodeKind::kNull) return true;
  if (values->kind != NodeKind::kMapping) return Fail(at, "these values are not a mapping");
  layers_.push_back(values);
  return true;
}

// "values.yaml" of the source, "/values.yaml" of the repository, "$ref/values.yaml"
// of the repository of another source.
std::optional<RepoPath> ArgoHelm::FileOf(const Node& name, bool& left_out) {
  std::string_view text = name.String();
  RepoPath from = directory_;
  left_out = true;
  if (text.find("://") != std::string_view::npos || IsGlob(text)) return std::nullopt;
  if (text.starts_with('$')) {
    const std::size_t slash = text.find('/');
    const std::string_view ref = text.substr(1, slash - 1);
    const Node* found = nullptr;
    for (const Node* source : all_) {
      if (TextOf(source, "ref") == ref) found = source;
    }
    if (found == nullptr || slash == std::string_view::npos) return std::nullopt;
    if (!IsThisRepository(build_.context, TextOf(found, "repoURL"))) return std::nullopt;
    if (!OtherRevision(build_.context, TextOf(found, "targetRevision")).empty()) return std::nullopt;
    text.remove_prefix(slash);
  } else if (MemberOf(&source_, "chart") != nullptr) {
    return std::nullopt;  // of the chart's own files
  }
  left_out = false;
  if (text.starts_with('/')) from = RepoPath();
  while (text.starts_with('/')) text.remove_prefix(1);
  const Result<RepoPath> path = from.Resolve(text);
  return path ? std::optional(*path) : std::nullopt;
}

bool ArgoHelm::Files() {
  const Node* names = MemberOf(options_, "valueFiles");
  if (names == nullptr) return true;
  for (const Node& name : names->children) {
    bool left_out = false;
    const std::optional<RepoPath> path = FileOf(name, left_out);
    if (left_out) {
      build_.LeaveOut(name.range,
                      "the value file " + std::string(name.String()) + " is not of this repository");
      return false;
    }
    if (!path) return Fail(name, "valueFiles: the path leads out of the repository");
    build_.built.read.push_back(path->text());
    const auto file = build_.session.sources().Read(*path);
    if (!file && IsTrue(options_, "ignoreMissingValueFiles")) continue;
    if (!file) return Fail(name, "valueFiles: there is no file " + path->text());
    files_.push_back(*file);
    if (!Layer(**file, name)) return false;
  }
  return true;
}

// valuesObject, or else the text of values.
bool ArgoHelm::Inline() {
  const Node* object = MemberOf(options_, "valuesObject");
  const Node* text = MemberOf(options_, "values");
  if (object != nullptr) {
    if (object->kind != NodeKind::kMapping) return Fail(*object, "valuesObject is not a mapping");
    layers_.push_back(object);
    return true;
  }
  if (text == nullptr || text->String().empty()) return true;
  const auto file = build_.session.sources().ReadInline(*text);
  if (!file) return Fail(*text, file.error().message);
  files_.push_back(*file);
  return Layer(**file, *text);
}

bool ArgoHelm::Set(const Node& parameter, const Node& value) {
  const Node merged = MergeValues(build_.arena, layers_);
  const std::optional<Node> set = WithValueAt(build_.arena, merged, TextOf(&parameter, "name"), value);
  if (!set) return Fail(parameter, "the name of a parameter is none of Helm's");
  layers_ = {&build_.arena.Keep(std::span(&*set, 1)).front()};
  return true;
}

bool ArgoHelm::Parameters() {
  const Node* parameters = MemberOf(options_, "parameters");
  if (parameters == nullptr) return true;
  for (const Node& parameter : parameters->children) {
    const std::string_view text = TextOf(&parameter, "value");
    const bool as_text = IsTrue(&parameter, "forceString");
    if (text.find('\\') != std::string_view::npos || (text.starts_with('{') && text.ends_with('}'))) {
      build_.LeaveOut(parameter.range, "a parameter that is a list, or has escapes");
      return false;
    }
    const Node value = as_text ? TextNode(build_.arena, text, parameter.range)
                               : TypedValue(build_.arena, text, parameter.range);
    if (!Set(parameter, value)) return false;
  }
  return true;
}

bool ArgoHelm::FileParameters() {
  const Node* parameters = MemberOf(options_, "fileParameters");
  if (parameters == nullptr) return true;
  for (const Node& parameter : parameters->children) {
    const Result<RepoPath> path = directory_.Resolve(TextOf(&parameter, "path"));
    const auto file = path ? build_.session.sources().ReadText(*path)
                           : Result<std::shared_ptr<const SourceFile>>(path.error());
    if (!file) return Fail(parameter, "fileParameters: " + file.error().message);
    build_.built.read.push_back(path->text());
    files_.push_back(*file);
    if (!Set(parameter, TextNode(build_.arena, *(*file)->parsed.bytes, parameter.range))) return false;
  }
  return true;
}

}  // namespace

void BuildArgoHelm(RootBuild& build, const RepoPath& directory, const Node& source,
                   const std::vector<const Node*>& all) {
  ArgoHelm(build, directory, source, all).Run();
}

}  // namespace sluice::manifests::render
