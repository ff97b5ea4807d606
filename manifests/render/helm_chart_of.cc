#include "manifests/render/helm_chart_of.h"

#include "manifests/render/chart_cache.h"
#include "manifests/render/root_build.h"
#include "manifests/render/source_of.h"

namespace sluice::manifests::render {
namespace {

constexpr std::string_view kSources = "source.toolkit.fluxcd.io";

class Finder {
 public:
  Finder(const RootContext& context, const Root& root) : context_(context), root_(root) {
    found_.place = root.place;
  }

  ChartOf Run() {
    if (const Node* reference = MemberOf(root_.spec, "chartRef")) {
      found_.place = reference->range;
      Referred(*reference);
    } else if (const Node* spec = MemberOf(MemberOf(root_.spec, "chart"), "spec")) {
      found_.place = spec->range;
      if (TextOf(MemberOf(root_.spec, "chart"), "kind") == "OCIRepository") {
        FromRegistry("the chart's OCIRepository", spec);
      } else {
        Described(*spec, root_.object.ns);
      }
    } else {
      found_.outside = "no chart is named";
    }
    return found_;
  }

 private:
  const Object* Source(std::string_view kind, std::string_view ns, std::string_view name) {
    const Object* object = FindNear(context_, kSources, kind, ns, name, root_.file);
    if (object == nullptr) found_.outside = ShownName(kind, ns, name) + ", which is not in the tree";
    return object;
  }

  std::string_view NamespaceOf(const Node& reference) {
    const std::string_view ns = TextOf(&reference, "namespace");
    return ns.empty() ? std::string_view(root_.object.ns) : ns;
  }

  void Referred(const Node& reference) {
    const std::string_view kind = TextOf(&reference, "kind");
    const std::string_view name = TextOf(&reference, "name");
    const std::string_view ns = NamespaceOf(reference);
    if (kind == "ExternalArtifact") return InTree(reference, ".");
    const Object* object = Source(kind, ns, name);
    if (object == nullptr) return;
    const Node* spec = MemberOf(object->root, "spec");
    if (kind == "OCIRepository") return FromRegistry(ShownName(kind, ns, name), spec);
    if (kind == "HelmChart" && spec != nullptr) return Described(*spec, ns);
    found_.outside = ShownName(kind, ns, name);
  }

  // The fields of a HelmChart.
  void Described(const Node& spec, std::string_view ns) {
    const Node* source = MemberOf(&spec, "sourceRef");
    const std::string_view kind = TextOf(source, "kind");
    const std::string_view chart = TextOf(&spec, "chart");
    const Node* files = MemberOf(&spec, "valuesFiles");
    if (files != nullptr && !files->children.empty()) {
      found_.outside = "a chart with valuesFiles is not rendered here";
    } else if (source == nullptr) {
      found_.outside = "the chart has no sourceRef";
    } else if (kind == "HelmRepository") {
      FromRepository(*source, ns, chart, TextOf(&spec, "version"));
    } else {
      InTree(*source, chart);
    }
  }

  void InTree(const Node& source, std::string_view chart) {
    const SourceTree tree = SourceOf(context_, &source, {root_.object.ns, root_.file});
    found_.outside = tree.outside;
    if (!tree.outside.empty()) return;
    while (chart.starts_with('/')) chart.remove_prefix(1);
    const Result<RepoPath> directory = tree.root.Resolve(chart.empty() ? "." : chart);
    if (directory) {
      found_.source.directory = *directory;
    } else {
      found_.outside = "the chart's path: " + directory.error().message;
    }
  }

  void FromRepository(const Node& source, std::string_view ns, std::string_view chart,
                      std::string_view version) {
    const std::string_view own = TextOf(&source, "namespace");
    const Object* object = Source("HelmRepository", own.empty() ? ns : own, TextOf(&source, "name"));
    if (object == nullptr) return;
    Take(chart, version, TextOf(MemberOf(object->root, "spec"), "url"));
  }

  void FromRegistry(const std::string& shown, const Node* spec) {
    std::string_view url = TextOf(spec, "url");
    const Node* ref = MemberOf(spec, "ref");
    const std::size_t slash = url.rfind('/');
    if (slash == std::string_view::npos || slash + 1 == url.size()) {
      found_.outside = shown + ", which has no url of a chart";
      return;
    }
    const std::string_view tag = TextOf(ref, "tag");
    if (tag.empty()) {
      found_.outside = shown + ", which names no tag: the cluster alone knows the version";
      return;
    }
    // A "+" of a version is written "_" in a tag.
    std::string version(tag);
    for (char& c : version) c = c == '_' ? '+' : c;
    Take(url.substr(slash + 1), version, url.substr(0, slash));
  }

  void Take(std::string_view name, std::string_view version, std::string_view repository) {
    if (!IsExactVersion(version)) {
      found_.outside =
          "chart " + std::string(name) + ": the version " +
          (version.empty() ? "is left open" : "\"" + std::string(version) + "\" is not an exact one") +
          ", the cluster alone decides it";
      return;
    }
    found_.source.name = name;
    found_.source.version = version;
    found_.source.repository = repository;
  }

  const RootContext& context_;
  const Root& root_;
  ChartOf found_;
};

}  // namespace

ChartOf ChartOfRelease(const RootContext& context, const Root& root) { return Finder(context, root).Run(); }

}  // namespace sluice::manifests::render
