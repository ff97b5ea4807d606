// Tested by tests/git/listed_refs_test.cc.
#include "git/listed_refs.h"

#include <algorithm>

#include "git/refs.h"

namespace sluice::git {

Result<std::vector<ListedRef>> ReadListedRefs(std::string_view text) {
  std::vector<ListedRef> refs;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t blank = std::min(line.find(' '), line.size());
    const Result<Oid> id = Oid::FromHex(line.substr(0, blank));
    const std::string_view name = line.substr(std::min(blank + 1, line.size()));
    if (!id || !IsRefName(name)) return Failed("git listed a ref otherwise than it was asked to");
    refs.push_back({std::string(name), *id});
  }
  return refs;
}

}  // namespace sluice::git
