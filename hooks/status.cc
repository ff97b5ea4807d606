// Which repositories below a directory are gated. A repository is what git
// takes for one: HEAD, objects/ and refs/. Tested by tests/hooks/status_test.cc.
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "hooks/hook_file.h"
#include "hooks/install.h"
#include "hooks/places.h"
#include "hooks/platform.h"
#include "hooks/policy_branch.h"
#include "hooks/settings.h"

namespace sluice::hooks {
namespace {

constexpr int kMaxLevels = 16;

bool IsDirectory(const std::string& path) {
  struct stat status;
  return lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool IsRepository(const std::string& path) {
  return access((path + "/HEAD").c_str(), F_OK) == 0 && IsDirectory(path + "/objects") &&
         IsDirectory(path + "/refs");
}

Result<std::vector<std::string>> DirectoriesIn(const std::string& path) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path.c_str()), closedir);
  if (directory == nullptr) return SystemError("cannot read " + path, errno);
  while (const dirent* entry = readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && IsDirectory(path + "/" + std::string(name))) names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Where a hook of ours would stand for a push to be judged, each with the file
// that git itself starts first (empty: git starts ours).
struct Stand {
  std::string ours, starts;
};
std::vector<Stand> Stands(const Places& places) {
  const std::string hooks = places.common_dir + "/hooks";
  std::vector<Stand> stands = {{hooks + "/pre-receive", {}},
                               {hooks + "/pre-receive.d/sluice", hooks + "/pre-receive"},
                               {places.common_dir + "/custom_hooks/pre-receive.d/sluice", {}}};
  for (int number = 0; number < 10; ++number)  // gitolite's links
    stands.push_back(
        {hooks + "/pre-receive.h0" + std::to_string(number) + "-sluice-pre-receive", hooks + "/pre-receive"});
  if (ReadSmall(places.common_dir + "/config").find("ooks") == std::string::npos) return stands;
  const Result<std::string> own = HooksDirectory(places);  // git is asked only where the file speaks of it
  if (own && *own != hooks) return {{*own + "/pre-receive", {}}};
  return stands;
}

std::string TroubleOf(const Stand& stand, const HookFile& file) {
  if (!file.executable) return stand.ours + " is not executable: git does not run it";
  if (access(file.program.c_str(), X_OK) != 0) return file.program + " is not there: git rejects every push";
  if (!stand.starts.empty() && !LookAt(stand.starts).executable)
    return stand.starts + " does not run, so ours does not either";
  return {};
}

// Without its floor nothing is judged.
std::string FloorTrouble(const gate::HookSettings& settings) {
  if (settings.floor.repository.empty()) return {};
  const Result<Places> places = PlacesAt(settings.floor.repository);
  if (!places) return "the floor: " + places.error().message + ": every push is rejected";
  const Result<PolicyBranch> branch = LookAtPolicyBranch(*places, settings.floor.ref);
  if (branch && branch->exists) return {};
  return "the floor " + settings.floor.repository + " has no " + settings.floor.ref +
         ": every push is rejected";
}

RepositoryState StateOf(const std::string& path) {
  RepositoryState state;
  state.path = path;
  const Result<Places> places = PlacesAt(path);
  if (!places) {
    state.trouble = places.error().message;
    return state;
  }
  state.trouble = "Sluice hook not installed";
  for (const Stand& stand : Stands(*places)) {
    const HookFile file = LookAt(stand.ours);
    if (file.kind != HookKind::kOurs) continue;
    state.trouble = TroubleOf(stand, file);
    state.gated = state.trouble.empty();
    break;
  }
  if (!state.gated) return state;
  const Result<SettingTexts> texts = ReadSettingTexts(*places);
  if (!texts) {
    state.trouble = texts.error().Text() + ": every push is rejected";
    return state;
  }
  const Result<gate::HookSettings> settings = EffectiveSettings(*texts, *places, {});
  if (!settings) {
    state.observed = ModeByLine(*texts) == gate::Mode::kObserve;
    state.trouble =
        settings.error().Text() + (state.observed ? ": no push is judged" : ": every push is rejected");
    return state;
  }
  state.platform = settings->platform;
  state.observed = settings->mode == gate::Mode::kObserve;
  if (state.trouble = FloorTrouble(*settings); !state.trouble.empty()) return state;
  const Result<PolicyBranch> branch = LookAtPolicyBranch(*places, settings->policy_ref);
  state.trouble = branch ? TroubleOf(*branch, *places) : branch.error().message + ": every push is rejected";
  state.has_policy = branch && state.trouble.empty();
  return state;
}

// A directory that cannot be read is told in the place of what may be there.
void Walk(const std::string& path, int level, std::vector<RepositoryState>& states) {
  if (IsRepository(path)) return states.push_back(StateOf(path));
  if (level == kMaxLevels) return;
  const Result<std::vector<std::string>> names = DirectoriesIn(path);
  if (!names) {
    if (path.ends_with("/lost+found")) return;  // root's alone, at the top of a volume
    states.push_back({.path = path, .trouble = names.error().message});
    return;
  }
  for (const std::string& name : *names) Walk(path + "/" + name, level + 1, states);
}

}  // namespace

Result<std::vector<RepositoryState>> ListRepositories(const std::string& directory) {
  if (!IsDirectory(directory)) return Usage("no directory: " + directory);
  std::vector<RepositoryState> states;
  Walk(directory, 0, states);
  return states;
}

}  // namespace sluice::hooks
