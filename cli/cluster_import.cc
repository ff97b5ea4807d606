// `sluice schemas import --cluster`, in the program that may talk to clusters.
#include "cli/cluster_commands.h"
#include "cli/cluster_context.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/schema_import.h"
#include "cluster/schema_sources.h"

namespace sluice::cli {
namespace {

constexpr auto kDeadline = std::chrono::minutes(5);  // for everything that is asked

Result<cluster::SchemaSources> Fetch(const std::string& context) {
  const Result<cluster::Access> access = FindContext({}, context);
  if (!access) return access.error();
  const auto client = OpenClient(*access);
  if (!client) return client.error();
  Result<cluster::SchemaSources> found =
      FetchSchemas(**client, CacheOf(*access), cluster::Clock::now() + kDeadline);
  if (found) return found;
  return Error{found.error().kind, "the cluster of \"" + context + "\": " + found.error().message, {}, {}};
}

}  // namespace

int RunClusterImport(const std::vector<std::string>& words) {
  if (words.size() < 2) return Fail(Usage("import-schemas takes a context and an output"));
  Result<cluster::SchemaSources> found = Fetch(words[0]);
  if (!found) return Fail(found.error());
  for (const std::string& note : found->notes) PrintHint(note);
  PrintHint(words[0] + " runs Kubernetes " + found->minor + ": `kubernetes: [\"" + found->minor +
            "\"]` in .sluice/sluice.yaml judges by that version");
  return ImportSchemas(words[1], {words.begin() + 2, words.end()}, std::move(found->sources));
}

}  // namespace sluice::cli
