// `sluice ledger diff` and `export`: objects of records, as they were recorded. What
// differs is found by git's trees: objects that both records hold are not read.
#include <algorithm>
#include <charconv>

#include "cli/commands.h"
#include "cli/diff_lines.h"
#include "cli/ledger.h"
#include "cli/ledger_records.h"
#include "cli/output.h"
#include "git/changes.h"
#include "git/objects.h"
#include "report/words.h"

namespace sluice::cli {
namespace {

using manifests::Object;
using manifests::ObjectDifference;
using manifests::ParsedFile;
using promotion::RepositoryPointer;

constexpr std::size_t kObjectBytes = 3u << 20;
constexpr int kDiffers = 1;  // as of `git diff --exit-code`

struct ObjectsOptions {
  std::string environment, range;
  std::uint64_t sequence = 0;
  bool exit_code = false, all = false;
  std::string output = "text";
};

Limits LimitsOfRecord() {
  Limits limits;
  limits.push_files = 100'000;  // twice what a record may hold
  return limits;
}

// Objects of one side, and the files that they lie in.
struct Side {
  std::vector<std::unique_ptr<ParsedFile>> files;
  std::vector<Object> objects;

  Status Take(const git::Repository& repository, const std::string& path, const Oid& blob) {
    if (blob.IsZero()) return Ok{};
    Result<git::RawObject> object = git::ReadTyped(repository, blob, git::ObjectType::kBlob, kObjectBytes);
    if (!object) return object.error();
    files.push_back(std::make_unique<ParsedFile>(manifests::Parse(path, std::move(object->bytes), Limits())));
    std::vector<Object> found = manifests::Objects(*files.back(), Limits()).objects;
    if (found.size() != 1) return Failed("objects/" + path + " is not an object");
    objects.push_back(std::move(found.front()));
    return Ok{};
  }

  std::vector<const Object*> Pointers() const {
    std::vector<const Object*> pointers;
    for (const Object& object : objects) pointers.push_back(&object);
    return pointers;
  }
};

Result<BuildDiff> Compare(const git::Repository& repository, const Oid& before, const Oid& after) {
  const Result<Oid> old_tree = git::EntryOf(repository, before, "objects"),
                    new_tree = git::EntryOf(repository, after, "objects");
  if (!old_tree || !new_tree) return old_tree ? new_tree.error() : old_tree.error();
  const auto changes = git::Changes(repository, *old_tree, *new_tree, LimitsOfRecord());
  if (!changes) return changes.error();
  Side old_side, new_side;
  for (const git::FileChange& change : *changes) {
    if (Status taken = old_side.Take(repository, change.path, change.old_id); !taken) return taken.error();
    if (Status taken = new_side.Take(repository, change.path, change.new_id); !taken) return taken.error();
  }
  BuildDiff diff;
  for (const ObjectDifference& difference : manifests::Differences(old_side.Pointers(), new_side.Pointers()))
    Add(LinesOf(difference), diff);
  return diff;
}

// "3..5"; "3.." and "3" reach to the newest.
bool ReadRange(std::string_view text, std::uint64_t& from, std::uint64_t& to) {
  const std::size_t dots = std::min(text.find(".."), text.size());
  const auto number = [](std::string_view word, std::uint64_t& out) {
    const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), out);
    return code == std::errc() && end == word.data() + word.size() && out > 0;
  };
  const std::string_view rest = text.substr(std::min(dots + 2, text.size()));
  return number(text.substr(0, dots), from) && (rest.empty() || number(rest, to));
}

Result<TreeDiff> CompareRecords(const ObjectsOptions& options) {
  std::uint64_t from = 0, to = 0;
  if (!ReadRange(options.range, from, to))
    return Usage("records are compared by their numbers, 3..5, and not by \"" + options.range + "\"");
  const Result<RepositoryPointer> repository = OpenLedgers();
  if (!repository) return repository.error();
  const Result<StoredRecord> before = ReadOneRecord(*repository, options.environment, from);
  if (!before) return before.error();
  const Result<StoredRecord> after = ReadOneRecord(*repository, options.environment, to);
  if (!after) return after.error();
  Result<BuildDiff> diff = Compare(**repository, before->commit, after->commit);
  if (!diff) return diff.error();
  diff->name =
      options.environment + " " + std::to_string(from) + ".." + std::to_string(after->record.head.sequence);
  TreeDiff all;
  all.nothing = "no object differs";
  if (!diff->objects.empty()) all.builds.push_back(*std::move(diff));
  return all;
}

int RunDiff(const ObjectsOptions& options) {
  const Result<TreeDiff> diff = CompareRecords(options);
  if (!diff) return Fail(diff.error());
  const std::string words = options.output == "json"       ? DiffAsJson(*diff)
                            : options.output == "markdown" ? DiffAsMarkdown(*diff)
                                                           : DiffAsText(*diff, UseColour(When::kAuto));
  if (!Print(words)) return kUnjudged;
  return options.exit_code && !diff->builds.empty() ? kDiffers : kAccepted;
}

// As kubectl takes it: a stream of documents, or a List.
std::string Exported(const std::vector<std::string>& objects, bool json) {
  std::string out = json ? "{\"apiVersion\":\"v1\",\"items\":[" : "";
  for (const std::string& object : objects) {
    if (json && out.back() != '[') out += ',';
    out += json ? object : "---\n" + object + "\n";
  }
  return json ? out + "],\"kind\":\"List\"}\n" : out;
}

int RunExport(const ObjectsOptions& options) {
  const Result<RepositoryPointer> repository = OpenLedgers();
  if (!repository) return Fail(repository.error());
  const Result<StoredRecord> record = ReadOneRecord(*repository, options.environment, options.sequence);
  if (!record) return Fail(record.error());
  const Result<Oid> tree = git::EntryOf(**repository, record->commit, "objects");
  if (!tree) return Fail(tree.error());
  const auto files = git::Changes(**repository, Oid(), *tree, LimitsOfRecord());
  if (!files) return Fail(files.error());
  const std::vector<std::string>& not_applied = record->record.not_applied;
  std::vector<std::string> objects;
  std::size_t left_out = 0;
  for (const git::FileChange& file : *files) {
    const bool applied = !std::binary_search(not_applied.begin(), not_applied.end(), file.path);
    left_out += !applied && !options.all;
    if (!applied && !options.all) continue;
    Result<git::RawObject> object =
        git::ReadTyped(**repository, file.new_id, git::ObjectType::kBlob, kObjectBytes);
    if (!object) return Fail(object.error());
    objects.push_back(std::move(object->bytes));
  }
  if (!Print(Exported(objects, options.output == "json"))) return kUnjudged;
  if (left_out > 0)
    PrintHint(report::Count(left_out, "Secret") + " left out that another tool decrypts or fills in: --all");
  return kAccepted;
}

void TakeEnvironment(const Command& command, ObjectsOptions& options) {
  command.AddOption("environment", options.environment, "which environment's ledger").Type("ENV").Required();
}

}  // namespace

void AddLedgerObjects(const Command& ledger) {
  const auto two = std::make_shared<ObjectsOptions>();
  const Command diff = ledger.AddCommand("diff", "the objects that differ between two records");
  TakeEnvironment(diff, *two);
  diff.AddOption("range", two->range, "their numbers; without the second: the newest")
      .Type("N..M")
      .Required();
  diff.AddFlag("--exit-code", two->exit_code, "exit 1 where an object differs");
  diff.AddOption("-o,--output", two->output, "form of what is printed")
      .Type("FORMAT")
      .OneOf({"text", "json", "markdown"});
  diff.Runs([two] { return RunDiff(*two); });

  const auto one = std::make_shared<ObjectsOptions>();
  one->output = "yaml";
  const Command out = ledger.AddCommand("export", "the objects of a record, as kubectl takes them");
  TakeEnvironment(out, *one);
  out.AddOption("sequence", one->sequence, "its number; default: the newest").Type("N");
  out.AddFlag("--all", one->all, "Secrets too that another tool decrypts or fills in");
  out.AddOption("-o,--output", one->output, "documents (yaml) or one List (json)")
      .Type("FORMAT")
      .OneOf({"yaml", "json"});
  out.Runs([one] { return RunExport(*one); });
}

}  // namespace sluice::cli
