#include "cli/helm_program.h"

#include <cstdlib>

#include "cli/paths.h"

namespace sluice::cli {
namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

std::string UsualCache() {
  const std::string cache = Variable("XDG_CACHE_HOME");
  if (cache.starts_with('/')) return cache + "/sluice/charts";
  return AbsolutePath(Variable("HOME") + "/.cache/sluice/charts");
}

}  // namespace

void AddHelmOptions(const Command& command, HelmPlace& place) {
  command.AddOption("--helm", place.program, "the helm that renders charts; default: the one in PATH")
      .Type("FILE");
  command.AddOption("--chart-cache", place.cache, "where fetched charts lie; default: ~/.cache/sluice/charts")
      .Type("DIRECTORY");
}

HelmPlace Found(HelmPlace place) {
  place.program = place.program.empty() ? FindProgram("helm") : AbsolutePath(place.program);
  place.cache = place.cache.empty() ? UsualCache() : AbsolutePath(place.cache);
  return place;
}

}  // namespace sluice::cli
