#include "tests/policies/native_gate.h"

#include <set>
#include <utility>

#include "manifests/object.h"
#include "policies/native.h"

namespace sluice::policies {
namespace {

using manifests::ObjectList;
using manifests::ParsedFile;

void Append(Findings& findings, Findings more) {
  for (Finding& finding : more) findings.push_back(std::move(finding));
}

bool IsManifest(std::string_view path) {
  return path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json");
}

std::string Beside(std::string_view path, std::string_view name) {
  const auto slash = path.rfind('/');
  return std::string(path.substr(0, slash == std::string_view::npos ? 0 : slash + 1)) + std::string(name);
}

void CheckGenerators(const ParsedFile& file, const std::map<std::string, std::string>& files,
                     Findings& findings) {
  SecretSources sources = CheckSecretGenerators(file);
  Append(findings, std::move(sources.findings));
  for (const std::string& name : sources.env_files) {
    const auto env = files.find(Beside(file.path, name));
    if (env != files.end()) Append(findings, CheckEnvFile(env->first, env->second));
  }
}

}  // namespace

std::map<std::string, std::string> FilesOf(std::string_view text) {
  std::map<std::string, std::string> files;
  std::string* content = text.starts_with("-- ") ? nullptr : &files["example.yaml"];
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with("-- ") && line.ends_with(" --")) {
      content = &files[std::string(line.substr(3, line.size() - 6))];
    } else if (content != nullptr) {
      content->append(line) += '\n';
    }
  }
  return files;
}

const schemas::Catalog& CatalogOf(const std::vector<std::string>& minors) {
  static std::map<std::vector<std::string>, schemas::Catalog> catalogs;
  auto found = catalogs.find(minors);
  if (found == catalogs.end()) {
    Result<schemas::Catalog> catalog = schemas::Catalog::BuiltIn(minors);
    found = catalogs.emplace(minors, std::move(*catalog)).first;
  }
  return found->second;
}

Findings Judge(const std::map<std::string, std::string>& files, const std::vector<std::string>& minors) {
  Findings findings;
  NativeContext context{.catalog = &CatalogOf(minors), .sops = nullptr};
  LoadedSopsRules rules;
  if (const auto sops = files.find(".sops.yaml"); sops != files.end()) {
    const ParsedFile file = manifests::Parse(sops->first, sops->second, Limits{});
    rules = ParseSopsRules(file);
    context.sops = rules.rules.get();
    Append(findings, std::move(rules.findings));
  }
  for (const auto& [path, bytes] : files) {
    Append(findings, CheckCredentials(path, bytes));
    if (!IsManifest(path) || path == ".sops.yaml") continue;
    const ParsedFile file = manifests::Parse(path, bytes, Limits{});
    Append(findings, file.findings);
    if (!file.Readable()) continue;
    Append(findings, CheckSopsFile(context, file));
    CheckGenerators(file, files, findings);
    Append(findings, CheckInlinePatches(context, file, Limits{}));
    Append(findings, CheckKustomization(file));
    const ObjectList list = manifests::Objects(file, Limits{});
    for (const manifests::Object& object : list.objects) Append(findings, CheckObject(context, object));
  }
  return findings;
}

Findings Judge(std::string_view text) { return Judge(FilesOf(text)); }

std::string RulesOf(const Findings& findings) {
  std::set<std::string> rules;
  for (const Finding& finding : findings) rules.insert(finding.rule);
  std::string text;
  for (const std::string& rule : rules) text.append(text.empty() ? "" : " ").append(rule);
  return text;
}

std::string TextOf(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += finding.rule + ' ' + finding.file + ':' + std::to_string(finding.range.begin.line) + ": " +
            finding.message + " {" + finding.field + "}\n";
  }
  return text;
}

}  // namespace sluice::policies
