// What `git for-each-ref` says of refs, where git is asked and not our own reader.
#pragma once

#include <string_view>
#include <vector>

#include "git/repository.h"

namespace sluice::git {

// Its option for what ReadListedRefs reads. No name of a ref holds a line end.
inline constexpr const char* kListedRefsFormat = "--format=%(objectname) %(refname)";

// kFailed where a line is no ref with its id.
Result<std::vector<ListedRef>> ReadListedRefs(std::string_view text);

}  // namespace sluice::git
