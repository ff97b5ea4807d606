// What the operator and the installer wrote, read from where only they write:
// /etc/sluice/hook.yaml (or the file that `sluice/operator` in the repository
// names) and `sluice/settings.yaml` in the repository. No variable and no
// configuration of git's has a say.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "gate/operator.h"
#include "hooks/places.h"

namespace sluice::hooks {

struct SettingTexts {
  std::string hook_yaml;  // empty: there is no such file
  std::string settings_yaml;
  std::string hook_file{};  // path of the first, there or not
};

// kFailed where a file cannot be read or may be written by anyone, kConfiguration
// where the operator's is named and not there. `operator_file` is that name instead
// of the one in `sluice/operator`; empty: as that says.
Result<SettingTexts> ReadSettingTexts(const Places& places, const std::string& operator_file = {});

// The settings in force; `platform` is that of the hook file, where it names
// one. GitHub Enterprise gives all hooks five seconds: the deadline is two there
// unless another was written.
Result<gate::HookSettings> EffectiveSettings(const SettingTexts& texts, const Places& places,
                                             std::string_view platform);

// The mode where the files are not to be understood: `observe` only where a
// line says so and none says `enforce`.
gate::Mode ModeByLine(const SettingTexts& texts);

}  // namespace sluice::hooks
