// `sluice ledger init` and `policy`: records of policy. Those who are named agree
// to them here, each with a key of their own, or have pushed what they agreed to;
// ssh-keygen asks for what it needs.
#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <ctime>

#include "cli/commands.h"
#include "cli/git_program.h"
#include "cli/give.h"
#include "cli/ledger.h"
#include "cli/output.h"
#include "git/file.h"
#include "hooks/pusher.h"
#include "hooks/requests.h"
#include "promotion/approval.h"
#include "promotion/chain.h"
#include "promotion/policy_record.h"
#include "promotion/words.h"

namespace sluice::cli {
namespace {

constexpr std::int64_t kValid = 24 * 60 * 60;  // it is used at once
constexpr std::size_t kKeyBytes = 64u << 10;

struct InitOptions {
  std::string repository;
  promotion::PolicyChange policy;
  std::vector<std::string> sign;              // NAME=KEYFILE
  std::string operator_key;                   // file
  std::vector<std::string> recorder, retire;  // files
  std::vector<std::string> last;              // CHAIN=N, of what is retired
  std::vector<std::string> clusters;          // NAME=FILE
  std::vector<std::string> drop;              // names of clusters
  std::string recover;                        // file of the operator's private key
};

promotion::Approval ApprovalOf(const promotion::PolicyDraft& draft, const std::string& person) {
  promotion::Approval approval;
  approval.environment = "policy";
  approval.person = person;
  approval.repository = draft.repository;
  approval.change = draft.change;
  approval.made = std::time(nullptr);
  return approval;
}

Result<std::string> Recover(const promotion::PolicyDraft& draft, const InitOptions& options) {
  promotion::Approval approval = ApprovalOf(draft, "operator");
  approval.kind = promotion::ApprovalKind::kRecovery;
  approval.reason = options.policy.reason;
  return SignApproval(approval, options.recover);
}

Result<std::vector<std::string>> ApproveAll(const promotion::PolicyDraft& draft, const InitOptions& options) {
  std::vector<std::string> envelopes;
  if (options.policy.recovery) {
    Result<std::string> envelope = Recover(draft, options);
    if (!envelope) return envelope.error();
    return std::vector{*std::move(envelope)};
  }
  for (const std::string& word : options.sign) {
    const std::size_t equals = word.find('=');
    if (equals == word.npos) return Usage("--sign takes NAME=KEYFILE, not \"" + word + "\"");
    promotion::Approval approval = ApprovalOf(draft, word.substr(0, equals));
    approval.expires = approval.made + kValid;
    Result<std::string> envelope = SignApproval(approval, word.substr(equals + 1));
    if (!envelope) return envelope.error();
    envelopes.push_back(*std::move(envelope));
  }
  return envelopes;
}

// The first line of a public key file.
Result<std::string> ReadKey(const std::string& file) {
  Result<std::string> text = git::ReadFileAt(AT_FDCWD, file, kKeyBytes);
  if (!text) return Usage("cannot read " + file);
  return text->substr(0, text->find('\n'));
}

// Every chain that the repository has: a key that retires may have signed in any.
Result<std::vector<std::string>> Chains(const std::string& git_dir) {
  std::vector<std::string> chains;
  const Result<std::string> refs =
      RunGit({"--git-dir=" + git_dir, "for-each-ref", "--format=%(refname:lstrip=3)%00",
              std::string(promotion::kLedgers)},
             git_dir);
  if (!refs) return refs.error();
  for (std::string_view chain : SplitZero(*refs)) {
    if (chain.starts_with('\n')) chain.remove_prefix(1);
    if (!chain.empty()) chains.emplace_back(chain);
  }
  return chains;
}

Status ReadLast(const std::vector<std::string>& words, promotion::RetiredRecorder& retired) {
  for (const std::string& word : words) {
    const std::size_t equals = std::min(word.find('='), word.size());
    std::uint64_t number = 0;
    const char* const end = word.data() + word.size();
    const auto read = std::from_chars(word.data() + std::min(equals + 1, word.size()), end, number);
    if (read.ec != std::errc() || read.ptr != end || number == 0)
      return Usage("--last takes ENV=N, the number of the last record to believe, not \"" + word + "\"");
    retired.last[word.substr(0, equals)] = number;
  }
  return Ok{};
}

Status ReadClusters(const InitOptions& options, std::vector<promotion::ChangedCluster>& clusters) {
  for (const std::string& word : options.clusters) {
    const std::size_t equals = word.find('=');
    if (equals == word.npos) return Usage("--cluster takes NAME=FILE, not \"" + word + "\"");
    Result<std::string> key = ReadKey(word.substr(equals + 1));
    if (!key) return key.error();
    if (key->empty()) return Usage(word.substr(equals + 1) + " holds no public key");
    clusters.push_back({word.substr(0, equals), *std::move(key)});
  }
  for (const std::string& name : options.drop) clusters.push_back({name, {}});
  return Ok{};
}

Status ReadKeys(const LedgerPlace& place, InitOptions& options) {
  promotion::TrustChange& trust = options.policy.trust;
  const auto read = [](const std::string& file, std::string& into) {
    Result<std::string> key = ReadKey(file);
    if (key) into = *std::move(key);
    return key ? Status(Ok{}) : Status(key.error());
  };
  if (!options.operator_key.empty())
    if (Status done = read(options.operator_key, trust.operator_key); !done) return done;
  for (const std::string& file : options.recorder)
    if (Status done = read(file, trust.recorders.emplace_back()); !done) return done;
  if (!options.last.empty() && options.retire.size() != 1)
    return Usage("--last goes with one --retire: it says what of that key's is believed");
  for (const std::string& file : options.retire) {
    promotion::RetiredRecorder& retired = trust.retired.emplace_back();
    if (Status done = read(file, retired.key); !done) return done;
    if (Status done = ReadLast(options.last, retired); !done) return done;
  }
  if (Status done = ReadClusters(options, trust.clusters); !done) return done;
  Result<std::vector<std::string>> chains = Chains(place.places.git_dir);
  if (!chains) return chains.error();
  trust.chains = *std::move(chains);
  return Ok{};
}

Status CheckWords(const InitOptions& options) {
  if (!options.sign.empty() && !options.recover.empty())
    return Usage("--recover stands in for those who should agree: leave out --sign, or --recover");
  if (options.policy.first && options.sign.empty())
    return Usage("somebody has to agree: --sign NAME=KEYFILE");
  if (options.policy.trust.hold_floor && options.policy.trust.drop_floor)
    return Usage("--floor or --no-floor, not both");
  if (!options.recover.empty() && !promotion::IsTextLine(options.policy.reason))
    return Usage("--recover needs --reason: a line of text, which every verifier can read");
  return Ok{};
}

Result<std::string> RecordPolicy(InitOptions options) {
  if (Status words = CheckWords(options); !words) return words.error();
  Result<LedgerPlace> place = FindLedger(options.repository);
  if (!place) return place.error();
  if (Status read = ReadKeys(*place, options); !read) return read.error();
  options.policy.ref = place->policy_ref;
  const Result<promotion::PolicyDraft> draft = promotion::DraftPolicy(place->recorder, options.policy);
  if (!draft) return draft.error();
  std::string shown = "record " + std::to_string(draft->sequence) + " of policy, from " + place->policy_ref +
                      ":\n" + draft->trust;
  for (const std::string& file : draft->files) shown += "  " + file + "\n";
  if (!Print(shown + "change " + draft->change + "\n")) return Failed("it could not be shown");
  const Result<std::vector<std::string>> envelopes = ApproveAll(*draft, options);
  if (!envelopes) return envelopes.error();
  return promotion::RecordPolicy(place->recorder, options.policy, *draft, *envelopes);
}

// What waited for this policy: in the time that a push has for that, since somebody waits here too.
Status TryThoseThatWait(const std::string& repository) {
  const Result<LedgerPlace> place = FindLedger(repository);
  if (!place) return place.error();
  hooks::RequestsToTry requests{.places = place->places, .settings = place->settings, .environments = {}};
  for (const promotion::RecordedBranch& branch : place->branches)
    requests.environments.insert(branch.environment);
  std::fputs(hooks::TryRequests(requests).words.c_str(), stderr);
  return Ok{};
}

int Run(const InitOptions& options) {
  const Result<std::string> digest = RecordPolicy(options);
  if (!digest) return Fail(digest.error());
  const bool first = options.policy.first;
  if (!Print((first ? "pin " : "record ") + *digest + "\n")) return kUnjudged;
  if (first) PrintHint("give it to every verifier: sluice ledger verify --pin " + *digest);
  const Status tried = TryThoseThatWait(options.repository);  // the record of policy stands in any case
  if (!tried) PrintHint("what waits is not tried: " + tried.error().Text());
  return kAccepted;
}

void AddRecordPolicy(const Command& command, const std::shared_ptr<InitOptions>& options) {
  command.AddOption("repository", options->repository, "a repository of a Git server")
      .Type("REPO")
      .Required();
  const Option from =
      command.AddOption("--from", options->policy.trust.from, "people who agree to the policy, from now on")
          .Type("NAME,…")
          .CommaSeparated();
  if (options->policy.first) from.Required();
  command.AddOption("--count", options->policy.trust.count, "how many of them have to")
      .Type("N")
      .Within(1, 1000);
  command.AddOption("--sign", options->sign, "who agrees now, with this key; may be repeated")
      .Type("NAME=KEYFILE");
  command.AddOption("--operator-key", options->operator_key, "public key that may replace a lost quorum")
      .Type("FILE");
  command.AddOption("--cluster", options->clusters, "public key with which this cluster reports outcomes")
      .Type("NAME=FILE");
  command.AddFlag("--floor", options->policy.trust.hold_floor,
                  "hold records to the operator's policies, as each record of policy finds them");
  command.AddOption("--reason", options->policy.reason, "why; it stands in the record").Type("TEXT");
  command.Runs([options] {
    options->policy.recovery = !options->recover.empty();
    const std::string who = options->policy.recovery ? "operator" : hooks::LocalUser();
    const std::string first = options->sign.empty() ? who : options->sign.front();
    options->policy.actor = first.substr(0, first.find('='));
    return Run(*options);
  });
}

// What only a later record can change.
void AddTrustOptions(const Command& command, const std::shared_ptr<InitOptions>& options) {
  command.AddOption("--recorder", options->recorder, "public key that may record from now on").Type("FILE");
  command.AddOption("--retire", options->retire, "public key that records no more").Type("FILE");
  command.AddOption("--last", options->last, "the last record of the retired key that is believed")
      .Type("ENV=N");
  command.AddOption("--drop-cluster", options->drop, "a cluster whose outcomes count no more").Type("NAME");
  command.AddFlag("--no-floor", options->policy.trust.drop_floor, "hold them to these no more");
  command.AddOption("--recover", options->recover, "the operator's private key, in place of a lost quorum")
      .Type("KEYFILE");
}

}  // namespace

void AddLedgerInit(const Command& ledger) {
  const auto options = std::make_shared<InitOptions>();
  options->policy.first = true;
  const Command init = ledger.AddCommand("init", "begin the ledger of a repository, and print its pin");
  AddRecordPolicy(init, options);
  const Command policy = ledger.AddCommand("policy", "record a change of the policy, or of who agrees to it");
  const auto next = std::make_shared<InitOptions>();
  AddRecordPolicy(policy, next);
  AddTrustOptions(policy, next);
}

}  // namespace sluice::cli
