// secret/env-file. SOPS encrypts env files too: the values become ENC[…], its
// metadata lines of `sops_…=`; which values may stay plain is told by those.
#include <algorithm>
#include <string>

#include "policies/placeholder.h"
#include "policies/rules/dotenv.h"
#include "policies/rules/rules.h"
#include "policies/rules/sops_document.h"
#include "policies/rules/words.h"

namespace sluice::policies {

constexpr Rule kEnvFileRule{
    .id = "secret/env-file",
    .title = "an env file of plain values that becomes a Secret",
    .why = "kustomize makes a Secret of the file, which stands in Git for all to read.",
    .remedy = "change the secret where it is used, then encrypt the file with SOPS, or use an ExternalSecret",
    .fails = R"(-- kustomization.yaml --
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: shop
secretGenerator:
  - name: db
    envs:
      - db.env
-- db.env --
PASSWORD=correct horse battery staple
)",
    .passes = R"(-- kustomization.yaml --
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: shop
secretGenerator:
  - name: db
    envs:
      - db.env
-- db.env --
PASSWORD=${DB_PASSWORD}
)",
};

namespace {

std::string_view ValueOf(const std::vector<EnvLine>& lines, std::string_view key) {
  const auto found =
      std::find_if(lines.begin(), lines.end(), [key](const EnvLine& line) { return line.key == key; });
  return found == lines.end() ? std::string_view() : found->value;
}

std::optional<manifests::Pattern> PatternOf(const std::vector<EnvLine>& lines, std::string_view key) {
  const std::string_view text = ValueOf(lines, key);
  if (text.empty()) return std::nullopt;
  Result<manifests::Pattern> pattern = manifests::Pattern::Compile(text, kPatternBytes);
  return pattern ? std::optional<manifests::Pattern>(std::move(*pattern)) : std::nullopt;
}

// What the file's own SOPS lines leave plain.
SopsSelector SelectorOf(const std::vector<EnvLine>& lines) {
  SopsSelector selector;
  selector.unencrypted_suffix = ValueOf(lines, "sops_unencrypted_suffix");
  selector.encrypted_suffix = ValueOf(lines, "sops_encrypted_suffix");
  selector.unencrypted_regex = PatternOf(lines, "sops_unencrypted_regex");
  selector.encrypted_regex = PatternOf(lines, "sops_encrypted_regex");
  return selector;
}

bool IsMetadata(const EnvLine& line) { return line.key.starts_with("sops_"); }

}  // namespace

Findings CheckEnvFile(std::string_view path, std::string_view bytes) {
  Findings findings;
  const std::vector<EnvLine> lines = ParseEnvFile(bytes);
  const SopsSelector selector = SelectorOf(lines);
  const bool has_metadata = IsSopsValue(ValueOf(lines, "sops_mac"));
  std::size_t plain = 0;
  const EnvLine* first = nullptr;
  for (const EnvLine& line : lines) {
    if (line.value.empty() || IsPlaceholder(line.value) || IsSopsValue(line.value)) continue;
    if (has_metadata && (IsMetadata(line) || !selector.WantsEncrypted(line.key))) continue;
    if (plain++ == 0) first = &line;
  }
  if (first == nullptr) return findings;
  const Position place{first->line, 1};
  findings.push_back(MakeFinding(kEnvFileRule, std::string(path), {place, place},
                                 "env file of a secretGenerator has " + std::to_string(plain) +
                                     (plain == 1 ? " value" : " values") + " in plain text, first of key " +
                                     Quoted(first->key)));
  return findings;
}

}  // namespace sluice::policies
