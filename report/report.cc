#include "report/report.h"

#include <algorithm>
#include <iterator>

#include "report/writers.h"

namespace sluice::report {
namespace {

// In the order of Format.
constexpr std::string_view kNames[] = {"text", "json", "sarif", "junit", "github", "gitlab", "markdown"};

}  // namespace

std::optional<Format> FormatByName(std::string_view name) {
  const auto found = std::find(std::begin(kNames), std::end(kNames), name);
  if (found == std::end(kNames)) return std::nullopt;
  return static_cast<Format>(found - std::begin(kNames));
}

std::span<const std::string_view> FormatNames() { return kNames; }

std::string Write(const Verdict& verdict, Format format, const Options& options) {
  switch (format) {
    case Format::kJson:
      return WriteJson(verdict, options);
    case Format::kSarif:
      return WriteSarif(verdict, options);
    case Format::kJunit:
      return WriteJunit(verdict, options);
    case Format::kGithub:
      return WriteGithub(verdict, options);
    case Format::kGitlab:
      return WriteGitlab(verdict);
    case Format::kMarkdown:
      return WriteMarkdown(verdict, options);
    case Format::kText:
      break;
  }
  return WriteText(verdict, options);
}

}  // namespace sluice::report
