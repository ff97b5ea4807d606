// A table of kustomization fields by the way they refer, after
// sigs.k8s.io/kustomize: api/types. Tested by tests/gate/cross_test.cc.
#include "gate/references.h"

#include <optional>

#include "base/repo_path.h"
#include "gate/examine.h"
#include "manifests/arena.h"
#include "manifests/render/kustomization_fields.h"

namespace sluice::gate {

namespace {

using manifests::Node;

constexpr std::size_t kMostRemote = 100;  // told of one file

// Fields of a kustomization that name files: a list of strings, or of mappings
// whose member `member` is a string or a list of strings ("key=path" allowed).
struct ReferenceField {
  std::string_view field;
  std::string_view member;
  Reference reference;
};
constexpr ReferenceField kReferenceFields[] = {
    {"resources", "", Reference::kResource},
    {"bases", "", Reference::kResource},
    {"components", "", Reference::kResource},
    {"crds", "", Reference::kConfiguration},
    {"patches", "path", Reference::kPatch},
    {"patchesStrategicMerge", "", Reference::kPatch},
    {"patchesJson6902", "path", Reference::kPatch},
    {"replacements", "path", Reference::kPatch},
    {"configMapGenerator", "files", Reference::kGenerator},
    {"configMapGenerator", "envs", Reference::kGenerator},
    {"configMapGenerator", "env", Reference::kGenerator},
    {"secretGenerator", "files", Reference::kGenerator},
    {"secretGenerator", "envs", Reference::kSecretValues},
    {"secretGenerator", "env", Reference::kSecretValues},
    {"generators", "", Reference::kConfiguration},
    {"transformers", "", Reference::kConfiguration},
    {"validators", "", Reference::kConfiguration},
    {"configurations", "", Reference::kConfiguration},
    {"helmCharts", "valuesFile", Reference::kValues},
    {"helmCharts", "additionalValuesFiles", Reference::kValues},
    {"helmChartInflationGenerator", "values", Reference::kValues},
};

void VisitPath(Reference reference, const Node* node, const VisitReference& visit) {
  if (node == nullptr || !node->IsString()) return;
  std::string_view text = node->text;
  if (text.find('\n') != text.npos) return;  // an inline patch
  visit(reference, text, *node);
}

// "files" of a generator: "name=path", or a path alone.
void VisitNamed(Reference reference, const Node& node, const VisitReference& visit) {
  const std::string_view text = node.String();
  if (!text.empty() && text.find('\n') == text.npos) visit(reference, text.substr(text.find('=') + 1), node);
}

void VisitItem(const ReferenceField& field, const Node& item, const VisitReference& visit) {
  // Kustomize 4 and older took a list of paths as patches.
  const bool path = field.member.empty() || (field.reference == Reference::kPatch && item.IsString());
  if (path) return VisitPath(field.reference, &item, visit);
  const Node* member = item.Find(field.member);
  if (member == nullptr) return;
  if (member->IsString()) return VisitPath(field.reference, member, visit);
  for (const Node& each : member->children) {
    if (field.member == "files") VisitNamed(field.reference, each, visit);
    if (field.member != "files") VisitPath(field.reference, &each, visit);
  }
}

}  // namespace

void EachReference(const Node& written, const VisitReference& visit) {
  manifests::Arena arena(1024);
  const std::optional<Node> named = manifests::render::WithFieldNames(arena, written, "Kustomization");
  const Node& root = named ? *named : written;
  for (const ReferenceField& field : kReferenceFields) {
    const Node* list = root.Find(field.field);
    if (list == nullptr) continue;
    for (const Node& item : list->children) VisitItem(field, item, visit);
  }
  if (const Node* openapi = root.Find("openapi"))
    VisitPath(Reference::kConfiguration, openapi->Find("path"), visit);
}

std::set<std::string> OddResources(std::span<const FileFacts> facts) {
  std::set<std::string> paths;
  for (const FileFacts& file : facts) {
    for (const Fact& fact : file.facts) {
      const bool resource = fact.kind == static_cast<std::uint16_t>(FactKind::kReference) &&
                            fact.value.starts_with(static_cast<char>(Reference::kResource));
      if (resource && !IsManifestName(fact.key)) paths.insert(fact.key);
    }
  }
  return paths;
}

Findings CheckReferences(const manifests::ParsedFile& kustomization, std::vector<std::string>& remote) {
  Findings findings;
  const Result<RepoPath> path = RepoPath::Parse(kustomization.path);
  if (!path) return findings;
  const RepoPath directory = path->Parent();
  const auto check = [&](Reference, std::string_view text, const Node& node) {
    if (IsRemote(text)) {
      if (remote.size() < kMostRemote) remote.emplace_back(text);
    } else if (manifests::render::IsFileUrl(text) || !directory.Resolve(text)) {
      findings.push_back(MakeFinding(kOutsideRepositoryRule, kustomization.path, node.range,
                                     "this path leads out of the repository"));
    }
  };
  for (const manifests::Document& document : kustomization.documents) EachReference(*document.root, check);
  return findings;
}

}  // namespace sluice::gate
