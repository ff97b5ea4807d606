// Altered ledgers, by the thousand: bits of any blob, commits, swapped and
// replayed parts, cut and forked chains, and each thing that records, trust and
// approvals say, said otherwise: with the signature left, or signed anew. Whoever
// alters them has the repository, and no key but his own. Records that the
// recorder's own key signed otherwise are in ledger_test.cc.
// SLUICE_ALTERATIONS=10000 asks for more, SLUICE_SEED for those of an earlier run.
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>

#include "crypto/base64.h"
#include "git/objects.h"
#include "promotion/ledger.h"
#include "promotion/words.h"
#include "tests/catch.h"
#include "tests/crypto/soft_key.h"
#include "tests/git/repositories.h"
#include "tests/promotion/vectors.h"

namespace sluice::promotion {
namespace {

using Random = std::mt19937_64;

// A repository in memory, in which any object and ref can be another.
class AlteredRepository : public git::Repository {
 public:
  explicit AlteredRepository(std::shared_ptr<const git::Repository> original)
      : original_(std::move(original)) {}

  Result<git::RawObject> Read(const Oid& id, std::size_t limit) const override {
    const auto altered = objects.find(id);
    if (altered == objects.end()) return original_->Read(id, limit);
    if (altered->second.bytes.size() > limit) return LimitPassed("an altered object");
    return altered->second;
  }
  Result<Oid> ResolveRef(std::string_view name) const override {
    const auto altered = refs.find(name);
    return altered == refs.end() ? original_->ResolveRef(name) : Result<Oid>(altered->second);
  }
  Result<std::string> HeadRef() const override { return original_->HeadRef(); }
  HashKind hash() const override { return original_->hash(); }
  const std::string& git_dir() const override { return original_->git_dir(); }
  bool InQuarantine(const Oid& id) const override { return original_->InQuarantine(id); }

  std::map<Oid, git::RawObject> objects;
  std::map<std::string, Oid, std::less<>> refs;

 private:
  std::shared_ptr<const git::Repository> original_;
};

// All that lies in the ledgers of the vectors.
struct Everything {
  git::TemporaryDirectory directory;
  std::shared_ptr<const git::Repository> repository = git::MustOpen(ImportLedger(directory.path()));
  std::string pin = ReadVector("pin").substr(0, 64);
  std::vector<std::pair<Oid, git::RawObject>> objects;
  std::vector<Oid> production, policy;  // commits, the first first
  std::string head;                     // digest of the newest record's envelope

  Everything() {
    const std::string names =
        git::Git(repository->git_dir(), {"rev-list", "--objects", "--all", "--no-object-names"});
    for (const std::string& hex : git::Lines(names)) {
      if (hex.empty()) continue;
      const Oid id = *Oid::FromHex(hex);
      objects.emplace_back(id, *repository->Read(id, 1 << 20));
    }
    for (auto& [chain, ref] : {std::pair(&production, "production"), std::pair(&policy, "policy")})
      for (const std::string& hex : git::Lines(git::Git(
               repository->git_dir(), {"rev-list", "--reverse", std::string("refs/sluice/ledger/") + ref})))
        if (!hex.empty()) chain->push_back(*Oid::FromHex(hex));
    head = VerifyLedger(*repository, "production", *VerifyPolicy(*repository, {pin}))->digest;
  }
};

const Everything& All() {
  static const Everything everything;
  return everything;
}

// What is wrong; empty where it verifies.
std::string Judge(const git::Repository& repository, bool remembered, std::uint64_t* records = nullptr) {
  const Result<PolicyChain> policy = VerifyPolicy(repository, {All().pin});
  if (!policy) return policy.error().message;
  std::optional<RememberedRecord> newest;
  if (remembered) newest = RememberedRecord{2, All().head};
  const Result<Ledger> ledger = VerifyLedger(repository, "production", *policy, newest);
  if (ledger && records != nullptr) *records = ledger->records;
  return ledger ? "" : ledger.error().message;
}

std::size_t Below(Random& random, std::size_t bound) { return random() % bound; }

// What stands in a text behind a key, up to the end of that value.
struct Edit {
  const char* name;
  const char* key;
  std::vector<const char*> values;
};

const std::string kStranger(64, '0');

// A number for a number, a text for a text; for each the longer list is of what is refused.
const Edit kEdits[] = {
    {"another environment", "\"environment\":\"", {"staging", "policy", "", "Production", "production "}},
    {"another sequence number",
     "\"sequence\":",
     {"0", "-1", "1", "2", "3", "7", "9007199254740992", "1e0", "null"}},
    {"another time",
     "\"recorded\":\"",
     {"2000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "now"}},
    {"another time",
     "\"judged\":\"",
     {"2000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1999-12-31T23:59:59Z"}},
    {"another time",
     "\"received\":\"",
     {"2000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-26T21:11:00"}},
    {"another time", "\"expires\":\"", {"2000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", ""}},
    {"another threshold",
     "\"count\":",
     {"0", "-1", "9007199254740991", "9007199254740992", "18446744073709551616", "1.0", "null"}},
    {"another key", "\"key\":\"", {"", "ssh-ed25519", "ssh-ed25519 AAAA"}},
    {"a name twice", "\"from\":[", {"\"ana\",\"ana\"]", "\"ben\",\"ana\"]", "]"}},
    {"a retired recorder", "\"last\":", {"null", "{}", "{\"production\":9}"}},
    {"another digest", "\"sha256\":\"", {kStranger.c_str()}},
    {"another record before", "\"previous\":\"", {kStranger.c_str()}},
    {"another change", "\"change\":\"", {kStranger.c_str()}},
    {"another repository", "\"repository\":\"", {kStranger.c_str()}},
    {"another person", "\"person\":\"", {"ana", "ben", "chi", "mallory", "operator"}},
    {"another kind",
     "\"kind\":\"",
     {"approval", "recovery", "break-glass", "consent", "promotion", "direct", "rollback"}},
    {"another version", "\"version\":", {"0", "1", "2", "3", "-1"}},
    {"other files",
     "\"files\":[",
     {"]", "\"docs/x.md\"]", "\"apps/web.yaml\"]", "\"b\",\"a\"]", "\"../a\"]"}},
    {"other authors", "\"authors\":[", {"]", "\"ana\"]", "\"chi\",\"ben\"]", "\"no body\"]"}},
    {"another type of statement",
     "\"predicateType\":\"",
     {"urn:sluice:policy:1", "urn:sluice:record:1", "urn:sluice:record:2"}},
};

std::size_t EndOfValue(const std::string& text, std::size_t at) {
  if (text[at - 1] == '"') return text.find('"', at);
  if (text[at - 1] == '[') return text.find(']', at) + 1;
  if (text[at] == '{') return text.find('}', at) + 1;
  return text.find_first_of(",}]", at);
}

// At any place of the key; false where it is not there, or would stay as it is.
bool Apply(Random& random, const Edit& edit, std::string& text) {
  std::vector<std::size_t> places;
  const std::string key = edit.key;
  for (std::size_t at = text.find(key); at != text.npos; at = text.find(key, at + 1))
    places.push_back(at + key.size());
  if (places.empty()) return false;
  const std::size_t at = places[Below(random, places.size())];
  const std::string value = edit.values[Below(random, edit.values.size())];
  const std::size_t end = EndOfValue(text, at);
  if (end == text.npos || text.compare(at, end - at, value) == 0) return false;
  text.replace(at, end - at, value);
  return true;
}

// An envelope taken apart: the type of its payload, and that.
struct Opened {
  std::string type, payload, sig;
};

std::string Between(const std::string& text, const std::string& before) {
  const std::size_t at = text.find(before) + before.size();
  return text.substr(at, text.find('"', at) - at);
}

Opened Open(const std::string& envelope) {
  return {Between(envelope, "\"payloadType\":\""), *crypto::FromBase64(Between(envelope, "\"payload\":\"")),
          Between(envelope, "\"sig\":\"")};
}

std::string Close(const Opened& opened) {
  return "{\"payload\":\"" + crypto::ToBase64(opened.payload) + "\",\"payloadType\":\"" + opened.type +
         "\",\"signatures\":[{\"sig\":\"" + opened.sig + "\"}]}\n";
}

// With the key of whoever alters.
void SignAnew(Opened& opened) {
  static const crypto::SoftKey stranger;
  const bool approval = opened.type.find("approval") != opened.type.npos;
  const std::string bytes = "DSSEv1 " + std::to_string(opened.type.size()) + " " + opened.type + " " +
                            std::to_string(opened.payload.size()) + " " + opened.payload;
  opened.sig = crypto::ToBase64(stranger.Sign(approval ? "sluice-approval" : "sluice-record", bytes));
}

// An alteration; false where it left everything as it was.
struct Operator {
  const char* name;  // null: the kind is told by the alteration
  bool (*alter)(Random&, AlteredRepository&, std::string& kind);
};

std::pair<Oid, git::RawObject> Any(Random& random) {
  return All().objects[Below(random, All().objects.size())];
}

// A mode with a zero before it is the same mode: git itself tells the two trees apart by their
// digests, and a repository in memory has none.
bool ReadsTheSame(const git::RawObject& before, const git::RawObject& now, HashKind hash) {
  if (before.type != git::ObjectType::kTree) return before.bytes == now.bytes;
  git::TreeReader old_reader(hash, before.bytes), reader(hash, now.bytes);
  git::TreeItem old_item, item;
  while (old_reader.Next(&old_item)) {
    if (!reader.Next(&item) || item.mode != old_item.mode || item.name != old_item.name ||
        !std::equal(item.id, item.id + HashBytes(hash), old_item.id))
      return false;
  }
  return !reader.Next(&item) && !reader.malformed();
}

bool FlipBit(Random& random, AlteredRepository& altered, std::string&) {
  auto [id, object] = Any(random);
  const std::size_t bit = Below(random, 8 * object.bytes.size());
  object.bytes[bit / 8] = static_cast<char>(object.bytes[bit / 8] ^ (1 << bit % 8));
  altered.objects[id] = object;
  return true;
}

bool CutOrGrow(Random& random, AlteredRepository& altered, std::string&) {
  auto [id, object] = Any(random);
  if (Below(random, 2) == 0) {
    object.bytes.resize(Below(random, object.bytes.size()));
  } else {
    object.bytes.insert(Below(random, object.bytes.size() + 1), 1 + Below(random, 3),
                        static_cast<char>(random()));
  }
  if (ReadsTheSame(*All().repository->Read(id, 1 << 20), object, id.kind())) return false;
  altered.objects[id] = object;
  return true;
}

bool SwapObjects(Random& random, AlteredRepository& altered, std::string&) {
  const auto [id, object] = Any(random);
  const auto [other, instead] = Any(random);
  if (object.bytes == instead.bytes) return false;
  altered.objects[id] = instead;
  return true;
}

bool SwapDigits(Random& random, AlteredRepository& altered, std::string&) {
  auto [id, object] = Any(random);
  const std::size_t from = Below(random, object.bytes.size()), to = Below(random, object.bytes.size());
  if (object.bytes[from] == object.bytes[to]) return false;
  std::swap(object.bytes[from], object.bytes[to]);
  altered.objects[id] = object;
  return true;
}

bool RemoveLine(Random& random, AlteredRepository& altered, std::string&) {
  auto [id, object] = Any(random);
  if (object.type == git::ObjectType::kTree) return false;
  const std::size_t at = object.bytes.find('\n', Below(random, object.bytes.size()));
  if (at == std::string::npos) return false;
  const std::size_t end = std::min(object.bytes.find('\n', at + 1), object.bytes.size());
  object.bytes.erase(at, end - at);
  altered.objects[id] = object;
  return true;
}

bool MoveRef(Random& random, AlteredRepository& altered, std::string&) {
  const bool production = Below(random, 2) == 0;
  const Oid to = Any(random).first;
  const std::string ref = std::string("refs/sluice/ledger/") + (production ? "production" : "policy");
  if (to == (production ? All().production : All().policy).back()) return false;
  altered.refs[ref] = to;
  return true;
}

bool ReplaceParent(Random& random, AlteredRepository& altered, std::string&) {
  const std::vector<Oid>& chain = Below(random, 2) == 0 ? All().production : All().policy;
  const Oid id = chain.back();
  git::RawObject object = *All().repository->Read(id, 1 << 20);
  const std::size_t at = object.bytes.find("parent ") + 7;
  const Oid to = Any(random).first;
  if (object.bytes.compare(at, 40, to.Hex()) == 0) return false;
  object.bytes.replace(at, 40, to.Hex());
  altered.objects[id] = object;
  return true;
}

bool IsEnvelope(const git::RawObject& object) { return object.bytes.starts_with("{\"payload\":"); }

// The objects in which an edit has something to say; each is hit as often as others.
using Numbers = std::vector<std::size_t>;

Numbers Holding(const std::string& key) {
  Numbers holding;
  for (std::size_t i = 0; i < All().objects.size(); ++i) {
    const git::RawObject& object = All().objects[i].second;
    if (object.type != git::ObjectType::kBlob || object.bytes.empty() || object.bytes.front() != '{')
      continue;
    const std::string text = IsEnvelope(object) ? Open(object.bytes).payload : object.bytes;
    if (text.find(key) != text.npos) holding.push_back(i);
  }
  return holding;
}

const Numbers& Holding(const Edit& edit) {
  static std::map<std::string, Numbers> known;
  const auto [found, fresh] = known.emplace(edit.key, Numbers());
  if (fresh) found->second = Holding(std::string(edit.key));
  return found->second;
}

std::pair<Oid, git::RawObject> AnyOf(Random& random, const Numbers& numbers) {
  REQUIRE_FALSE(numbers.empty());
  return All().objects[numbers[Below(random, numbers.size())]];
}

// Records, trust and approvals that say something else.
bool SayOtherwise(Random& random, AlteredRepository& altered, std::string& kind) {
  const Edit& edit = kEdits[Below(random, std::size(kEdits))];
  auto [id, object] = AnyOf(random, Holding(edit));
  const bool again = IsEnvelope(object) && Below(random, 2) == 0;
  if (IsEnvelope(object)) {
    Opened opened = Open(object.bytes);
    if (!Apply(random, edit, opened.payload)) return false;
    if (again) SignAnew(opened);
    object.bytes = Close(opened);
  } else if (!Apply(random, edit, object.bytes)) {
    return false;
  }
  altered.objects[id] = object;
  kind = std::string(edit.name) + (again ? ", signed anew" : "");
  return true;
}

// The same bytes, signed by another, or said to be of another type.
bool SignOtherwise(Random& random, AlteredRepository& altered, std::string& kind) {
  constexpr const char* kTypes[] = {"application/vnd.in-toto+json", "application/vnd.sluice.freshness+json",
                                    "application/vnd.sluice.approval+json", "application/json", ""};
  static const Numbers envelopes = Holding(std::string("\"repository\":\""));
  auto [id, object] = AnyOf(random, envelopes);
  if (!IsEnvelope(object)) return false;
  Opened opened = Open(object.bytes);
  const bool type = Below(random, 2) == 0;
  const std::string other = kTypes[Below(random, std::size(kTypes))];
  if (type && other == opened.type) return false;
  if (type) opened.type = other;
  if (!type || Below(random, 2) == 0) SignAnew(opened);
  object.bytes = Close(opened);
  // Two signatures where one should be, of one key and of two.
  if (!type && Below(random, 2) == 0) {
    const std::size_t at = object.bytes.find("{\"sig\"");
    object.bytes.insert(at, object.bytes.substr(at, object.bytes.find('}', at) + 1 - at) + ",");
    kind = "a key twice";
  } else {
    kind = type ? "another payload type" : "another signer";
  }
  altered.objects[id] = object;
  return true;
}

// A record beside the newest: two that say to follow the first.
bool Fork(Random& random, AlteredRepository& altered, std::string&) {
  const std::vector<Oid>& chain = Below(random, 2) == 0 ? All().production : All().policy;
  git::RawObject object = *All().repository->Read(chain.back(), 1 << 20);
  const std::size_t at = object.bytes.find("author ");
  object.bytes.insert(at, "parent " + chain[Below(random, chain.size())].Hex() + "\n");
  altered.objects[chain.back()] = object;
  return true;
}

constexpr Operator kOperators[] = {
    {nullptr, SayOtherwise},
    {nullptr, SayOtherwise},
    {nullptr, SayOtherwise},
    {nullptr, SignOtherwise},
    {"a chain is forked", Fork},
    {"a bit is another", FlipBit},
    {"bytes are cut or put in", CutOrGrow},
    {"one object stands in for another", SwapObjects},
    {"two bytes change places", SwapDigits},
    {"a line is gone", RemoveLine},
    {"a ref names another object", MoveRef},
    {"a parent is another", ReplaceParent},
};

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

TEST_CASE("a chain that goes in a circle is told at once") {
  AlteredRepository altered(All().repository);
  const Oid first = All().production.front();
  git::RawObject commit = *All().repository->Read(first, 1 << 20);
  commit.bytes.insert(commit.bytes.find("author"), "parent " + All().production.back().Hex() + "\n");
  altered.objects[first] = commit;
  CHECK(Judge(altered, false).find("the chain goes in a circle") != std::string::npos);
}

TEST_CASE("an altered ledger is not believed") {
  REQUIRE(Judge(*All().repository, true).empty());
  const std::uint64_t seed = FromEnvironment("SLUICE_SEED", std::random_device{}());
  const std::uint64_t count = FromEnvironment("SLUICE_ALTERATIONS", 4000);
  std::cout << "seed " << seed << '\n';
  Random random(seed);
  std::map<std::string, std::size_t> hits;
  std::size_t truncations = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Operator& chosen = kOperators[Below(random, std::size(kOperators))];
    AlteredRepository altered(All().repository);
    std::string kind = chosen.name == nullptr ? "" : chosen.name;
    if (!chosen.alter(random, altered, kind)) continue;
    std::uint64_t records = 0;
    const std::string message = Judge(altered, false, &records);
    if (message.empty() && records < All().production.size()) {  // nobody can tell who remembers nothing
      ++truncations;
      CHECK_FALSE(Judge(altered, true).empty());
      continue;
    }
    INFO(kind << ", alteration " << i << " of seed " << seed);
    CHECK_FALSE(message.empty());
    ++hits[kind];
  }
  for (const auto& [name, number] : hits) std::cout << number << " times " << name << '\n';
  std::cout << truncations << " cut ends, told by the head that is remembered\n";
  for (const Operator& one : kOperators) CHECK((one.name == nullptr || hits.count(one.name) == 1));
  for (const Edit& one : kEdits)
    CHECK(hits.count(one.name) + hits.count(std::string(one.name) + ", signed anew") > 0);
  for (const char* kind : {"another payload type", "another signer", "a key twice"})
    CHECK(hits.count(kind) == 1);
}

}  // namespace
}  // namespace sluice::promotion
