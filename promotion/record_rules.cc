// The question is the one of a push (promotion/review.h), put again from what a
// record says: who moved it is its actor, the time is that of its verdict. Tested by
// tests/promotion/record_rules_test.cc.
#include "promotion/record_rules.h"

#include <algorithm>
#include <iterator>

#include "git/changes.h"
#include "promotion/folder_paths.h"
#include "promotion/object_path.h"
#include "promotion/promotion_keys.h"
#include "promotion/request.h"
#include "promotion/review.h"
#include "promotion/turn.h"

namespace sluice::promotion {

struct RulesOfRecord {
  PromotionSettings settings;
  std::optional<Codeowners> codeowners;
};

namespace {

constexpr std::size_t kMostCommits = 20'000;

Moment At(std::int64_t seconds) { return Moment(std::chrono::seconds(seconds)); }

// A file of the policy under the name that it has in a record; empty where there is none.
Result<std::optional<std::string>> ReadFile(const FileTree& tree, std::string_view path, std::size_t limit) {
  const Result<std::string> escaped = EscapePath(path);
  if (!escaped) return escaped.error();
  const Result<RepoPath> parsed = RepoPath::Parse(*escaped);
  if (!parsed) return parsed.error();
  Result<std::string> bytes = tree.Read(*parsed, limit);
  if (bytes) return std::optional<std::string>(*std::move(bytes));
  if (bytes.error().kind == ErrorKind::kNotFound) return std::optional<std::string>();
  return bytes.error();
}

}  // namespace

Result<PromotionSettings> ReadRecordedSettings(const FileTree& tree) {
  const Limits limits;
  Result<std::optional<std::string>> text = ReadFile(tree, ".sluice/sluice.yaml", limits.file_bytes);
  if (!text) return text.error();
  if (!*text) return PromotionSettings();
  const manifests::ParsedFile file = manifests::Parse("sluice.yaml", **std::move(text), limits);
  if (!file.Readable() || file.documents.size() > 1) return Failed("its sluice.yaml cannot be read");
  if (file.documents.empty()) return PromotionSettings();
  DecodedPromotion decoded = DecodePromotion(*file.documents.front().root, nullptr);
  // Records outlive what is asked since.
  const auto wrong = std::find_if(decoded.problems.begin(), decoded.problems.end(),
                                  [](const Problem& problem) { return !problem.of_today; });
  if (wrong == decoded.problems.end()) return std::move(decoded.settings);
  return Failed("its sluice.yaml means nothing safe: " + wrong->message);
}

namespace {

Result<std::optional<Codeowners>> ReadOwners(const FileTree& tree) {
  for (const std::string_view place : kCodeownersPlaces) {
    const Result<std::optional<std::string>> text = ReadFile(tree, place, kCodeownersBytes);
    if (!text) return text.error();
    if (*text) return std::optional(ParseCodeowners(**text));
  }
  return std::optional<Codeowners>();
}

Result<RulesOfRecord> ReadRules(const FileTree& tree) {
  Result<PromotionSettings> settings = ReadRecordedSettings(tree);
  if (!settings) return settings.error();
  Result<std::optional<Codeowners>> owners = ReadOwners(tree);
  if (!owners) return owners.error();
  return RulesOfRecord{*std::move(settings), *std::move(owners)};
}

// What the source brought since the record before.
struct Brought {
  std::vector<std::string> files;
  std::vector<Authorship> commits;
  bool seen = false;
};

Brought WhatCame(const git::Repository& repository, const WeighedRecord& weighed,
                 const Environment& environment, const std::vector<Environment>& environments) {
  Brought brought;
  const Result<Oid> tip = Oid::FromHex(weighed.record.source.commit);
  const Result<Oid> tree = Oid::FromHex(weighed.record.source.tree);
  if (!tip || !tree) return brought;
  std::vector<Oid> known;
  Oid base;
  if (weighed.before != nullptr) {
    const Result<Oid> before = Oid::FromHex(weighed.before->source.commit);
    const Result<Oid> base_tree = Oid::FromHex(weighed.before->source.tree);
    if (!before || !base_tree) return brought;
    known.push_back(*before);
    base = *base_tree;
  } else if (const std::optional<Source>& policy = weighed.policy_source) {
    if (const Result<Oid> source = Oid::FromHex(policy->commit)) known.push_back(*source);
  }
  const auto commits = git::NewCommits(repository, *tip, known, kMostCommits);
  const auto files = git::Changes(repository, base, *tree, Limits());
  if (!commits || !files) return brought;
  brought.seen = true;
  for (const git::FileChange& file : *files)
    if (Concerns(environment, environments, file.path)) brought.files.push_back(file.path);
  for (const git::Commit& commit : *commits) {
    const Result<bool> concerns = ConcernsCommit(repository, commit, environment, environments, Limits());
    if (!concerns) brought.seen = false;
    if (!concerns || *concerns) brought.commits.push_back({commit.id.Hex(), git::EmailOf(commit.author), {}});
  }
  return brought;
}

// Whether each of those who are counted says what they saw.
bool AllSaw(const Review& review) {
  return !review.counted.empty() &&
         std::all_of(review.counted.begin(), review.counted.end(),
                     [](const VerifiedApproval* one) { return one->seen.has_value(); });
}

bool IsOneOf(const std::set<std::string>& people, const Principal& principal) {
  return principal.IsPerson() && people.count(principal.name) != 0;
}

Status CheckBreakGlass(const Environment& environment, const People& people,
                       const std::vector<VerifiedApproval>& given, const Asking& asking) {
  if (!environment.break_glass) return Failed("nobody may break the glass of " + environment.name);
  const std::set<std::string> by = Members(people, environment.break_glass->by);
  const bool broken = std::any_of(given.begin(), given.end(), [&](const VerifiedApproval& approval) {
    return approval.kind == ApprovalKind::kBreakGlass && WhyVoid(approval, asking).empty() &&
           IsOneOf(by, SignerOf(approval, people));
  });
  return broken ? Status(Ok{}) : Failed("nobody who may broke the glass of " + environment.name);
}

// What a review misses; who pushed matters where somebody must agree.
Status CheckMet(const Review& review) {
  for (const Condition& condition : review.unmet)
    if (condition.kind != ConditionKind::kPusher || !review.requirements.empty())
      return Failed(condition.message);
  return Ok{};
}

// No glass that is broken stands in for it.
Status CheckConsent(const Environment& environment, const WeighedRecord& weighed, const Review& review,
                    const Asking& asking) {
  if (!AsksForConsent(environment, weighed.removed, weighed.objects)) return Ok{};
  std::set<std::string> excluded;
  for (const Excluded& one : review.excluded) excluded.insert(one.person);
  if (FindConsent(environment, weighed.removed, excluded, asking) != nullptr) return Ok{};
  return Failed(RemovalWords(environment, weighed.removed, weighed.objects) +
                ", and nobody who may consented to that");
}

}  // namespace

RecordRules::RecordRules(std::shared_ptr<const git::Repository> repository)
    : repository_(std::move(repository)) {}
RecordRules::~RecordRules() = default;

Result<const RulesOfRecord*> RecordRules::RulesAt(const Oid& tree) {
  if (const auto known = rules_.find(tree); known != rules_.end()) return known->second.get();
  Result<RulesOfRecord> rules = ReadRules(*git::OpenTree(repository_, tree));
  if (!rules) return rules.error();
  auto kept = std::make_unique<const RulesOfRecord>(*std::move(rules));
  return rules_.emplace(tree, std::move(kept)).first->second.get();
}

Status RecordRules::CheckBy(const RulesOfRecord& rules, const WeighedRecord& weighed, bool broken_elsewhere) {
  const Record& record = weighed.record;
  const PromotionSettings& settings = rules.settings;
  const Environment* environment = FindEnvironment(settings.environments, record.environment);
  if (environment == nullptr) return Ok{};  // it asks for nobody
  std::vector<VerifiedApproval> given;
  std::vector<Principal> requesters;
  for (std::size_t i = 0; i < weighed.approvals.size(); ++i) {
    given.push_back(VerifiedOf(weighed.approvals[i], At(record.head.approvals[i].received)));
    if (IsRequest(given.back().kind)) requesters.push_back(SignerOf(given.back(), settings.people));
  }
  const std::set<std::string> revokers;  // a record rests on no revocation
  const Asking asking{record.head.repository,
                      record.environment,
                      record.head.change,
                      given,
                      At(record.judged),
                      settings.people,
                      revokers};
  bool glass_broken = false;
  if (record.kind == RecordKind::kBreakGlass) {
    const Status broken = CheckBreakGlass(*environment, settings.people, given, asking);
    if (!broken && !broken_elsewhere) return broken;
    glass_broken = static_cast<bool>(broken);
  }
  if (!glass_broken)
    if (Status asked = CheckRequested(settings, *environment, record, weighed.before, weighed.approvals);
        !asked)
      return asked;
  ReviewRules review = settings.review;
  const bool by_signatures = review.authors == Authors::kSigned;
  if (by_signatures) review.authors = Authors::kExcluded;  // as far as texts tell
  const bool by_source = settings.review.authors != Authors::kCount || !settings.review.paths.empty() ||
                         environment->approvals.codeowners;
  const bool by_what_came =
      by_source && (environment->approvals.count > 0 || environment->approvals.codeowners ||
                    !settings.review.paths.empty());
  Brought brought;
  if (by_what_came && by_source_)
    brought = WhatCame(*repository_, weighed, *environment, settings.environments);
  const Review answer = Ask({.rules = review,
                             .approvals = environment->approvals,
                             .people = settings.people,
                             .codeowners = rules.codeowners ? &*rules.codeowners : nullptr,
                             .files = brought.files,
                             .pusher = ByLoginAnywhere(settings.people, record.head.actor),
                             .pusher_login = record.head.actor,
                             .requesters = requesters,
                             .commits = brought.commits,
                             .asking = asking,
                             .namesakes = PeopleByLogin(settings.people, record.head.actor)});
  unseen_ += by_what_came && (by_signatures || !(brought.seen || AllSaw(answer)));
  if (Status consented = CheckConsent(*environment, weighed, answer, asking); !consented) return consented;
  return glass_broken ? Status(Ok{}) : CheckMet(answer);
}

// A glass is broken by the rules of the repository or by those of the operator; the
// other ones have to be met as ever.
Status RecordRules::CheckAll(const WeighedRecord& weighed, std::span<const RulesOfRecord* const> all) {
  std::vector<const RulesOfRecord*> unmet;
  Status first = Ok{};
  bool broken = false;
  for (const RulesOfRecord* rules : all) {
    const Status met = CheckBy(*rules, weighed, false);
    const bool asks = FindEnvironment(rules->settings.environments, weighed.record.environment);
    broken |= met && asks && weighed.record.kind == RecordKind::kBreakGlass;
    if (!met && unmet.empty()) first = met;
    if (!met) unmet.push_back(rules);
  }
  if (!broken) return first;
  for (const RulesOfRecord* rules : unmet)
    if (Status met = CheckBy(*rules, weighed, true); !met) return met;
  return Ok{};
}

Status RecordRules::Check(const WeighedRecord& weighed) {
  std::vector<const RulesOfRecord*> all;
  for (const Oid& tree : {weighed.policy_tree, weighed.floor_tree}) {
    if (tree.IsZero()) continue;
    const Result<const RulesOfRecord*> rules = RulesAt(tree);
    if (!rules) return rules.error();
    all.push_back(*rules);
  }
  return CheckAll(weighed, all);
}

Status RecordRules::CheckBothWays(const WeighedRecord& weighed, std::span<const RulesOfRecord* const> all) {
  const Status with = CheckAll(weighed, all);
  if (!with) return with;
  by_source_ = false;
  const Status without = CheckAll(weighed, all);
  by_source_ = true;
  return without;
}

Status RecordRules::CheckNext(const WeighedRecord& weighed, const FileTree* floor) {
  std::vector<const RulesOfRecord*> all;
  if (!weighed.policy_tree.IsZero()) {
    const Result<const RulesOfRecord*> rules = RulesAt(weighed.policy_tree);
    if (!rules) return rules.error();
    all.push_back(*rules);
  }
  if (floor == nullptr) return CheckBothWays(weighed, all);
  const Result<RulesOfRecord> rules = ReadRules(*floor);
  if (!rules) return rules.error();
  all.push_back(&*rules);
  return CheckBothWays(weighed, all);
}

}  // namespace sluice::promotion
