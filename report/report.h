// A verdict in words. Writers decide nothing and see nothing but the verdict;
// control characters, escape sequences and bidirectional characters of
// repository text never reach a terminal.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/verdict.h"

namespace sluice::report {

enum class Format : std::uint8_t { kText, kJson, kSarif, kJunit, kGithub, kGitlab, kMarkdown };

std::optional<Format> FormatByName(std::string_view name);  // "text", "json", "sarif", …
std::span<const std::string_view> FormatNames();

struct Options {
  bool colour = false;  // text only: ANSI colours
  bool quiet = false;   // text only: findings and the last line, no summary
  std::string version;  // of the program, for formats that name it
  // Words of a rule by id, for remedies and for formats that list rules; null
  // for an id that is not built in. Never empty.
  std::function<const Rule*(std::string_view id)> rule;
};

// The whole verdict in one format, ready to be written.
std::string Write(const Verdict& verdict, Format format, const Options& options);

// What a verdict means for the push that it was taken on. Where nothing is
// rejected, the words say so.
enum class Standing : std::uint8_t {
  kEnforced,  // anything but accepted rejects
  kObserved,  // mode `observe`
  kAdvice,    // a branch that is not protected
  kBypassed,  // somebody who may took the bypass
};

// What a hook prints for one ref: `error:`, `warning:` and `hint:` lines (git
// colours them), at most 20 findings in full, equal ones summed up, the time
// last; with `gitlab`, the lines that its web page shows.
struct HookWords {
  bool gitlab = false;
  Standing standing = Standing::kEnforced;
  // Lines after the summary, without "hint: ": how to try again, then the rest.
  // "why: sluice explain RULE" is added after the first.
  std::vector<std::string> hints{};
};
std::string WriteHook(const Verdict& verdict, const HookWords& words, const Options& options);

// `text` with everything that could steer a terminal made visible.
std::string Printable(std::string_view text);

}  // namespace sluice::report
