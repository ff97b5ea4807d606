// `sluice schemas import --cluster`, in the program that may talk to clusters.
#include <charconv>
#include <chrono>

#include "cli/cluster_commands.h"
#include "cli/cluster_context.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/schema_import.h"
#include "cluster/schema_sources.h"

namespace sluice::cli {
namespace {

Result<cluster::SchemaSources> Fetch(const std::string& context, std::chrono::seconds within) {
  const auto end = cluster::Clock::now() + within;
  const Result<cluster::Access> access = FindContext({}, context);
  if (!access) return access.error();
  const auto client = OpenClient(*access);
  if (!client) return client.error();
  Result<cluster::SchemaSources> found = FetchSchemas(**client, CacheOf(*access), end);
  if (found) return found;
  return Error{found.error().kind, "the cluster of \"" + context + "\": " + found.error().message, {}, {}};
}

bool ReadNumber(const std::string& word, unsigned& number) {
  const char* end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, number);
  return error == std::errc() && stop == end;
}

}  // namespace

int RunClusterImport(const std::vector<std::string>& words) {
  unsigned seconds = 0;
  if (words.size() < 3 || !ReadNumber(words[1], seconds))
    return Fail(Usage("import-schemas takes a context, seconds and an output"));
  Result<cluster::SchemaSources> found = Fetch(words[0], std::chrono::seconds(seconds));
  if (!found) return Fail(found.error());
  for (const std::string& note : found->notes) PrintHint(note);
  PrintHint(words[0] + " runs Kubernetes " + found->minor + ": `kubernetes: [\"" + found->minor +
            "\"]` in .sluice/sluice.yaml judges by that version");
  return ImportSchemas(words[2], {words.begin() + 3, words.end()}, std::move(found->sources));
}

}  // namespace sluice::cli
