#include "cli/ledger_records.h"

#include "cli/git_program.h"
#include "promotion/envelope.h"
#include "promotion/words.h"

namespace sluice::cli {
namespace {

using promotion::RepositoryPointer;

Result<StoredRecord> ReadAt(const RepositoryPointer& repository, const Oid& commit) {
  constexpr promotion::PayloadType kType = promotion::PayloadType::kStatement;
  const Result<std::string> bytes =
      promotion::ReadCommitFile(repository, commit, "envelope.json", promotion::LimitOf(kType));
  if (!bytes) return bytes.error();
  const std::string what = "the record at " + commit.Hex();
  const Result<promotion::Envelope> envelope = promotion::ReadEnvelope(what, kType, *bytes);
  if (!envelope) return envelope.error();
  Result<promotion::Record> record = promotion::ReadRecord(what, envelope->payload);
  if (!record) return record.error();
  const Result<git::Commit> read = git::ReadCommit(*repository, commit);
  if (!read) return read.error();
  return StoredRecord{commit, read->parents.empty() ? Oid() : read->parents.front(),
                      promotion::DigestOf(*bytes), envelope->payload, *std::move(record)};
}

Result<Oid> Newest(const RepositoryPointer& repository, const std::string& environment) {
  const std::string ref = promotion::LedgerRef(environment);
  if (environment == "policy") return Usage("records of policy are read with git: git log -p " + ref);
  if (!promotion::IsLabel(environment)) return Usage("\"" + environment + "\" is not an environment name");
  Result<Oid> tip = repository->ResolveRef(ref);
  if (tip || tip.error().kind != ErrorKind::kNotFound) return tip;
  return Usage("nothing of " + environment + " is recorded here; to fetch a ledger: git fetch origin '" +
               "+refs/sluice/*:refs/sluice/*'");
}

}  // namespace

Result<RepositoryPointer> OpenLedgers() {
  const GitPlace place = FindGit(".");
  if (place.git_dir.empty()) return Usage("this is not a Git repository");
  return OpenRepository(place);
}

Result<std::vector<StoredRecord>> ReadRecords(const RepositoryPointer& repository,
                                              const std::string& environment, std::uint64_t sequence,
                                              std::size_t count) {
  const Result<Oid> tip = Newest(repository, environment);
  if (!tip) return tip.error();
  std::vector<StoredRecord> records;
  for (Oid commit = *tip; !commit.IsZero() && records.size() < count;) {
    Result<StoredRecord> read = ReadAt(repository, commit);
    if (!read) return read.error();
    commit = read->parent;
    const std::uint64_t number = read->record.head.sequence;
    if (sequence == 0 || number == sequence) records.push_back(*std::move(read));
    if (number <= sequence) break;
  }
  return records;
}

Result<StoredRecord> ReadOneRecord(const RepositoryPointer& repository, const std::string& environment,
                                   std::uint64_t sequence) {
  Result<std::vector<StoredRecord>> records = ReadRecords(repository, environment, sequence, 1);
  if (!records) return records.error();
  if (records->empty()) return Usage(environment + " has no record " + std::to_string(sequence));
  return std::move(records->front());
}

}  // namespace sluice::cli
