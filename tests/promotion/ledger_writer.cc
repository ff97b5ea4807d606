#include "tests/promotion/ledger_writer.h"

#include <algorithm>

#include "promotion/envelope.h"
#include "promotion/words.h"
#include "tests/catch.h"

namespace sluice::promotion {
namespace {

constexpr std::int64_t kStart = 1'790'000'000, kDay = 86'400;
constexpr char kWeb[] = "core/ConfigMap/shop/web";
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

void PutObjects(const std::map<std::string, std::string>& objects, git::Files& files) {
  for (auto file = files.begin(); file != files.end();)
    file = file->first.compare(0, 8, "objects/") == 0 ? files.erase(file) : std::next(file);
  for (const auto& [path, json] : objects) files["objects/" + path] = json;
}

}  // namespace

LedgerWriter::LedgerWriter() : repository_(git::InitBare(directory_.path(), "ledger.git")) {
  for (const char* name : {"recorder", "retired", "ana", "ben"}) keys_.emplace(name, crypto::SoftKey());
  WritePolicy(1);
  WritePolicy(2);
  pin_ = policy_digests_.front();
  for (const char* greeting : {"a", "b", "a"}) {
    const RecordPlan plan = Plan(good_.size() + 1, Web(greeting));
    good_.push_back(WriteRecord(
        plan, [](RecordPlan&, const LedgerWriter&) {}, good_));
  }
}

const git::Repository& LedgerWriter::Open() const {
  open_ = git::MustOpen(repository_);
  return *open_;
}

git::Files LedgerWriter::PolicyFiles(std::uint64_t sequence) const {
  std::string signers;
  for (const char* person : {"ana", "ben"})
    signers += std::string(person) + " valid-after=\"20260101Z\" " + keys_.at(person).Line() + "\n";
  return {{"policy/%2Esluice/allowed_signers", signers},
          {"policy/%2Esluice/sluice.yaml", "version: 1\n# " + std::to_string(sequence) + "\n"}};
}

std::string LedgerWriter::Trusted(std::uint64_t sequence) const {
  Trust trust;
  trust.from = {"ana", "ben"};
  trust.repository = kRepository;
  for (const char* name : {"recorder", "retired"}) {
    Recorder recorder;
    recorder.key = {keys_.at(name).Line(), *crypto::ReadPublicKeyLine(keys_.at(name).Line())};
    if (sequence > 1 && std::string(name) == "retired") recorder.last = {{"production", 1}};
    trust.recorders.push_back(recorder);
  }
  std::sort(trust.recorders.begin(), trust.recorders.end(),
            [](const Recorder& a, const Recorder& b) { return a.key.line < b.key.line; });
  const Result<std::string> text = TrustText(trust);
  REQUIRE(text);
  return *text;
}

std::string LedgerWriter::Envelope(PayloadType type, const std::string& payload, const std::string& key,
                                   const std::string& ns) const {
  return EnvelopeText(type, payload, keys_.at(key).Sign(ns, SignedBytes(type, payload)));
}

std::string LedgerWriter::AddApproval(RecordHead& head, git::Files& files, Approval approval,
                                      const RecordPlan& plan) const {
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
                                      const RecordPlan* plan) const {
  const std::vector<Oid> made = git::ImportHistory(repository_, {{files, {}}});
  const std::string tree = git::Git1(repository_, {"rev-parse", made.front().Hex() + "^{tree}"});
  std::string text = CommitText(head, chain, tree, parent);
  if (plan != nullptr) text = plan->commit(text);
  const std::string id =
      git::Git1(repository_, {"hash-object", "-t", "commit", "-w", "--literally", "--stdin"}, text);
  git::Git(repository_, {"update-ref", "refs/sluice/ledger/" + chain, id});
  return id;
}

void LedgerWriter::WritePolicy(std::uint64_t sequence) {
  git::Files files = PolicyFiles(sequence);
  files["trust.json"] = Trusted(sequence);
  const DigestList list = ListOf(files, {"policy/", "trust.json"});
  files["policy.sha256"] = DigestListText(list);
  PolicyRecord record;
  record.head = {"ana",       {},      ChangeDigest(policy_files_, list, ""),
                 {},          {},      kStart - (10 - static_cast<std::int64_t>(sequence)) * kDay,
                 kRepository, sequence};
  if (sequence > 1) record.head.previous = policy_digests_.back();
  record.policy = DigestOf(files["policy.sha256"]);
  RecordPlan plan;
  plan.received = record.head.recorded;
  Approval approval;
  approval.environment = "policy";
  approval.person = "ana";
  approval.repository = kRepository;
  approval.made = record.head.recorded;
  approval.expires = record.head.recorded + kDay;
  AddApproval(record.head, files, approval, plan);
  const Result<std::string> text = PolicyRecordText(record);
  INFO((text ? "" : text.error().message));
  REQUIRE(text);
  files["envelope.json"] = Envelope(PayloadType::kStatement, *text, "recorder", "sluice-record");
  policy_commits_.push_back(WriteCommit(files, record.head, "policy",
                                        policy_commits_.empty() ? "" : policy_commits_.back(), nullptr));
  policy_digests_.push_back(DigestOf(files["envelope.json"]));
  policy_files_ = list;
}

void LedgerWriter::UsePolicy(RecordPlan& plan, std::uint64_t sequence) const {
  for (const auto& [path, content] : PolicyFiles(sequence)) plan.files[path] = content;
  plan.record.trust_sequence = sequence;
  plan.record.trust_digest = policy_digests_[sequence - 1];
}

RecordPlan LedgerWriter::Plan(std::uint64_t sequence, const std::string& web) const {
  RecordPlan plan;
  plan.objects = {{kWeb, web}, {"core/Namespace/_cluster/shop", "{\"kind\":\"Namespace\"}"}};
  UsePolicy(plan, 2);
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

LedgerWriter::Written LedgerWriter::WriteRecord(RecordPlan plan, Forge forge,
                                                const std::vector<Written>& before) const {
  const git::Files honest = plan.files;
  RecordHead& head = plan.record.head;
  if (!before.empty()) head.previous = before.back().digest;
  forge(plan, *this);
  if (plan.again) plan.objects[kWeb] = Web("b"), plan.resign = true;
  if (plan.resign) PutObjects(plan.objects, plan.files);
  const git::Files& listed = plan.relist || plan.resign ? plan.files : honest;
  const DigestList objects = ListOf(listed, {"objects/"}), policy = ListOf(listed, {"policy/"});
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
