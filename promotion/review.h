// Who must agree to a change of an environment, who has, and who still must.
// People are counted, not keys and not envelopes. Whoever pushed or asked never
// counts, nor do bots; authors of what is moved do where the rule says so. Values
// in, values out: signatures were verified before, and nothing is read here.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "promotion/codeowners.h"
#include "promotion/condition.h"
#include "promotion/environment.h"
#include "promotion/people.h"
#include "promotion/verified_approval.h"

namespace sluice::promotion {

// What the author of a commit counts for, in the change that holds it.
enum class Authors : std::uint8_t {
  kExcluded,  // they do not agree to their own work; the author's text says who that is
  kSigned,    // likewise, and each commit is signed by a person, so that it is no claim
  kCount,     // they may agree
};

// Files that need people of their own.
struct PathRule {
  std::string glob;
  Approvals approvals;
  std::vector<Named> environments;  // `in`; empty: all
  Range range{};
};

struct ReviewRules {
  std::string codeowners;                     // provider of the dialect and its names, "github"; empty: none
  bool by_signature = true, by_forge = true;  // `evidence`
  Authors authors = Authors::kExcluded;
  bool files_signed = false;  // `files: signed`: an approval says what its signer saw, or does not count
  std::vector<PathRule> paths;
  Approvals policy;  // to a change of `.sluice/`; its people may revoke what others gave
};

Problems CheckReviewRules(const ReviewRules& rules, std::span<const Environment> environments,
                          const Surroundings& around);

// A commit of what is moved.
struct Authorship {
  std::string commit;
  std::string email;   // the author's, as the commit claims it
  std::string signer;  // principal whose signature of the commit holds; empty: none
};

struct ReviewQuestion {
  const ReviewRules& rules;
  const Approvals& approvals;  // of the environment, or rules.policy
  const People& people;
  const Codeowners* codeowners = nullptr;  // of the branch before the change; null: there is no such file
  std::span<const std::string> files;      // that differ, paths in the repository
  Principal pusher;                        // whoever moves the ref
  std::string pusher_login;                // as the platform named them, for words
  std::span<const Principal> requesters;   // of `request` envelopes
  std::span<const Authorship> commits;
  Asking asking;
  std::set<std::string> namesakes{};  // PeopleByLogin of the login: a record does not say on which platform
};

// One thing that is asked for.
struct Requirement {
  std::string what;  // "production", "apps/shop/**", "CODEOWNERS:12 /apps/ "
  unsigned count = 1;
  std::set<std::string> from;        // who may
  std::vector<std::string> agreed;   // who did, and counts
  std::vector<std::string> unknown;  // owners of a line whom `people` does not know
  bool Met() const { return agreed.size() >= count; }
};

// An envelope that does not count, and why, half a sentence.
struct NotCounted {
  std::string digest, person, why;
};

// A person that may not agree here, and why, half a sentence.
struct Excluded {
  std::string person, why;
};

struct Review {
  std::vector<Requirement> requirements;
  std::vector<const VerifiedApproval*> counted;  // of asking.given; a person once
  std::vector<NotCounted> not_counted;           // approvals alone
  std::vector<Excluded> excluded;
  Conditions unmet;  // empty: everybody agreed who must

  bool Met() const { return unmet.empty(); }
};

// What those who are counted saw is asked for too: files that they say differ have their people, and
// authors whom they name do not agree. So whoever has the approvals and not the source asks for nobody
// whom this did not ask for. Cost: files times lines of CODEOWNERS and path rules, envelopes squared.
Review Ask(const ReviewQuestion& question);

// Whether the rule holds in that environment.
bool Holds(const PathRule& rule, std::string_view environment);

}  // namespace sluice::promotion
