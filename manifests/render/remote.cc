// Tested by tests/manifests/render/remote_test.cc.
#include "manifests/render/remote.h"

#include <algorithm>
#include <array>

namespace sluice::manifests::render {
namespace {

bool StartsFolded(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b); });
}

// "user@host:path", and "git@host/path".
bool IsSshAddress(std::string_view text) {
  const auto at = text.find('@');
  if (at == 0 || at == text.npos || text.find_first_of("/:") < at) return false;
  const auto separator = text.find_first_of(":/", at + 1);
  if (separator == text.npos || separator == at + 1) return false;
  return text[separator] == ':' || text.substr(0, at) == "git";
}

}  // namespace

bool IsFileUrl(std::string_view text) { return StartsFolded(text, "file://"); }

bool IsRemote(std::string_view text) {
  if (text.find("://") != text.npos) return !IsFileUrl(text);
  constexpr std::array<std::string_view, 6> kPrefixes = {
      "git::", "gh:", "github.com/", "github.com:", "www.github.com/", "www.github.com:"};
  return IsSshAddress(text) ||
         std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [text](std::string_view prefix) { return StartsFolded(text, prefix); });
}

}  // namespace sluice::manifests::render
