// Altered ledgers, by the thousand: bits of any blob, commits, swapped and
// replayed parts, cut and forked chains. Whoever alters them has the
// repository and no key. SLUICE_ALTERATIONS=10000 asks for more,
// SLUICE_SEED for those of an earlier run.
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>

#include "git/objects.h"
#include "promotion/ledger.h"
#include "promotion/words.h"
#include "tests/catch.h"
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

// An alteration; false where it left everything as it was.
struct Operator {
  const char* name;
  bool (*alter)(Random&, AlteredRepository&);
};

std::size_t Below(Random& random, std::size_t bound) { return random() % bound; }

std::pair<Oid, git::RawObject> Any(Random& random) {
  return All().objects[Below(random, All().objects.size())];
}

bool FlipBit(Random& random, AlteredRepository& altered) {
  auto [id, object] = Any(random);
  const std::size_t bit = Below(random, 8 * object.bytes.size());
  object.bytes[bit / 8] = static_cast<char>(object.bytes[bit / 8] ^ (1 << bit % 8));
  altered.objects[id] = object;
  return true;
}

bool CutOrGrow(Random& random, AlteredRepository& altered) {
  auto [id, object] = Any(random);
  if (Below(random, 2) == 0) {
    object.bytes.resize(Below(random, object.bytes.size()));
  } else {
    object.bytes.insert(Below(random, object.bytes.size() + 1), 1 + Below(random, 3),
                        static_cast<char>(random()));
  }
  altered.objects[id] = object;
  return true;
}

bool SwapObjects(Random& random, AlteredRepository& altered) {
  const auto [id, object] = Any(random);
  const auto [other, instead] = Any(random);
  if (object.bytes == instead.bytes) return false;
  altered.objects[id] = instead;
  return true;
}

bool SwapDigits(Random& random, AlteredRepository& altered) {
  auto [id, object] = Any(random);
  const std::size_t from = Below(random, object.bytes.size()), to = Below(random, object.bytes.size());
  if (object.bytes[from] == object.bytes[to]) return false;
  std::swap(object.bytes[from], object.bytes[to]);
  altered.objects[id] = object;
  return true;
}

bool RemoveLine(Random& random, AlteredRepository& altered) {
  auto [id, object] = Any(random);
  if (object.type == git::ObjectType::kTree) return false;
  const std::size_t at = object.bytes.find('\n', Below(random, object.bytes.size()));
  if (at == std::string::npos) return false;
  const std::size_t end = std::min(object.bytes.find('\n', at + 1), object.bytes.size());
  object.bytes.erase(at, end - at);
  altered.objects[id] = object;
  return true;
}

bool MoveRef(Random& random, AlteredRepository& altered) {
  const bool production = Below(random, 2) == 0;
  const Oid to = Any(random).first;
  const std::string ref = std::string("refs/sluice/ledger/") + (production ? "production" : "policy");
  if (to == (production ? All().production : All().policy).back()) return false;
  altered.refs[ref] = to;
  return true;
}

bool ReplaceParent(Random& random, AlteredRepository& altered) {
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

constexpr Operator kOperators[] = {
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
  const std::uint64_t count = FromEnvironment("SLUICE_ALTERATIONS", 1000);
  std::cout << "seed " << seed << '\n';
  Random random(seed);
  std::map<std::string, std::size_t> hits;
  std::size_t truncations = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Operator& chosen = kOperators[Below(random, std::size(kOperators))];
    AlteredRepository altered(All().repository);
    if (!chosen.alter(random, altered)) continue;
    std::uint64_t records = 0;
    const std::string message = Judge(altered, false, &records);
    if (message.empty() && records < All().production.size()) {  // nobody can tell who remembers nothing
      ++truncations;
      CHECK_FALSE(Judge(altered, true).empty());
      continue;
    }
    INFO(chosen.name << ", alteration " << i << " of seed " << seed);
    CHECK_FALSE(message.empty());
    ++hits[chosen.name];
  }
  for (const auto& [name, number] : hits) std::cout << number << " times " << name << '\n';
  std::cout << truncations << " cut ends, told by the head that is remembered\n";
  CHECK(hits.size() == std::size(kOperators));
}

}  // namespace
}  // namespace sluice::promotion
