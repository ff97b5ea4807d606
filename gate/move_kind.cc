// Tested by tests/gate/move_kind_test.cc and, with real pushes, by
// tests/push/promotion.sh.
#include "gate/move_kind.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "git/changes.h"
#include "promotion/words.h"

namespace sluice::gate {
namespace {

using promotion::LedgerFacts;
using promotion::RecordFact;

constexpr std::size_t kMostBrought = 20'000;   // commits of one push that are looked at
constexpr std::size_t kMaxAncestry = 200'000;  // commits walked to see whether a merge is one
constexpr std::string_view kRollback = "Sluice-Rollback: ";
constexpr std::string_view kReason = "Sluice-Reason: ";

// The rest of the line of the last paragraph that begins so; empty where there is none.
std::string_view Trailer(std::string_view message, std::string_view key) {
  while (message.ends_with('\n')) message.remove_suffix(1);
  const std::size_t blank = message.rfind("\n\n");
  if (blank == message.npos) return {};
  std::string_view rest = message.substr(blank + 2);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (line.starts_with(key)) return line.substr(key.size());
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return {};
}

const RecordFact* RecordOf(const LedgerFacts& ledger, std::string_view number) {
  std::uint64_t sequence = 0;
  const auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), sequence);
  if (code != std::errc() || end != number.data() + number.size()) return nullptr;
  const auto found = std::find_if(ledger.records.begin(), ledger.records.end(),
                                  [&](const RecordFact& record) { return record.sequence == sequence; });
  return found == ledger.records.end() ? nullptr : &*found;
}

Result<Oid> TreeOfRecord(const git::Repository& repository, const RecordFact& record) {
  const Result<Oid> commit = Oid::FromHex(record.commit);
  return commit ? git::TreeOf(repository, *commit) : commit;
}

// Nothing where the commit does not say that it is one.
Result<std::optional<MoveKind>> AskRollback(const MoveAsked& asked) {
  const Result<git::Commit> commit = git::ReadCommit(*asked.repository, asked.after);
  if (!commit) return commit.error();
  const std::string_view number = Trailer(commit->message, kRollback);
  if (number.empty()) return std::optional<MoveKind>();
  const auto direct = [](std::string why) {
    MoveKind kind;
    kind.why_direct = "it says that it is a rollback, and " + std::move(why);
    return std::optional<MoveKind>(std::move(kind));
  };
  const Result<LedgerFacts> own = asked.own();
  if (!own) return own.error();
  const RecordFact* const record = RecordOf(*own, number);
  if (record == nullptr) return direct("there is no such record among the newest");
  if (commit->parents != std::vector<Oid>{asked.before})
    return direct("it is not one commit on top of the branch");
  const Result<Oid> tree = TreeOfRecord(*asked.repository, *record);
  const std::string named = "record " + std::to_string(record->sequence);
  if (!tree || *tree != commit->tree) return direct("its files are not those of " + named);
  if (asked.set != record->set) return direct("what its files make today is not what " + named + " holds");
  const std::string reason(Trailer(commit->message, kReason));
  if (!promotion::IsTextLine(reason)) return direct("it gives no reason");
  MoveKind kind;
  kind.move = promotion::Move::kRollback;
  kind.restores = record->sequence;
  kind.reason = reason;
  return std::optional<MoveKind>(std::move(kind));
}

const RecordFact* NewestBrought(const LedgerFacts& ledger, BroughtCommits& brought) {
  const auto found = std::find_if(ledger.records.rbegin(), ledger.records.rend(),
                                  [&](const RecordFact& record) { return brought.Holds(record.commit); });
  return found == ledger.records.rend() ? nullptr : &*found;
}

// Whether the branch would be what a merge of that record's commit makes of it.
Result<MoveKind> AskPromotion(const MoveAsked& asked, const std::string& predecessor,
                              const RecordFact& record) {
  const Result<Oid> source = Oid::FromHex(record.commit);
  if (!source) return source.error();
  const Result<Oid> tree = git::TreeOf(*asked.repository, asked.after);
  if (!tree) return tree.error();
  const Result<git::MergedTree> merged = MergedInto(*asked.repository, asked.before, *source, asked.merge);
  if (!merged) return merged.error();
  MoveKind kind;
  if (merged->tree == *tree) {
    kind.move = promotion::Move::kPromotion;
    kind.source = *source;
  } else {
    kind.why_direct = "it holds more than the merge of " + record.commit.substr(0, 7) + ", which " +
                      predecessor + " recorded";
  }
  return kind;
}

}  // namespace

bool BroughtCommits::Holds(const std::string& commit) {
  if (commit == after_.Hex()) return true;
  if (!read_) {
    read_ = true;
    const auto found = git::CommitsSince(repository_, before_, after_, kMostBrought);
    if (!found) status_ = found.error();
    if (found)
      for (const Oid& id : *found) commits_.insert(id.Hex());
  }
  return commits_.contains(commit);
}

Result<git::MergedTree> MergedInto(const git::Repository& repository, const Oid& before, const Oid& source,
                                   const MergeCommits& merge) {
  const Result<Oid> tree = git::TreeOf(repository, source);
  if (!tree) return tree.error();
  if (before.IsZero()) return git::MergedTree{*tree, {}};
  const Result<bool> forward = git::IsAncestor(repository, before, source, kMaxAncestry);
  if (!forward) return forward.error();
  if (*forward) return git::MergedTree{*tree, {}};
  if (!merge) return Failed("there is no git that could merge " + source.Hex().substr(0, 7));
  return merge(before, source);
}

Result<MoveKind> KindOfMove(const MoveAsked& asked, BroughtCommits& brought) {
  Result<std::optional<MoveKind>> rollback = AskRollback(asked);
  if (!rollback) return rollback.error();
  MoveKind kind;
  if (*rollback) kind = **std::move(rollback);
  if (kind.move == promotion::Move::kRollback) {
    kind.source = asked.after;
    return kind;
  }
  for (const LedgerFacts& ledger : asked.predecessors) {
    const RecordFact* const record = NewestBrought(ledger, brought);
    if (!brought.status()) return brought.status().error();
    if (record == nullptr) continue;
    Result<MoveKind> promotion = AskPromotion(asked, ledger.environment, *record);
    if (!promotion || promotion->move == promotion::Move::kPromotion) return promotion;
    if (kind.why_direct.empty()) kind.why_direct = promotion->why_direct;
  }
  kind.source = asked.after;
  return kind;
}

std::optional<promotion::StandingRollback> StandingRollbackOf(
    const std::optional<promotion::RecordHeadOf>& head) {
  if (!head || !head->record.restores) return std::nullopt;
  const promotion::RecordHead& record = head->record.head;
  return promotion::StandingRollback{head->digest, record.sequence, record.actor, record.reason.value_or("")};
}

std::string RollbackTrailers(std::uint64_t sequence, std::string_view reason) {
  return std::string(kRollback) + std::to_string(sequence) + "\n" + std::string(kReason) +
         std::string(reason) + "\n";
}

}  // namespace sluice::gate
