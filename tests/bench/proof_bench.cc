// What an agent's cycle costs to believe what it believed before:
//   ledger_bench DIRECTORY 2000 && proof_bench DIRECTORY
// prints the processor time of a proof from the pin on, which is that of a start, and of one that goes on
// from it.
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "agent/mirror.h"
#include "agent/proof.h"
#include "promotion/chain_head.h"
#include "promotion/envelope.h"
#include "promotion/words.h"

namespace sluice::agent {
namespace {

constexpr int kTimes = 200;

int Fail(const Error& error) {
  std::fprintf(stderr, "%s\n", error.Text().c_str());
  return 1;
}

double Micros(std::clock_t begin) { return 1e6 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC; }

// Of the first record of policy, which is the only one.
Result<std::string> PinOf(const std::shared_ptr<const git::Repository>& repository) {
  const Result<Oid> tip = repository->ResolveRef(promotion::LedgerRef("policy"));
  if (!tip) return tip.error();
  const Result<Oid> tree = git::TreeOf(*repository, *tip);
  if (!tree) return tree.error();
  const Result<std::string> bytes =
      git::OpenTree(repository, *tree)->Read(*RepoPath::Parse("envelope.json"), 1u << 20);
  if (!bytes) return bytes.error();
  return promotion::DigestOf(*bytes);
}

int Bench(const std::string& directory) {
  Configuration configuration;
  configuration.environment = "production";
  configuration.cluster = "prod-1";
  configuration.directory = directory;
  configuration.require_freshness = false;
  std::error_code there;
  std::filesystem::create_directory_symlink("ledger.git", directory + "/production.git", there);
  const Result<Mirror> mirror = Mirror::Open(configuration);
  if (!mirror) return Fail(mirror.error());
  Verified verified;
  Believed believed;
  double first = 0, again = 0;
  std::uint64_t records = 0;
  for (int i = 0; i <= kTimes; ++i) {
    const std::clock_t begin = std::clock();
    const Result<MirrorRefs> refs = mirror->Refs();
    if (!refs) return Fail(refs.error());
    auto repository = mirror->Read(*refs);
    if (!repository) return Fail(repository.error());
    if (i == 0) {
      const Result<std::string> pin = PinOf(*repository);
      if (!pin) return Fail(pin.error());
      configuration.pin = *pin;
    }
    const Result<Proof> proof =
        Prove(*std::move(repository), configuration, believed, 2'000'000'000, verified);
    if (!proof) return Fail(proof.error());
    believed = proof->believed;
    records = proof->ledger->records;
    (i == 0 ? first : again) += Micros(begin);
  }
  std::printf("%llu records: from the pin %.0f us, again %.0f us\n", static_cast<unsigned long long>(records),
              first, again / kTimes);
  return 0;
}

}  // namespace
}  // namespace sluice::agent

int main(int argc, char** argv) {
  if (argc == 2) return sluice::agent::Bench(argv[1]);
  std::fprintf(stderr, "usage: proof_bench DIRECTORY\n");
  return 2;
}
