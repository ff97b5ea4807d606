// What an agent verified before must change no answer: an agent that keeps it and one that verifies from the
// pin are shown the same, by a server that is as hostile as in hostile_server_test.cc, and must believe the
// same and refuse in the same words. SLUICE_PROOFS (400) says how often, SLUICE_SEED with what.
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "agent/mirror.h"
#include "agent/proof.h"
#include "tests/agent/hostile_world.h"
#include "tests/catch.h"

namespace sluice::agent {
namespace {

namespace fs = std::filesystem;

// Shows one world to both.
class Twins {
 public:
  Twins(const World& world, const std::string& directory, Random& random)
      : world_(world), random_(random), mirror_(Open(world, directory)) {}

  // What differs; empty: nothing. Counts what came of it.
  std::string Show(std::size_t& proven, std::size_t& refused) {
    const View view = Served();
    const Believed before = Remembered();
    const std::int64_t now = world_.TimeOf(hour_) + 60;
    const MirrorRefs refs = {IdOf(view.ledger), IdOf(view.policy), IdOf(view.freshness)};
    if (Below(random_, 12) == 0) kept_ = {};
    // Now and then it is another replica that works, and what ours keeps is behind what the cluster
    // remembers.
    Verified nothing, others = kept_;
    Verified& kept = Below(random_, 5) == 0 ? others : kept_;
    const Result<Proof> with = ProveAt(refs, before, now, kept),
                        without = ProveAt(refs, before, now, nothing);
    ++(without ? proven : refused);
    const std::string a = Text(with), b = Text(without);
    if (with && without) {
      if (last_ != b) earlier_.push_back(without->believed);
      last_ = b;
    }
    return a == b ? "" : "it keeps " + a + ", and from the pin it is " + b;
  }

 private:
  Mirror Open(const World& world, const std::string& directory) {
    configuration_.environment = "production";
    configuration_.cluster = "prod-1";
    configuration_.pin = world.pin();
    configuration_.directory = directory;
    fs::create_directory_symlink(world.git_dir(), directory + "/production.git");
    Result<Mirror> mirror = Mirror::Open(configuration_);
    REQUIRE(mirror);
    return *std::move(mirror);
  }

  std::optional<Oid> IdOf(std::size_t item) const {
    return item == kNothing ? std::nullopt : std::optional(world_.at(item).id);
  }

  // Most often honest or as it was earlier: what is refused keeps nothing.
  View Served() {
    if (Below(random_, 3) == 0) hour_ = std::min(hour_ + 1 + Below(random_, 2), kHours - 1);
    View view = world_.Honest(hour_);
    const std::size_t earlier = Below(random_, hour_ + 1);
    const auto forge = [&](const std::vector<Forgery>& forgeries) {
      if (forgeries.empty()) return;
      const View& forged = forgeries[Below(random_, forgeries.size())].view;
      if (forged.ledger != kNothing) view.ledger = forged.ledger;
      if (forged.policy != kNothing) view.policy = forged.policy;
    };
    switch (Below(random_, 20)) {
      case 0:
        view = world_.Honest(earlier);
        break;
      case 1:
        view.ledger = world_.Honest(earlier).ledger;
        break;
      case 2:
        view.policy = world_.Honest(earlier).policy;
        break;
      case 3:
        forge(world_.After(view.ledger));
        break;
      case 4:
        forge(world_.After(world_.Honest(earlier).ledger));
        break;
      case 5:
        forge(world_.OfPolicy(world_.Honest(earlier).policy));
        break;
      case 6:
        forge({world_.Retired()});
        break;
      // First with the trust of his time, then with the one that retires him.
      case 7:
        view.ledger = world_.Retired().view.ledger;
        break;
      case 8:
        view = world_.Foreign(hour_);
        break;
      default:
        break;
    }
    if (Below(random_, 2) == 0) view.freshness = kNothing;
    return view;
  }

  // What the cluster says of before: most often the last, at times nothing or what is long past.
  Believed Remembered() {
    if (earlier_.empty() || Below(random_, 30) == 0) return {};
    const std::size_t last = earlier_.size() - 1;
    return earlier_[Below(random_, 8) == 0 ? Below(random_, last + 1) : last];
  }

  Result<Proof> ProveAt(const MirrorRefs& refs, const Believed& before, std::int64_t now,
                        Verified& verified) {
    auto repository = mirror_.Read(refs);
    REQUIRE(repository);
    return Prove(*std::move(repository), configuration_, before, now, verified);
  }

  static std::string Text(const std::optional<promotion::RememberedRecord>& record) {
    return record ? std::to_string(record->sequence) + " " + record->digest : "none";
  }
  static std::string Text(const Result<Proof>& proof) {
    if (!proof) return "refused: " + proof.error().Text();
    const Believed& believed = proof->believed;
    return Text(believed.record) + ", policy " + Text(believed.policy) + ", held by " +
           std::string(NameOf(proof->hold.cause)) + ", at " + proof->ledger->commit.Hex() + ", " +
           std::to_string(proof->ledger->used.size()) + " approvals used, " +
           std::to_string(proof->ledger->objects.size()) + " objects";
  }

  const World& world_;
  Random& random_;
  Configuration configuration_;
  Mirror mirror_;
  Verified kept_{};
  std::size_t hour_ = 0;
  std::vector<Believed> earlier_;
  std::string last_;
};

TEST_CASE("what was verified before changes no answer") {
  const char* seeded = std::getenv("SLUICE_SEED");
  const char* asked = std::getenv("SLUICE_PROOFS");
  const std::uint64_t seed = seeded == nullptr ? std::random_device{}() : std::strtoull(seeded, nullptr, 10);
  const std::uint64_t count = asked == nullptr ? 400 : std::strtoull(asked, nullptr, 10);
  Random random(seed);
  const World world(random);
  std::size_t proven = 0, refused = 0;
  for (std::uint64_t shown = 0; shown < count;) {
    const git::TemporaryDirectory directory;
    Twins twins(world, directory.path(), random);
    for (int step = 0; step < 50; ++step, ++shown)
      if (const std::string differs = twins.Show(proven, refused); !differs.empty())
        FAIL("seed " << seed << ", after " << shown << ": " << differs);
  }
  std::cout << "seed " << seed << ": " << proven << " times proven, " << refused << " times refused\n";
  CHECK(proven > count / 5);
  CHECK(refused > count / 10);
}

}  // namespace
}  // namespace sluice::agent
