// The whole of a world goes into one stream for `git fast-import`: its commits are made here as the format
// of the ledger says, which git and the agent then hold against each other.
#include "tests/agent/hostile_world.h"

#include <algorithm>
#include <cstdio>

#include "crypto/base64.h"
#include "promotion/envelope.h"
#include "promotion/freshness.h"
#include "promotion/words.h"
#include "tests/catch.h"

namespace sluice::agent {
namespace {

using promotion::PayloadType;

const std::string kOurs(64, 'e'), kTheirs(64, 'f'), kBundle(64, 'b'), kCommit(40, 'c');
constexpr char kSealed[] = "core/Secret/shop/sealed";

constexpr const char* kPeople = "version: 1\npeople: {ana: {}, ben: {}, dan: {local: dan}}\n";
constexpr const char* kRules =
    "review: {files: signed, paths: {infra/**: {approvals: 1, from: [dan]}}}\n"
    "environments: {production: {branch: main, folder: production, movedBy: request, maxRemoved: 100%, "
    "approvals: {count: 1, from: [ana, ben]}}}\n";

std::string ConfigMap(const std::string& name, const std::string& value) {
  return R"({"apiVersion":"v1","data":{"value":")" + value + R"("},"kind":"ConfigMap","metadata":{"name":")" +
         name + R"(","namespace":"shop"}})";
}

// The digests of the files below `prefix`.
promotion::DigestList ListOf(const git::Files& files, const std::vector<std::string>& prefixes) {
  promotion::DigestList list;
  for (const auto& [path, bytes] : files)
    for (const std::string& prefix : prefixes)
      if (path.starts_with(prefix)) list.push_back({path, promotion::DigestOf(bytes)});
  return list;
}

std::string Data(const std::string& bytes) {
  return "data " + std::to_string(bytes.size()) + "\n" + bytes + "\n";
}

// The envelope, its payload another one than was signed.
std::string WithPayload(std::string envelope, const std::string& payload) {
  const std::string begin = "\"payload\":\"";
  const std::size_t at = envelope.find(begin) + begin.size();
  return envelope.replace(at, envelope.find('"', at) - at, crypto::ToBase64(payload));
}

const promotion::DigestList kEmpty;

}  // namespace

// A record on its way into the stream.
struct World::Draft {
  promotion::Record record;
  git::Files objects;  // "objects/PATH" to bytes
  std::size_t before = kNothing, policy = 0;
  std::string signer = "recorder";
  std::string person = "ana", agreed_for = "production";  // no person: nobody agrees
  std::string asker = "ben", asked_for = kCommit;         // no asker: nobody asked
  std::optional<promotion::Seen> seen{{{"dan"}, {"production/web.yaml"}}};
  std::optional<promotion::Seen> said{};  // what stands there in place of it, under that signature,
  bool altered = false;                   // if so
  bool proven = false;
  // Where these are not as they should be.
  std::string previous{}, set{};
  std::string left_out{};  // of the list of objects
  std::string under{};     // an envelope, whose signature stands there
};

World::World(Random& random) : git_dir_(git::InitBare(directory_.path(), "world.git")) {
  for (const char* name : {"recorder", "retired", "stranger", "operator", "ana", "ben"})
    keys_.emplace(name, crypto::SoftKey());
  WriteOurs(random);
  WriteForeign();
  WriteStaging();
  for (std::size_t hour = 0; hour < kHours; ++hour) Forge(hour);
  ForgeRetired();
  Import();
}

promotion::TrustedKey World::Trusted(const std::string& name) {
  const std::string line = Key(name).Line();
  return {line, *crypto::ReadPublicKeyLine(line)};
}

// The second version retires a recorder, and asks for two where the first asked for one.
promotion::Trust World::TrustOf(std::size_t version, const std::string& repository) {
  promotion::Trust trust;
  trust.count = version > 1 ? 2 : 1;
  trust.from = {"ana", "ben"};
  trust.repository = repository;
  trust.operator_key = Trusted("operator");
  for (const char* name : {"recorder", "retired"}) {
    promotion::Recorder recorder;
    recorder.key = Trusted(name);
    if (version > 1 && std::string(name) == "retired") recorder.last = {{"production", retired_after_}};
    trust.recorders.push_back(recorder);
  }
  return trust;
}

std::string World::Seal(PayloadType type, const std::string& payload, const std::string& signer) {
  return promotion::EnvelopeText(
      type, payload,
      Key(signer).Sign(std::string(promotion::NamespaceOf(type)), promotion::SignedBytes(type, payload)));
}

void World::Agree(promotion::RecordHead& head, git::Files& files, const std::string& person,
                  const std::string& environment, std::int64_t time, const std::string& commit,
                  const std::optional<promotion::Seen>& seen, const std::optional<promotion::Seen>* said) {
  promotion::Approval approval;
  approval.seen = seen;
  if (!commit.empty()) approval.kind = promotion::ApprovalKind::kRequest;
  approval.commit = commit;
  approval.environment = environment;
  approval.person = person;
  approval.repository = head.repository;
  approval.change = head.change;
  approval.made = commit.empty() ? time - 100 : time;
  approval.expires = time + 1'000 * kHour;
  // A stranger signs in the name of ana.
  if (person == "stranger") approval.person = "ana";
  std::string envelope = Seal(PayloadType::kApproval, *promotion::ApprovalText(approval), person);
  if (said != nullptr) {
    approval.seen = *said;
    envelope = WithPayload(std::move(envelope), *promotion::ApprovalText(approval));
  }
  const std::string digest = promotion::DigestOf(envelope);
  files["approvals/" + digest + ".json"] = envelope;
  head.approvals.push_back({approval.kind, approval.person, time, digest});
  std::sort(head.approvals.begin(), head.approvals.end(),
            [](const auto& a, const auto& b) { return a.digest < b.digest; });
}

// A commit of the stream; git says its id when all are there.
std::size_t World::Put(Item item, const std::string& chain) {
  const std::string who = "Sluice <sluice> " + std::to_string(item.head.recorded) + " +0000\n";
  stream_ += "reset refs/heads/made\ncommit refs/heads/made\nmark :" + std::to_string(items_.size() + 1) +
             "\nauthor " + who + "committer " + who +
             Data("record " + std::to_string(item.head.sequence) + " of " + chain + "\n");
  if (item.before != kNothing) stream_ += "from :" + std::to_string(item.before + 1) + "\n";
  stream_ += "deleteall\n";
  for (const auto& [path, bytes] : item.files) stream_ += "M 100644 inline " + path + "\n" + Data(bytes);
  item.digest = promotion::DigestOf(item.files.at("envelope.json"));
  item.sequence = item.head.sequence;
  item.time = item.head.recorded;
  items_.push_back(std::move(item));
  return items_.size() - 1;
}

std::size_t World::PutPolicy(const promotion::Trust& given, std::size_t before, std::int64_t time,
                             const std::vector<std::string>& by, const std::string& signer) {
  promotion::Trust trust = given;
  std::sort(trust.recorders.begin(), trust.recorders.end(),
            [](const auto& a, const auto& b) { return a.key.line < b.key.line; });
  Item item;
  item.before = before;
  const std::uint64_t sequence = before == kNothing ? 1 : items_[before].sequence + 1;
  std::string signers;
  for (const char* person : {"ana", "ben"})
    signers += std::string(person) + " valid-after=\"20260101Z\" " + Key(person).Line() + "\n";
  item.files = {{"policy/%2Esluice/allowed_signers", signers},
                {"policy/%2Esluice/sluice.yaml",
                 kPeople + std::string(sequence > 1 ? kRules : "") + "# " + std::to_string(sequence) + "\n"}};
  item.files["trust.json"] = *promotion::TrustText(trust);
  item.objects = ListOf(item.files, {"policy/", "trust.json"});
  item.files["policy.sha256"] = promotion::DigestListText(item.objects);
  promotion::PolicyRecord record;
  record.head.actor = "ana";
  record.head.change =
      promotion::ChangeDigest(before == kNothing ? kEmpty : items_[before].objects, item.objects, "");
  record.head.recorded = time;
  record.head.repository = trust.repository;
  record.head.sequence = sequence;
  if (before != kNothing) record.head.previous = items_[before].digest;
  record.policy = promotion::DigestOf(item.files["policy.sha256"]);
  for (const std::string& person : by) Agree(record.head, item.files, person, "policy", time, {});
  item.files["envelope.json"] = Seal(PayloadType::kStatement, *promotion::PolicyRecordText(record), signer);
  item.head = record.head;
  return Put(std::move(item), "policy");
}

// With objects that no other record has.
World::Draft World::Plan(std::size_t before, std::size_t policy, std::int64_t time) {
  Draft draft;
  draft.before = before;
  draft.policy = policy;
  const std::string made = std::to_string(++made_);
  draft.objects = {
      {"objects/core/ConfigMap/shop/marker", ConfigMap("marker", made)},
      {"objects/core/ConfigMap/shop/web", ConfigMap("web", std::to_string(made_ % 3))},
      {"objects/core/ConfigMap/shop/only-" + made, ConfigMap("only-" + made, "here")},
      {std::string("objects/") + kSealed,
       R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"sealed","namespace":"shop"}})"}};
  promotion::Record& record = draft.record;
  record.judged = time;
  record.head = {"dan",
                 {},
                 {},
                 {},
                 {},
                 time + 2,
                 items_[policy].head.repository,
                 before == kNothing ? 1 : items_[before].sequence + 1};
  record.bundle = kBundle;
  record.clusters = {"prod-1"};
  record.engine = "0.1.0";
  record.environment = "production";
  record.not_applied = {kSealed};
  record.source = {kCommit, {}, "refs/heads/production", kCommit};
  return draft;
}

std::size_t World::PutRecord(const Draft& draft) {
  promotion::Record record = draft.record;
  const Item& policy = items_[draft.policy];
  record.trust_sequence = policy.sequence;
  record.trust_digest = policy.digest;
  Item item;
  item.before = draft.before;
  item.files = draft.objects;
  for (const auto& [path, bytes] : policy.files)
    if (path.starts_with("policy/")) item.files[path] = bytes;
  item.objects = ListOf(item.files, {"objects/"});
  promotion::DigestList listed = item.objects;
  std::erase_if(listed, [&](const promotion::ListedFile& file) { return file.path == draft.left_out; });
  item.files["objects.sha256"] = promotion::DigestListText(listed);
  item.files["policy.sha256"] = promotion::DigestListText(ListOf(item.files, {"policy/"}));
  record.set = draft.set.empty() ? promotion::DigestOf(item.files["objects.sha256"]) : draft.set;
  record.policy = promotion::DigestOf(item.files["policy.sha256"]);
  if (draft.before != kNothing) record.head.previous = items_[draft.before].digest;
  if (!draft.previous.empty()) record.head.previous = draft.previous;
  record.head.change = promotion::ChangeDigest(
      draft.before == kNothing ? kEmpty : items_[draft.before].objects, item.objects, "objects/");
  if (!draft.person.empty())
    Agree(record.head, item.files, draft.person, draft.agreed_for, record.judged, {}, draft.seen,
          draft.altered ? &draft.said : nullptr);
  if (!draft.asker.empty())
    Agree(record.head, item.files, draft.asker, record.environment, record.judged, draft.asked_for);
  const std::string text = *promotion::RecordText(record);
  item.files["envelope.json"] = draft.under.empty() ? Seal(PayloadType::kStatement, text, draft.signer)
                                                    : WithPayload(draft.under, text);
  item.head = record.head;
  item.proven = draft.proven;
  item.ours = record.clusters.empty() || record.clusters.front() == "prod-1";
  for (const auto& [path, bytes] : draft.objects)
    if (path != std::string("objects/") + kSealed) item.applied[path.substr(8)] = bytes;
  return Put(std::move(item), record.environment);
}

std::size_t World::PutFreshness(const View& view, std::size_t hour, const std::string& environment,
                                const std::string& repository, const std::string& signer) {
  promotion::Freshness fresh;
  fresh.environment = environment;
  fresh.made = TimeOf(hour) + 10;
  fresh.expires = fresh.made + kFreshFor;
  if (view.ledger != kNothing) {
    fresh.head = items_[view.ledger].digest;
    fresh.sequence = items_[view.ledger].sequence;
  }
  fresh.policy_sequence = items_[view.policy].sequence;
  fresh.policy_digest = items_[view.policy].digest;
  fresh.repository = repository;
  Item item;
  item.sequence = fresh.sequence;
  item.time = fresh.made;
  item.expires = fresh.expires;
  stream_ += "blob\nmark :" + std::to_string(items_.size() + 1) + "\n" +
             Data(Seal(PayloadType::kFreshness, *promotion::FreshnessText(fresh), signer));
  items_.push_back(std::move(item));
  return items_.size() - 1;
}

// Records in every second hour or so, policy in three.
void World::WriteOurs(Random& random) {
  View view;
  std::size_t next = 1 + Below(random, 2);
  for (std::size_t hour = 0; hour < kHours; ++hour) {
    if (hour == 0 || hour == kRetiredAt || hour == kLastTrustAt) {
      if (hour == kRetiredAt) retired_after_ = production_.size();
      const std::size_t version = policy_.size() + 1;
      const std::vector<std::string> by = {"ana", "ben"};
      policy_.push_back(PutPolicy(TrustOf(version, kOurs), view.policy, TimeOf(hour),
                                  version > 2 ? by : std::vector<std::string>{"ana"}, "recorder"));
      items_[policy_.back()].proven = true;
      view.policy = policy_.back();
    }
    if (hour == next) {
      Draft draft = Plan(view.ledger, view.policy, TimeOf(hour));
      draft.proven = true;
      if (policy_.size() == 1) draft.signer = "retired";
      if (Below(random, 6) == 0) draft.record.clusters = {"prod-2"};
      if (Below(random, 6) == 0) draft.record.clusters = {};
      production_.push_back(PutRecord(draft));
      view.ledger = production_.back();
      next += 1 + Below(random, 3);
    }
    View honest = view;
    honest.freshness = PutFreshness(view, hour, "production", kOurs, "recorder");
    items_[honest.freshness].proven = true;
    honest_.push_back(honest);
  }
}

// Another repository, of the same people and the same recorder.
void World::WriteForeign() {
  View view;
  for (std::size_t hour = 0; hour < kHours; ++hour) {
    if (hour == 0) view.policy = PutPolicy(TrustOf(1, kTheirs), kNothing, TimeOf(0), {"ana"}, "recorder");
    if (hour > 0) {
      view.ledger = PutRecord(Plan(view.ledger, view.policy, TimeOf(hour)));
      foreign_records_.push_back(view.ledger);
    }
    View theirs = view;
    theirs.freshness = PutFreshness(view, hour, "production", kTheirs, "recorder");
    foreign_.push_back(theirs);
  }
}

// Nobody has to agree to what goes to staging, and much does.
void World::WriteStaging() {
  std::size_t head = kNothing, copy = kNothing;
  for (std::size_t hour = 0; hour < kHours; ++hour) {
    if (hour > 0) {
      Draft draft = Plan(head, honest_[hour].policy, TimeOf(hour));
      draft.record.environment = "staging";
      draft.person.clear();
      head = PutRecord(draft);
      staging_records_.push_back(head);
      copy = Splice(head, copy);
    }
    staging_.push_back(copy);
  }
}

// The tree of one record as a commit that goes on from another.
std::size_t World::Splice(std::size_t record, std::size_t before, const std::string& chain) {
  Item item = items_[record];
  item.before = before;
  item.proven = false;
  return Put(std::move(item), chain);
}

void World::Forge(std::size_t hour) {
  const View& honest = honest_[hour];
  if (honest.ledger != kNothing && after_.count(honest.ledger) == 0) {
    std::vector<Forgery>& out = after_[honest.ledger];
    ForgeRecords(honest.ledger, honest.policy, out);
    ForgeCopies(honest.ledger, out);
  }
  if (of_policy_.count(honest.policy) == 0) ForgePolicy(honest.policy, of_policy_[honest.policy]);
  const auto fresh = [&](const char* environment, const std::string& repository, const char* signer) {
    return View{.freshness = PutFreshness(honest, hour, environment, repository, signer)};
  };
  std::vector<Forgery> out = {{"freshness of another environment", fresh("staging", kOurs, "recorder")},
                              {"freshness of another repository", fresh("production", kTheirs, "recorder")},
                              {"freshness by a stranger", fresh("production", kOurs, "stranger")},
                              {"freshness by a person", fresh("production", kOurs, "ana")},
                              {"freshness that is no blob", {.freshness = honest.policy}}};
  if (items_[honest.policy].sequence > 1)
    out.push_back({"freshness by a retired recorder", fresh("production", kOurs, "retired")});
  stale_.push_back(std::move(out));
}

// Signed for the purpose.
void World::ForgeRecords(std::size_t before, std::size_t policy, std::vector<Forgery>& out) {
  const std::int64_t time = items_[before].time + 60;
  const auto forge = [&](const char* kind, auto&& spoil) {
    Draft draft = Plan(before, policy, time);
    spoil(draft);
    out.push_back({kind, {.ledger = PutRecord(draft)}});
  };
  forge("a record by a stranger", [](Draft& draft) { draft.signer = "stranger"; });
  forge("a record by a person", [](Draft& draft) { draft.signer = "ana"; });
  forge("an approval by a stranger", [](Draft& draft) { draft.person = "stranger"; });
  forge("a request by a stranger", [](Draft& draft) { draft.asker = "stranger"; });
  forge("an approval for another environment", [](Draft& draft) { draft.agreed_for = "staging"; });
  forge("a record that leaves out a number", [](Draft& draft) { draft.record.head.sequence++; });
  const std::size_t fitting = out.size();
  forge("a record of another repository that fits on ours",
        [](Draft& draft) { draft.record.head.repository = kTheirs; });
  forge("a record that names another one before it", [](Draft& draft) { draft.previous = kBundle; });
  forge("a record that names another list of objects", [](Draft& draft) { draft.set = kBundle; });
  forge("a record whose list leaves out an object",
        [](Draft& draft) { draft.left_out = "objects/core/ConfigMap/shop/web"; });
  forge("a new record under an old signature",
        [&](Draft& draft) { draft.under = items_[before].files.at("envelope.json"); });
  for (std::size_t at = fitting; at < out.size(); ++at) out[at].fits = true;
  forge("a record of another environment", [](Draft& draft) {
    draft.record.environment = "staging";
    draft.person.clear();
  });
  out.push_back({"a record of another environment, as a commit of ours",
                 {.ledger = Splice(out.back().view.ledger, before)}});
  // The recorder's own: whoever has seen neither may take either, and then never the other.
  if (items_[before].sequence == kForkAfter) forge(kForkKind, [](Draft& draft) { draft.proven = true; });
  if (items_[policy].sequence == 1) return;  // then these may
  forge("a record by a retired recorder", [](Draft& draft) { draft.signer = "retired"; });
  forge("a record without its people", [](Draft& draft) { draft.person.clear(); });
  forge("a record that nobody asked for", [](Draft& draft) { draft.asker.clear(); });
  forge("a request for another commit", [](Draft& draft) { draft.asked_for = std::string(40, 'd'); });
  forge("a request by whoever agrees", [](Draft& draft) { draft.asker = "ana"; });
  // By the recorder's own key: what people signed says what it leaves out.
  const std::size_t by_own = out.size();
  forge("a file of somebody who did not agree", [](Draft& draft) {
    draft.seen->files = {"infra/net.yaml", "production/web.yaml"};
  });
  forge("an approval that says nothing of files", [](Draft& draft) { draft.seen.reset(); });
  forge("an approval by an author whom it names", [](Draft& draft) { draft.seen->authors = {"ana"}; });
  forge("an approval whose files were dropped", [](Draft& draft) {
    draft.seen->files = {"infra/net.yaml", "production/web.yaml"};
    draft.altered = true;
    draft.said = promotion::Seen{{"dan"}, {"production/web.yaml"}};
  });
  forge("an approval whose files are another's", [](Draft& draft) {
    draft.altered = true;
    draft.said = promotion::Seen{{"dan"}, {"production/other.yaml"}};
  });
  forge("an approval whose version was lowered", [](Draft& draft) { draft.altered = true; });
  for (std::size_t at = by_own; at < out.size(); ++at) out[at].fits = true;
  if (items_[before].files.at("policy.sha256") == items_[policy_.front()].files.at("policy.sha256")) return;
  forge("a record by older rules", [&](Draft& draft) {
    draft.policy = policy_.front();
    draft.person.clear();
  });
}

// Of what others signed.
void World::ForgeCopies(std::size_t before, std::vector<Forgery>& out) {
  const std::size_t sequence = items_[before].sequence;
  const auto add = [&](const char* kind, std::size_t item) { out.push_back({kind, {.ledger = item}}); };
  add("a record replayed", Splice(production_[sequence / 2], before));
  add("a record twice", Splice(before, before));
  add("another repository's record on ours", Splice(foreign_records_[sequence], before));
  add("another environment's record on ours", Splice(staging_records_[sequence], before));
  if (sequence >= production_.size()) return;
  const std::size_t next = production_[sequence];
  add("a history that begins in the middle", Splice(next, kNothing));
  if (sequence + 1 < production_.size()) add("a record left out", Splice(production_[sequence + 1], before));
  const auto alter = [&](const char* kind, auto&& spoil) {
    Item item = items_[next];
    item.before = before;
    item.proven = false;
    spoil(item);
    add(kind, Put(std::move(item), "production"));
  };
  const std::string web = "objects/core/ConfigMap/shop/web";
  alter("an object swapped", [&](Item& item) { item.files[web] = ConfigMap("web", "swapped"); });
  alter("an object swapped, and its digest", [&](Item& item) {
    item.files[web] = ConfigMap("web", "swapped");
    item.files["objects.sha256"] = promotion::DigestListText(ListOf(item.files, {"objects/"}));
  });
  alter("an object put in",
        [&](Item& item) { item.files["objects/core/ConfigMap/shop/more"] = ConfigMap("more", "put in"); });
  alter("signed anew by a stranger", [&](Item& item) {
    const auto envelope = promotion::ReadEnvelope("", PayloadType::kStatement, item.files["envelope.json"]);
    item.files["envelope.json"] = Seal(PayloadType::kStatement, envelope->payload, "stranger");
  });
  // Another payload in the envelope that the recorder signed.
  const auto say = [&](Item& item, auto&& otherwise) {
    std::string& text = item.files["envelope.json"];
    const auto envelope = promotion::ReadEnvelope("", PayloadType::kStatement, text);
    promotion::Record record = *promotion::ReadRecord("", envelope->payload);
    // Not of the future either.
    record.judged = record.head.recorded = items_[before].time + 60;
    for (promotion::ReceivedApproval& approval : record.head.approvals) approval.received = record.judged;
    otherwise(record);
    item.head = record.head;
    text = WithPayload(text, *promotion::RecordText(record));
  };
  alter("other clusters under an old signature", [&](Item& item) {
    say(item, [](promotion::Record& record) { record.clusters = {"prod-1", "prod-3"}; });
  });
  alter("a Secret to be applied under an old signature",
        [&](Item& item) { say(item, [](promotion::Record& record) { record.not_applied.clear(); }); });
}

void World::ForgeRetired() {
  const std::size_t last = honest_[kRetiredAt - 1].ledger;
  Draft draft = Plan(last, policy_.front(), items_[last].time + 60);
  draft.signer = "retired";
  retired_ = {kRetiredKind, {.ledger = PutRecord(draft), .policy = policy_.front()}};
}

// Trust in a stranger, and a record of his that rests on it.
void World::ForgePolicy(std::size_t before, std::vector<Forgery>& out) {
  promotion::Trust trust = TrustOf(items_[before].sequence, kOurs);
  promotion::Recorder stranger;
  stranger.key = Trusted("stranger");
  trust.recorders.push_back(stranger);
  struct Row {
    const char* kind;
    std::vector<std::string> by;
    const char* signer;
  };
  const bool two = items_[before].sequence > 1;
  const std::vector<Row> rows = {
      {"policy that nobody agreed to", {}, "recorder"},
      {"policy that a stranger signed",
       two ? std::vector<std::string>{"ana", "ben"} : std::vector<std::string>{"ana"}, "stranger"},
      {"policy that a stranger agreed to", {"stranger"}, "stranger"},
      {"policy that too few agreed to", {two ? "ana" : "stranger"}, "recorder"}};
  for (const Row& row : rows) {
    const std::size_t policy = PutPolicy(trust, before, items_[before].time + 60, row.by, row.signer);
    View view{.policy = policy};
    if (before != policy_.front()) {
      const std::size_t on = honest_[before == policy_[1] ? kRetiredAt : kLastTrustAt].ledger;
      Draft draft = Plan(on, policy, items_[policy].time + 60);
      draft.signer = "stranger";
      view.ledger = PutRecord(draft);
    }
    out.push_back({row.kind, view});
  }
}

void World::Import() {
  const std::string marks = directory_.path() + "/marks";
  git::Git(git_dir_, {"fast-import", "--quiet", "--export-marks=" + marks}, stream_);
  git::Git(git_dir_, {"update-ref", "-d", "refs/heads/made"});
  for (const std::string& line : git::Lines(git::ReadTextFile(marks))) {
    const std::size_t blank = line.find(' ');
    items_.at(std::stoul(line.substr(1, blank - 1)) - 1).id = git::MustOid(line.substr(blank + 1));
  }
  // What is kept is copied with each process that the agent starts.
  stream_ = {};
  for (Item& item : items_) {
    item.files.clear();
    item.objects = {};
  }
}

const std::vector<Forgery>& World::After(std::size_t before) const {
  static const std::vector<Forgery> none;
  const auto found = after_.find(before);
  return found == after_.end() ? none : found->second;
}

const std::vector<Forgery>& World::OfPolicy(std::size_t policy) const { return of_policy_.at(policy); }

bool World::GoesOn(std::size_t earlier, std::size_t later) const {
  while (later != kNothing && later != earlier) later = items_[later].before;
  return later == earlier;
}

}  // namespace sluice::agent
