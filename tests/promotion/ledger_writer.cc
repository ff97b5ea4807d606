#include "tests/promotion/ledger_writer.h"

#include <algorithm>

#include "promotion/chain_head.h"
#include "promotion/envelope.h"
#include "promotion/policy_files.h"
#include "promotion/words.h"
#include "tests/catch.h"

namespace sluice::promotion {
namespace {

constexpr std::int64_t kStart = 1'790'000'000, kDay = 86'400;
constexpr char kWeb[] = "core/ConfigMap/shop/web", kFloor[] = "floor/%2Esluice/sluice.yaml";
const std::string kRepository(64, 'e'), kBundle(64, 'b'), kCommit(40, 'c');

std::string Web(const std::string& greeting) {
  return "{\"apiVersion\":\"v1\",\"data\":{\"greeting\":\"" + greeting +
         "\"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"web\",\"namespace\":\"shop\"}}";
}

std::string Content(const std::string& file) {  // without a mode in front
  const std::size_t bar = file.find('|');
  return bar == 6 ? file.substr(7) : file;
}

// The digests of the files below any of these directories.
DigestList ListOf(const git::Files& files, const std::vector<std::string>& below) {
  DigestList list;
  for (const auto& [path, content] : files)
    for (const std::string& prefix : below)
      if (path.compare(0, prefix.size(), prefix) == 0) list.push_back({path, DigestOf(Content(content))});
  return list;
}

// A record of policy.
std::int64_t RecordedAt(std::uint64_t sequence) {
  return kStart - (10 - static_cast<std::int64_t>(sequence)) * kDay;
}

void PutObjects(const std::map<std::string, std::string>& objects, git::Files& files) {
  for (auto file = files.begin(); file != files.end();)
    file = file->first.compare(0, 8, "objects/") == 0 ? files.erase(file) : std::next(file);
  for (const auto& [path, json] : objects) files["objects/" + path] = json;
}

}  // namespace

LedgerWriter::LedgerWriter(std::string floor)
    : repository_(git::InitBare(directory_.path(), "ledger.git")), floor_(std::move(floor)) {
  for (const char* name : {"recorder", "retired", "next", "operator", "ana", "ben"})
    keys_.emplace(name, crypto::SoftKey());
  for (const std::uint64_t sequence : {1u, 2u}) {
    PolicyPlan plan;
    plan.trust = TrustOf(sequence);
    plan.files = PolicyFiles(sequence);
    plan.by = {"ana"};
    plan.sequence = sequence;
    policy_.push_back(PutPolicy(plan, policy_));
  }
  pin_ = policy_.front().digest;
  for (const char* greeting : {"a", "b", "a"}) {
    const PlannedRecord plan = Plan(good_.size() + 1, Web(greeting));
    good_.push_back(WriteRecord(
        plan, [](PlannedRecord&, const LedgerWriter&) {}, good_));
  }
}

const git::Repository& LedgerWriter::Open() const {
  open_ = git::MustOpen(repository_);
  return *open_;
}

const git::Repository& LedgerWriter::OpenAt(std::size_t records) const {
  git::Git(repository_, {"update-ref", "refs/sluice/ledger/production", good_[records - 1].commit});
  return Open();
}

git::Files LedgerWriter::PolicyFiles(std::uint64_t sequence) const {
  std::string signers = "eva " + keys_.at("next").Line() + "\n";  // known, and asked for nothing
  for (const char* person : {"ana", "ben"})
    signers += std::string(person) + " valid-after=\"20260101Z\" " + keys_.at(person).Line() + "\n";
  return {{"policy/%2Esluice/allowed_signers", signers},
          {"policy/%2Esluice/sluice.yaml", "version: 1\n# " + std::to_string(sequence) + "\n"}};
}

TrustedKey LedgerWriter::KeyOf(const std::string& name) const {
  const std::string line = keys_.at(name).Line();
  return {line, *crypto::ReadPublicKeyLine(line)};
}

// The second record retires a recorder and asks for two where the first asked for one.
Trust LedgerWriter::TrustOf(std::uint64_t sequence) const {
  Trust trust;
  trust.count = sequence > 1 ? 2 : 1;
  trust.from = {"ana", "ben"};
  trust.repository = kRepository;
  trust.operator_key = KeyOf("operator");
  if (sequence > 1 && !floor_.empty()) trust.floor = FloorDigest({{kFloor, DigestOf(floor_)}});
  for (const char* name : {"recorder", "retired"}) {
    Recorder recorder;
    recorder.key = KeyOf(name);
    if (sequence > 1 && std::string(name) == "retired") recorder.last = {{"production", 1}};
    trust.recorders.push_back(recorder);
  }
  return trust;
}

std::string LedgerWriter::Envelope(PayloadType type, const std::string& payload, const std::string& key,
                                   const std::string& ns) const {
  return EnvelopeText(type, payload, keys_.at(key).Sign(ns, SignedBytes(type, payload)));
}

std::string LedgerWriter::AddApproval(RecordHead& head, git::Files& files, Approval approval,
                                      const PlannedRecord& plan) const {
  if (approval.change.empty()) approval.change = head.change;
  const Result<std::string> text = ApprovalText(approval);
  INFO((text ? "" : text.error().message));
  REQUIRE(text);
  const std::string envelope = Envelope(PayloadType::kApproval, *text, plan.approval_key, "sluice-approval");
  const std::string digest = DigestOf(envelope);
  files["approvals/" + digest + ".json"] = envelope;
  head.approvals.push_back({plan.listed_kind, approval.person, plan.received, digest});
  std::sort(head.approvals.begin(), head.approvals.end(),
            [](auto& a, auto& b) { return a.digest < b.digest; });
  return envelope;
}

std::string LedgerWriter::WriteCommit(const git::Files& files, const RecordHead& head,
                                      const std::string& chain, const std::string& parent,
                                      const PlannedRecord* plan) const {
  const std::vector<Oid> made = git::ImportHistory(repository_, {{files, {}}});
  const std::string tree = git::Git1(repository_, {"rev-parse", made.front().Hex() + "^{tree}"});
  std::string text = CommitText(head, chain, tree, parent);
  if (plan != nullptr) text = plan->commit(text);
  const std::string id =
      git::Git1(repository_, {"hash-object", "-t", "commit", "-w", "--literally", "--stdin"}, text);
  git::Git(repository_, {"update-ref", "refs/sluice/ledger/" + chain, id});
  return id;
}

LedgerWriter::Written LedgerWriter::PutPolicy(const PolicyPlan& plan,
                                              const std::vector<Written>& before) const {
  Trust trust = plan.trust;
  std::sort(trust.recorders.begin(), trust.recorders.end(),
            [](const Recorder& a, const Recorder& b) { return a.key.line < b.key.line; });
  git::Files files = plan.files;
  files["trust.json"] = *TrustText(trust);
  Written written;
  written.objects = ListOf(files, {"policy/", "trust.json"});
  files["policy.sha256"] = DigestListText(written.objects);
  PolicyRecord record;
  RecordHead& head = record.head;
  const DigestList none;
  head.actor = "ana";
  head.change = ChangeDigest(before.empty() ? none : before.back().objects, written.objects, "");
  head.recorded = RecordedAt(plan.sequence);
  head.repository = trust.repository;
  head.sequence = plan.sequence;
  if (!before.empty()) head.previous = before.back().digest;
  record.policy = DigestOf(files["policy.sha256"]);
  PlannedRecord approving;
  approving.received = head.recorded;
  for (std::size_t i = 0; i < plan.by.size(); ++i) {
    Approval approval;
    approval.kind = approving.listed_kind = plan.recovery ? ApprovalKind::kRecovery : ApprovalKind::kApproval;
    approval.environment = plan.approval_environment;
    approval.person = plan.by[i];
    approval.repository = kRepository;
    approval.change = plan.change;
    approval.reason = "keys were lost";
    const std::int64_t approved = RecordedAt(plan.approved == 0 ? plan.sequence : plan.approved);
    approval.made = approved + static_cast<std::int64_t>(i);
    approval.expires = approved + 9 * kDay;
    approving.approval_key = plan.keys.empty() ? plan.by[i] : plan.keys[i];
    AddApproval(head, files, approval, approving);
  }
  files["envelope.json"] =
      Envelope(PayloadType::kStatement, *PolicyRecordText(record), plan.signer, "sluice-record");
  written.commit = WriteCommit(files, head, "policy", before.empty() ? "" : before.back().commit, nullptr);
  written.digest = DigestOf(files["envelope.json"]);
  return written;
}

PolicyPlan LedgerWriter::PlanPolicy(std::uint64_t sequence, std::uint64_t content) const {
  PolicyPlan plan;
  plan.trust = TrustOf(2);
  plan.files = PolicyFiles(content);
  plan.sequence = sequence;
  return plan;
}

std::string LedgerWriter::WriteThirdPolicy(
    const std::function<void(PolicyPlan&, const LedgerWriter&)>& forge) const {
  PolicyPlan plan = PlanPolicy(3, 3);
  forge(plan, *this);
  return WritePolicies({plan});
}

void LedgerWriter::PutPolicies(const std::vector<PolicyPlan>& plans) const {
  std::vector<Written> chain = policy_;
  for (const PolicyPlan& plan : plans) chain.push_back(PutPolicy(plan, chain));
}

void LedgerWriter::TakePoliciesBack() const {
  git::Git(repository_, {"update-ref", "refs/sluice/ledger/policy", policy_.back().commit});
}

std::string LedgerWriter::WritePolicies(const std::vector<PolicyPlan>& plans) const {
  PutPolicies(plans);
  const Result<PolicyChain> policy = VerifyPolicy(Open(), {pin_});
  TakePoliciesBack();
  return policy ? "" : policy.error().message;
}

std::string LedgerWriter::RecorderAfter(const std::vector<PolicyPlan>& plans) const {
  PutPolicies(plans);
  const Result<std::optional<PolicyHead>> head = ReadPolicyHead(git::MustOpen(repository_));
  TakePoliciesBack();
  return head ? "" : head.error().message;
}

void LedgerWriter::UsePolicy(PlannedRecord& plan, std::uint64_t sequence) const {
  for (const auto& [path, content] : PolicyFiles(sequence)) plan.files[path] = content;
  plan.record.trust_sequence = sequence;
  plan.record.trust_digest = policy_[sequence - 1].digest;
}

PlannedRecord LedgerWriter::Plan(std::uint64_t sequence, const std::string& web) const {
  PlannedRecord plan;
  plan.objects = {{kWeb, web}, {"core/Namespace/_cluster/shop", "{\"kind\":\"Namespace\"}"}};
  UsePolicy(plan, 2);
  if (!floor_.empty()) plan.files[kFloor] = floor_;
  PutObjects(plan.objects, plan.files);
  Record& record = plan.record;
  record.judged = kStart + static_cast<std::int64_t>(sequence) * kDay;
  record.head = {"ana", {}, {}, {}, {}, record.judged + 2, kRepository, sequence};
  record.bundle = kBundle;
  record.clusters = {"prod-1"};
  record.engine = "0.1.0";
  record.environment = "production";
  record.source = {kCommit, {}, "refs/heads/env/production", kCommit};
  plan.received = record.judged;
  plan.approval.environment = "production";
  plan.approval.person = "ana";
  plan.approval.repository = kRepository;
  plan.approval.made = record.judged - 100;
  plan.approval.expires = record.judged + 100 * kDay;
  return plan;
}

LedgerWriter::Written LedgerWriter::WriteRecord(PlannedRecord plan, Forge forge,
                                                const std::vector<Written>& before) const {
  const git::Files honest = plan.files;
  RecordHead& head = plan.record.head;
  if (!before.empty()) head.previous = before.back().digest;
  forge(plan, *this);
  if (plan.again) plan.objects[kWeb] = Web("b"), plan.resign = true;
  if (plan.resign) PutObjects(plan.objects, plan.files);
  const git::Files& listed = plan.relist || plan.resign ? plan.files : honest;
  const DigestList objects = ListOf(listed, {"objects/"}), policy = ListOf(listed, {"floor/", "policy/"});
  const DigestList signed_objects = ListOf(plan.resign ? plan.files : honest, {"objects/"});
  plan.files["objects.sha256"] = DigestListText(objects);
  plan.files["policy.sha256"] = DigestListText(policy);
  plan.record.set = DigestOf(DigestListText(signed_objects));
  plan.record.policy = DigestOf(DigestListText(policy));
  const DigestList none;
  if (!plan.keep_change)
    head.change = ChangeDigest(before.empty() ? none : before.back().objects, signed_objects, "objects/");
  Written written;
  if (plan.again) {
    written.approval = before[1].approval;
    plan.files["approvals/" + DigestOf(written.approval) + ".json"] = written.approval;
    head.approvals.push_back({ApprovalKind::kApproval, "ana", plan.received, DigestOf(written.approval)});
  } else {
    written.approval = AddApproval(head, plan.files, plan.approval, plan);
  }
  if (plan.twice) plan.approval.made += 1, AddApproval(head, plan.files, plan.approval, plan);
  if (plan.drop_approvals) plan.files.erase("approvals/" + DigestOf(written.approval) + ".json");
  const Result<std::string> text = RecordText(plan.record);
  INFO((text ? "" : text.error().message));
  REQUIRE(text);
  plan.files["envelope.json"] = Envelope(PayloadType::kStatement, *text, plan.signer, plan.ns);
  written.commit =
      WriteCommit(plan.files, head, "production", before.empty() ? "" : before.back().commit, &plan);
  written.digest = DigestOf(plan.files["envelope.json"]);
  written.objects = objects;
  return written;
}

std::string LedgerWriter::Write(Forge forge) const {
  WriteRecord(Plan(4, Web("c")), forge, good_);
  const git::Repository& repository = Open();
  const Result<PolicyChain> policy = VerifyPolicy(repository, {pin_});
  if (!policy) return policy.error().message;
  const Result<Ledger> ledger = VerifyLedger(repository, "production", *policy);
  return ledger ? "" : ledger.error().message;
}

}  // namespace sluice::promotion
