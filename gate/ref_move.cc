// Tested by tests/gate/push_test.cc and tests/push/ref-moves.sh.
#include "gate/ref_move.h"

#include <iterator>

#include "gate/approval_push.h"
#include "gate/outcome_push.h"
#include "gate/rules.h"
#include "git/changes.h"
#include "manifests/text.h"

namespace sluice::gate {
namespace {

constexpr std::size_t kMaxAncestry = 200'000;  // commits walked to tell a forced push

Findings One(const Rule& rule, std::string message) {
  return {MakeFinding(rule, {}, {}, std::move(message))};
}

Result<Findings> CheckForward(const git::Repository& repository, const RefMove& move) {
  const Result<bool> forward =
      git::IsAncestor(repository, move.update.old_id, move.update.new_id, kMaxAncestry);
  if (!forward) return forward.error();
  if (*forward) return Findings();
  return One(kNonFastForwardRule,
             ShortName(move.ref) + " would lose commits: the push is not a fast-forward");
}

Result<Findings> CheckProtected(const git::Repository& repository, const RefMove& move) {
  const std::string name = ShortName(move.ref);
  if (move.Deletes()) {
    return move.protection.remove ? Findings()
                                  : One(kProtectedDeleteRule, name + " is protected and may not be deleted");
  }
  if (move.update.old_id.IsZero()) {
    return move.protection.create || move.brings_policy
               ? Findings()
               : One(kProtectedCreateRule, name + " is protected and may not be created");
  }
  return move.protection.force ? Findings() : CheckForward(repository, move);
}

// Whoever pushes says where the ref was, and git asks only when it moves it: what was
// held against another commit would be written down as if it followed from there.
Status CheckStands(const git::Repository& repository, const RefMove& move) {
  const Result<Oid> now = repository.ResolveRef(move.ref);
  if (!now && now.error().kind != ErrorKind::kNotFound) return now.error();
  if (now ? *now == move.update.old_id : move.update.old_id.IsZero()) return Ok{};
  return Failed(ShortName(move.ref) + (now ? " stands at " + now->Hex().substr(0, 7) : " is not there") +
                " and not where this push says that it was: fetch, and push again");
}

RefKind KindOfOurs(const RefMove& move) {
  if (MakesApproval(move)) return RefKind::kApproval;
  return NamesOutcome(move) ? RefKind::kOutcome : RefKind::kReserved;
}

// One that is there may go.
bool Replaces(const RefMove& move) {
  return !move.Deletes() &&
         (move.ref.starts_with(kReplacingRefs) || move.update.ref.starts_with(kReplacingRefs));
}

// The name is read by people too; one that is there already may go.
Findings CheckName(const RefMove& move) {
  if (!move.update.old_id.IsZero()) return {};
  Findings findings = manifests::CheckPath(move.update.ref);
  for (Finding& finding : findings) {
    finding.file.clear();
    finding.message += ", in the name of the ref";
    finding.remedy = "push it under another name";
  }
  return findings;
}

}  // namespace

RefMove MoveOf(const Push& push, const PolicySide& own, const PolicySide* floor, const RefUpdate& update) {
  RefMove move;
  move.update = update;
  const Result<std::string> target = push.repository->TargetRef(update.ref);
  move.ref = target ? *target : update.ref;  // what cannot be followed git does not move either
  if (move.ref.starts_with(kReservedRefs) || update.ref.starts_with(kReservedRefs)) {
    move.kind = KindOfOurs(move);
  } else if (std::optional<Protection> protection = FindProtection(own, floor, move.ref)) {
    move.kind = RefKind::kProtected;
    move.protection = *std::move(protection);
  }
  move.brings_policy = own.first_push && move.ref == own.ref;
  return move;
}

Result<Findings> CheckMove(const git::Repository& repository, const RefMove& move) {
  if (move.kind == RefKind::kReserved) return One(kReservedRefRule, move.ref + " is written by Sluice alone");
  if (Replaces(move))
    return One(kReplacingRefRule,
               move.ref + " would show other bytes in the place of those that were judged");
  Findings findings = CheckName(move);
  if (move.kind != RefKind::kProtected) return findings;
  if (Status stands = CheckStands(repository, move); !stands) return stands.error();
  Result<Findings> more = CheckProtected(repository, move);
  if (!more) return more;
  std::move(more->begin(), more->end(), std::back_inserter(findings));
  return findings;
}

}  // namespace sluice::gate
