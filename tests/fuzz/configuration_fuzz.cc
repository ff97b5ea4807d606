// Bytes of a push as the configuration of the gate, and as what an operator
// writes: whatever they are, there is a configuration, findings or an error.
#include <cstdint>
#include <string>

#include "gate/configuration.h"
#include "gate/operator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const sluice::MemoryTree tree({{".sluice/sluice.yaml", text}, {".sluice/waivers.yaml", text}});
  (void)sluice::gate::LoadConfiguration(tree, "fuzz");
  (void)sluice::gate::ParseHookSettings(text, text, "platform/web");
  return 0;
}
