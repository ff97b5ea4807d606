// Tested by tests/promotion/approval_test.cc.
#include "promotion/approval.h"

#include <algorithm>
#include <array>

#include "promotion/canonical_text.h"
#include "promotion/object_path.h"
#include "promotion/people.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

constexpr std::string_view kPolicy = "policy", kOperator = "operator";

// Which members a kind has besides those that all have.
struct KindRow {
  std::string_view name;
  bool change, commit, expires, from, reason, removes, restores, revokes;
};

// In the order of ApprovalKind.
constexpr std::array<KindRow, 9> kKinds = {{
    //               change commit expires from reason removes restores revokes
    {"approval", true, false, true, false, false, false, false, false},
    {"break-glass", true, false, true, false, true, false, false, false},
    {"consent", true, false, true, false, false, true, false, false},
    {"freeze", false, false, true, false, true, false, false, false},
    {"hold", false, false, false, false, true, false, false, false},
    {"recovery", true, false, false, false, true, false, false, false},
    {"request", true, true, true, true, false, false, false, false},
    {"revocation", false, false, false, false, true, false, false, true},
    {"rollback", true, true, true, false, true, false, true, false},
}};

constexpr std::array<std::string_view, kKinds.size()> kNames = [] {
  std::array<std::string_view, kKinds.size()> names{};
  for (std::size_t i = 0; i < kKinds.size(); ++i) names[i] = kKinds[i].name;
  return names;
}();

const KindRow& RowOf(ApprovalKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

void TakeOwnMembers(Fields& fields, const KindRow& row, Approval& approval) {
  if (row.change) approval.change = fields.Digest("change");
  if (row.commit) approval.commit = fields.ObjectId("commit");
  if (row.from && !fields.IsNull("from")) approval.from = fields.Label("from");
  if (row.expires) approval.expires = fields.Time("expires");
  if (row.reason) approval.reason = fields.TextLine("reason");
  if (row.removes) approval.removes = fields.Count("removes");
  if (row.restores) approval.restores = fields.Count("restores", 1);
  if (row.revokes) approval.revokes = fields.Digest("revokes");
}

// The order is that of what is written.
Seen TakeSeen(Fields& fields) {
  Seen seen;
  seen.authors = fields.SortedTexts("authors", IsPersonName, "names of people", kSeenAuthors);
  for (const std::string& file :
       fields.SortedTexts("files", IsEscapedPath, "paths as records have them", kSeenFiles))
    seen.files.push_back(*UnescapePath(file));
  return seen;
}

Result<std::vector<std::string>> WrittenPaths(const std::vector<std::string>& files) {
  std::vector<std::string> written;
  for (const std::string& file : files) {
    Result<std::string> path = EscapePath(file);
    if (!path) return path.error();
    written.push_back(*std::move(path));
  }
  std::sort(written.begin(), written.end());
  return written;
}

void CheckTogether(Fields& fields, const KindRow& row, const Approval& approval) {
  if (row.expires && approval.expires <= approval.made)
    fields.Fail("expires", "expires should be later than made");
  if (approval.kind != ApprovalKind::kRecovery) return;
  if (approval.environment != kPolicy) fields.Fail("environment", "a recovery is of the environment policy");
  if (approval.person != kOperator) fields.Fail("person", "a recovery is signed by operator");
}

Status IsTheirs(const SignedApproval& opened, const Trusted& trusted, std::int64_t time) {
  const Approval& approval = opened.approval;
  if (approval.kind == ApprovalKind::kRecovery) {
    if (trusted.operator_key != nullptr && trusted.operator_key->plain == opened.key.plain) return Ok{};
    return Failed("the key " + Fingerprint(opened.key) + " is not the operator's");
  }
  const auto line = crypto::FindSigner(
      trusted.signers, {opened.key, approval.person, NamespaceOf(PayloadType::kApproval), time});
  if (!line) return line.error();
  return Ok{};
}

}  // namespace

std::string_view NameOf(ApprovalKind kind) { return RowOf(kind).name; }

std::span<const std::string_view> ApprovalKindNames() { return kNames; }

Result<Approval> ReadApproval(const std::string& what, std::string payload) {
  const Result<CanonicalText> text =
      ReadCanonicalText(what, std::move(payload), LimitOf(PayloadType::kApproval));
  if (!text) return text.error();
  Fields fields(*text, text->root());
  Approval approval;
  const std::uint64_t version = fields.VersionUpTo(2);
  approval.kind = static_cast<ApprovalKind>(fields.OneOf("kind", kNames));
  approval.environment = fields.Label("environment");
  approval.made = fields.Time("made");
  approval.person = fields.Person("person");
  approval.repository = fields.Digest("repository");
  TakeOwnMembers(fields, RowOf(approval.kind), approval);
  if (version == 2 && (approval.kind != ApprovalKind::kApproval || approval.environment == kPolicy))
    fields.Fail("version", "version 2 is of approvals of an environment alone");
  if (version == 2) approval.seen = TakeSeen(fields);
  CheckTogether(fields, RowOf(approval.kind), approval);
  if (const Status end = fields.End(); !end) return end.error();
  return approval;
}

Result<std::string> ApprovalText(const Approval& approval) {
  const KindRow& row = RowOf(approval.kind);
  JsonMembers members;
  if (approval.seen) members.Json("authors", JsonTexts(approval.seen->authors));
  if (row.change) members.Text("change", approval.change);
  if (row.commit) members.Text("commit", approval.commit);
  members.Text("environment", approval.environment);
  if (row.expires) members.Time("expires", approval.expires);
  if (approval.seen) {
    const Result<std::vector<std::string>> files = WrittenPaths(approval.seen->files);
    if (!files) return files.error();
    members.Json("files", JsonTexts(*files));
  }
  if (row.from) members.TextOrNull("from", approval.from);
  members.Text("kind", row.name).Time("made", approval.made).Text("person", approval.person);
  if (row.reason) members.Text("reason", approval.reason);
  if (row.removes) members.Count("removes", approval.removes);
  members.Text("repository", approval.repository);
  if (row.restores) members.Count("restores", approval.restores);
  if (row.revokes) members.Text("revokes", approval.revokes);
  std::string text = members.Count("version", approval.seen ? 2 : 1).End();
  if (const Result<Approval> again = ReadApproval("the " + std::string(row.name), text); !again)
    return again.error();
  return text;
}

std::string ApprovalRef(const Approval& approval, std::string_view envelope_digest) {
  const KindRow& row = RowOf(approval.kind);
  const std::string_view what = row.change ? approval.change : row.revokes ? approval.revokes : row.name;
  std::string ref = "refs/sluice/approvals/" + approval.environment + "/";
  return ref.append(what).append("/").append(envelope_digest);
}

Result<Approval> ReadUnproven(const std::string& what, std::string_view envelope) {
  Result<Envelope> read = ReadEnvelope(what, PayloadType::kApproval, envelope);
  if (!read) return read.error();
  return ReadApproval(what, std::move(read->payload));
}

Result<SignedApproval> OpenApproval(const std::string& what, std::string_view envelope,
                                    const Trusted& trusted, std::int64_t time) {
  Result<Envelope> read = ReadEnvelope(what, PayloadType::kApproval, envelope);
  if (!read) return read.error();
  Result<Approval> approval = ReadApproval(what, read->payload);
  if (!approval) return approval.error();
  const Result<crypto::SecurityKeyWords> held = VerifyEnvelope(*read);
  if (!held) return Failed(what + ": " + held.error().message);
  SignedApproval opened = {std::move(*approval), DigestOf(envelope), std::move(read->signature.key), *held};
  if (const Status theirs = IsTheirs(opened, trusted, time); !theirs)
    return Failed(what + ": " + theirs.error().message);
  return opened;
}

}  // namespace sluice::promotion
