// The chart and the values are files in a private directory; helm may read these,
// itself and what a program needs to run, and write nothing at all. Go counts
// what it reserves only once it is used, so that a bound on writable memory holds
// it; GOMEMLIMIT makes it collect before the bound would end it. Tested by
// tests/manifests/render/helm_run_test.cc and helm_hostile_test.cc.
#include "manifests/render/helm_run.h"

#include <signal.h>

#include <algorithm>
#include <utility>

#include "process/child.h"
#include "process/private_directory.h"

namespace sluice::manifests::render {
namespace {

constexpr std::size_t kMaxWords = 500;  // of what helm says

// For a helm that is linked dynamically, clocks and time zones.
constexpr const char* kProgramNeeds[] = {"/lib",      "/lib64",         "/usr/lib",
                                         "/dev/null", "/etc/localtime", "/usr/share/zoneinfo"};

Result<process::PrivateDirectory> Lay(const HelmRequest& request) {
  Result<process::PrivateDirectory> directory = process::PrivateDirectory::Make();
  if (!directory) return directory;
  for (const ChartFile& file : request.chart)
    if (Status written = directory->Write("chart/" + file.path.text(), file.bytes); !written)
      return written.error();
  if (Status written = directory->Write("values.json", request.values); !written) return written.error();
  return directory;
}

// Clusters say all three numbers, and charts compare with them.
std::string Patch(const std::string& version) {
  return std::count(version.begin(), version.end(), '.') == 1 ? version + ".0" : version;
}

std::vector<std::string> Arguments(const std::string& program, const HelmRequest& request,
                                   const std::string& directory) {
  std::vector<std::string> argv = {program, "template", "--namespace=" + request.ns,
                                   "--values=" + directory + "/values.json"};
  if (!request.kube_version.empty()) argv.push_back("--kube-version=" + Patch(request.kube_version));
  for (const std::string& version : request.api_versions) argv.push_back("--api-versions=" + version);
  const std::pair<bool, const char*> flags[] = {{request.include_crds, "--include-crds"},
                                                {!request.tests, "--skip-tests"},
                                                {!request.hooks, "--no-hooks"},
                                                {request.upgrade, "--is-upgrade"},
                                                {!request.schema, "--skip-schema-validation"}};
  for (const auto& [wanted, flag] : flags)
    if (wanted) argv.emplace_back(flag);
  argv.insert(argv.end(), {"--", request.release, directory + "/chart"});
  return argv;
}

// Every place that helm would look for something of its user's is one that is not there.
std::vector<std::string> Environment(const std::string& directory, const HelmLimits& limits) {
  const std::string nowhere = directory + "/nowhere";
  std::vector<std::string> environment = {"GOMEMLIMIT=" + std::to_string(limits.memory_bytes / 4 * 3),
                                          "GOMAXPROCS=2", "GOTRACEBACK=none", "NO_COLOR=1", "LC_ALL=C"};
  for (const char* name :
       {"HOME", "TMPDIR", "KUBECONFIG", "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME",
        "HELM_PLUGINS", "HELM_REGISTRY_CONFIG", "HELM_REPOSITORY_CACHE", "HELM_REPOSITORY_CONFIG"})
    environment.push_back(std::string(name) + "=" + nowhere);
  return environment;
}

process::ChildOptions Options(const std::string& program, const HelmRequest& request,
                              const std::string& directory, const HelmLimits& limits) {
  process::ChildOptions options{.argv = Arguments(program, request, directory),
                                .environment = Environment(directory, limits),
                                .directory = directory,
                                .output_limit = limits.output_bytes,
                                .deadline = limits.wall};
  options.sandbox = {.enabled = true,
                     .memory_bytes = limits.memory_bytes,
                     .cpu = limits.cpu,
                     .readable = {directory, program},
                     .may_execute = true};
  options.sandbox.readable.insert(options.sandbox.readable.end(), std::begin(kProgramNeeds),
                                  std::end(kProgramNeeds));
  options.below_floor = process::BelowFloor::kRefuseWithoutLandlock;
  return options;
}

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
    text.replace(at, from.size(), to);
}

// What helm says after "Error: ", in one line; our directory is nothing to anybody.
std::string Words(std::string said, const std::string& directory) {
  const std::size_t error = said.rfind("Error: ");
  if (error != said.npos) said.erase(0, error + 7);
  ReplaceAll(said, directory + "/", "");
  ReplaceAll(said, directory, "");
  for (char& c : said)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  while (!said.empty() && said.back() == ' ') said.pop_back();
  return said.substr(0, kMaxWords);
}

std::string InSeconds(std::chrono::milliseconds time) {
  return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s"
                                  : std::to_string(time.count()) + " ms";
}

bool RanOutOfMemory(const std::string& said) {
  return said.find("out of memory") != said.npos || said.find("cannot allocate memory") != said.npos;
}

Result<std::string> Outcome(process::ChildResult&& ran, const std::string& directory,
                            const HelmLimits& limits) {
  if (ran.timed_out) return LimitPassed("helm took longer than " + InSeconds(limits.wall));
  if (ran.output_cut)
    return LimitPassed("the chart gives more than " + std::to_string(limits.output_bytes >> 20) + " MiB");
  if (ran.signal == SIGXCPU || ran.signal == SIGKILL)
    return LimitPassed("helm took longer than " + InSeconds(limits.cpu) + " of processor time");
  if (ran.exit_code == 0) return std::move(ran.output);
  if (RanOutOfMemory(ran.error_output))
    return LimitPassed("helm needs more memory than " + std::to_string(limits.memory_bytes >> 20) + " MiB");
  const std::string words = Words(std::move(ran.error_output), directory);
  if (ran.exit_code == 1) return Error{ErrorKind::kConfiguration, words, {}, {}};
  return Failed("helm ended without an answer" + (words.empty() ? "" : ": " + words));
}

}  // namespace

Result<std::string> RunHelmTemplate(const std::string& program, const HelmRequest& request,
                                    const HelmLimits& limits) {
  if (const std::string why = WhyRefused(request); !why.empty()) return Usage(why);
  const Result<process::PrivateDirectory> directory = Lay(request);
  if (!directory) return directory.error();
  Result<process::ChildResult> ran = process::Run(Options(program, request, directory->path(), limits));
  if (!ran) return ran.error();
  return Outcome(std::move(*ran), directory->path(), limits);
}

RunHelm HelmAt(std::string program, HelmLimits limits) {
  return [program = std::move(program), limits](const HelmRequest& request) {
    return RunHelmTemplate(program, request, limits);
  };
}

}  // namespace sluice::manifests::render
