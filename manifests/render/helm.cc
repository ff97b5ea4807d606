// A release: read the chart, merge and check the values, have helm run the
// templates, place what it printed. Tested by tests/manifests/render/helm_test.cc.
#include "manifests/render/helm.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "manifests/render/chart.h"
#include "manifests/render/helm_output.h"
#include "manifests/render/helm_rules.h"
#include "manifests/render/helm_trace.h"
#include "manifests/render/helm_values.h"

namespace sluice::manifests::render {
namespace {

constexpr const char* kNoHelm =
    "charts are not judged here: no helm is set (`helm:` in the operator's file, --helm on the command line)";

// What lives as long as the objects: nodes of the merged values and of the
// chart's defaults.
struct ValuesMemory {
  Arena arena{4096};
  std::shared_ptr<const SourceFile> defaults;
  ParsedFile elsewhere;  // defaults of a chart from the cache
};

class ReleaseBuilder {
 public:
  ReleaseBuilder(Session& session, const Release& release, const RootContext& context)
      : session_(session), release_(release), context_(context), memory_(std::make_shared<ValuesMemory>()) {
    built_.memory = memory_;
  }

  Built Build() {
    if (!context_.helm) return NotBuiltBecause(kNoHelm);
    const Chart chart = ReadChart(session_.sources(), release_.chart, context_.chart_cache);
    built_.read = chart.read;
    if (!chart.missing.empty()) return NotBuiltBecause(chart.missing);
    for (const std::string& why : chart.left_out) AddNotBuilt(why);

    const Node values = MergeValues(memory_->arena, release_.values);
    const Node* defaults = Defaults(chart);
    const Node coalesced = defaults == nullptr ? values : Coalesce(memory_->arena, *defaults, values);
    AddFindings(CheckUse(chart, defaults, values, session_.sources().limits()));
    const Findings wrong = release_.schema ? CheckAgainstSchema(chart, coalesced, context_.check_values,
                                                                session_.sources().limits())
                                           : Findings();
    AddFindings(wrong);
    if (wrong.empty()) Render(chart, values, coalesced);
    return std::move(built_);
  }

 private:
  const Node* Defaults(const Chart& chart);
  void Render(const Chart& chart, const Node& values, const Node& coalesced);
  HelmRequest Request(const Chart& chart, const Node& values) const;
  void TellUpgrade(const Chart& chart, HelmRequest request, const std::string& installed);
  void Refused(const Chart& chart, const Error& error);
  void AddFindings(Findings findings);
  void AddFinding(Finding finding, const Range& range);
  void AddNotBuilt(std::string why) {
    const Place place = session_.sources().Resolve(release_.place);
    built_.not_built.push_back({release_.file, place.range, std::move(why)});
  }
  Built NotBuiltBecause(std::string why) {
    AddNotBuilt(std::move(why));
    return std::move(built_);
  }

  Session& session_;
  const Release& release_;
  const RootContext& context_;
  std::shared_ptr<ValuesMemory> memory_;
  Built built_;
};

// The chart's values.yaml; null: none, or not to be read (helm will say so).
const Node* ReleaseBuilder::Defaults(const Chart& chart) {
  const std::size_t index = chart.Find("values.yaml");
  if (index == Chart::npos) return nullptr;
  const ParsedFile* parsed = &memory_->elsewhere;
  if (!chart.origins[index].IsRoot()) {
    auto file = session_.sources().Read(chart.origins[index]);
    if (!file) return nullptr;
    memory_->defaults = *file;
    parsed = &memory_->defaults->parsed;
  } else {
    memory_->elsewhere = Parse("values.yaml", chart.files[index].bytes, session_.sources().limits());
    // It has no lines in this repository.
    for (const Document& document : memory_->elsewhere.documents)
      PlaceNodes(*document.root, {}, nullptr, release_.place);
  }
  if (!parsed->Readable() || parsed->documents.empty()) return nullptr;
  const Node* root = parsed->documents[0].root;
  return root->kind == NodeKind::kMapping ? root : nullptr;
}

// "group/version" and "group/version/Kind" of the definitions in the tree.
void AddDefinition(const Node& root, std::vector<std::string>& versions) {
  const Node* spec = root.Find("spec");
  const Node* names = spec == nullptr ? nullptr : spec->Find("names");
  const Node* group = spec == nullptr ? nullptr : spec->Find("group");
  const Node* kind = names == nullptr ? nullptr : names->Find("kind");
  const Node* list = spec == nullptr ? nullptr : spec->Find("versions");
  if (group == nullptr || kind == nullptr || list == nullptr || list->kind != NodeKind::kSequence) return;
  for (const Node& version : list->children) {
    const Node* name = version.Find("name");
    if (name == nullptr) continue;
    const std::string both = std::string(group->String()) + "/" + std::string(name->String());
    versions.push_back(both);
    versions.push_back(both + "/" + std::string(kind->String()));
  }
}

HelmRequest ReleaseBuilder::Request(const Chart& chart, const Node& values) const {
  HelmRequest request{.release = release_.name,
                      .ns = release_.ns,
                      .chart = chart.files,
                      .kube_version = context_.kube_version,
                      .include_crds = release_.include_crds,
                      .tests = release_.tests,
                      .hooks = release_.hooks,
                      .schema = release_.schema};
  CanonicalJson(values, request.values);
  if (context_.list)
    for (const Object* definition : context_.list("apiextensions.k8s.io", "CustomResourceDefinition"))
      AddDefinition(*definition->root, request.api_versions);
  std::sort(request.api_versions.begin(), request.api_versions.end());
  const auto end = std::unique(request.api_versions.begin(), request.api_versions.end());
  request.api_versions.erase(end, request.api_versions.end());
  // A definition that is itself wrong is another rule's business.
  std::erase_if(request.api_versions, [](const std::string& version) { return !IsApiVersion(version); });
  return request;
}

// Of templates that make objects: notes are for people.
bool AnyTemplateSays(const Chart& chart, std::initializer_list<std::string_view> words) {
  return std::any_of(chart.files.begin(), chart.files.end(), [&](const ChartFile& file) {
    const std::string& path = file.path.text();
    return path.find("templates/") != std::string::npos && !path.ends_with("NOTES.txt") &&
           std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return file.bytes.find(word) != std::string::npos; });
  });
}

// What the first installation makes is judged, and a chart may make something else later. One
// that draws values at random differs from itself, and says nothing that way.
void ReleaseBuilder::TellUpgrade(const Chart& chart, HelmRequest request, const std::string& installed) {
  if (!AnyTemplateSays(chart, {"IsUpgrade", "IsInstall"})) return;
  if (AnyTemplateSays(chart, {"rand", "genCA", "genPrivateKey", "genSelfSigned", "genSigned", "uuidv4",
                              "htpasswd", "bcrypt", "now"}))
    return;
  request.upgrade = true;
  const Result<std::string> upgraded = context_.helm(request);
  if (upgraded && *upgraded == installed) return;
  AddNotBuilt(
      "the chart makes something else in an upgrade (.Release.IsUpgrade) than in the first "
      "installation, which was judged");
}

void ReleaseBuilder::Render(const Chart& chart, const Node& values, const Node& coalesced) {
  const HelmRequest request = Request(chart, values);
  if (std::string why = WhyRefused(request); !why.empty())
    return AddFinding(MakeFinding(kHelmChartRule, {}, {}, std::move(why)), release_.place);
  Result<std::string> output = context_.helm(request);
  if (!output) return Refused(chart, output.error());
  if (release_.upgraded) TellUpgrade(chart, request, *output);
  ValueIndex index;
  index.Add(coalesced);
  AddOutput(session_, release_, chart, index, std::move(*output), built_);
}

void ReleaseBuilder::Refused(const Chart& chart, const Error& error) {
  if (error.kind == ErrorKind::kConfiguration) {
    const Range place = PlaceInMessage(session_.sources(), chart, error.message);
    return AddFinding(MakeFinding(kHelmChartRule, {}, {}, "helm refuses the chart: " + error.message),
                      place.begin.line == 0 ? release_.place : place);
  }
  if (error.kind == ErrorKind::kLimit)
    return AddFinding(MakeFinding(kHelmLimitRule, {}, {}, error.message), release_.place);
  AddNotBuilt("helm could not be run: " + error.message);
}

void ReleaseBuilder::AddFindings(Findings findings) {
  for (Finding& finding : findings) {
    const Range range = finding.range;
    AddFinding(std::move(finding), range);
  }
}

void ReleaseBuilder::AddFinding(Finding finding, const Range& range) {
  Place place = session_.sources().Resolve(range);
  if (place.file == nullptr) place = session_.sources().Resolve(release_.place);
  finding.file = place.file == nullptr ? release_.file : place.file->path.text();
  finding.range = place.range;
  if (finding.file != release_.file) finding.through = {release_.file};
  built_.findings.push_back(std::move(finding));
}

}  // namespace

Built BuildRelease(Session& session, const Release& release, const RootContext& context) {
  return ReleaseBuilder(session, release, context).Build();
}

}  // namespace sluice::manifests::render
