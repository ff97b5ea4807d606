// `sluice ledger verify`: a clone's ledgers, from the pinned first record on. It
// needs nothing but the clone, and asks nobody.
#include <algorithm>
#include <charconv>
#include <map>

#include "cli/commands.h"
#include "cli/git_program.h"
#include "cli/ledger.h"
#include "cli/output.h"
#include "promotion/chain.h"
#include "promotion/ledger.h"
#include "promotion/record_rules.h"
#include "promotion/words.h"
#include "report/json_writer.h"
#include "report/words.h"

namespace sluice::cli {
namespace {

constexpr std::string_view kPolicy = "policy";

struct VerifyOptions {
  std::vector<std::string> environments;  // none: all
  std::string pin;
  std::vector<std::string> heads;  // CHAIN=SEQUENCE:DIGEST
  std::string output = "text";
};

using Heads = std::map<std::string, promotion::RememberedRecord>;

struct Verified {
  std::string chain;
  std::uint64_t records = 0;
  std::string digest, trouble;
};

Result<Heads> ReadHeads(const std::vector<std::string>& words) {
  Heads heads;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('='), colon = word.find(':');
    promotion::RememberedRecord head;
    const char* const end = word.data() + std::min(colon, word.size());
    const auto number = std::from_chars(word.data() + std::min(equals + 1, word.size()), end, head.sequence);
    if (colon != word.npos) head.digest = word.substr(colon + 1);
    const bool good = equals != word.npos && number.ec == std::errc() && number.ptr == end &&
                      head.sequence > 0 && promotion::IsDigest(head.digest);
    if (!good) return Usage("--trusted-head takes ENV=SEQUENCE:SHA256, not \"" + word + "\"");
    heads[word.substr(0, equals)] = head;
  }
  return heads;
}

std::optional<promotion::RememberedRecord> HeadOf(const Heads& heads, const std::string& chain) {
  const auto found = heads.find(chain);
  return found == heads.end() ? std::nullopt : std::optional(found->second);
}

// Those that were asked for, else every chain that the clone has.
Result<std::vector<std::string>> Environments(const GitPlace& place, const VerifyOptions& options,
                                              const Heads& heads) {
  std::vector<std::string> names = options.environments;
  if (names.empty()) {
    const std::string& directory = place.top.empty() ? place.git_dir : place.top;
    const Result<std::string> refs =
        RunGit({"for-each-ref", "--format=%(refname)%00", std::string(promotion::kLedgers)}, directory);
    if (!refs) return refs.error();
    for (std::string_view ref : SplitZero(*refs)) {
      if (ref.starts_with('\n')) ref.remove_prefix(1);
      if (ref.starts_with(promotion::kLedgers)) names.emplace_back(ref.substr(promotion::kLedgers.size()));
    }
    for (const auto& [chain, head] : heads) names.push_back(chain);  // one that is gone is missed
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::erase(names, std::string(kPolicy));
  return names;
}

Verified VerifyOne(const git::Repository& repository, const std::string& environment,
                   const promotion::PolicyChain& policy, const Heads& heads, promotion::RecordRules& rules) {
  const Result<promotion::Ledger> ledger = promotion::VerifyLedger(
      repository, environment, policy, HeadOf(heads, environment),
      [&rules](const promotion::WeighedRecord& weighed) { return rules.Check(weighed); });
  if (!ledger) return {environment, 0, {}, ledger.error().Text()};
  return {environment, ledger->records, ledger->digest, {}};
}

std::string AsJson(const std::vector<Verified>& chains) {
  std::string out;
  report::JsonWriter json(out);
  json.BeginObject().Member("schemaVersion", 1).Key("chains").BeginArray();
  for (const Verified& chain : chains) {
    json.Line().BeginObject().Member("chain", chain.chain).Key("holds").Bool(chain.trouble.empty());
    json.Member("records", chain.records).Member("newest", chain.digest);
    json.Member("trouble", chain.trouble).EndObject();
  }
  json.EndArray().EndObject();
  return out += '\n';
}

int Tell(const std::vector<Verified>& chains, const VerifyOptions& options) {
  std::string text;
  bool holds = true, remembered = true;
  for (const Verified& chain : chains) {
    holds = holds && chain.trouble.empty();
    remembered = remembered &&
                 std::any_of(options.heads.begin(), options.heads.end(),
                             [&](const std::string& head) { return head.starts_with(chain.chain + "="); });
    if (!chain.trouble.empty()) continue;
    text += chain.chain + ": " + report::Count(chain.records, "record") + " verified, the newest is " +
            std::to_string(chain.records) + ":" + chain.digest + "\n";
  }
  if (!Print(options.output == "json" ? AsJson(chains) : text)) return kUnjudged;
  for (const Verified& chain : chains)
    if (!chain.trouble.empty()) PrintError(chain.trouble);
  if (holds && !remembered)
    PrintHint(
        "a chain whose end was cut off verifies too: name the newest record that you know of, "
        "--trusted-head ENV=SEQUENCE:SHA256");
  return holds ? kAccepted : kRejected;
}

int Verify(const VerifyOptions& options) {
  const Result<Heads> heads = ReadHeads(options.heads);
  if (!heads) return Fail(heads.error());
  if (!promotion::IsDigest(options.pin))
    return Fail(Usage("--pin takes the 64 digits that sluice ledger init printed"));
  const GitPlace place = FindGit(".");
  if (place.git_dir.empty()) return Fail(Usage("this is not a Git repository"));
  const auto repository = OpenRepository(place);
  if (!repository) return Fail(repository.error());
  const Result<std::vector<std::string>> environments = Environments(place, options, *heads);
  if (!environments) return Fail(environments.error());
  const Result<promotion::PolicyChain> policy = promotion::VerifyPolicy(
      **repository, {.first = options.pin, .newest = HeadOf(*heads, std::string(kPolicy))});
  if (!policy && policy.error().kind == ErrorKind::kNotFound)
    return Fail(
        Usage("there is no ledger here; to fetch it: git fetch origin '+refs/sluice/*:refs/sluice/*'"));
  if (!policy) return Tell({{std::string(kPolicy), 0, {}, policy.error().Text()}}, options);
  std::vector<Verified> chains = {
      {std::string(kPolicy), policy->versions.size(), policy->newest().digest, {}}};
  promotion::RecordRules rules(*repository);
  for (const std::string& environment : *environments)
    chains.push_back(VerifyOne(**repository, environment, *policy, *heads, rules));
  const int code = Tell(chains, options);
  if (rules.unseen() > 0)
    PrintHint("authors and paths of " + report::Count(rules.unseen(), "record") +
              " were not all looked at: sources that are not in this clone, or signed commits");
  return code;
}

}  // namespace

void AddLedgerVerify(const Command& ledger) {
  const auto options = std::make_shared<VerifyOptions>();
  const Command verify = ledger.AddCommand("verify", "verify the ledgers of this clone from their pin on");
  verify.AddOption("environment", options->environments, "which; default: all").Type("ENV");
  verify.AddOption("--pin", options->pin, "digest of the first record of policy").Type("SHA256").Required();
  verify.AddOption("--trusted-head", options->heads, "a record that must be there; may be repeated")
      .Type("ENV=SEQUENCE:SHA256");
  verify.AddOption("-o,--output", options->output, "form of the answer")
      .Type("FORMAT")
      .OneOf({"text", "json"});
  verify.Runs([options] { return Verify(*options); });
}

}  // namespace sluice::cli
