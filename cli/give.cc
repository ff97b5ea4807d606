// Tests: tests/push/declared.sh.
#include "cli/give.h"

#include <algorithm>
#include <ctime>
#include <iterator>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/paths.h"
#include "crypto/sign.h"
#include "git/object_writer.h"
#include "promotion/chain_head.h"
#include "promotion/envelope.h"
#include "promotion/words.h"

namespace sluice::cli {
namespace {

// A value of git's configuration; empty where there is none.
std::string GitSetting(const PromotionPlace& place, const std::string& name) {
  const Result<std::string> value = RunGit({"config", "--default", "", name}, place.directory());
  return value ? value->substr(0, value->find('\n')) : std::string();
}

Result<std::string> RepositoryId(const PromotionPlace& place) {
  const Result<std::optional<promotion::PolicyHead>> policy = promotion::ReadPolicyHead(place.repository());
  if (!policy) return policy.error();
  if (!*policy) return Usage("there is no ledger here that this could be for: sluice ledger init begins one");
  return (*policy)->trust.repository;
}

// What would be signed though it says nothing.
Status SaysSomething(const promotion::Approval& approval) {
  using Kind = promotion::ApprovalKind;
  constexpr Kind kReasoned[] = {Kind::kFreeze, Kind::kHold, Kind::kBreakGlass, Kind::kRevocation};
  const bool reasoned =
      std::find(std::begin(kReasoned), std::end(kReasoned), approval.kind) != std::end(kReasoned);
  if (reasoned && approval.reason.empty()) return Usage("--reason must not be empty");
  if (approval.kind == Kind::kConsent && approval.removes == 0)
    return Usage("this change removes nothing: there is nothing to consent to");
  return Ok{};
}

// Behind its ref, in this clone alone.
int KeepHere(const PromotionPlace& place, const std::string& ref, const Oid& blob) {
  const Result<std::string> kept = RunGit({"update-ref", ref, blob.Hex(), ""}, place.directory());
  return kept ? kAccepted : Fail(kept.error());
}

}  // namespace

void AddSigner(const Command& command, Signer& signer) {
  command.AddOption("--key", signer.key_file, "key to sign with; default: git's user.signingKey")
      .Type("FILE");
  command.AddOption("--as", signer.person, "who signs; default: whose address user.email is").Type("NAME");
}

Result<Signer> FindSigner(const PromotionPlace& place, Signer signer) {
  if (place.is_server()) return Usage("people sign in clones of their own, not on the server");
  if (signer.key_file.empty() && GitSetting(place, "gpg.format") == "ssh")
    signer.key_file = GitSetting(place, "user.signingKey");
  if (signer.key_file.starts_with("~/"))
    signer.key_file.replace(0, 1, std::getenv("HOME") ? std::getenv("HOME") : "~");
  if (signer.key_file.empty() || signer.key_file.starts_with("key::"))
    return Usage(
        "name the key that signs: --key FILE, or git config user.signingKey FILE with gpg.format ssh");
  if (!signer.person.empty()) return signer;
  const std::string email = GitSetting(place, "user.email");
  const promotion::Principal principal = promotion::ByEmail(place.configuration().promotion.people, email);
  if (!principal.IsPerson())
    return Usage("nobody in `people` has the address " + (email.empty() ? "of user.email" : email) +
                 ": --as NAME");
  signer.person = principal.name;
  return signer;
}

Result<std::string> SignApproval(const promotion::Approval& approval, const std::string& key_file) {
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

Gave Give(const PromotionPlace& place, const Signer& signer, promotion::Approval approval) {
  if (Status says = SaysSomething(approval); !says) return {Fail(says.error()), {}};
  const Result<std::string> repository = RepositoryId(place);
  if (!repository) return {Fail(repository.error()), {}};
  approval.repository = *repository;
  approval.person = signer.person;
  approval.made = std::time(nullptr);
  const Result<std::string> envelope = SignApproval(approval, signer.key_file);
  if (!envelope) return {Fail(envelope.error()), {}};
  const Result<Oid> blob = git::WriteBlob(place.places().git_dir, *envelope);
  if (!blob) return {Fail(blob.error()), {}};
  std::string digest = promotion::DigestOf(*envelope);
  const std::string ref = promotion::ApprovalRef(approval, digest);
  // What the server says of a request that it tries then is of interest.
  const promotion::Environment* const environment =
      promotion::FindEnvironment(place.configuration().promotion.environments, approval.environment);
  std::vector<std::string> options;
  if (environment == nullptr || !environment->ByRequest()) options.emplace_back("--quiet");
  const int code =
      signer.push ? place.Push(std::move(options), {blob->Hex() + ":" + ref}) : KeepHere(place, ref, *blob);
  return {code, code == kAccepted ? std::move(digest) : std::string()};
}

}  // namespace sluice::cli
