// `sluice ledger init` and `policy`: records of policy. Those who are named agree
// to them here, each with a key of their own; ssh-keygen asks for what it needs.
#include <fcntl.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>

#include "cli/commands.h"
#include "cli/ledger.h"
#include "cli/output.h"
#include "cli/paths.h"
#include "crypto/sign.h"
#include "git/file.h"
#include "promotion/approval.h"
#include "promotion/envelope.h"
#include "promotion/policy_record.h"

namespace sluice::cli {
namespace {

constexpr std::int64_t kValid = 24 * 60 * 60;  // it is used at once
constexpr std::size_t kKeyBytes = 64u << 10;

struct InitOptions {
  std::string repository;
  promotion::PolicyChange policy;
  std::vector<std::string> sign;  // NAME=KEYFILE
  std::string operator_key;       // file
};

Result<std::string> Approve(const promotion::PolicyDraft& draft, const std::string& person,
                            const std::string& key_file) {
  promotion::Approval approval;
  approval.environment = "policy";
  approval.person = person;
  approval.repository = draft.repository;
  approval.change = draft.change;
  approval.made = std::time(nullptr);
  approval.expires = approval.made + kValid;
  const Result<std::string> payload = promotion::ApprovalText(approval);
  if (!payload) return Usage(payload.error().message);
  constexpr promotion::PayloadType kType = promotion::PayloadType::kApproval;
  const Result<std::string> signature =
      crypto::Sign(promotion::SignedBytes(kType, *payload), {.program = FindProgram("ssh-keygen"),
                                                             .key_file = key_file,
                                                             .ns = std::string(promotion::NamespaceOf(kType)),
                                                             .may_ask = true});
  if (!signature) return signature.error();
  return promotion::EnvelopeText(kType, *payload, *signature);
}

Result<std::vector<std::string>> ApproveAll(const promotion::PolicyDraft& draft,
                                            const std::vector<std::string>& sign) {
  std::vector<std::string> envelopes;
  for (const std::string& word : sign) {
    const std::size_t equals = word.find('=');
    if (equals == word.npos) return Usage("--sign takes NAME=KEYFILE, not \"" + word + "\"");
    Result<std::string> envelope = Approve(draft, word.substr(0, equals), word.substr(equals + 1));
    if (!envelope) return envelope.error();
    envelopes.push_back(*std::move(envelope));
  }
  return envelopes;
}

// Of a public key file its first line.
Status ReadOperatorKey(InitOptions& options) {
  if (options.operator_key.empty()) return Ok{};
  Result<std::string> text = git::ReadFileAt(AT_FDCWD, options.operator_key, kKeyBytes);
  if (!text) return Usage("cannot read " + options.operator_key);
  options.policy.operator_key = text->substr(0, text->find('\n'));
  return Ok{};
}

Result<std::string> RecordPolicy(InitOptions options) {
  Result<LedgerPlace> place = FindLedger(options.repository);
  if (!place) return place.error();
  if (Status read = ReadOperatorKey(options); !read) return read.error();
  options.policy.ref = place->policy_ref;
  const Result<promotion::PolicyDraft> draft = promotion::DraftPolicy(place->recorder, options.policy);
  if (!draft) return draft.error();
  std::string shown = "record " + std::to_string(draft->sequence) + " of policy, from " + place->policy_ref +
                      ":\n" + draft->trust;
  for (const std::string& file : draft->files) shown += "  " + file + "\n";
  if (!Print(shown + "change " + draft->change + "\n")) return Failed("it could not be shown");
  const Result<std::vector<std::string>> envelopes = ApproveAll(*draft, options.sign);
  if (!envelopes) return envelopes.error();
  return promotion::RecordPolicy(place->recorder, options.policy, *draft, *envelopes);
}

int Run(const InitOptions& options) {
  const Result<std::string> digest = RecordPolicy(options);
  if (!digest) return Fail(digest.error());
  const bool first = options.policy.first;
  if (!Print((first ? "pin " : "record ") + *digest + "\n")) return kUnjudged;
  if (first) PrintHint("give it to every verifier: sluice ledger verify --pin " + *digest);
  return kAccepted;
}

void AddRecordPolicy(CLI::App& command, const std::shared_ptr<InitOptions>& options, int& exit_code) {
  command.add_option("repository", options->repository, "a repository of a Git server")
      ->type_name("REPO")
      ->required();
  CLI::Option* from =
      command.add_option("--from", options->policy.from, "people who agree to the policy, from now on")
          ->type_name("NAME,…")
          ->delimiter(',');
  if (options->policy.first) from->required();
  command.add_option("--count", options->policy.count, "how many of them have to")
      ->type_name("N")
      ->check(CLI::Range(1, 1000));
  command.add_option("--sign", options->sign, "who agrees now, with this key; may be repeated")
      ->type_name("NAME=KEYFILE")
      ->required();
  command.add_option("--operator-key", options->operator_key, "public key that may replace a lost quorum")
      ->type_name("FILE");
  command.callback([options, &exit_code] {
    options->policy.actor = options->sign.front().substr(0, options->sign.front().find('='));
    exit_code = Run(*options);
  });
}

}  // namespace

void AddLedgerInit(CLI::App& ledger, int& exit_code) {
  const auto options = std::make_shared<InitOptions>();
  options->policy.first = true;
  CLI::App* init = ledger.add_subcommand("init", "begin the ledger of a repository, and print its pin");
  AddRecordPolicy(*init, options, exit_code);
  CLI::App* policy = ledger.add_subcommand("policy", "record a change of the policy, or of who agrees to it");
  AddRecordPolicy(*policy, std::make_shared<InitOptions>(), exit_code);
}

}  // namespace sluice::cli
