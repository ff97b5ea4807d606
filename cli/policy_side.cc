#include "cli/policy_side.h"

#include <algorithm>

#include "cli/paths.h"
#include "schemas/catalog.h"

namespace sluice::cli {
namespace {

constexpr std::string_view kFolder = ".sluice/";
constexpr std::string_view kFile = ".sluice/sluice.yaml";

// A file anywhere on disk as if it stood at .sluice/sluice.yaml, its neighbours beside it.
class NamedConfiguration : public FileTree {
 public:
  explicit NamedConfiguration(const std::string& file)
      : file_(file), directory_(DirectoryOf(AbsolutePath(file))), neighbours_(directory_) {}

  Result<std::vector<FileEntry>> List(const RepoPath& directory) const override {
    const Result<RepoPath> path = Below(directory);
    if (!path) return path.error();
    return neighbours_.List(*path);
  }

  Result<std::string> Read(const RepoPath& file, std::size_t limit) const override {
    if (file.text() == kFile) {
      const std::string absolute = AbsolutePath(file_);
      return DirectoryTree(directory_)
          .Read(*RepoPath().Child(absolute.substr(absolute.rfind('/') + 1)), limit);
    }
    const Result<RepoPath> path = Below(file);
    if (!path) return path.error();
    return neighbours_.Read(*path, limit);
  }

 private:
  static std::string DirectoryOf(const std::string& absolute) {
    return absolute.substr(0, absolute.rfind('/'));
  }

  static Result<RepoPath> Below(const RepoPath& path) {
    if (path.text() == ".sluice") return RepoPath();
    if (!path.text().starts_with(kFolder)) return NotFound("no " + path.text());
    return RepoPath::Parse(std::string_view(path.text()).substr(kFolder.size()));
  }

  std::string file_, directory_;
  DirectoryTree neighbours_;
};

// The place as the user knows it.
Error ErrorOf(const Finding& finding, const Subject& subject, const std::string& config_file) {
  Error error{ErrorKind::kConfiguration, finding.message, finding.file, finding.range.begin};
  if (!config_file.empty()) {
    const std::string directory = config_file.substr(0, config_file.rfind('/') + 1);
    error.file = finding.file == kFile ? config_file : directory + finding.file.substr(kFolder.size());
  } else if (subject.before != nullptr && subject.policy == subject.before.get()) {
    error.file = subject.policy_side + ":" + error.file;
  }
  return error;
}

bool HasConfiguration(const FileTree& tree) { return bool(tree.List(*RepoPath::Parse(".sluice"))); }

gate::LoadedConfiguration Load(const Subject& subject, const std::string& config_file) {
  if (!config_file.empty()) return gate::LoadConfiguration(NamedConfiguration(config_file), config_file);
  if (subject.policy != nullptr && HasConfiguration(*subject.policy)) {
    return gate::LoadConfiguration(*subject.policy, subject.policy_side);
  }
  return gate::LoadConfiguration(MemoryTree(), "defaults (" + subject.policy_side +
                                                   (subject.policy == nullptr ? ")" : " has no .sluice)"));
}

}  // namespace

Result<gate::Configuration> ConfigurationOf(const Subject& subject, const std::string& config_file,
                                            std::vector<std::string>& others) {
  if (!config_file.empty()) {
    const Result<std::string> there = NamedConfiguration(config_file).Read(*RepoPath::Parse(kFile), SIZE_MAX);
    if (!there)
      return Error{ErrorKind::kConfiguration, "cannot read it: " + there.error().message, config_file, {}};
  }
  gate::LoadedConfiguration loaded = Load(subject, config_file);
  std::vector<Error> errors;
  for (const Finding& finding : loaded.findings) {
    if (finding.severity == Severity::kError) errors.push_back(ErrorOf(finding, subject, config_file));
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

}  // namespace sluice::cli
