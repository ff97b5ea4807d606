// The text that stands where git looks for a hook, and files that belong to the
// owner of a repository whoever writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::hooks {

constexpr std::string_view kProgramName = "sluice-hook";

// `#!PROGRAM HOOK` and a line for people. `hook` may carry " --platform=P".
std::string HookFileText(std::string_view program, std::string_view hook);

// kUsage where the kernel could not start `program` from a hook's first line.
Status CheckProgram(const std::string& program);

enum class HookKind : unsigned char { kNone, kOurs, kOther };
struct HookFile {
  HookKind kind = HookKind::kNone;
  bool executable = false;
  std::string program;  // of ours: what it starts
};
HookFile LookAt(const std::string& path);

// Small files of ours; empty where there is none.
std::string ReadSmall(const std::string& path);
// Whole or not at all, owned as `like` is where we may (root).
Status WriteLike(const std::string& path, std::string_view text, unsigned mode, const std::string& like);
Status MakeDirectoryLike(const std::string& path, const std::string& like);

}  // namespace sluice::hooks
