// Tested by tests/promotion/record_test.cc, with records that a shell script wrote.
#include "promotion/record.h"

#include <array>

#include "promotion/canonical_text.h"
#include "promotion/object_path.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

using manifests::Node;

constexpr std::string_view kStatementType = "https://in-toto.io/Statement/v1";
constexpr std::string_view kRecordType = "urn:sluice:record:1", kPolicyType = "urn:sluice:policy:1";
constexpr std::string_view kObjectsList = "objects.sha256", kPolicyList = "policy.sha256";
constexpr std::size_t kApprovals = 256, kClusters = 256, kObjects = 50'000;

constexpr std::array<std::string_view, 4> kRecordKinds = {"break-glass", "direct", "promotion", "rollback"};
constexpr std::array<std::string_view, 3> kReasons = {"not-judged", "plain-secret", "unknown-value"};

bool IsRef(std::string_view text) { return IsTextLine(text) && text.substr(0, 5) == "refs/"; }
bool IsFolder(std::string_view text) { return IsTextLine(text) && text.front() != '/' && text.back() != '/'; }

ReceivedApproval TakeApproval(const CanonicalText& text, const Node& node, Fields& outer) {
  Fields fields(text, node);
  ReceivedApproval approval;
  approval.kind = static_cast<ApprovalKind>(fields.OneOf("kind", ApprovalKindNames()));
  approval.person = fields.Person("person");
  approval.received = fields.Time("received");
  approval.digest = fields.Digest("sha256");
  if (const Status end = fields.End(); !end) outer.Fail(end.error());
  return approval;
}

std::vector<ReceivedApproval> TakeApprovals(const CanonicalText& text, Fields& fields) {
  std::vector<ReceivedApproval> approvals;
  for (const Node& node : fields.List("approvals", kApprovals)) {
    ReceivedApproval approval = TakeApproval(text, node, fields);
    if (!approvals.empty() && approvals.back().digest >= approval.digest)
      fields.Fail("approvals", "approvals should be sorted by sha256, none twice");
    approvals.push_back(std::move(approval));
  }
  return approvals;
}

RecordHead TakeHead(const CanonicalText& text, Fields& fields) {
  RecordHead head;
  head.actor = fields.TextLine("actor");
  head.approvals = TakeApprovals(text, fields);
  head.change = fields.Digest("change");
  if (!fields.IsNull("previous")) head.previous = fields.Digest("previous");
  if (!fields.IsNull("reason")) head.reason = fields.TextLine("reason");
  head.recorded = fields.Time("recorded");
  head.repository = fields.Digest("repository");
  head.sequence = fields.Count("sequence", 1);
  if ((head.sequence == 1) == head.previous.has_value())
    fields.Fail("previous", "previous should be null in the first record and in no other");
  return head;
}

Source TakeSource(Fields& outer) {
  Fields fields = outer.Inside("source");
  Source source;
  source.commit = fields.ObjectId("commit");
  if (!fields.IsNull("folder")) source.folder = fields.Text("folder", IsFolder, "a path in the repository");
  source.ref = fields.Text("ref", IsRef, "the full name of a ref");
  source.tree = fields.ObjectId("tree");
  if (const Status end = fields.End(); !end) outer.Fail(end.error());
  return source;
}

void TakeEvidence(Fields& outer, Record& record) {
  Fields fields = outer.Inside("evidence");
  record.vouched_by_cluster = fields.Count("cluster");
  record.vouched_offline = fields.Count("offline");
  record.unverified = fields.Count("unverified");
  if (const Status end = fields.End(); !end) outer.Fail(end.error());
}

void TakeTrust(Fields& outer, Record& record) {
  Fields fields = outer.Inside("trust");
  record.trust_sequence = fields.Count("sequence", 1);
  record.trust_digest = fields.Digest("sha256");
  if (const Status end = fields.End(); !end) outer.Fail(end.error());
}

std::vector<NotHeld> TakeNotHeld(const CanonicalText& text, Fields& outer) {
  std::vector<NotHeld> objects;
  for (const Node& node : outer.List("notHeld", kObjects)) {
    Fields fields(text, node);
    NotHeld object = {fields.Text("object", IsObjectPath, "the path of an object"),
                      static_cast<NotHeldReason>(fields.OneOf("reason", kReasons))};
    if (const Status end = fields.End(); !end) outer.Fail(end.error());
    if (!objects.empty() && objects.back().object >= object.object)
      outer.Fail("notHeld", "notHeld should be sorted by object, none twice");
    objects.push_back(std::move(object));
  }
  return objects;
}

// The one subject: a file of the tree and its digest.
std::string TakeSubject(const CanonicalText& text, Fields& outer, std::string_view file) {
  const std::span<const Node> subjects = outer.List("subject", 1);
  if (subjects.empty()) outer.Fail("subject", "there should be one subject");
  if (subjects.empty()) return {};
  Fields fields(text, subjects.front());
  fields.Exactly("name", file);
  Fields digests = fields.Inside("digest");
  std::string digest = digests.Digest("sha256");
  if (const Status end = digests.End(); !end) fields.Fail(end.error());
  if (const Status end = fields.End(); !end) outer.Fail(end.error());
  return digest;
}

void CheckTogether(Fields& fields, const Record& record) {
  const bool explained = record.kind == RecordKind::kBreakGlass || record.kind == RecordKind::kRollback;
  if (explained && !record.head.reason) fields.Fail("reason", "a record of this kind has a reason");
  if (record.kind == RecordKind::kRollback && !record.restores)
    fields.Fail("restores", "a rollback names what it restores");
  if (!explained && record.restores)
    fields.Fail("restores", "restores should be null but for a rollback, by break-glass too");
  if (record.restores && *record.restores >= record.head.sequence)
    fields.Fail("restores", "restores should name an earlier record");
  if (record.head.recorded < record.judged) fields.Fail("recorded", "recorded should not be before judged");
}

Record TakeRecord(const CanonicalText& text, Fields& fields) {
  Record record;
  record.head = TakeHead(text, fields);
  record.bundle = fields.Digest("bundle");
  record.clusters = fields.SortedTexts("clusters", IsLabel, "names of clusters", kClusters);
  record.engine = fields.TextLine("engine");
  record.environment = fields.Label("environment");
  TakeEvidence(fields, record);
  record.judged = fields.Time("judged");
  record.kind = static_cast<RecordKind>(fields.OneOf("kind", kRecordKinds));
  record.not_applied = fields.SortedTexts("notApplied", IsObjectPath, "paths of objects", kObjects);
  record.not_held = TakeNotHeld(text, fields);
  record.policy = fields.Digest("policy");
  if (!fields.IsNull("restores")) record.restores = fields.Count("restores", 1);
  record.source = TakeSource(fields);
  TakeTrust(fields, record);
  if (record.environment == "policy") fields.Fail("environment", "policy is no environment");
  CheckTogether(fields, record);
  return record;
}

Result<CanonicalText> ReadStatement(const std::string& what, std::string payload) {
  return ReadCanonicalText(what, std::move(payload), LimitOf(PayloadType::kStatement));
}

std::string ApprovalsJson(const std::vector<ReceivedApproval>& approvals) {
  std::vector<std::string> list;
  for (const ReceivedApproval& approval : approvals)
    list.push_back(JsonMembers()
                       .Text("kind", NameOf(approval.kind))
                       .Text("person", approval.person)
                       .Time("received", approval.received)
                       .Text("sha256", approval.digest)
                       .End());
  return JsonList(list);
}

std::string NotHeldJson(const std::vector<NotHeld>& objects) {
  std::vector<std::string> list;
  for (const NotHeld& object : objects)
    list.push_back(JsonMembers()
                       .Text("object", object.object)
                       .Text("reason", kReasons[static_cast<std::size_t>(object.reason)])
                       .End());
  return JsonList(list);
}

std::string SourceJson(const Source& source) {
  return JsonMembers()
      .Text("commit", source.commit)
      .TextOrNull("folder", source.folder)
      .Text("ref", source.ref)
      .Text("tree", source.tree)
      .End();
}

std::string StatementText(std::string_view predicate, std::string_view type, std::string_view file,
                          std::string_view digest) {
  const std::string subject =
      JsonMembers().Json("digest", JsonMembers().Text("sha256", digest).End()).Text("name", file).End();
  return JsonMembers()
      .Text("_type", kStatementType)
      .Json("predicate", predicate)
      .Text("predicateType", type)
      .Json("subject", "[" + subject + "]")
      .End();
}

std::string PredicateJson(const Record& record) {
  const RecordHead& head = record.head;
  JsonMembers members;
  members.Text("actor", head.actor).Json("approvals", ApprovalsJson(head.approvals));
  members.Text("bundle", record.bundle).Text("change", head.change);
  members.Json("clusters", JsonTexts(record.clusters)).Text("engine", record.engine);
  members.Text("environment", record.environment);
  members.Json("evidence", JsonMembers()
                               .Count("cluster", record.vouched_by_cluster)
                               .Count("offline", record.vouched_offline)
                               .Count("unverified", record.unverified)
                               .End());
  members.Time("judged", record.judged).Text("kind", NameOf(record.kind));
  members.Json("notApplied", JsonTexts(record.not_applied)).Json("notHeld", NotHeldJson(record.not_held));
  members.Text("policy", record.policy)
      .TextOrNull("previous", head.previous)
      .TextOrNull("reason", head.reason);
  members.Time("recorded", head.recorded).Text("repository", head.repository);
  members.Json("restores", record.restores ? std::to_string(*record.restores) : "null");
  members.Count("sequence", head.sequence).Json("source", SourceJson(record.source));
  members.Json(
      "trust",
      JsonMembers().Count("sequence", record.trust_sequence).Text("sha256", record.trust_digest).End());
  return members.End();
}

}  // namespace

std::span<const std::string_view> RecordKindNames() { return kRecordKinds; }
std::string_view NameOf(RecordKind kind) { return kRecordKinds[static_cast<std::size_t>(kind)]; }

Result<Record> ReadRecord(const std::string& what, std::string payload) {
  const Result<CanonicalText> text = ReadStatement(what, std::move(payload));
  if (!text) return text.error();
  Fields statement(*text, text->root());
  statement.Exactly("_type", kStatementType);
  statement.Exactly("predicateType", kRecordType);
  Fields predicate = statement.Inside("predicate");
  Record record = TakeRecord(*text, predicate);
  if (const Status end = predicate.End(); !end) statement.Fail(end.error());
  record.set = TakeSubject(*text, statement, kObjectsList);
  if (const Status end = statement.End(); !end) return end.error();
  return record;
}

Result<PolicyRecord> ReadPolicyRecord(const std::string& what, std::string payload) {
  const Result<CanonicalText> text = ReadStatement(what, std::move(payload));
  if (!text) return text.error();
  Fields statement(*text, text->root());
  statement.Exactly("_type", kStatementType);
  statement.Exactly("predicateType", kPolicyType);
  Fields predicate = statement.Inside("predicate");
  PolicyRecord record;
  record.head = TakeHead(*text, predicate);
  if (!predicate.IsNull("source")) record.source = TakeSource(predicate);
  if (const Status end = predicate.End(); !end) statement.Fail(end.error());
  record.policy = TakeSubject(*text, statement, kPolicyList);
  if (const Status end = statement.End(); !end) return end.error();
  return record;
}

Result<std::string> RecordText(const Record& record) {
  std::string text = StatementText(PredicateJson(record), kRecordType, kObjectsList, record.set);
  if (const Result<Record> again = ReadRecord("the record", text); !again) return again.error();
  return text;
}

Result<std::string> PolicyRecordText(const PolicyRecord& record) {
  const RecordHead& head = record.head;
  JsonMembers members;
  members.Text("actor", head.actor)
      .Json("approvals", ApprovalsJson(head.approvals))
      .Text("change", head.change);
  members.TextOrNull("previous", head.previous).TextOrNull("reason", head.reason);
  members.Time("recorded", head.recorded)
      .Text("repository", head.repository)
      .Count("sequence", head.sequence);
  members.Json("source", record.source ? SourceJson(*record.source) : "null");
  std::string text = StatementText(members.End(), kPolicyType, kPolicyList, record.policy);
  if (const Result<PolicyRecord> again = ReadPolicyRecord("the record", text); !again) return again.error();
  return text;
}

std::string CommitText(const RecordHead& head, const std::string& environment, const std::string& tree,
                       const std::string& parent) {
  const std::string who = " Sluice <sluice> " + std::to_string(head.recorded) + " +0000\n";
  return "tree " + tree + "\n" + (parent.empty() ? "" : "parent " + parent + "\n") + "author" + who +
         "committer" + who + "\nrecord " + std::to_string(head.sequence) + " of " + environment + "\n";
}

}  // namespace sluice::promotion
