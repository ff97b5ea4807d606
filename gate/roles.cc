// The walk from a file up to whatever builds it: references of kustomizations,
// Helm charts above it, roots of controllers. Bounded: a file reached through
// more than kMaxOwners owners is taken as owned, which only widens judgement.
// Tested by tests/gate/roles_test.cc.
#include "gate/roles.h"

#include <algorithm>
#include <set>

#include "base/repo_path.h"

namespace sluice::gate {
namespace {

constexpr std::size_t kMaxOwners = 1000;

struct PartialUse {
  Reference reference;
  std::string_view words;
};
constexpr PartialUse kPartialUses[] = {
    {Reference::kPatch, "a patch of "},
    {Reference::kGenerator, "generator input of "},
    {Reference::kConfiguration, "configuration of "},
    {Reference::kValues, "chart values of "},
    {Reference::kSecretValues, "values of a secretGenerator of "},
};

std::string_view DirectoryOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view() : path.substr(0, slash);
}

// What a path is for; Roots and Up alone tell what builds it.
class Walk {
 public:
  Walk(const Facts& facts, Role& role) : facts_(facts), role_(role) {}

  void Of(std::string_view path) {
    DirectReferences(path);
    const Result<RepoPath> parsed = RepoPath::Parse(path);
    if (!parsed) return;
    Chart(*parsed);
    Roots(parsed->Parent());
    Up(std::string(path));
  }

  bool flux() const { return flux_; }
  bool argo_cd() const { return argo_cd_; }
  bool kustomized() const { return kustomized_; }

 private:
  void DirectReferences(std::string_view path) {
    std::string partial;
    bool as_text = false;
    facts_.Find(FactKind::kReference, path, [&](const FactView& fact) {
      const char letter = fact.value.empty() ? 'r' : fact.value[0];
      if (letter == static_cast<char>(Reference::kResource)) {
        role_.kustomizations.emplace_back(fact.file);
        return;
      }
      for (const PartialUse& use : kPartialUses) {
        if (letter != static_cast<char>(use.reference) || !MayTake(fact.file, path)) continue;
        partial = std::string(use.words) + std::string(fact.file);
        as_text = use.reference != Reference::kPatch;
      }
    });
    std::sort(role_.kustomizations.begin(), role_.kustomizations.end());
    if (!role_.kustomizations.empty() || partial.empty() || AppliedAsItStands(path)) return;
    role_.as_text = as_text;
    NotWhole(partial);
  }

  // kustomize takes files from below a kustomization only; under Flux it takes
  // them from anywhere in the repository.
  bool MayTake(std::string_view kustomization, std::string_view path) const {
    const std::string_view directory = DirectoryOf(kustomization);
    const bool below = directory.empty() || (path.starts_with(directory) && path[directory.size()] == '/');
    if (below) return true;
    Role unused;
    Walk owner(facts_, unused);
    const Result<RepoPath> parsed = RepoPath::Parse(kustomization);
    if (!parsed) return false;
    owner.Roots(parsed->Parent());
    owner.Up(parsed->Parent().text());
    return owner.flux();
  }

  // A controller applies every file below a root without kustomizations.
  bool AppliedAsItStands(std::string_view path) const {
    const Result<RepoPath> parsed = RepoPath::Parse(path);
    if (!parsed) return false;
    for (RepoPath directory = parsed->Parent();; directory = directory.Parent()) {
      if (facts_.Has(FactKind::kKustomization, directory.text())) return false;
      if (facts_.Has(FactKind::kRoot, directory.text())) return true;
      if (directory.IsRoot()) return false;
    }
  }

  void NotWhole(std::string reason) {
    role_.whole = false;
    role_.reason = std::move(reason);
  }

  // templates/ of a chart hold text of Go templates; a resource of a kustomization is never one.
  void Chart(const RepoPath& path) {
    if (!role_.kustomizations.empty() || !role_.whole) return;
    RepoPath below = path;
    for (RepoPath directory = path.Parent();; directory = directory.Parent()) {
      if (below.Name() == "templates" && facts_.Has(FactKind::kChart, directory.text())) {
        role_.chart_template = true;
        return NotWhole("a template of the Helm chart " + (directory.IsRoot() ? "." : directory.text()));
      }
      if (directory.IsRoot()) return;
      below = directory;
    }
  }

  void Up(std::string first) {
    std::vector<std::string> open{std::move(first)};
    while (!open.empty() && seen_.size() < kMaxOwners) {
      const std::string path = std::move(open.back());
      open.pop_back();
      facts_.Find(FactKind::kReference, path, [&](const FactView& fact) {
        if (!fact.value.starts_with(static_cast<char>(Reference::kResource))) return;
        kustomized_ = true;
        const Result<RepoPath> owner = RepoPath::Parse(fact.file);
        if (!owner || !seen_.insert(owner->Parent().text()).second) return;
        Roots(owner->Parent());
        open.push_back(owner->Parent().text());
      });
    }
  }

  void Roots(RepoPath directory) {
    while (true) {
      facts_.Find(FactKind::kRoot, directory.text(), [&](const FactView& fact) {
        flux_ |= fact.value.starts_with("flux");
        argo_cd_ |= fact.value.starts_with("argo-cd");
        role_.substituted |= fact.value == "flux+substitute";
      });
      if (directory.IsRoot()) return;
      directory = directory.Parent();
    }
  }

  const Facts& facts_;
  Role& role_;
  std::set<std::string> seen_;
  bool flux_ = false, argo_cd_ = false, kustomized_ = false;
};

bool MatchesAny(const std::vector<std::string>& globs, std::string_view path) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return GlobMatches(glob, path); });
}

}  // namespace

Role RoleOf(const Facts& facts, const Roots& roots, std::string_view path) {
  Role role;
  Walk walk(facts, role);
  walk.Of(path);
  const bool included = MatchesAny(roots.include, path);
  bool kustomization = walk.kustomized();
  facts.Find(FactKind::kKustomization, DirectoryOf(path),
             [&](const FactView& fact) { kustomization |= fact.file == path; });
  role.deployed = walk.flux() || walk.argo_cd() || kustomization || included;
  const bool discovered = (roots.flux && walk.flux()) || (roots.argo_cd && walk.argo_cd()) ||
                          (roots.kustomize && (kustomization || !role.whole));
  role.in_scope = (roots.WholeTree() || included || discovered) && !MatchesAny(roots.exclude, path);
  return role;
}

}  // namespace sluice::gate
