// The configuration of one check: `--config`, or `.sluice/` of the side that
// the subject names, or the defaults.
#pragma once

#include <string>
#include <vector>

#include "base/finding.h"
#include "base/result.h"
#include "cli/helm_program.h"
#include "cli/subject.h"
#include "gate/build_settings.h"
#include "gate/configuration.h"

namespace sluice::cli {

// Fails (kConfiguration, with file and line) on the first thing that is wrong;
// `others` gets what else is, `wrong` all of it, by the paths that a reader of a
// report finds it at.
Result<gate::Configuration> ConfigurationOf(const Subject& subject, const std::string& config_file,
                                            std::vector<std::string>& others, Findings* wrong = nullptr);

// "1.34", "v1.34.2" and "1.34,1.35" to the minors that are built in; kUsage else.
Result<std::vector<std::string>> Minors(const std::vector<std::string>& words);

// What builds of the subject need besides its files: helm (where there is none,
// charts are not judged), and by which names sources know the tree that is checked
// out: its branch, and those that it is on the way to. No names: no branch is
// checked out, and the policy names none.
gate::BuildSettings BuildSettingsOf(const HelmPlace& helm, const Subject& subject,
                                    const gate::Configuration& configuration);

}  // namespace sluice::cli
