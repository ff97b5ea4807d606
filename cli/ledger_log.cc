// `sluice ledger log` and `show`: records as they stand in a repository or a
// clone. They are read here, and verified by `sluice ledger verify` alone.
#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/commands.h"
#include "cli/git_program.h"
#include "cli/ledger.h"
#include "cli/output.h"
#include "promotion/chain_head.h"
#include "promotion/envelope.h"
#include "promotion/words.h"
#include "report/json_writer.h"
#include "report/words.h"

namespace sluice::cli {
namespace {

using promotion::Record;
using promotion::RepositoryPointer;

struct LogOptions {
  std::string environment;
  std::uint64_t sequence = 0;  // of `show`; 0: the newest
  std::size_t count = 20;
  std::string output = "text";
};

// In the order of RecordKind.
constexpr std::string_view kKinds[] = {"break-glass", "direct", "promotion", "rollback"};

struct Read {
  Oid commit, parent;
  std::string digest, payload;
  Record record;
};

Result<Read> ReadAt(const RepositoryPointer& repository, const Oid& commit) {
  constexpr promotion::PayloadType kType = promotion::PayloadType::kStatement;
  const Result<std::string> bytes =
      promotion::ReadCommitFile(repository, commit, "envelope.json", promotion::LimitOf(kType));
  if (!bytes) return bytes.error();
  const std::string what = "the record at " + commit.Hex();
  const Result<promotion::Envelope> envelope = promotion::ReadEnvelope(what, kType, *bytes);
  if (!envelope) return envelope.error();
  Result<Record> record = promotion::ReadRecord(what, envelope->payload);
  if (!record) return record.error();
  const Result<git::Commit> read = git::ReadCommit(*repository, commit);
  if (!read) return read.error();
  return Read{commit, read->parents.empty() ? Oid() : read->parents.front(), promotion::DigestOf(*bytes),
              envelope->payload, *std::move(record)};
}

std::string Line(const Read& read) {
  const Record& record = read.record;
  return std::to_string(record.head.sequence) + "  " + promotion::TimeText(record.head.recorded) + "  " +
         std::string(kKinds[static_cast<std::size_t>(record.kind)]) + "  " +
         record.source.commit.substr(0, 10) + "  " + report::Printable(record.head.actor) + "\n";
}

std::string AsJson(const std::vector<Read>& records) {
  std::string out;
  report::JsonWriter json(out);
  json.BeginObject().Member("schemaVersion", 1).Key("records").BeginArray();
  for (const Read& read : records) {
    json.Line().BeginObject().Member("sha256", read.digest).Member("commit", read.commit.Hex());
    json.Key("statement").Raw(read.payload).EndObject();
  }
  json.EndArray().EndObject();
  return out += '\n';
}

Result<RepositoryPointer> OpenHere() {
  const GitPlace place = FindGit(".");
  if (place.git_dir.empty()) return Usage("this is no Git repository");
  return OpenRepository(place);
}

Result<Oid> Newest(const RepositoryPointer& repository, const std::string& environment) {
  const std::string ref = promotion::LedgerRef(environment);
  if (!promotion::IsLabel(environment) || environment == "policy")
    return Usage("\"" + environment + "\" is no name of an environment");
  Result<Oid> tip = repository->ResolveRef(ref);
  if (tip || tip.error().kind != ErrorKind::kNotFound) return tip;
  return Usage("nothing of " + environment + " is recorded here; to fetch a ledger: git fetch origin '" +
               "+refs/sluice/*:refs/sluice/*'");
}

// Newest first, down to `sequence` or to `count` of them.
Result<std::vector<Read>> Walk(const LogOptions& options) {
  const Result<RepositoryPointer> repository = OpenHere();
  if (!repository) return repository.error();
  const Result<Oid> tip = Newest(*repository, options.environment);
  if (!tip) return tip.error();
  std::vector<Read> records;
  for (Oid commit = *tip; !commit.IsZero() && records.size() < options.count;) {
    Result<Read> read = ReadAt(*repository, commit);
    if (!read) return read.error();
    commit = read->parent;
    const std::uint64_t sequence = read->record.head.sequence;
    if (options.sequence == 0 || sequence == options.sequence) records.push_back(*std::move(read));
    if (sequence <= options.sequence) break;
  }
  return records;
}

int RunLog(const LogOptions& options) {
  const Result<std::vector<Read>> records = Walk(options);
  if (!records) return Fail(records.error());
  std::string text;
  for (const Read& read : *records) text += Line(read);
  return Print(options.output == "json" ? AsJson(*records) : text) ? kAccepted : kUnjudged;
}

std::string Details(const Read& read) {
  const Record& record = read.record;
  std::string text = "record " + std::to_string(record.head.sequence) + " of " + record.environment + "\n";
  const auto line = [&text](std::string_view name, const std::string& value) {
    text.append(name).append(14 - name.size(), ' ').append(report::Printable(value)) += '\n';
  };
  line("sha256", read.digest);
  line("recorded", promotion::TimeText(record.head.recorded));
  line("actor", record.head.actor);
  line("kind", std::string(kKinds[static_cast<std::size_t>(record.kind)]));
  line("source", record.source.commit + " of " + record.source.ref);
  line("change", record.head.change);
  line("objects", record.set);
  line("policy", "record " + std::to_string(record.trust_sequence) + " of policy");
  line("engine", record.engine);
  for (const promotion::ReceivedApproval& approval : record.head.approvals)
    line(promotion::NameOf(approval.kind), approval.person + " at " + promotion::TimeText(approval.received));
  for (const promotion::NotHeld& object : record.not_held) line("not held", object.object);
  for (const std::string& object : record.not_applied) line("not applied", object);
  return text;
}

int RunShow(const LogOptions& options) {
  const Result<std::vector<Read>> records = Walk(options);
  if (!records) return Fail(records.error());
  if (records->empty())
    return Fail(Usage(options.environment + " has no record " + std::to_string(options.sequence)));
  const bool json = options.output == "json";
  return Print(json ? AsJson(*records) : Details(records->front())) ? kAccepted : kUnjudged;
}

void TakeCommon(CLI::App& command, LogOptions& options) {
  command.add_option("environment", options.environment, "which environment's ledger")
      ->type_name("ENV")
      ->required();
  command.add_option("-o,--output", options.output, "form of what is printed")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
}

}  // namespace

void AddLedgerLog(CLI::App& ledger, int& exit_code) {
  const auto options = std::make_shared<LogOptions>();
  CLI::App* log = ledger.add_subcommand("log", "list the records of an environment, newest first");
  TakeCommon(*log, *options);
  log->add_option("-n,--count", options->count, "how many; default: 20")->type_name("N");
  log->callback([options, &exit_code] { exit_code = RunLog(*options); });

  const auto one = std::make_shared<LogOptions>();
  CLI::App* show = ledger.add_subcommand("show", "one record of an environment");
  TakeCommon(*show, *one);
  show->add_option("sequence", one->sequence, "its number; default: the newest")->type_name("N");
  show->callback([one, &exit_code] {
    one->count = one->sequence == 0 ? 1 : static_cast<std::size_t>(-1);
    exit_code = RunShow(*one);
  });
}

}  // namespace sluice::cli
