// What a hostile Git server can serve: the honest chains of two repositories over time, and what is forged
// beside them. Whoever makes a record here knows whether it is one: that is what the agent is held against,
// and nothing of it is asked of the agent's own code.
//
// Time goes in hours. In each the recorder says which records are the newest; the first and the third record
// of policy change who may record and who must agree.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "promotion/approval.h"
#include "promotion/digest_list.h"
#include "promotion/record.h"
#include "promotion/trust.h"
#include "tests/crypto/soft_key.h"
#include "tests/git/repositories.h"

namespace sluice::agent {

using Random = std::mt19937_64;
inline std::size_t Below(Random& random, std::size_t bound) { return random() % bound; }

inline constexpr std::size_t kNothing = ~std::size_t{0};
inline constexpr std::int64_t kHour = 3'600, kFreshFor = 3 * kHour;
inline constexpr std::size_t kHours = 40;
inline constexpr std::uint64_t kForkAfter = 5;  // a record that the recorder let two others follow
inline constexpr const char* kForkKind = "a fork that the recorder signed";
// Good for whoever has not seen the trust that retired him, of this hour.
inline constexpr const char* kRetiredKind = "a retired recorder with the trust of his time";
inline constexpr std::size_t kRetiredAt = 9, kLastTrustAt = 18;

// A record, or what says that one is the newest. Indexes are of World::items.
struct Item {
  Oid id;               // what a ref names
  bool proven = false;  // written by the recorder for this environment, with all who must agree
  bool ours = true;     // no other clusters are named
  std::size_t before = kNothing;
  std::uint64_t sequence = 0;
  std::int64_t time = 0, expires = 0;
  std::map<std::string, std::string> applied{};  // path of an object to its bytes
  // To make others of it.
  std::string digest{};  // of the envelope
  git::Files files{};
  promotion::RecordHead head{};
  promotion::DigestList objects{};
};

// What the three refs name.
struct View {
  std::size_t ledger = kNothing, policy = kNothing, freshness = kNothing;
};

struct Forgery {
  std::string kind;
  View view{};        // kNothing: as it is
  bool fits = false;  // right but for one thing, that one check has to find
};

class World {
 public:
  explicit World(Random& random);

  const std::string& git_dir() const { return git_dir_; }
  const std::string& pin() const { return items_[policy_.front()].digest; }
  const Item& at(std::size_t index) const { return items_[index]; }
  std::size_t size() const { return items_.size(); }
  std::int64_t TimeOf(std::size_t hour) const { return kStart + static_cast<std::int64_t>(hour) * kHour; }
  // What an honest server serves in this hour, and what the other repository's does.
  const View& Honest(std::size_t hour) const { return honest_[hour]; }
  const View& Foreign(std::size_t hour) const { return foreign_[hour]; }
  const Forgery& Retired() const { return retired_; }
  // Our record of that number.
  std::size_t Numbered(std::uint64_t sequence) const { return production_.at(sequence - 1); }
  // Of records that go on from `before`.
  const std::vector<Forgery>& After(std::size_t before) const;
  const std::vector<Forgery>& OfFreshness(std::size_t hour) const { return stale_[hour]; }
  const std::vector<Forgery>& OfPolicy(std::size_t policy) const;
  // The environment beside, its commits made as if they were ours.
  std::size_t Staging(std::size_t hour) const { return staging_[hour]; }
  // Whether `later` is `earlier`, or goes on from it.
  bool GoesOn(std::size_t earlier, std::size_t later) const;

 private:
  static constexpr std::int64_t kStart = 1'790'000'000;
  struct Draft;

  crypto::SoftKey& Key(const std::string& name) { return keys_.at(name); }
  promotion::TrustedKey Trusted(const std::string& name);
  promotion::Trust TrustOf(std::size_t version, const std::string& repository);
  std::string Seal(promotion::PayloadType type, const std::string& payload, const std::string& signer);
  // With a commit it is a request for that. `seen` is what an approval says besides,
  // `said` what stands there instead, under the same signature; null: nothing.
  void Agree(promotion::RecordHead& head, git::Files& files, const std::string& person,
             const std::string& environment, std::int64_t time, const std::string& commit,
             const std::optional<promotion::Seen>& seen = {},
             const std::optional<promotion::Seen>* said = nullptr);
  std::size_t Put(Item item, const std::string& chain);
  std::size_t PutPolicy(const promotion::Trust& trust, std::size_t before, std::int64_t time,
                        const std::vector<std::string>& by, const std::string& signer);
  std::size_t PutRecord(const Draft& draft);
  std::size_t PutFreshness(const View& view, std::size_t hour, const std::string& environment,
                           const std::string& repository, const std::string& signer);
  std::size_t Splice(std::size_t record, std::size_t before, const std::string& chain = "production");
  Draft Plan(std::size_t before, std::size_t policy, std::int64_t time);
  void WriteOurs(Random& random);
  void WriteForeign();
  void WriteStaging();
  void Forge(std::size_t hour);
  void ForgeRecords(std::size_t before, std::size_t policy, std::vector<Forgery>& out);
  void ForgeCopies(std::size_t before, std::vector<Forgery>& out);
  void ForgeRetired();
  void ForgePolicy(std::size_t before, std::vector<Forgery>& out);
  void Import();

  git::TemporaryDirectory directory_;
  std::string git_dir_;
  std::map<std::string, crypto::SoftKey> keys_;
  std::vector<Item> items_;
  std::string stream_;  // for git fast-import
  std::vector<std::size_t> production_, policy_, foreign_records_, staging_records_;
  std::vector<View> honest_, foreign_;
  std::vector<std::size_t> staging_;
  std::map<std::size_t, std::vector<Forgery>> after_, of_policy_;
  std::vector<std::vector<Forgery>> stale_;
  std::size_t retired_after_ = 0;  // records of production by the recorder that was retired
  Forgery retired_;
  std::size_t made_ = 0;  // so that no two have the same objects
};

}  // namespace sluice::agent
