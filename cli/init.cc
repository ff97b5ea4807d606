// `sluice init`: looks at what the repository holds, writes a configuration
// that an old repository can start with today, and shows what it would say.
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "cli/check.h"
#include "cli/commands.h"
#include "cli/git_program.h"
#include "cli/output.h"
#include "cli/paths.h"
#include "cli/policy_side.h"
#include "gate/gate.h"
#include "manifests/object.h"
#include "report/words.h"
#include "schemas/catalog.h"

namespace sluice::cli {
namespace {

constexpr std::string_view kFile = ".sluice/sluice.yaml";

// What the repository's files look like.
struct Layout {
  bool flux = false, argo_cd = false, kustomize = false, helm = false;

  std::vector<std::string> Discovered() const {
    std::vector<std::string> names;
    if (flux) names.push_back("flux");
    if (argo_cd) names.push_back("argo-cd");
    if (kustomize) names.push_back("kustomize");
    return names;
  }
};

std::string_view NameOf(std::string_view path) { return path.substr(path.rfind('/') + 1); }

void LookAt(std::string_view name, std::string_view text, Layout& layout) {
  const auto has = [&](std::string_view words) { return text.find(words) != text.npos; };
  layout.kustomize |= manifests::IsKustomizationName(name);
  layout.helm |= name == "Chart.yaml";
  layout.flux |= has("kustomize.toolkit.fluxcd.io/");
  layout.argo_cd |= has("argoproj.io/") && (has("kind: Application\n") || has("kind: ApplicationSet\n"));
}

Layout LayoutOf(const Subject& subject) {
  Layout layout;
  for (const git::FileChange& file : subject.changes) {
    const std::string_view name = NameOf(file.path);
    const bool manifest = name.ends_with(".yaml") || name.ends_with(".yml") || name == "Kustomization";
    const Result<RepoPath> path = RepoPath::Parse(file.path);
    if (!manifest || !path) continue;
    const Result<std::string> text = subject.after->Read(*path, Limits().file_bytes);
    LookAt(name, text ? std::string_view(*text) : std::string_view(), layout);
  }
  return layout;
}

std::string Joined(const std::vector<std::string>& words, std::string_view quote) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + std::string(quote) + word + std::string(quote);
  }
  return text;
}

// A YAML scalar, quoted where it might be read as anything but itself.
std::string Scalar(const std::string& text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '-';
  };
  if (!text.empty() && text[0] != '-' && std::all_of(text.begin(), text.end(), plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

std::string RootsWords(const Layout& layout) {
  const std::vector<std::string> discovered = layout.Discovered();
  if (discovered.empty()) {
    return "# Every YAML and JSON file is looked at. To look at some folders only:\n"
           "# roots:\n#   include: [apps/**]\n";
  }
  return "# What these would build is judged; name anything else under `include`.\n"
         "roots:\n  discover: [" +
         Joined(discovered, "") + "]\n";
}

std::string ConfigurationWords(const Layout& layout, const std::string& branch) {
  return "# What Sluice judges in this repository, and how strictly; sluice.yaml(5) and\n"
         "# docs/configuration.md describe every key. A push is judged by this file as it\n"
         "# stands on the server before the push.\n"
         "version: 1\n\n"
         "# The Kubernetes minors that your clusters run. These are the newest ones, a guess.\n"
         "kubernetes: [" +
         Joined(schemas::DefaultMinors(), "\"") +
         "]\n\n"
         "# Branches that only judged changes may reach.\n"
         "protect: [" +
         Scalar(branch) + "]\n\n" + RootsWords(layout) +
         "\n# Violations that are there already are counted, not blocked: only new ones are.\n"
         "ratchet: true\n";
}

// The branch that people work on; "main" where nothing tells.
std::string BranchOf(const GitPlace& place) {
  constexpr std::string_view kHeads = "refs/heads/";
  const Result<std::shared_ptr<const git::Repository>> repository = OpenRepository(place);
  if (!repository) return "main";
  const Result<std::string> head = (*repository)->HeadRef();
  return head && head->starts_with(kHeads) ? head->substr(kHeads.size()) : "main";
}

Status WriteFile(const std::string& path, const std::string& text) {
  const std::string directory = path.substr(0, path.rfind('/'));
  if (mkdir(directory.c_str(), 0777) != 0 && errno != EEXIST)
    return SystemError("cannot make " + directory, errno);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) return SystemError("cannot write " + path, errno);
  return Ok{};
}

std::string VerdictWords(const Verdict& verdict) {
  std::string text = "\nfirst verdict: " + report::FindingWords(verdict) + "\n";
  std::map<std::string, std::size_t> counts;
  for (const Finding& finding : verdict.findings) ++counts[finding.rule];
  for (const auto& [id, count] : counts) {
    const Rule* rule = gate::FindRule(id);
    std::string number = std::to_string(count);
    number.insert(0, number.size() < 6 ? 6 - number.size() : 0, ' ');
    text += number + "  " + id + (rule == nullptr ? "" : ": " + std::string(rule->title)) + "\n";
  }
  text += report::JudgedWords(verdict) + "\n";
  if (verdict.outcome == Outcome::kRejected)
    text += "ratchet is on: none of these blocks a push, new ones do\n";
  return text;
}

int ShowFirstVerdict(const GitPlace& place) {
  CheckOptions options;
  options.config = place.top + "/" + std::string(kFile);
  Result<Subject> subject = SubjectOfPaths({place.top});
  if (!subject) return Fail(subject.error());
  std::vector<std::string> others;
  Result<gate::Configuration> configuration = ConfigurationOf(*subject, options.config, others);
  if (!configuration) return Fail(configuration.error());
  configuration->ratchet = false;
  const Verdict verdict = Judge(*subject, *std::move(configuration), options);
  if (verdict.outcome == Outcome::kUnjudged) return Fail(Failed(verdict.reason));
  const bool printed = Print(
      VerdictWords(verdict) + "hint: Kubernetes " + Joined(schemas::DefaultMinors(), "") +
      " is a guess: set `kubernetes` to what your clusters run\nhint: see them: sluice check\nhint: commit " +
      std::string(kFile) + "; it holds from the push after the one that brings it\n");
  return printed ? kAccepted : kUnjudged;
}

int RunInit(bool force) {
  const GitPlace place = FindGit(AbsolutePath("."));
  if (place.top.empty()) return Fail(Usage("this is not a Git work tree; sluice init belongs into one"));
  const std::string path = place.top + "/" + std::string(kFile);
  if (Exists(path) && !force) return Fail(Usage(path + " is there already; --force overwrites it"));
  Result<Subject> subject = SubjectOfPaths({place.top});
  if (!subject) return Fail(subject.error());
  const Layout layout = LayoutOf(*subject);
  const Status written = WriteFile(path, ConfigurationWords(layout, BranchOf(place)));
  if (!written) return Fail(written.error());
  const std::vector<std::string> found = layout.Discovered();
  std::string words =
      "wrote " + std::string(kFile) + "; found " + (found.empty() ? "plain files" : Joined(found, ""));
  if (layout.helm) words += "\nHelm charts are judged where helm is found (docs/rendering.md)";
  if (!Print(words + "\n")) return kUnjudged;
  return ShowFirstVerdict(place);
}

}  // namespace

void AddInit(const Command& app) {
  const auto force = std::make_shared<bool>(false);
  const Command init = app.AddCommand("init", "write .sluice/sluice.yaml for this repository");
  init.AddFlag("--force", *force, "overwrite the file that is there");
  init.Runs([force] { return RunInit(*force); });
}

}  // namespace sluice::cli
