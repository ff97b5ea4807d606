// Whether the people of a record are those whom the rules of that time asked for, whoever
// asked for it among them: `environments`, `people` and `review` of the configuration that
// the record holds, its own and the operator's (docs/ledger.md, section 8).
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "base/file_tree.h"
#include "git/repository.h"
#include "promotion/ledger.h"
#include "promotion/promotion_keys.h"

namespace sluice::promotion {

// From policy/ or floor/ of a record, whose names are escaped; `tree` begins below that.
// Nothing is set where there is no sluice.yaml.
Result<PromotionSettings> ReadRecordedSettings(const FileTree& tree);

struct RulesOfRecord;  // record_rules.cc

// Keeps what it read: many records have one policy.
class RecordRules {
 public:
  explicit RecordRules(std::shared_ptr<const git::Repository> repository);
  ~RecordRules();

  // An Error says who is missing. Authors, and rules for paths, are asked by what those who
  // agreed say that they saw, and by commits and trees of the source. Where these are not in the
  // repository any more, or lie further apart than 20,000 commits or files, and somebody who is
  // counted says nothing of them, the record is counted as unseen; so is one whose commits had to
  // be signed, since their signatures are not asked again.
  Status Check(const WeighedRecord& weighed);
  // The same of a record that is not written yet: `floor` is what it will hold there, and
  // its floor_tree is zero; null: it will hold none. Asked with the source and without it, as
  // an agent does.
  Status CheckNext(const WeighedRecord& weighed, const FileTree* floor);
  std::uint64_t unseen() const { return unseen_; }

 private:
  Result<const RulesOfRecord*> RulesAt(const Oid& tree);
  Status CheckBothWays(const WeighedRecord& weighed, std::span<const RulesOfRecord* const> all);
  Status CheckAll(const WeighedRecord& weighed, std::span<const RulesOfRecord* const> all);
  Status CheckBy(const RulesOfRecord& rules, const WeighedRecord& weighed, bool broken_elsewhere);

  std::shared_ptr<const git::Repository> repository_;
  std::map<Oid, std::unique_ptr<const RulesOfRecord>> rules_;  // by the tree that holds them
  std::uint64_t unseen_ = 0;
  bool by_source_ = true;
};

}  // namespace sluice::promotion
