// `sluice ledger log` and `show`.
#include <algorithm>

#include "cli/commands.h"
#include "cli/ledger.h"
#include "cli/ledger_records.h"
#include "cli/output.h"
#include "promotion/words.h"
#include "report/json_writer.h"
#include "report/words.h"

namespace sluice::cli {
namespace {

using promotion::Record;

struct LogOptions {
  std::string environment;
  std::uint64_t sequence = 0;  // of `show`; 0: the newest
  std::size_t count = 20;
  std::string output = "text";
};

std::string Line(const StoredRecord& read) {
  const Record& record = read.record;
  return std::to_string(record.head.sequence) + "  " + promotion::TimeText(record.head.recorded) + "  " +
         std::string(promotion::NameOf(record.kind)) + "  " + record.source.commit.substr(0, 10) + "  " +
         report::Printable(record.head.actor) + "\n";
}

std::string AsJson(const std::vector<StoredRecord>& records) {
  std::string out;
  report::JsonWriter json(out);
  json.BeginObject().Member("schemaVersion", 1).Key("records").BeginArray();
  for (const StoredRecord& read : records) {
    json.Line().BeginObject().Member("sha256", read.digest).Member("commit", read.commit.Hex());
    json.Key("statement").Raw(read.payload).EndObject();
  }
  json.EndArray().EndObject();
  return out += '\n';
}

int RunLog(const LogOptions& options) {
  const Result<promotion::RepositoryPointer> repository = OpenLedgers();
  if (!repository) return Fail(repository.error());
  const auto records = ReadRecords(*repository, options.environment, 0, options.count);
  if (!records) return Fail(records.error());
  std::string text;
  for (const StoredRecord& read : *records) text += Line(read);
  return Print(options.output == "json" ? AsJson(*records) : text) ? kAccepted : kUnjudged;
}

std::string Details(const StoredRecord& read) {
  const Record& record = read.record;
  std::string text = "record " + std::to_string(record.head.sequence) + " of " + record.environment + "\n";
  const auto line = [&text](std::string_view name, const std::string& value) {
    text.append(name).append(14 - name.size(), ' ').append(report::Printable(value)) += '\n';
  };
  line("sha256", read.digest);
  line("recorded", promotion::TimeText(record.head.recorded));
  if (record.judged != 0) line("judged", promotion::TimeText(record.judged));
  line("actor", record.head.actor);
  if (record.head.reason) line("reason", *record.head.reason);
  line("kind", std::string(promotion::NameOf(record.kind)));
  if (record.restores) line("restores", "record " + std::to_string(*record.restores));
  if (!record.clusters.empty()) line("clusters", report::Joined(record.clusters));
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
  const Result<promotion::RepositoryPointer> repository = OpenLedgers();
  if (!repository) return Fail(repository.error());
  const Result<StoredRecord> record = ReadOneRecord(*repository, options.environment, options.sequence);
  if (!record) return Fail(record.error());
  return Print(options.output == "json" ? AsJson({*record}) : Details(*record)) ? kAccepted : kUnjudged;
}

void TakeCommon(const Command& command, LogOptions& options) {
  command.AddOption("environment", options.environment, "which environment's ledger").Type("ENV").Required();
  command.AddOption("-o,--output", options.output, "form of what is printed")
      .Type("FORMAT")
      .OneOf({"text", "json"});
}

}  // namespace

void AddLedgerLog(const Command& ledger) {
  const auto options = std::make_shared<LogOptions>();
  const Command log = ledger.AddCommand("log", "list the records of an environment, newest first");
  TakeCommon(log, *options);
  log.AddOption("-n,--count", options->count, "how many; default: 20").Type("N");
  log.Runs([options] { return RunLog(*options); });

  const auto one = std::make_shared<LogOptions>();
  const Command show = ledger.AddCommand("show", "one record of an environment");
  TakeCommon(show, *one);
  show.AddOption("sequence", one->sequence, "its number; default: the newest").Type("N");
  show.Runs([one] { return RunShow(*one); });
}

}  // namespace sluice::cli
