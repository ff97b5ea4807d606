// secret/generator-literal, and which env files a kustomization makes Secrets
// of. Fields after sigs.k8s.io/kustomize/api/types (SecretArgs, KvPairSources).
#include <string>
#include <utility>

#include "policies/placeholder.h"
#include "policies/rules/dotenv.h"
#include "policies/rules/rules.h"
#include "policies/rules/words.h"

namespace sluice::policies {

constexpr Rule kGeneratorLiteralRule{
    .id = "secret/generator-literal",
    .title = "a secretGenerator with the secret in it",
    .why = "kustomize makes a Secret of the text in the kustomization, which stands in Git for all to read.",
    .remedy =
        "change the secret where it is used, then generate from a file that SOPS encrypted, or use an "
        "ExternalSecret",
    .fails = R"(-- kustomization.yaml --
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: shop
secretGenerator:
  - name: db
    literals:
      - password=correct horse battery staple
)",
    .passes = R"(-- kustomization.yaml --
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: shop
secretGenerator:
  - name: db
    literals:
      - password=${DB_PASSWORD}
)",
};

namespace {

using manifests::FieldStep;
using manifests::Node;
using manifests::NodeKind;

constexpr std::size_t kMaxEnvFiles = 1000;  // the caller opens each

bool IsHarmless(std::string_view value) {
  return value.empty() || IsPlaceholder(value) || IsSopsValue(value);
}

struct Generator {
  const Node& node;
  std::vector<FieldStep> path;  // of the generator
  const std::string& file;
  SecretSources& sources;

  void CheckLiteral(const Node& literal, std::size_t index) {
    EnvLine pair;
    if (!SplitPair(literal.String(), pair) || IsHarmless(pair.value) || IsFull(sources.findings)) return;
    std::vector<FieldStep> field = path;
    field.push_back({.key = "literals"});
    field.push_back({.key = {}, .index = index});
    Finding finding = MakeFinding(kGeneratorLiteralRule, file, literal.range,
                                  "secretGenerator has the value of " + Quoted(pair.key) + " in plain text");
    finding.field = manifests::FieldPath(field);
    sources.findings.push_back(std::move(finding));
  }

  void AddFile(const Node* path_node) {
    const std::string_view name = path_node == nullptr ? std::string_view() : path_node->String();
    const bool is_path = !name.empty() && name.find("://") == std::string_view::npos;
    if (is_path && sources.env_files.size() < kMaxEnvFiles) sources.env_files.emplace_back(name);
  }

  void Check() {
    if (const Node* literals = node.Find("literals");
        literals != nullptr && literals->kind == NodeKind::kSequence) {
      for (std::size_t i = 0; i < literals->children.size(); ++i) CheckLiteral(literals->children[i], i);
    }
    AddFile(node.Find("env"));  // before kustomize 3; one file
    if (const Node* envs = node.Find("envs"); envs != nullptr && envs->kind == NodeKind::kSequence) {
      for (const Node& env : envs->children) AddFile(&env);
    }
  }
};

}  // namespace

SecretSources CheckSecretGenerators(const manifests::ParsedFile& kustomization) {
  SecretSources sources;
  for (const manifests::Document& document : kustomization.documents) {
    const Node& root = *document.root;
    const Node* kind = root.Find("kind");
    if (kind != nullptr && kind->String() == "SecretGenerator") {  // the same, as a file under `generators:`
      Generator{root, {}, kustomization.path, sources}.Check();
      continue;
    }
    const Node* list = root.Find("secretGenerator");
    if (list == nullptr || list->kind != NodeKind::kSequence) continue;
    for (std::size_t i = 0; i < list->children.size(); ++i) {
      std::vector<FieldStep> path = {{.key = "secretGenerator"}, {.key = {}, .index = i}};
      Generator{list->children[i], std::move(path), kustomization.path, sources}.Check();
    }
  }
  return sources;
}

}  // namespace sluice::policies
