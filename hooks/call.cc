#include "hooks/call.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>

#include "process/child.h"

namespace sluice::hooks {
namespace {

constexpr std::size_t kMaxInput = 16u << 20;
constexpr std::size_t kMaxRefName = 4096;
constexpr std::size_t kMaxOptions = 16;
constexpr std::size_t kMaxOption = 1024;

// The text up to `end`, which is taken away with it.
std::string_view Take(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at == text.npos ? text.size() : at + 1);
  return part;
}

Error NoUpdate() { return Failed("git sent a line that is not an update of a ref"); }

Result<gate::RefUpdate> ParseUpdate(std::string_view line) {
  Result<Oid> old_id = Oid::FromHex(Take(line, ' '));
  Result<Oid> new_id = Oid::FromHex(Take(line, ' '));
  if (!old_id || !new_id || old_id->kind() != new_id->kind()) return NoUpdate();
  if (line.empty() || line.size() > kMaxRefName) return NoUpdate();
  for (const char c : line)
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) return NoUpdate();
  return gate::RefUpdate{*old_id, *new_id, std::string(line)};
}

}  // namespace

std::optional<std::string_view> Call::Variable(std::string_view name) const {
  for (const std::string_view entry : environment)
    if (entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name))
      return entry.substr(name.size() + 1);
  return std::nullopt;
}

std::vector<std::string> TakeEnvironment() {
  std::vector<std::string> taken = process::OwnEnvironment();
  clearenv();
  return taken;
}

Result<std::string> ReadInput(int descriptor) {
  std::string all;
  char buffer[16 * 1024];
  for (;;) {
    const ssize_t count = read(descriptor, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemError("cannot read what git sent", errno);
    if (count == 0) return all;
    all.append(buffer, static_cast<std::size_t>(count));
    if (all.size() > kMaxInput) return LimitPassed("more refs in one push than 16 MiB of their names");
  }
}

Result<std::vector<gate::RefUpdate>> ParseUpdates(std::string_view input) {
  std::vector<gate::RefUpdate> updates;
  while (!input.empty()) {
    Result<gate::RefUpdate> update = ParseUpdate(Take(input, '\n'));
    if (!update) return update.error();
    updates.push_back(std::move(*update));
  }
  return updates;
}

Result<std::vector<std::string>> PushOptions(const Call& call) {
  std::vector<std::string> options;
  const std::string_view count = call.Variable("GIT_PUSH_OPTION_COUNT").value_or("0");
  std::size_t number = 0;
  const auto [end, code] = std::from_chars(count.data(), count.data() + count.size(), number);
  if (code != std::errc() || end != count.data() + count.size())
    return Failed("git sent no count of push options");
  if (number > kMaxOptions) return LimitPassed("more than 16 push options");
  for (std::size_t i = 0; i < number; ++i) {
    const std::string name = "GIT_PUSH_OPTION_" + std::to_string(i);
    const std::string_view option = call.Variable(name).value_or("");
    if (option.size() > kMaxOption) return LimitPassed("a push option of more than 1 KiB");
    options.emplace_back(option);
  }
  return options;
}

}  // namespace sluice::hooks
