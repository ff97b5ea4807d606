// Tested by tests/promotion/restored_test.cc.
#include "promotion/restored.h"

#include <algorithm>

namespace sluice::promotion {

void Restorables::Add(const Record& record) {
  records_.push_back({record.head.sequence, record.set, record.source.commit, record.source.tree});
  if (records_.size() > kRestorable) records_.pop_front();
}

const Restorable* Restorables::Find(std::uint64_t sequence) const {
  const auto found = std::find_if(records_.begin(), records_.end(),
                                  [&](const Restorable& one) { return one.sequence == sequence; });
  return found == records_.end() ? nullptr : &*found;
}

Status CheckRestores(const Record& record, const Restorable* restored) {
  if (!record.restores) return Ok{};
  const std::string named = "record " + std::to_string(*record.restores);
  if (restored == nullptr || restored->sequence != *record.restores)
    return Failed("it restores " + named + ", which is not among the " + std::to_string(kRestorable) +
                  " before it");
  if (record.set != restored->set)
    return Failed("it restores " + named + ", and its objects are not those of that");
  if (record.source.tree != restored->tree)
    return Failed("it restores " + named + ", and its files are not those of that");
  if (record.source.folder && record.source.commit != restored->commit)
    return Failed("it restores " + named + ", and is of another commit than that");
  return Ok{};
}

}  // namespace sluice::promotion
