// What it costs to verify a ledger:
//   ledger_bench DIRECTORY [RECORDS [FILES]]
// writes in DIRECTORY, which must not be there, a repository whose ledger has RECORDS
// (10,000) records, each with two approvals, of version 2 that name FILES files where these
// are not 0, and ten changed objects of a hundred, and
// prints the processor time of verifying all of it, of one record more, and of the
// same number of bare signatures, for a scale: the clock on the wall would measure the
// neighbours too.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>

#include "crypto/public_key.h"
#include "promotion/envelope.h"
#include "promotion/ledger.h"
#include "promotion/words.h"
#include "tests/crypto/soft_key.h"

namespace sluice::promotion {
namespace {

constexpr std::int64_t kStart = 1'790'000'000;
constexpr std::uint64_t kObjects = 100, kChanged = 10;
const std::string kRepository(64, 'e'), kBundle(64, 'b'), kCommit(40, 'c');

// A stream for `git fast-import`, and what the next record says of the one before.
class Writer {
 public:
  Writer(const std::string& stream, std::uint64_t files) : out_(stream, std::ios::binary) {
    if (files > 0) seen_ = Seen{{"dan"}, {}};
    for (std::uint64_t i = 0; i < files; ++i)
      seen_->files.push_back("apps/shop/production/web-" + std::to_string(1'000 + i) + ".yaml");
    signers_ = "ana " + ana_.Line() + "\nben " + ben_.Line() + "\n";
    trust_.from = {"ana"};
    trust_.repository = kRepository;
    trust_.recorders.push_back(
        {{recorder_.Line(), *crypto::ReadPublicKeyLine(recorder_.Line())}, std::nullopt});
  }

  void Policy() {
    const std::string trust = *TrustText(trust_);
    const DigestList list = {{kSigners, DigestOf(signers_)}, {"trust.json", DigestOf(trust)}};
    PolicyRecord record;
    record.head = {"ana", {}, ChangeDigest({}, list, ""), {}, {}, kStart, kRepository, 1};
    record.policy = DigestOf(DigestListText(list));
    const std::string approval = Approve(record.head, "policy", "ana", ana_, kStart);
    const std::string envelope = Envelope(*PolicyRecordText(record));
    pin = DigestOf(envelope);
    Commit("policy", record.head);
    File(kSigners, signers_), File("trust.json", trust), File("policy.sha256", DigestListText(list));
    File("approvals/" + DigestOf(approval) + ".json", approval), File("envelope.json", envelope);
    policy_list_ = DigestListText({{kSigners, DigestOf(signers_)}});
  }

  void Record(std::uint64_t sequence) {
    promotion::Record record;
    record.judged = kStart + static_cast<std::int64_t>(sequence) * 60;
    record.head = {"dan", {}, {}, {}, {}, record.judged + 1, kRepository, sequence};
    if (sequence > 1) record.head.previous = previous_;
    record.bundle = kBundle;
    record.engine = "0.1.0";
    record.environment = "production";
    record.source = {kCommit, {}, "refs/heads/production", kCommit};
    record.trust_sequence = 1;
    record.trust_digest = pin;
    const std::map<std::string, std::string> changed = Change(sequence);
    DigestList list;
    for (const auto& [path, digest] : objects_) list.push_back({path, digest});
    record.head.change = ChangeDigest(before_, list, "objects/");
    record.set = DigestOf(DigestListText(list));
    record.policy = DigestOf(policy_list_);
    const std::string by_ana = Approve(record.head, "production", "ana", ana_, record.judged);
    const std::string by_ben = Approve(record.head, "production", "ben", ben_, record.judged);
    std::sort(record.head.approvals.begin(), record.head.approvals.end(),
              [](auto& a, auto& b) { return a.digest < b.digest; });
    const std::string envelope = Envelope(*RecordText(record));
    previous_ = DigestOf(envelope);
    before_ = list;
    Commit("production", record.head);
    if (sequence == 1) File(kSigners, signers_), File("policy.sha256", policy_list_);
    if (sequence > 1) out_ << "D approvals\n";
    for (const auto& [path, json] : changed) File(path, json);
    File("objects.sha256", DigestListText(list)), File("envelope.json", envelope);
    for (const std::string& approval : {by_ana, by_ben})
      File("approvals/" + DigestOf(approval) + ".json", approval);
  }

  void End() { out_ << "done\n" << std::flush; }

  std::string pin;

 private:
  static constexpr const char* kSigners = "policy/%2Esluice/allowed_signers";

  std::map<std::string, std::string> Change(std::uint64_t sequence) {
    std::map<std::string, std::string> changed;
    const std::uint64_t count = sequence == 1 ? kObjects : kChanged;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::string name = "web-" + std::to_string((sequence * kChanged + i) % kObjects);
      const std::string json = "{\"apiVersion\":\"v1\",\"data\":{\"version\":\"" + std::to_string(sequence) +
                               "\"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name +
                               "\",\"namespace\":\"shop\"}}";
      const std::string path = "objects/core/ConfigMap/shop/" + name;
      objects_[path] = DigestOf(json);
      changed[path] = json;
    }
    return changed;
  }

  std::string Envelope(const std::string& payload) {
    constexpr PayloadType kType = PayloadType::kStatement;
    return EnvelopeText(kType, payload, recorder_.Sign("sluice-record", SignedBytes(kType, payload)));
  }

  std::string Approve(RecordHead& head, const std::string& environment, const std::string& person,
                      const crypto::SoftKey& key, std::int64_t received) {
    Approval approval;
    approval.environment = environment;
    approval.person = person;
    approval.repository = kRepository;
    approval.change = head.change;
    approval.made = received;
    approval.expires = received + 3600;
    if (environment != "policy") approval.seen = seen_;
    constexpr PayloadType kType = PayloadType::kApproval;
    const std::string text = *ApprovalText(approval);
    std::string envelope = EnvelopeText(kType, text, key.Sign("sluice-approval", SignedBytes(kType, text)));
    head.approvals.push_back({ApprovalKind::kApproval, person, received, DigestOf(envelope)});
    return envelope;
  }

  void Commit(const std::string& chain, const RecordHead& head) {
    const std::string message = "record " + std::to_string(head.sequence) + " of " + chain + "\n";
    const std::string who = "Sluice <sluice> " + std::to_string(head.recorded) + " +0000\n";
    out_ << "commit refs/sluice/ledger/" << chain << "\nauthor " << who << "committer " << who << "data "
         << message.size() << '\n'
         << message;
  }

  void File(const std::string& path, const std::string& bytes) {
    out_ << "M 100644 inline " << path << "\ndata " << bytes.size() << '\n' << bytes << '\n';
  }

  std::ofstream out_;
  crypto::SoftKey recorder_, ana_, ben_;
  Trust trust_;
  std::string signers_, policy_list_, previous_;
  std::map<std::string, std::string> objects_;
  DigestList before_;
  std::optional<Seen> seen_;
};

bool Run(const std::string& command) { return std::system(command.c_str()) == 0; }

double Seconds(std::clock_t begin) { return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC; }

int Fail(const Error& error) {
  std::fprintf(stderr, "%s\n", error.Text().c_str());
  return 1;
}

double Signatures(std::uint64_t count) {
  const crypto::SoftKey key;
  const std::string payload(900, 'x');
  const std::string blob = key.Sign("sluice-record", SignedBytes(PayloadType::kStatement, payload));
  const Envelope envelope{PayloadType::kStatement, payload, *crypto::ReadSignature(blob)};
  const std::clock_t begin = std::clock();
  for (std::uint64_t i = 0; i < count; ++i)
    if (!VerifyEnvelope(envelope)) std::abort();
  return Seconds(begin);
}

// The repository, its newest record behind refs/keep alone.
bool Import(const std::string& repository, const std::string& stream) {
  const std::string git = "git --git-dir='" + repository + "' ", newest = "refs/sluice/ledger/production";
  const bool done = Run("git init -q --bare '" + repository + "' && " + git +
                        "fast-import --quiet --done < '" + stream + "'") &&
                    Run(git + "update-ref refs/keep " + newest) &&
                    Run(git + "update-ref " + newest + " refs/keep~1");
  std::filesystem::remove(stream);
  return done;
}

int Bench(const std::string& directory, std::uint64_t records, std::uint64_t files) {
  if (!std::filesystem::create_directories(directory)) return Fail(Usage(directory + " is there already"));
  const std::string path = directory + "/ledger.git", stream = directory + "/stream";
  Writer writer(stream, files);
  writer.Policy();
  for (std::uint64_t sequence = 1; sequence <= records + 1; ++sequence) writer.Record(sequence);
  writer.End();
  if (!Import(path, stream)) return 1;
  const auto repository = git::Open({.git_dir = path});
  if (!repository) return Fail(repository.error());
  const Result<PolicyChain> policy = VerifyPolicy(**repository, {writer.pin});
  if (!policy) return Fail(policy.error());
  std::clock_t begin = std::clock();
  Result<Ledger> ledger = VerifyLedger(**repository, "production", *policy);
  if (!ledger) return Fail(ledger.error());
  const double whole = Seconds(begin), bare = Signatures(3 * ledger->records);
  std::printf("%llu records: %.2f s, %.0f us each; %.2f times their %llu signatures\n",
              static_cast<unsigned long long>(ledger->records), whole,
              1e6 * whole / static_cast<double>(ledger->records), whole / bare,
              static_cast<unsigned long long>(3 * ledger->records));
  if (!Run("git --git-dir='" + path + "' update-ref refs/sluice/ledger/production refs/keep")) return 1;
  const auto later = git::Open({.git_dir = path});
  if (!later) return Fail(later.error());
  begin = std::clock();
  const Result<Ledger> more = VerifyMore(**later, "production", *policy, *std::move(ledger));
  if (!more) return Fail(more.error());
  std::printf("one record more: %.2f ms\n", 1e3 * Seconds(begin));
  return 0;
}

}  // namespace
}  // namespace sluice::promotion

int main(int argc, char** argv) {
  const std::uint64_t records = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 10'000;
  const std::uint64_t files = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 0;
  if (argc > 1 && records > 0) return sluice::promotion::Bench(argv[1], records, files);
  std::fprintf(stderr, "usage: ledger_bench DIRECTORY [RECORDS [FILES]]\n");
  return 2;
}
