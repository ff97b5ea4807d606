// Tested by tests/push/promote.sh.
#include "cli/promotion_place.h"

#include <filesystem>

#include "cli/commands.h"
#include "cli/helm_program.h"
#include "cli/jobs.h"
#include "cli/output.h"
#include "cli/remote_view.h"
#include "git/merge_tree.h"
#include "hooks/pusher.h"
#include "hooks/settings.h"
#include "manifests/render/helm_run.h"
#include "promotion/chain_head.h"
#include "promotion/reconcile.h"
#include "promotion/trust.h"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kDeadline{5};

// A server's repository has no work tree, and the gate in it.
bool IsServer(const GitPlace& git) {
  std::error_code ignored;
  return git.top.empty() && fs::exists(git.git_dir + "/sluice/settings.yaml", ignored);
}

// All environments: what is recorded of them, the server knows.
void TakeEnvironments(const gate::Configuration& configuration, gate::HookSettings& settings) {
  for (const promotion::Environment& environment : configuration.promotion.environments)
    settings.environments.push_back({environment.name, environment.Ref(), environment.folder});
}

// The server knows who pushes by a login; here it is who has the address that git has.
void TakePusher(const Result<std::string>& email, const gate::Configuration& configuration,
                gate::Push& push) {
  if (!email) return;
  const promotion::People& people = configuration.promotion.people;
  const promotion::Principal principal = promotion::ByEmail(people, email->substr(0, email->find('\n')));
  for (const promotion::Person& person : people.people) {
    if (!principal.IsPerson() || person.name != principal.name || person.logins.empty()) continue;
    push.settings.identity = person.logins.front().provider;
    push.pusher = person.logins.front().name;
  }
}

Error Broken(const gate::LoadedConfiguration& loaded) {
  for (const Finding& finding : loaded.findings)
    if (finding.severity == Severity::kError)
      return {ErrorKind::kConfiguration, finding.message, loaded.configuration.source + ":" + finding.file,
              finding.range.begin};
  return {};
}

// Git moves the files of a push out of quarantine in the same way: an object that is
// there already has the same bytes.
Status MoveObjects(const std::string& from, const std::string& to) {
  std::error_code error;
  for (const auto& directory : fs::directory_iterator(from, error)) {
    const std::string name = directory.path().filename().string();
    if (name.size() != 2 || !directory.is_directory()) continue;
    fs::create_directories(to + "/" + name, error);
    for (const auto& file : fs::directory_iterator(directory.path(), error)) {
      const fs::path target = fs::path(to) / name / file.path().filename();
      if (!fs::exists(target, error)) fs::rename(file.path(), target, error);
      if (error) return Failed("cannot move an object to " + to + ": " + error.message());
    }
  }
  return error ? Status(Failed("cannot read " + from + ": " + error.message())) : Status(Ok{});
}

}  // namespace

Result<crypto::AllowedSigners> SignersAt(const std::shared_ptr<const git::Repository>& repository,
                                         const Oid& commit) {
  constexpr const char* kFile = ".sluice/allowed_signers";
  const Result<std::string> text =
      promotion::ReadCommitFile(repository, commit, kFile, crypto::kAllowedSignersBytes);
  if (!text && text.error().kind == ErrorKind::kNotFound) return crypto::AllowedSigners();
  if (!text) return text.error();
  return promotion::ReadPolicySigners(kFile, *text);
}

Result<std::unique_ptr<PromotionPlace>> PromotionPlace::Open(const PromotionPlaceOptions& options) {
  std::unique_ptr<PromotionPlace> place(new PromotionPlace);
  place->git_ = FindGit(".");
  if (place->git_.git_dir.empty())
    return Usage("environments are branches, and this is not a Git repository");
  const Result<hooks::Places> places = hooks::PlacesAt(place->git_.git_dir);
  if (!places) return places.error();
  place->places_ = *places;
  place->server_ = IsServer(place->git_);
  const Status opened = place->server_ ? place->OpenServer() : place->OpenClone(options);
  if (!opened) return opened.error();
  if (Status read = place->OpenRepositories(); !read) return read.error();
  return place;
}

PromotionPlace::~PromotionPlace() { git::RemoveScratch(scratch_); }

Status PromotionPlace::OpenServer() {
  const Result<hooks::SettingTexts> texts = hooks::ReadSettingTexts(places_);
  if (!texts) return texts.error();
  Result<gate::HookSettings> settings = hooks::EffectiveSettings(*texts, places_, {});
  if (!settings) return settings.error();
  settings_ = *std::move(settings);
  if (settings_.floor.repository.empty()) return Ok{};
  auto floor = git::Open({.git_dir = settings_.floor.repository});
  if (!floor) return floor.error();
  floor_ = *std::move(floor);
  return Ok{};
}

Status PromotionPlace::OpenClone(const PromotionPlaceOptions& options) {
  remote_ = options.remote;
  if (!options.fetch) return Ok{};
  const Result<std::string> fetched =
      RunGit({"fetch", "--quiet", remote_, "+refs/heads/*:refs/remotes/" + remote_ + "/*",
              "+refs/sluice/*:refs/sluice/*"},
             directory());
  if (fetched) return Ok{};
  if (fetched.error().kind == ErrorKind::kUsage) return fetched.error();
  if (!RunGit({"remote", "get-url", remote_}, directory()))
    return Usage("there is no remote " + remote_ + ": --remote NAME, or without fetching: --no-fetch");
  return Failed(fetched.error().message + "; without fetching: --no-fetch");
}

Result<std::shared_ptr<const git::Repository>> PromotionPlace::Opened() const {
  auto repository = git::Open({.git_dir = git_.git_dir, .quarantine = scratch_});
  if (!repository || server_) return repository;
  return ViewOfRemote(*repository, remote_);
}

Status PromotionPlace::OpenRepositories() {
  Result<std::string> scratch = git::MakeScratch(places_.objects);
  if (!scratch) return scratch.error();
  scratch_ = *std::move(scratch);
  auto repository = Opened();
  if (!repository) return repository.error();
  repository_ = *std::move(repository);
  merge_ = [this](const Oid& ours, const Oid& theirs) {
    return git::MergeTree({.git_dir = git_.git_dir, .objects = places_.objects, .scratch = scratch_}, ours,
                          theirs);
  };
  gate::Push push;
  push.repository = repository_;
  push.settings = settings_;
  Result<gate::PolicySide> policy = gate::OwnPolicy(push);
  if (!policy) return policy.error();
  policy_ = *std::move(policy);
  if (const Error broken = Broken(policy_.loaded); !broken.message.empty()) return broken;
  if (!server_) TakeEnvironments(configuration(), settings_);
  return Ok{};
}

Result<crypto::AllowedSigners> PromotionPlace::Signers() const {
  return SignersAt(repository_, policy_.commit);
}

Result<Oid> PromotionPlace::ResolveCommit(const std::string& revision) const {
  return cli::ResolveCommit(git_, *repository_, revision);
}

Result<Oid> PromotionPlace::MakeCommit(const Oid& tree, const std::vector<Oid>& parents,
                                       const std::string& message) {
  std::vector<std::string> words = {"commit-tree"};
  const Result<std::string> signs =
      RunGit({"config", "--bool", "--default", "false", "commit.gpgSign"}, directory());
  if (signs && signs->starts_with("true")) words.emplace_back("-S");
  for (const Oid& parent : parents)
    if (!parent.IsZero()) words.insert(words.end(), {"-p", parent.Hex()});
  words.insert(words.end(), {"-m", message, tree.Hex()});
  const Result<std::string> made =
      RunGit(std::move(words), directory(),
             {"GIT_OBJECT_DIRECTORY=" + scratch_, "GIT_ALTERNATE_OBJECT_DIRECTORIES=" + places_.objects});
  if (!made) return made.error();
  if (Status reopened = Reopen(); !reopened) return reopened.error();
  return Oid::FromHex(std::string_view(*made).substr(0, made->find('\n')));
}

Result<Oid> PromotionPlace::EditTree(const Oid& commit, std::span<const git::TreeEdit> edits) {
  Result<Oid> tree = git::EditTree({.git_dir = git_.git_dir, .objects = places_.objects, .scratch = scratch_},
                                   commit, edits);
  if (!tree) return tree;
  if (Status reopened = Reopen(); !reopened) return reopened.error();
  return tree;
}

Status PromotionPlace::Reopen() {
  auto repository = Opened();
  if (!repository) return repository.error();
  repository_ = *std::move(repository);
  return Ok{};
}

gate::BuildSettings PromotionPlace::Builds() const {
  const HelmPlace own{settings_.helm, settings_.chart_cache};
  const HelmPlace helm = server_ ? own : Found(own);
  gate::BuildSettings settings;
  if (!helm.program.empty()) settings.helm = manifests::render::HelmAt(helm.program);
  settings.cache = helm.cache;
  return settings;
}

gate::PushVerdict PromotionPlace::Judge(const Oid& before, const Oid& after, const std::string& ref,
                                        Pusher pusher) {
  return gate::JudgePush(PushOf({before, after, ref}, pusher));
}

gate::PushVerdict PromotionPlace::JudgeRequested(const promotion::Environment& environment, const Oid& commit,
                                                 Pusher pusher, gate::RequestedMove requested) {
  gate::Push push = PushOf({promotion::ZeroLike(commit), commit, environment.Ref()}, pusher);
  push.requested = std::move(requested);
  push.requested.environment = environment.name;
  const auto policy = promotion::ReadPolicyHead(repository_);
  if (policy && *policy) {
    const auto head = promotion::ReadRecordHead(repository_, environment.name, **policy);
    const bool recorded = head && *head;
    if (const Result<Oid> source = Oid::FromHex(recorded ? (*head)->record.source.commit : ""); source)
      push.updates.front().old_id = *source;
  }
  return gate::JudgePush(push);  // what cannot be read of a ledger it says itself
}

gate::Push PromotionPlace::PushOf(const gate::RefUpdate& update, Pusher pusher) const {
  gate::Push push;
  push.repository = repository_;
  push.floor = floor_;
  push.settings = settings_;
  push.settings.bypass_by.clear();
  push.updates = {update};
  if (server_ && pusher == Pusher::kThisPerson) {
    push.pusher = hooks::LocalUser();
  } else if (pusher == Pusher::kThisPerson) {
    TakePusher(RunGit({"config", "--default", "", "user.email"}, directory()), configuration(), push);
  }
  push.deadline = std::chrono::steady_clock::now() + kDeadline;
  push.jobs = JobsOf(0);
  const gate::BuildSettings builds = Builds();
  push.helm = builds.helm;
  push.settings.chart_cache = builds.cache;
  push.merge = merge_;
  return push;
}

Status PromotionPlace::Keep() { return MoveObjects(scratch_, places_.objects); }

int PromotionPlace::Push(std::vector<std::string> options, std::vector<std::string> refs) const {
  constexpr int kRefused = 1;  // git's own exit code, of a ref; what goes wrong before that is 128
  std::vector<std::string> words = {"push"};
  words.insert(words.end(), options.begin(), options.end());
  words.push_back(remote_);
  words.insert(words.end(), refs.begin(), refs.end());
  const Result<int> code = RunGitAloud(std::move(words), directory());
  if (!code) return Fail(code.error());
  if (*code == 0) return kAccepted;
  if (*code == kRefused) {
    PrintError(remote_ + " refused it, and says why above");
    return kRejected;
  }
  return Fail(Failed("nothing was pushed to " + remote_ + ": git push ended with " + std::to_string(*code) +
                     "; try git ls-remote " + remote_ + ", and then this again"));
}

}  // namespace sluice::cli
