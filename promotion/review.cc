// Requirements are gathered from the environment, the path rules and CODEOWNERS;
// then each envelope is either somebody's agreement or has a reason why not; then
// people are held against requirements, of which one person may meet several.
// Tested by tests/promotion/review_test.cc.
#include "promotion/review.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/glob.h"

namespace sluice::promotion {

bool Holds(const PathRule& rule, std::string_view environment) {
  return rule.environments.empty() ||
         std::any_of(rule.environments.begin(), rule.environments.end(),
                     [&](const Named& named) { return named.name == environment; });
}

namespace {

constexpr std::string_view kPolicy = "policy";  // whose approvals say nothing of files

std::string Count(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string Listed(const std::vector<std::string>& names) {
  std::string listed;
  for (const std::string& name : names) listed += (listed.empty() ? "" : ", ") + name;
  return listed;
}

std::string OwnerWords(const CodeOwner& owner) {
  return (owner.kind == CodeOwner::Kind::kEmail ? "" : "@") + owner.name;
}

class Reviewer {
 public:
  explicit Reviewer(const ReviewQuestion& question) : question_(question) {
    if (SomebodySaw()) files_.insert(question.files.begin(), question.files.end());
  }

  // What they saw only grows, so it ends; each turn but the last counts somebody anew.
  Review Run() {
    do Weigh();
    while (TakeSeen());
    for (const Requirement& requirement : review_.requirements)
      if (!requirement.Met()) Miss(requirement);
    return std::move(review_);
  }

 private:
  const People& people() const { return question_.people; }

  void Weigh() {
    review_ = Review();
    why_excluded_.clear(), keys_.clear(), agreed_.clear();
    CheckPusher();
    Exclude();
    Gather();
    KeepKeysOfRequests();
    CountApprovals();
  }

  bool SomebodySaw() const {
    const auto& given = question_.asking.given;
    return std::any_of(given.begin(), given.end(),
                       [](const VerifiedApproval& one) { return one.seen.has_value(); });
  }

  // Whether those who are counted saw what was not asked by yet.
  bool TakeSeen() {
    const std::size_t known = more_files_.size() + authors_.size();
    for (const VerifiedApproval* one : review_.counted) {
      if (!one->seen) continue;
      for (const std::string& file : one->seen->files)
        if (!files_.contains(file)) more_files_.insert(file);
      if (question_.rules.authors == Authors::kCount) continue;
      for (const std::string& author : one->seen->authors) authors_.emplace(author, one->person);
    }
    return more_files_.size() + authors_.size() > known;
  }

  template <class Function>
  void EachFile(Function function) const {
    for (const std::string& file : question_.files) function(file);
    for (const std::string& file : more_files_) function(file);
  }

  bool Touches(const PathRule& rule) const {
    const auto matches = [&](const std::string& file) { return GlobMatches(rule.glob, file); };
    return std::any_of(question_.files.begin(), question_.files.end(), matches) ||
           std::any_of(more_files_.begin(), more_files_.end(), matches);
  }

  void CheckPusher() {
    if (question_.pusher.kind != Principal::Kind::kUnknown) return;
    const std::string& login = question_.pusher_login;
    Unmet(ConditionKind::kPusher,
          login.empty() ? "nobody said who pushes" : "nobody in `people` and no bot has the login " + login,
          "name them in `people`, with the login");
  }

  void Unmet(ConditionKind kind, std::string message, std::string remedy, std::vector<std::string> who = {}) {
    review_.unmet.push_back({kind, std::move(message), std::move(remedy), std::move(who), {}});
  }

  // Whoever moves it, asked for it, or wrote it.
  void Exclude() {
    for (const Principal& requester : question_.requesters) Exclude(requester, "asked for it");
    Exclude(question_.pusher, "pushed it");
    for (const std::string& name : question_.namesakes)
      Exclude({Principal::Kind::kPerson, name}, "has the login of whoever pushed it");
    std::size_t unsigned_commits = 0;
    std::string first;
    for (const Authorship& commit : question_.commits) {
      const Principal signer = BySignature(people(), commit.signer);
      if (question_.rules.authors != Authors::kCount) {
        Exclude(ByEmail(people(), commit.email), "wrote " + commit.commit.substr(0, 7));
        Exclude(signer, "signed " + commit.commit.substr(0, 7));
      }
      if (!signer.IsPerson() && unsigned_commits++ == 0) first = commit.commit.substr(0, 7);
    }
    for (const auto& [author, by] : authors_)
      Exclude({Principal::Kind::kPerson, author}, "wrote part of it, as " + by + " saw");
    if (question_.rules.authors != Authors::kSigned || unsigned_commits == 0) return;
    Unmet(ConditionKind::kApprovals,
          Count(unsigned_commits, "commit") + " without a signature of a person (" + first +
              "): who wrote them is not known",
          "sign them (git rebase --exec 'git commit --amend --no-edit -S'), each author with a key in "
          "allowed_signers");
  }

  void Exclude(const Principal& principal, std::string why) {
    if (principal.IsPerson() && why_excluded_.emplace(principal.name, why).second)
      review_.excluded.push_back({principal.name, std::move(why)});
  }

  void Gather() {
    const Approvals& asked = question_.approvals;
    if (asked.count > 0) Add(question_.asking.environment, asked.count, MayAgree(asked, people()));
    bool by_owners = asked.codeowners;
    for (const PathRule& rule : question_.rules.paths) {
      if (!Holds(rule, question_.asking.environment) || !Touches(rule)) continue;
      if (rule.approvals.count > 0) Add(rule.glob, rule.approvals.count, MayAgree(rule.approvals, people()));
      by_owners = by_owners || rule.approvals.codeowners;
    }
    if (by_owners) GatherOwners();
  }

  void Add(std::string what, unsigned count, std::set<std::string> from) {
    review_.requirements.push_back({std::move(what), count, std::move(from), {}, {}});
  }

  // One requirement a line that counts for some file.
  void GatherOwners() {
    if (question_.codeowners == nullptr)
      return Unmet(ConditionKind::kApprovals, "owners must agree, and there is no CODEOWNERS",
                   "add .github/CODEOWNERS to the policy branch");
    if (!question_.codeowners->unread.empty())
      return Unmet(ConditionKind::kApprovals, "CODEOWNERS was not read: " + question_.codeowners->unread,
                   "make it smaller");
    std::set<std::uint32_t> lines;
    EachFile([&](const std::string& file) {
      const CodeownersRule* rule = OwnersOf(*question_.codeowners, file);
      if (rule != nullptr && !rule->owners.empty() && lines.insert(rule->line).second) AddOwners(*rule);
    });
  }

  void AddOwners(const CodeownersRule& rule) {
    Add("CODEOWNERS:" + std::to_string(rule.line) + " " + rule.pattern, 1, {});
    Requirement& requirement = review_.requirements.back();
    for (const CodeOwner& owner : rule.owners) {
      const std::size_t before = requirement.from.size();
      AddOwner(owner, requirement.from);
      if (requirement.from.size() == before) requirement.unknown.push_back(OwnerWords(owner));
    }
  }

  void AddOwner(const CodeOwner& owner, std::set<std::string>& from) const {
    const std::string& provider = question_.rules.codeowners;
    if (owner.kind == CodeOwner::Kind::kTeam) {
      const Group* group = ByTeam(people(), provider, owner.name);
      if (group == nullptr) return;
      for (const Named& member : group->members) from.insert(member.name);
      return;
    }
    const Principal principal = owner.kind == CodeOwner::Kind::kEmail
                                    ? ByEmail(people(), owner.name)
                                    : ByLogin(people(), provider, owner.name);
    if (principal.IsPerson()) from.insert(principal.name);
  }

  // Whoever asks for it does not agree to it under a second name.
  void KeepKeysOfRequests() {
    for (const VerifiedApproval& given : question_.asking.given) {
      if (!IsRequest(given.kind) || given.key.empty()) continue;
      const Principal asker = SignerOf(given, people());
      if (asker.IsPerson() && WhyVoid(given, question_.asking).empty()) keys_.emplace(given.key, asker.name);
    }
  }

  // Of two that somebody gave the one that says most and asks for nobody besides: that saw what is
  // here, then that says nothing of it, then that saw something else.
  int RankOf(const VerifiedApproval& approval) const {
    if (!approval.seen) return 1;
    const auto& files = approval.seen->files;
    const bool here = std::all_of(files.begin(), files.end(),
                                  [&](const std::string& file) { return files_.contains(file); });
    return here ? 0 : 2;
  }

  // In the order in which they were received, so that of two as good the first counts.
  void CountApprovals() {
    std::vector<std::pair<int, const VerifiedApproval*>> ranked;
    for (const VerifiedApproval& given : question_.asking.given)
      if (given.kind == ApprovalKind::kApproval) ranked.emplace_back(RankOf(given), &given);
    const auto says = [](const VerifiedApproval& one) {
      return one.seen ? one.seen->files.size() + one.seen->authors.size() : 0;
    };
    std::stable_sort(ranked.begin(), ranked.end(), [&](const auto& a, const auto& b) {
      return std::tuple(a.first, says(*b.second), a.second->received) <
             std::tuple(b.first, says(*a.second), b.second->received);
    });
    for (const auto& [rank, approval] : ranked) {
      std::string why = WhyNot(*approval);
      if (!why.empty()) review_.not_counted.push_back({approval->digest, approval->person, std::move(why)});
    }
  }

  // Empty: it was counted.
  std::string WhyNot(const VerifiedApproval& approval) {
    std::string why = WhyVoid(approval, question_.asking);
    if (!why.empty()) return why;
    const bool by_signature = approval.evidence == VerifiedApproval::Evidence::kSignature;
    if (!(by_signature ? question_.rules.by_signature : question_.rules.by_forge))
      return by_signature ? "signatures are not evidence here" : "reviews on a forge are not evidence here";
    if (question_.rules.files_signed && !approval.seen && question_.asking.environment != kPolicy)
      return "it does not say which files differ, as `files: signed` asks";
    const std::string name = SignerOf(approval, people()).name;
    // Whoever may not agree does not do so under a second name.
    if (!approval.key.empty()) {
      const auto [owner, fresh] = keys_.emplace(approval.key, name);
      if (!fresh && owner->second != name) return "its key counts for " + owner->second + " already";
    }
    if (const auto excluded = why_excluded_.find(name); excluded != why_excluded_.end())
      return name + " " + excluded->second;
    if (agreed_.count(name) != 0) return name + " counts once";
    return Credit(approval, name);
  }

  std::string Credit(const VerifiedApproval& approval, const std::string& name) {
    bool asked = false;
    for (Requirement& requirement : review_.requirements) {
      if (requirement.from.count(name) == 0) continue;
      requirement.agreed.push_back(name);
      asked = true;
    }
    if (!asked) return name + " is not asked here";
    agreed_.insert(name);
    review_.counted.push_back(&approval);
    return "";
  }

  void Miss(const Requirement& requirement) {
    std::vector<std::string> who, barred;
    for (const std::string& name : requirement.from) {
      if (agreed_.count(name) != 0) continue;
      const auto excluded = why_excluded_.find(name);
      if (excluded == why_excluded_.end()) {
        who.push_back(name);
      } else {
        barred.push_back(name + " " + excluded->second);
      }
    }
    const std::size_t missing = requirement.count - requirement.agreed.size();
    std::string message = requirement.what + " needs " + Count(missing, "more approval");
    if (requirement.agreed.empty()) message = requirement.what + " needs " + Count(missing, "approval");
    if (!requirement.agreed.empty()) message += " (agreed: " + Listed(requirement.agreed) + ")";
    if (!barred.empty()) message += "; does not count: " + Listed(barred);
    if (!requirement.unknown.empty()) message += "; not in `people`: " + Listed(requirement.unknown);
    std::string remedy = "sluice approve " + question_.asking.environment;
    if (who.size() < missing)
      remedy =
          who.empty()
              ? "no eligible approver is left: have someone else push or ask for it, or add people"
              : "too few eligible approvers are left: add people, or have someone else push or ask for it";
    Unmet(ConditionKind::kApprovals, std::move(message), std::move(remedy), std::move(who));
  }

  const ReviewQuestion& question_;
  std::set<std::string_view> files_;            // of the question; empty where nobody saw any
  std::set<std::string> more_files_;            // that those who are counted saw besides
  std::map<std::string, std::string> authors_;  // whom they saw, and who did
  std::map<std::string, std::string> why_excluded_;
  std::map<std::string, std::string> keys_;  // whose each is
  std::set<std::string> agreed_;
  Review review_;
};

}  // namespace

Problems CheckReviewRules(const ReviewRules& rules, std::span<const Environment> environments,
                          const Surroundings& around) {
  Problems problems;
  for (const PathRule& rule : rules.paths) {
    CheckApprovals(rule.approvals, rule.glob, around, problems);
    if (rule.approvals.count == 0 && !rule.approvals.codeowners)
      problems.push_back(
          {rule.range, rule.glob + " asks for nothing: `approvals` is 1 or more, or `codeowners` is true"});
    for (const Named& named : rule.environments)
      if (FindEnvironment(environments, named.name) == nullptr)
        problems.push_back({named.range, "there is no environment " + named.name});
  }
  CheckApprovals(rules.policy, "a change of policy", around, problems);
  return problems;
}

Review Ask(const ReviewQuestion& question) { return Reviewer(question).Run(); }

}  // namespace sluice::promotion
