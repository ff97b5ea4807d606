// Bytes of a push as the configuration of the gate, and as what an operator
// writes: whatever they are, there is a configuration, findings or an error.
// NULs part the input: sluice.yaml, waivers.yaml, a JSON Schema that the first
// may name, hook.yaml, settings.yaml; an empty part is a file that is not there.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>

#include "gate/configuration.h"
#include "gate/operator.h"

namespace sluice::gate {
namespace {

using Parts = std::array<std::string, 5>;

Parts Split(std::string_view bytes) {
  Parts parts;
  for (std::string& part : parts) {
    const std::size_t end = bytes.find('\0');
    part = bytes.substr(0, end);
    bytes.remove_prefix(end == bytes.npos ? bytes.size() : end + 1);
  }
  return parts;
}

void RunRepository(const Parts& parts) {
  std::map<std::string, std::string> files;
  if (!parts[0].empty()) files[".sluice/sluice.yaml"] = parts[0];
  if (!parts[1].empty()) files[".sluice/waivers.yaml"] = parts[1];
  if (!parts[2].empty()) files[".sluice/schemas/a.json"] = files[".sluice/schemas/a.bundle"] = parts[2];
  const LoadedConfiguration loaded = LoadConfiguration(MemoryTree(std::move(files)), "fuzz");
  const Limits defaults, &limits = loaded.configuration.limits;
  if (limits.file_bytes > defaults.file_bytes || limits.depth > defaults.depth)
    std::abort();  // only tightened
  for (const std::string& glob : loaded.configuration.roots.include)
    (void)GlobMatches(glob, "apps/shop/web.yaml");
  for (const Finding& finding : loaded.findings) {
    if (finding.rule.empty() || finding.message.empty()) std::abort();
  }
}

// A setting that could be set is read back.
void RunOperator(const Parts& parts) {
  (void)ParseHookSettings(parts[3], parts[4], "platform/web");
  const Result<std::string> set = SetSetting(parts[4], "policyRef", "refs/heads/x");
  if (!set) return;
  const Result<HookSettings> settings = ParseHookSettings({}, *set, "platform/web");
  if (settings && settings->policy_ref != "refs/heads/x") std::abort();
}

}  // namespace
}  // namespace sluice::gate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::gate;
  const Parts parts = Split({reinterpret_cast<const char*>(data), size});
  RunRepository(parts);
  RunOperator(parts);
  return 0;
}
