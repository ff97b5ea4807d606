// Charts: what a Helm release would give the cluster. Templates are run by the
// operator's own `helm template`, a program that is shut in and sees nothing but
// the chart and the values (render/helm_run.h); all else happens here: values
// are merged and checked, and each node of the output is traced back to the
// values or the template that it came from.
//
//   Release release{.name = "shop", .ns = "shop", .chart = {.directory = path}, .values = {&values}, …};
//   Built built = BuildRelease(session, release, context);
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/repo_path.h"
#include "manifests/arena.h"
#include "manifests/render/build.h"
#include "manifests/render/roots.h"

namespace sluice::manifests::render {

// What a chart may be, however it comes: from the tree, from the cache, in a message
// to the program that runs helm.
struct ChartLimits {
  static constexpr std::size_t kFiles = 5'000;
  static constexpr std::size_t kBytes = 32u << 20;       // of all files; of one that was fetched
  static constexpr std::size_t kDirectories = 32;        // in one another
  static constexpr std::size_t kCharts = 8;              // in one another
  static constexpr std::size_t kValuesBytes = 4u << 20;  // merged, as JSON
  static constexpr std::size_t kApiVersions = 5'000;
};

// One file of a chart; `path` is below the chart's directory ("templates/web.yaml").
struct ChartFile {
  RepoPath path;
  std::string bytes;
};

// One run of `helm template`, complete in itself: files and typed fields, never
// arguments, so that it can be handed to a process that trusts nothing.
struct HelmRequest {
  std::string release{};
  std::string ns{};
  std::vector<ChartFile> chart{};
  std::string values{};                     // the merged values, JSON
  std::string kube_version{};               // "1.34"; empty: helm's own
  std::vector<std::string> api_versions{};  // beside the built-in ones: "example.com/v1/Widget"
  bool include_crds = true;                 // of the chart's crds/
  bool tests = false;                       // objects of hook "test" too
  bool hooks = true;                        // objects of the other hooks: the controllers create them
  bool upgrade = false;                     // .Release.IsUpgrade
  bool schema = true;                       // values.schema.json is enforced by helm too
};

// Empty, or in half a sentence why helm is not asked: a name that is not Helm's
// ("-x", "Shop"), too many or too large files. Names that pass cannot be taken
// for an option or leave a directory.
std::string WhyRefused(const HelmRequest& request);
// "v1", "example.com/v1", "example.com/v1/Widget".
bool IsApiVersion(std::string_view text);

// Where a chart comes from: a directory of the tree, or, where `name` is set,
// the cache that `sluice render fetch` fills.
struct ChartSource {
  RepoPath directory{};
  std::string name{}, version{};  // exact, "1.2.3": a range is decided in the cluster alone
  std::string repository{};       // "https://charts.example.com", "oci://ghcr.io/example/charts"
};

// A release as a HelmRelease or an Application describes it.
struct Release {
  std::string name{}, ns{};
  ChartSource chart{};
  // Mappings in line space, a later one wins; null pointers and null nodes are
  // left out. Must live until BuildRelease returns.
  std::vector<const Node*> values{};
  std::string file{};  // of the object that asks for it
  Range place{};       // there, in line space: where nothing better is known
  bool include_crds = true, tests = false, hooks = true, schema = true;
  bool upgraded = false;  // later, by who runs it: a HelmRelease is, an Application is rendered anew
};

// What helm prints for the release, which is what post-renderers see. A chart that
// helm refuses is a finding; one that is not there, or no helm, stands in
// `not_built`. `through` of each object is {release.file}.
Built BuildRelease(Session& session, const Release& release, const RootContext& context);

// Objects without a namespace, of kinds that live in one, get the release's, as
// they do when they are sent to the cluster. New nodes live in `arena`.
void SetNamespaces(const Session& session, const Release& release, Arena& arena,
                   std::vector<BuiltObject>& objects);

// Values merged as Helm merges files of values: mappings deep, anything else
// replaced by the later one, null included (it deletes a default of the chart,
// see Coalesce). Every node keeps its place. A mapping, empty for no layers.
Node MergeValues(Arena& arena, std::span<const Node* const> layers);
// What templates see: `values` over the chart's own `defaults`; null deletes.
Node Coalesce(Arena& arena, const Node& defaults, const Node& values);

// Rules of group helm/.
std::span<const Rule* const> HelmRules();

}  // namespace sluice::manifests::render
