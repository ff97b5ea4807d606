// libFuzzer: files of owners. What was read stays within its bounds, is read the same
// again, and gives an answer for any path.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "promotion/codeowners.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::promotion;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Codeowners owners = ParseCodeowners(bytes);
  const auto lines = static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n')) + 1;
  if (owners.rules.size() > kCodeownersRules || owners.rules.size() + owners.skipped.size() > lines)
    std::abort();
  if (!owners.unread.empty() && !owners.rules.empty()) std::abort();
  std::uint32_t before = 0;
  for (const CodeownersRule& rule : owners.rules) {
    if (rule.pattern.empty() || rule.pattern.size() > kCodeownersPattern || rule.line <= before) std::abort();
    before = rule.line;
  }
  // Paths of the input itself come near its patterns.
  const std::string_view paths[] = {"README.md", "apps/shop/web.yaml", bytes.substr(0, 200),
                                    bytes.substr(bytes.size() / 2, 200)};
  for (const std::string_view path : paths) {
    const CodeownersRule* rule = OwnersOf(owners, path);
    if (rule != nullptr && (rule < owners.rules.data() || rule >= owners.rules.data() + owners.rules.size()))
      std::abort();
    if (rule != OwnersOf(owners, path)) std::abort();
  }
  return 0;
}
