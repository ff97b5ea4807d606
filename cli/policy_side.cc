#include "cli/policy_side.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>

#include "cli/git_program.h"
#include "cli/paths.h"
#include "manifests/render/helm_run.h"
#include "promotion/folder_paths.h"
#include "schemas/catalog.h"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFolder = ".sluice/";
constexpr std::string_view kFile = ".sluice/sluice.yaml";

// A file anywhere on disk as if it stood at .sluice/sluice.yaml, its neighbours beside it.
class NamedConfiguration : public FileTree {
 public:
  explicit NamedConfiguration(const std::string& file)
      : path_(Resolved(file)), neighbours_(path_.parent_path().string()) {}

  Result<std::vector<FileEntry>> List(const RepoPath& directory) const override {
    const Result<RepoPath> path = Below(directory);
    if (!path) return path.error();
    return neighbours_.List(*path);
  }

  Result<std::string> Read(const RepoPath& file, std::size_t limit) const override {
    const Result<RepoPath> path =
        file.text() == kFile ? RepoPath().Child(path_.filename().string()) : Below(file);
    if (!path) return path.error();
    return neighbours_.Read(*path, limit);
  }

 private:
  // The user names it, so links are followed (a mounted ConfigMap is made of them).
  static fs::path Resolved(const std::string& file) {
    std::error_code error;
    const fs::path resolved = fs::canonical(file, error);
    return error ? fs::path(AbsolutePath(file)) : resolved;
  }

  static Result<RepoPath> Below(const RepoPath& path) {
    if (path.text() == ".sluice") return RepoPath();
    if (!path.text().starts_with(kFolder)) return NotFound("no " + path.text());
    return RepoPath::Parse(std::string_view(path.text()).substr(kFolder.size()));
  }

  fs::path path_;
  DirectoryTree neighbours_;
};

std::string FileOnDisk(const std::string& file, const std::string& config_file) {
  if (config_file.empty() || !file.starts_with(kFolder)) return file;
  if (file == kFile) return config_file;
  return config_file.substr(0, config_file.rfind('/') + 1) + file.substr(kFolder.size());
}

// The place as the user knows it.
Error ErrorOf(const Finding& finding, const Subject& subject, const std::string& config_file) {
  Error error{ErrorKind::kConfiguration, finding.message, FileOnDisk(finding.file, config_file),
              finding.range.begin};
  if (subject.repository != nullptr && error.file == finding.file)
    error.file = subject.policy_side + ":" + error.file;
  return error;
}

Error Unreadable(const Error& error, const std::string& config_file) {
  const bool absent = error.kind == ErrorKind::kNotFound;  // its path is ours, not the user's
  return {ErrorKind::kConfiguration,
          "cannot read it: " + (absent ? "there is no such file" : error.message),
          config_file,
          {}};
}

// What stands in its place counts too: that is a finding, not an absence.
bool HasConfiguration(const FileTree& tree) {
  const Result<std::vector<FileEntry>> entries = tree.List(RepoPath());
  return entries && std::any_of(entries->begin(), entries->end(), [](const FileEntry& entry) {
           return promotion::IsConfigurationPath(entry.name);
         });
}

gate::LoadedConfiguration Load(const Subject& subject, const std::string& config_file) {
  if (!config_file.empty()) return gate::LoadConfiguration(NamedConfiguration(config_file), config_file);
  if (subject.policy != nullptr && HasConfiguration(*subject.policy)) {
    return gate::LoadConfiguration(*subject.policy, subject.policy_side);
  }
  return gate::LoadConfiguration(MemoryTree(), "defaults (" + subject.policy_side +
                                                   (subject.policy == nullptr ? ")" : " has no .sluice)"));
}

std::vector<std::string> BranchesOf(const Subject& subject, const gate::Configuration& configuration) {
  constexpr std::string_view kHeads = "refs/heads/";
  std::vector<std::string> branches;
  for (const gate::Protection& protection : configuration.protect) {
    if (protection.branch.find_first_of("*?") == std::string::npos) branches.push_back(protection.branch);
  }
  const GitPlace place = FindGit(subject.root.empty() ? AbsolutePath(".") : subject.root);
  const auto repository = place.top.empty()
                              ? Result<std::shared_ptr<const git::Repository>>(NotFound("no Git"))
                              : OpenRepository(place);
  const Result<std::string> head =
      repository ? (*repository)->HeadRef() : Result<std::string>(NotFound("no Git"));
  if (!head || !head->starts_with(kHeads)) return branches;
  branches.push_back(head->substr(kHeads.size()));
  branches.insert(branches.end(), {"main", "master"});  // where most work lands
  return branches;
}

}  // namespace

Result<gate::Configuration> ConfigurationOf(const Subject& subject, const std::string& config_file,
                                            std::vector<std::string>& others, Findings* wrong) {
  if (!config_file.empty()) {
    const Result<std::string> there = NamedConfiguration(config_file).Read(*RepoPath::Parse(kFile), SIZE_MAX);
    if (!there) return Unreadable(there.error(), config_file);
  }
  gate::LoadedConfiguration loaded = Load(subject, config_file);
  std::vector<Error> errors;
  for (Finding& finding : loaded.findings) {
    if (finding.severity != Severity::kError) continue;
    errors.push_back(ErrorOf(finding, subject, config_file));
    finding.file = FileOnDisk(finding.file, config_file);
    if (wrong != nullptr) wrong->push_back(std::move(finding));
  }
  if (errors.empty()) return std::move(loaded.configuration);
  for (std::size_t i = 1; i < errors.size(); ++i) others.push_back(errors[i].Text());
  return errors[0];
}

Result<std::vector<std::string>> Minors(const std::vector<std::string>& words) {
  const std::vector<std::string> known = schemas::BuiltInMinors();
  std::vector<std::string> minors;
  for (const std::string& word : words) {
    std::string minor = word.starts_with('v') ? word.substr(1) : word;
    const std::size_t patch = minor.find('.', minor.find('.') + 1);
    if (minor.find('.') != minor.npos && patch != minor.npos) minor.resize(patch);
    if (std::find(known.begin(), known.end(), minor) == known.end()) {
      return Usage("Kubernetes " + word + " is not built in; known are " + known.front() + " to " +
                   known.back());
    }
    if (std::find(minors.begin(), minors.end(), minor) == minors.end()) minors.push_back(std::move(minor));
  }
  const auto order = [&](const std::string& minor) { return std::find(known.begin(), known.end(), minor); };
  std::sort(minors.begin(), minors.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
  return minors;
}

gate::BuildSettings BuildSettingsOf(const HelmPlace& helm, const Subject& subject,
                                    const gate::Configuration& configuration) {
  const HelmPlace found = Found(helm);
  gate::BuildSettings settings;
  if (!found.program.empty()) settings.helm = manifests::render::HelmAt(found.program);
  settings.cache = found.cache;
  settings.branches = BranchesOf(subject, configuration);
  return settings;
}

}  // namespace sluice::cli
