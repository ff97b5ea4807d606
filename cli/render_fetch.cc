// `sluice render fetch`: brings a chart from elsewhere into the cache, pinned by
// digest; the only part of rendering that has the network, and only by the hand
// of whoever runs it. Tested by tests/cli/render_fetch_test.py.
#include <cstdlib>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/helm_program.h"
#include "cli/output.h"
#include "manifests/render/chart_cache.h"

namespace sluice::cli {
namespace {

using manifests::render::ChartSource;
using manifests::render::Fetched;
using manifests::render::FetchOptions;

struct FetchWords {
  ChartSource chart;
  HelmPlace helm;
  std::string logins;
};

// What helm may know of the user's surroundings: how to reach the network.
std::vector<std::string> Surroundings() {
  std::vector<std::string> variables;
  for (const char* name : {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy",
                           "SSL_CERT_FILE", "SSL_CERT_DIR"})
    if (const char* value = std::getenv(name)) variables.push_back(std::string(name) + "=" + value);
  return variables;
}

int RunFetch(const FetchWords& words) {
  const HelmPlace helm = Found(words.helm);
  if (helm.program.empty())
    return Fail(Usage("helm is not installed, or not in PATH: --helm FILE names one"));
  const FetchOptions options{
      .program = helm.program, .cache = helm.cache, .environment = Surroundings(), .logins = words.logins};
  const Result<Fetched> fetched = FetchChart(options, words.chart);
  if (!fetched) return Fail(fetched.error());
  Print(words.chart.name + " " + words.chart.version + " sha256:" + fetched->digest +
        (fetched->was_there ? " (unchanged)\n" : "\n"));
  return kAccepted;
}

}  // namespace

void AddRenderFetch(const Command& render) {
  const auto words = std::make_shared<FetchWords>();
  const Command fetch = render.AddCommand("fetch", "bring a chart from elsewhere into the cache");
  fetch.AddOption("repository", words->chart.repository, "address of the repository: https://… or oci://…")
      .Type("REPOSITORY")
      .Required();
  fetch.AddOption("name", words->chart.name, "name of the chart").Type("NAME").Required();
  fetch.AddOption("version", words->chart.version, "its exact version").Type("VERSION").Required();
  fetch.AddOption("--logins", words->logins, "a file of logins, as `helm registry login` writes it")
      .Type("FILE");
  AddHelmOptions(fetch, words->helm);
  fetch.Runs([words] { return RunFetch(*words); });
}

}  // namespace sluice::cli
