// A table of kustomization fields by the way they refer, and the grammar of
// what is remote, after sigs.k8s.io/kustomize: api/types and
// api/internal/git/repospec.go. Tested by tests/gate/cross_test.cc.
#include "gate/references.h"

#include <algorithm>
#include <array>

#include "base/repo_path.h"

namespace sluice::gate {

const Rule kOutsideRepositoryRule = {
    .id = "kustomize/outside-repository",
    .title = "a kustomization names only what is in the repository, or a remote base",
    .why =
        "An absolute path, or one that climbs out of the repository, is another file on each machine, or "
        "none; what is built was not judged.",
    .remedy = "name a file of this repository by a relative path",
    .fails = "-- kustomization.yaml --\nresources:\n- ../web.yaml\n",
    .passes =
        "-- apps/kustomization.yaml --\nresources:\n- ../web.yaml\n- "
        "https://github.com/shop/base?ref=v1.2.3\n"
        "-- web.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n",
};

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
  if (reference == Reference::kGenerator) text = text.substr(text.find('=') + 1);
  visit(reference, text, *node);
}

void VisitItem(const ReferenceField& field, const Node& item, const VisitReference& visit) {
  // Kustomize 4 and older took a list of paths as patches.
  const bool path = field.member.empty() || (field.reference == Reference::kPatch && item.IsString());
  if (path) return VisitPath(field.reference, &item, visit);
  const Node* member = item.Find(field.member);
  if (member == nullptr) return;
  if (member->IsString()) return VisitPath(field.reference, member, visit);
  for (const Node& each : member->children) VisitPath(field.reference, &each, visit);
}

bool StartsFolded(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b); });
}

bool IsFileUrl(std::string_view text) { return StartsFolded(text, "file://"); }

// "user@host:path", and "git@host/path".
bool IsSshAddress(std::string_view text) {
  const auto at = text.find('@');
  if (at == 0 || at == text.npos || text.find_first_of("/:") < at) return false;
  const auto separator = text.find_first_of(":/", at + 1);
  if (separator == text.npos || separator == at + 1) return false;
  return text[separator] == ':' || text.substr(0, at) == "git";
}

}  // namespace

void EachReference(const Node& root, const VisitReference& visit) {
  for (const ReferenceField& field : kReferenceFields) {
    const Node* list = root.Find(field.field);
    if (list == nullptr) continue;
    for (const Node& item : list->children) VisitItem(field, item, visit);
  }
  if (const Node* openapi = root.Find("openapi"))
    VisitPath(Reference::kConfiguration, openapi->Find("path"), visit);
}

bool IsRemote(std::string_view text) {
  if (text.find("://") != text.npos) return !IsFileUrl(text);
  constexpr std::array<std::string_view, 6> kPrefixes = {
      "git::", "gh:", "github.com/", "github.com:", "www.github.com/", "www.github.com:"};
  return IsSshAddress(text) ||
         std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [text](std::string_view prefix) { return StartsFolded(text, prefix); });
}

Findings CheckReferences(const manifests::ParsedFile& kustomization, std::vector<std::string>& remote) {
  Findings findings;
  const Result<RepoPath> path = RepoPath::Parse(kustomization.path);
  if (!path) return findings;
  const RepoPath directory = path->Parent();
  const auto check = [&](Reference, std::string_view text, const Node& node) {
    if (IsRemote(text)) {
      if (remote.size() < kMostRemote) remote.emplace_back(text);
    } else if (IsFileUrl(text) || !directory.Resolve(text)) {
      findings.push_back(MakeFinding(kOutsideRepositoryRule, kustomization.path, node.range,
                                     "this path leads out of the repository"));
    }
  };
  for (const manifests::Document& document : kustomization.documents) EachReference(*document.root, check);
  return findings;
}

}  // namespace sluice::gate
