// `.sops.yaml` after it was read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/native.h"
#include "policies/rules/sops_document.h"

namespace sluice::policies {

struct CreationRule {
  std::optional<manifests::Pattern> path;  // none: every path
  SopsSelector selector;
};

struct SopsRules {
  std::string directory;  // of .sops.yaml, "" or with a '/' at its end; paths are matched from here
  std::vector<CreationRule> rules;

  // The first rule that matches, as SOPS takes it; null for none, and for a
  // file outside of the directory.
  const CreationRule* Find(std::string_view path) const;
};

}  // namespace sluice::policies
