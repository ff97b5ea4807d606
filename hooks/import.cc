#include "gate/gate.h"
#include "gate/push.h"
#include "git/changes.h"
#include "hooks/install.h"
#include "hooks/refresh.h"
#include "hooks/settings.h"

namespace sluice::hooks {
namespace {

// A history is no push: only what one file or object may cost stays bounded.
Limits Unhurried(Limits limits) {
  limits.push_bytes = std::size_t{64} << 30;
  limits.push_files = 10'000'000;
  limits.push_objects = 50'000'000;
  return limits;
}

struct Tip {
  std::string branch;
  Oid commit, tree;
};

Result<Tip> TipOf(const git::Repository& repository) {
  Result<std::string> head = repository.HeadRef();
  if (!head) return head.error();
  Result<Oid> commit = repository.ResolveRef(*head);
  if (!commit) return Usage("nothing to import: " + *head + " has no commit yet");
  Result<Oid> tree = git::TreeOf(repository, *commit);
  if (!tree) return tree.error();
  return Tip{head->substr(head->rfind('/') + 1), *commit, *tree};
}

Result<Verdict> JudgeTip(const std::shared_ptr<const git::Repository>& repository, const Tip& tip) {
  const std::unique_ptr<FileTree> tree = git::OpenTree(repository, tip.tree);
  gate::LoadedConfiguration loaded =
      gate::LoadConfiguration(*tree, tip.branch + "@" + tip.commit.Hex().substr(0, 7));
  loaded.configuration.limits = Unhurried(loaded.configuration.limits);
  Result<std::vector<git::FileChange>> changes =
      git::Changes(*repository, Oid(), tip.tree, loaded.configuration.limits);
  if (!changes) return changes.error();
  gate::CheckInput input;
  input.subject = tip.branch;
  input.after = tree.get();
  input.changes = std::move(*changes);
  input.configuration = &loaded.configuration;
  Verdict verdict = gate::Check(input);
  verdict.findings.insert(verdict.findings.begin(), loaded.findings.begin(), loaded.findings.end());
  return verdict;
}

}  // namespace

Result<Verdict> Import(const std::string& path) {
  Result<Places> places = FindRepository(path);
  if (!places) return places.error();
  Result<SettingTexts> texts = ReadSettingTexts(*places);
  if (!texts) return texts.error();
  Result<gate::HookSettings> settings = EffectiveSettings(*texts, *places, {});
  if (!settings) return settings.error();
  auto repository = git::Open({.git_dir = places->git_dir});
  if (!repository) return repository.error();
  Result<Tip> tip = TipOf(**repository);
  if (!tip) return tip.error();
  Result<Verdict> verdict = JudgeTip(*repository, *tip);
  if (!verdict) return verdict;
  if (const Status written = RefreshShutIn(*places, *settings); !written) return written.error();
  return verdict;
}

}  // namespace sluice::hooks
