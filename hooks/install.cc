// Everything is looked at before anything is changed, so that a refusal leaves
// the repository as it was. Tested by tests/hooks/install_test.cc.
#include "hooks/install.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "hooks/chain.h"
#include "hooks/hook_file.h"
#include "hooks/own_program.h"
#include "hooks/places.h"
#include "hooks/platform.h"
#include "hooks/policy_branch.h"
#include "hooks/settings.h"

namespace sluice::hooks {
namespace {

constexpr unsigned kHookMode = 0755;
constexpr unsigned kSettingsMode = 0644;

// What is to be written, all of it checked.
struct Plan {
  Places places;
  std::string program, platform, project;
  std::string settings;  // text of settings.yaml
  Placements placements;
};

std::string SettingsFile(const Places& places) { return places.Own() + "/settings.yaml"; }

// The platform that was asked for, else the one that was there, else plain git
// where the repository looks like it.
Result<std::string> PlatformFor(const Places& places, const std::string& asked) {
  if (!asked.empty()) return asked;
  const std::string text = ReadSmall(SettingsFile(places));
  if (text.find("platform:") != text.npos) {
    const Result<gate::HookSettings> there = gate::ParseHookSettings({}, text, {});
    if (!there) return Usage(SettingsFile(places) + ": " + there.error().Text());
    return there->platform;
  }
  const std::string_view looks = Recognise(places);
  if (looks == "git") return std::string(looks);
  return Usage("this looks like a repository of " + std::string(looks) + ": say --platform " +
               std::string(looks) + (looks == "gitea" ? ", forgejo" : "") + " or git");
}

Result<std::string> SettingsText(const Places& places, const InstallOptions& options,
                                 const std::string& platform) {
  std::string text = ReadSmall(SettingsFile(places));
  const std::pair<std::string_view, std::string_view> wanted[] = {
      {"platform", platform}, {"identity", options.identity}, {"mode", options.mode}};
  for (const auto& [key, value] : wanted) {
    if (value.empty()) continue;
    Result<std::string> set = gate::SetSetting(text, key, value);
    if (!set) return set.error();
    text = std::move(*set);
  }
  return text;
}

// What every push would stumble over is said now.
Status CheckSettings(const Places& places, const std::string& operator_file, const std::string& settings_yaml,
                     const std::string& project) {
  const Result<SettingTexts> texts = ReadSettingTexts(places, operator_file);
  if (!texts) return texts.error();
  const Result<gate::HookSettings> settings =
      gate::ParseHookSettings(texts->hook_yaml, settings_yaml, project);
  if (settings) return Ok{};
  Error error = settings.error();
  error.file = error.file == "hook.yaml" ? texts->hook_file : SettingsFile(places);
  return error;
}

Status CheckPlacement(const Placement& placement) {
  const HookFile there = LookAt(placement.path);
  if (there.kind != HookKind::kOther) return Ok{};
  if (!placement.moves) return Usage(placement.path + " is there already and not ours: move it away");
  const std::string aside = placement.path + std::string(kBefore);
  if (LookAt(aside).kind == HookKind::kNone) return Ok{};
  return Usage("both " + placement.path + " and " + aside + " are there and not ours: move one away");
}

Result<Plan> MakePlan(const std::string& repository, const InstallOptions& options) {
  Result<Places> places = FindRepository(repository);
  if (!places) return places.error();
  Plan plan{.places = std::move(*places),
            .program = {},
            .platform = {},
            .project = {},
            .settings = {},
            .placements = {}};
  Result<std::string> program = options.program.empty() ? FindHookProgram() : options.program;
  if (!program) return program.error();
  plan.program = std::move(*program);
  if (Status usable = CheckProgram(plan.program); !usable) return usable.error();
  Result<std::string> platform = PlatformFor(plan.places, options.platform);
  if (!platform) return platform.error();
  plan.platform = std::move(*platform);
  plan.project = options.project.empty() ? ProjectOf(plan.places) : options.project;
  if (!options.operator_file.empty() && options.operator_file[0] != '/')
    return Usage("the operator's file needs an absolute path");
  Result<std::string> settings = SettingsText(plan.places, options, plan.platform);
  if (!settings) return settings.error();
  plan.settings = std::move(*settings);
  Status read = CheckSettings(plan.places, options.operator_file, plan.settings, plan.project);
  if (!read) return read.error();
  Result<Placements> placements = PlacementsFor(plan.platform, plan.places, plan.project);
  if (!placements) return placements.error();
  plan.placements = std::move(*placements);
  for (const Placement& placement : plan.placements.hooks)
    if (Status free = CheckPlacement(placement); !free) return free.error();
  return plan;
}

Status WriteSettings(const Plan& plan, const InstallOptions& options, Steps& steps) {
  const Places& places = plan.places;
  if (Status made = MakeDirectoryLike(places.Own(), places.common_dir); !made) return made;
  const std::pair<std::string, std::string> files[] = {
      {SettingsFile(places), plan.settings},
      {places.Own() + "/project", plan.project + "\n"},
      {places.Own() + "/operator", options.operator_file.empty() ? "" : options.operator_file + "\n"}};
  for (const auto& [path, text] : files) {
    if (text.empty() || ReadSmall(path) == text) continue;
    if (Status written = WriteLike(path, text, kSettingsMode, places.common_dir); !written) return written;
    steps.done.push_back("wrote " + path);
  }
  return Ok{};
}

Status WriteHook(const Plan& plan, const Placement& placement, Steps& steps) {
  const std::string text = HookFileText(plan.program, placement.hook);
  const HookFile there = LookAt(placement.path);
  if (there.kind == HookKind::kOurs && there.executable && ReadSmall(placement.path) == text) return Ok{};
  if (there.kind == HookKind::kOther) {
    const std::string aside = placement.path + std::string(kBefore);
    if (rename(placement.path.c_str(), aside.c_str()) != 0)
      return SystemError("cannot move " + placement.path, errno);
    steps.done.push_back("moved the hook that was there to " + aside + ", which runs after ours");
  }
  if (Status written = WriteLike(placement.path, text, kHookMode, plan.places.common_dir); !written)
    return written;
  steps.done.push_back("wrote " + placement.path);
  return Ok{};
}

// What stands at `path` is ours: it goes, and what was before comes back.
Status TakeOut(const Placement& placement, Steps& steps) {
  if (LookAt(placement.path).kind != HookKind::kOurs) return Ok{};
  const std::string aside = placement.path + std::string(kBefore);
  const bool moved = placement.moves && LookAt(aside).kind != HookKind::kNone;
  const int code = moved ? rename(aside.c_str(), placement.path.c_str()) : unlink(placement.path.c_str());
  if (code != 0) return SystemError("cannot remove " + placement.path, errno);
  steps.done.push_back(moved ? "put back the hook that was there: " + placement.path
                             : "removed " + placement.path);
  return Ok{};
}

// Hooks of ours that the platform does not start. What lies outside of the repository
// (core.hooksPath) may be the hooks of others too.
std::vector<Placement> Orphans(const Places& places, const std::string& project,
                               const std::vector<Placement>& wanted) {
  std::vector<Placement> orphans = AllPlacements(places, project);
  std::erase_if(orphans, [&](const Placement& one) {
    return !one.path.starts_with(places.common_dir + "/") || LookAt(one.path).kind != HookKind::kOurs ||
           std::any_of(wanted.begin(), wanted.end(),
                       [&](const Placement& other) { return other.path == one.path; });
  });
  return orphans;
}

Status Carry(const Plan& plan, const InstallOptions& options, Steps& steps) {
  if (Status written = WriteSettings(plan, options, steps); !written) return written;
  for (const std::string& directory : plan.placements.directories)
    if (Status made = MakeDirectoryLike(directory, plan.places.common_dir); !made) return made;
  for (const Placement& placement : plan.placements.hooks)
    if (Status written = WriteHook(plan, placement, steps); !written) return written;
  for (const Placement& orphan : Orphans(plan.places, plan.project, plan.placements.hooks))
    if (Status out = TakeOut(orphan, steps); !out) return out;
  if (!plan.placements.push_options) return Ok{};
  const Result<bool> set = SetUnlessSet(plan.places, "receive.advertisePushOptions", "true");
  if (!set) return set.error();
  if (*set) steps.done.push_back("set receive.advertisePushOptions, for git push -o");
  return Ok{};
}

// GitHub Enterprise takes hooks from a repository of its own and runs them in a
// chroot that is uploaded.
Steps ForGithub() {
  const std::string file = HookFileText("/usr/libexec/sluice/sluice-hook", "pre-receive --platform=github");
  const std::size_t end = file.find('\n');
  return {.done = {},
          .next = {"put the static program at /usr/libexec/sluice/sluice-hook into the hook environment (a "
                   "chroot with "
                   "/bin/sh and git), and /etc/sluice/hook.yaml beside it",
                   "upload it: ghe-hook-env-create sluice FILE",
                   "commit to the hooks' repository, executable, a file of these two lines:",
                   file.substr(0, end), file.substr(end + 1, file.size() - end - 2),
                   "add it as a pre-receive hook; all hooks of a repository share five seconds"}};
}

// What the operator has to know of the policy branch; empty: it is there.
std::string BranchWords(const Places& places, const std::string& settings_yaml) {
  const Result<gate::HookSettings> settings = gate::ParseHookSettings({}, settings_yaml, {});
  if (!settings) return {};
  const Result<PolicyBranch> branch = LookAtPolicyBranch(places, settings->policy_ref);
  if (!branch)
    return branch.error().message + ": sluice hook set " + places.git_dir + " policyRef=refs/heads/main";
  if (branch->exists) return {};
  if (std::string trouble = TroubleOf(*branch, places); !trouble.empty()) return trouble;
  return "the first push to " + branch->ref +
         " brings the policy; if the policy branch is another one: sluice hook set " + places.git_dir +
         " policyRef=refs/heads/BRANCH";
}

Status CheckPlatform(const Places& places, const std::string& name) {
  const Result<std::string> platform = PlatformFor(places, name);
  if (!platform) return platform.error();
  const std::string project = ProjectOf(places);
  const Result<Placements> wanted = PlacementsFor(*platform, places, project);
  const std::vector<Placement> orphans =
      Orphans(places, project, wanted ? wanted->hooks : std::vector<Placement>());
  if (orphans.empty()) return Ok{};
  if (!wanted)
    return Usage(orphans.front().path + " stands, which " + *platform +
                 " would not start: sluice hook uninstall " + places.git_dir);
  return Usage(orphans.front().path + " stands, which " + *platform +
               " would not start: sluice hook install --platform " + *platform + " " + places.git_dir);
}

}  // namespace

Result<Steps> Install(const std::string& repository, const InstallOptions& options) {
  if (options.platform == "github") return ForGithub();
  Result<Plan> plan = MakePlan(repository, options);
  if (!plan) return plan.error();
  Steps steps;
  if (Status carried = Carry(*plan, options, steps); !carried) return carried.error();
  if (steps.done.empty()) steps.done.push_back("nothing to do: " + plan->places.git_dir + " is gated");
  steps.next = plan->placements.next;
  const std::string branch = BranchWords(plan->places, plan->settings);
  if (!branch.empty()) steps.next.push_back(branch);
  steps.next.push_back("judge what is there already: sluice hook import " + repository);
  return steps;
}

Result<Steps> Uninstall(const std::string& repository) {
  Result<Places> places = FindRepository(repository);
  if (!places) return places.error();
  Result<std::string> platform = PlatformFor(*places, {});
  if (!platform) return platform.error();
  Steps steps;
  if (*platform == "gitolite") {
    steps.next = {
        "remove the lines \"option hook.…= sluice-…\" from gitolite.conf; the files in LOCAL_CODE may serve "
        "other repositories and stay"};
    return steps;
  }
  const Result<Placements> placements = PlacementsFor(*platform, *places, ProjectOf(*places));
  const std::vector<Placement> own = placements ? placements->hooks : std::vector<Placement>();
  std::vector<Placement> all = Orphans(*places, ProjectOf(*places), own);
  all.insert(all.end(), own.begin(), own.end());
  for (const Placement& placement : all)
    if (Status out = TakeOut(placement, steps); !out) return out.error();
  if (steps.done.empty()) steps.done.push_back("nothing to do: no hook of ours is there");
  steps.next.push_back("settings and index stay in " + places->Own() + ": remove it to forget them");
  return steps;
}

Result<Steps> SetKeys(const std::string& repository, const std::vector<Setting>& settings) {
  Result<Places> places = FindRepository(repository);
  if (!places) return places.error();
  const std::string path = SettingsFile(*places);
  std::string text = ReadSmall(path);
  for (const Setting& setting : settings) {
    Result<std::string> with = gate::SetSetting(text, setting.key, setting.value);
    if (!with) return with.error();
    text = *std::move(with);
    if (setting.key != "platform") continue;
    if (Status fits = CheckPlatform(*places, setting.value); !fits) return fits.error();
  }
  if (Status read = CheckSettings(*places, {}, text, ProjectOf(*places)); !read) return read.error();
  if (Status made = MakeDirectoryLike(places->Own(), places->common_dir); !made) return made.error();
  if (Status written = WriteLike(path, text, kSettingsMode, places->common_dir); !written)
    return written.error();
  Steps steps{.done = {"wrote " + path}, .next = {}};
  if (std::string branch = BranchWords(*places, text); !branch.empty())
    steps.next.push_back(std::move(branch));
  return steps;
}

Result<std::string> FindHookProgram() {
  std::string looked;
  Result<std::string> found = FindOwnProgram(kProgramName, "hooks", looked);
  if (found) return found;
  return NotFound("cannot find the hook program" + (looked.empty() ? "" : " (looked for " + looked + ")") +
                  ": say --program");
}

}  // namespace sluice::hooks
