// A path is exact (kRoot: a directory that is built; kBuildsBelow: a file, or a
// directory with all below it) or, where parameters stand in it, known up to
// the first of those. What lies in other objects comes by kNeeds. Facts with a
// value speak for what others need: their builds are found by that.
// Tested by tests/gate/affected_test.cc.
#include "gate/root_facts.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <span>
#include <string>

#include "base/repo_path.h"
#include "gate/parameter_paths.h"

namespace sluice::gate {
namespace {

using manifests::Node;

constexpr std::string_view kSources = "source.toolkit.fluxcd.io";
constexpr std::string_view kExtensions = "source.extensions.fluxcd.io";

const Node* At(const Node* node, std::initializer_list<std::string_view> way) {
  for (const std::string_view key : way) node = node == nullptr ? nullptr : node->Find(key);
  return node;
}

std::string_view TextAt(const Node* node, std::initializer_list<std::string_view> way) {
  const Node* at = At(node, way);
  return at == nullptr ? std::string_view() : at->String();
}

std::span<const Node> Items(const Node* list) {
  return list == nullptr ? std::span<const Node>() : list->children;
}

std::string KeyOf(std::string_view kind, std::string_view name) {
  const bool core = kind == "ConfigMap" || kind == "Secret";
  return IdentityKey(core ? std::string_view() : kSources, kind, "", name);
}

// Without a source it is this repository's, by the defaults of old versions.
bool IsOfRepository(const Node* source) {
  const std::string_view kind = TextAt(source, {"kind"});
  return kind.empty() || kind == "GitRepository" || kind == "ExternalArtifact";
}

class Extractor {
 public:
  Extractor(std::string_view name, std::vector<Fact>& out) : name_(name), out_(out) {}

  void Flux(const Node& spec) {
    const Node* source = spec.Find("sourceRef");
    NeedsAll(At(&spec, {"postBuild", "substituteFrom"}));
    Source(source);
    for (const Node& patch : Items(spec.Find("patches"))) Patch(patch);
    if (!IsOfRepository(source) || TextAt(source, {"kind"}) == "ExternalArtifact") return;
    const Node* path = spec.Find("path");
    const std::string_view text = path == nullptr ? "." : path->String();
    const std::string value = spec.Find("postBuild") == nullptr ? "flux" : "flux+substitute";
    Root(text, value);
    const Result<RepoPath> directory = RepoPath().Resolve(Relative(text));
    for (const Node& component : Items(spec.Find("components"))) {
      const Result<RepoPath> resolved = directory ? directory->Resolve(component.String()) : directory;
      if (resolved) Root(resolved->text(), value);
    }
  }

  void HelmRelease(const Node& spec) {
    NeedsAll(spec.Find("valuesFrom"));
    NeedsKind("apiextensions.k8s.io", "CustomResourceDefinition");
    Source(spec.Find("chartRef"));
    if (const Node* chart = At(&spec, {"chart", "spec"})) Chart(*chart);
  }

  void HelmChart(const Node& spec) {
    via_ = KeyOf("HelmChart", name_);
    Chart(spec);
  }

  void ArtifactGenerator(const Node& spec) {
    for (const Node& artifact : Items(spec.Find("artifacts"))) {
      via_ = KeyOf("ExternalArtifact", TextAt(&artifact, {"name"}));
      for (const Node& source : Items(spec.Find("sources"))) Source(&source);
      for (const Node& copy : Items(artifact.Find("copy"))) {
        const std::string_view from = TextAt(&copy, {"from"});
        const std::size_t slash = from.find('/');
        if (slash != from.npos) BuildsBelow(FixedPart(from.substr(slash + 1)));
      }
    }
  }

  void Application(const Node& spec) {
    if (const Node* source = spec.Find("source")) ArgoCdSource(*source, Parameters{});
    for (const Node& source : Items(spec.Find("sources"))) ArgoCdSource(source, Parameters{});
  }

  void ApplicationSet(const Node& spec) {
    const Parameters parameters = ParametersOf(spec.Find("generators"));
    if (parameters.clusters) NeedsKind("", "Secret");
    for (const std::string& path : parameters.inputs) BuildsBelow(path);
    const Node* pattern = At(&spec, {"template", "spec"});
    if (const Node* source = At(pattern, {"source"})) ArgoCdSource(*source, parameters);
    for (const Node& source : Items(At(pattern, {"sources"}))) ArgoCdSource(source, parameters);
  }

  void Patch(const Node& patch) {
    const Node* text = patch.Find("patch");
    if (text == nullptr || !text->IsString()) return;
    const std::string_view kind = TextAt(&patch, {"target", "kind"});
    const bool plain = !kind.empty() && kind.find_first_not_of(kLetters) == kind.npos;
    const bool may_be = plain ? IsBuilderKind(kind) : Speaks(text->text);
    if (!may_be) return;
    const manifests::ParsedFile file = manifests::Parse("patch", std::string(text->text) + "\n", {});
    for (const manifests::Document& document : file.documents) PatchDocument(*document.root, !kind.empty());
  }

  // `any_kind`: its target is such an object, whatever kind it names.
  void PatchDocument(const Node& document, bool any_kind) {
    if (document.kind == manifests::NodeKind::kSequence) {
      for (const Node& operation : document.children) Operation(operation);
      return;
    }
    const Node* spec = document.Find("spec");
    if (spec != nullptr && (any_kind || IsBuilderKind(TextAt(&document, {"kind"})))) MayRead(*spec);
  }

  static bool IsBuilderKind(std::string_view kind);

 private:
  // A merge names its kind, operations name the spec.
  static bool Speaks(std::string_view text);
  static constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

  void Add(FactKind kind, std::string key, std::string value = {}) {
    out_.push_back({static_cast<std::uint16_t>(kind), std::move(key), std::move(value)});
  }

  static std::string_view Relative(std::string_view text) {
    while (text.starts_with('/')) text.remove_prefix(1);
    return text.empty() ? "." : text;
  }

  void BuildsBelow(std::string_view text) {
    const Result<RepoPath> path = RepoPath().Resolve(Relative(text));
    if (path) Add(FactKind::kBuildsBelow, path->text(), via_);
  }
  void Root(std::string_view text, std::string value) {
    const Result<RepoPath> path = RepoPath().Resolve(Relative(text));
    if (path) Add(FactKind::kRoot, path->text(), std::move(value));
  }

  void NeedsKind(std::string_view group, std::string_view kind) {
    Add(FactKind::kNeeds, IdentityKey(group, kind, "", ""), via_);
  }
  void NeedsAll(const Node* list) {
    for (const Node& item : Items(list)) Needs(&item);
  }
  void Needs(const Node* reference) {
    const std::string_view kind = TextAt(reference, {"kind"}), name = TextAt(reference, {"name"});
    if (!kind.empty() && !name.empty()) Add(FactKind::kNeeds, KeyOf(kind, name), via_);
  }

  // Which GitRepository is this repository, and what a chart's or an artifact's
  // name leads to, others of their kind decide too.
  void Source(const Node* source) {
    Needs(source);
    const std::string_view kind = TextAt(source, {"kind"});
    const bool bootstrap = TextAt(source, {"name"}) == "flux-system";
    if (kind == "ExternalArtifact") NeedsKind(kExtensions, "ArtifactGenerator");
    if (kind == "GitRepository" && !bootstrap) NeedsKind(kSources, "GitRepository");
  }

  void Chart(const Node& spec) {
    const Node* source = spec.Find("sourceRef");
    Source(source);
    if (source == nullptr || !IsOfRepository(source)) return;
    BuildsBelow(TextAt(&spec, {"chart"}));
    for (const Node& file : Items(spec.Find("valuesFiles"))) BuildsBelow(file.String());
  }

  void ArgoCdSource(const Node& source, const Parameters& parameters) {
    const std::vector<std::string> paths = parameters.Expand(TextAt(&source, {"path"}));
    const bool files = source.Find("helm") != nullptr || source.Find("directory") != nullptr;
    const bool path = source.Find("path") != nullptr;
    for (const std::string& each : path ? paths : std::vector<std::string>()) {
      if (IsFixed(each)) Root(each, files ? "argo-cd+files" : "argo-cd");
      if (!IsFixed(each)) BuildsBelow(FixedDirectory(each));
    }
    const Node* helm = source.Find("helm");
    for (const Node& file : Items(At(helm, {"valueFiles"}))) Files(paths, file.String(), parameters);
    for (const Node& file : Items(At(helm, {"fileParameters"})))
      Files(paths, TextAt(&file, {"path"}), parameters);
    for (const Node& component : Items(At(&source, {"kustomize", "components"})))
      Files(paths, component.String(), parameters);
    for (const Node& patch : Items(At(&source, {"kustomize", "patches"}))) Patch(patch);
    if (source.Find("kustomize") == nullptr && source.Find("directory") == nullptr)
      NeedsKind("apiextensions.k8s.io", "CustomResourceDefinition");
  }

  // "values.yaml" of the source, "/values.yaml" of the repository, "$ref/values.yaml"
  // of a source that may be this repository.
  void Files(const std::vector<std::string>& paths, std::string_view text, const Parameters& parameters) {
    if (text.find("://") != text.npos) return;
    const bool of_root = text.starts_with('/') || text.starts_with('$');
    if (text.starts_with('$')) text = text.substr(std::min(text.find('/'), text.size()));
    for (const std::string& file : parameters.Expand(text)) {
      if (of_root) BuildsBelow(FixedDirectory(file));
      for (const std::string& path : of_root ? std::vector<std::string>() : paths) {
        const Result<RepoPath> directory = RepoPath().Resolve(Relative(path));
        const Result<RepoPath> resolved = directory ? directory->Resolve(file) : directory;
        // Out of a directory whose name holds unknown parts, anywhere.
        const bool anywhere = !IsFixed(path) && IsDeep(path) && file.find("..") != file.npos;
        if (resolved) BuildsBelow(anywhere ? std::string() : FixedDirectory(resolved->text()));
      }
    }
  }

  // Operations that make a definition read something else.
  void Operation(const Node& operation) {
    const std::string_view way = TextAt(&operation, {"path"});
    const Node* value = operation.Find("value");
    if (value == nullptr || !way.starts_with("/spec")) return;
    if (value->IsString() && IsPathKey(way.substr(way.rfind('/') + 1))) BuildsBelow(value->text);
    if (value->IsString() && (way.starts_with("/spec/components") || way.find("/valueFiles") != way.npos))
      BuildsBelow(value->text);
    MayRead(*value);
  }

  static bool IsPathKey(std::string_view key) { return key == "path" || key == "chart" || key == "from"; }

  void MayRead(const Node& node) {
    if (node.key == "patches") return;
    if (node.IsString() && IsPathKey(node.key)) BuildsBelow(node.text);
    Needs(&node);
    for (const Node& child : node.children) {
      const bool listed = node.key == "components" || node.key == "valueFiles";
      if (listed && child.IsString()) BuildsBelow(child.text);
      MayRead(child);
    }
  }

  std::string_view name_;
  std::string via_;  // the value of facts: what others need this for
  std::vector<Fact>& out_;
};

struct Described {
  std::string_view group, kind;
  void (Extractor::*extract)(const Node& spec);
  bool builds;  // else others name it as their source
};
constexpr Described kDescribed[] = {
    {"kustomize.toolkit.fluxcd.io", "Kustomization", &Extractor::Flux, true},
    {"helm.toolkit.fluxcd.io", "HelmRelease", &Extractor::HelmRelease, true},
    {"argoproj.io", "Application", &Extractor::Application, true},
    {"argoproj.io", "ApplicationSet", &Extractor::ApplicationSet, true},
    {kSources, "HelmChart", &Extractor::HelmChart, false},
    {kExtensions, "ArtifactGenerator", &Extractor::ArtifactGenerator, false},
};

bool Extractor::IsBuilderKind(std::string_view kind) {
  return std::any_of(std::begin(kDescribed), std::end(kDescribed),
                     [&](const Described& each) { return each.kind == kind; });
}

bool Extractor::Speaks(std::string_view text) {
  return text.find("/spec") != text.npos ||
         std::any_of(std::begin(kDescribed), std::end(kDescribed),
                     [&](const Described& each) { return text.find(each.kind) != text.npos; });
}

}  // namespace

bool HasThingsBuilt(std::string_view kind_key) {
  return std::any_of(std::begin(kDescribed), std::end(kDescribed), [&](const Described& each) {
    return each.builds && (std::string(kind_key) + "/").starts_with(KindKey(each.group, each.kind) + "/");
  });
}

void ExtractRootFacts(std::string_view group, std::string_view kind, std::string_view name, const Node& spec,
                      std::vector<Fact>& out) {
  for (const Described& each : kDescribed) {
    if (group == each.group && kind == each.kind) (Extractor(name, out).*each.extract)(spec);
  }
}

void ExtractPatchFacts(const Node& patch, std::vector<Fact>& out) {
  Extractor extractor({}, out);
  if (patch.Find("patch") != nullptr) return extractor.Patch(patch);
  extractor.PatchDocument(patch, false);
}

}  // namespace sluice::gate
