// What a rollback goes back to: an older record of the same environment, whose content it
// records anew (docs/ledger.md, section 8). Asked by whoever writes the record and by everybody
// who verifies it.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "base/result.h"
#include "promotion/record.h"

namespace sluice::promotion {

// So many records before it may be gone back to.
inline constexpr std::size_t kRestorable = 256;

struct Restorable {
  std::uint64_t sequence = 0;
  std::string set;           // digest of its objects
  std::string commit, tree;  // of its source
};

// The newest kRestorable of a chain, as they were verified; ascending.
class Restorables {
 public:
  void Add(const Record& record);
  const Restorable* Find(std::uint64_t sequence) const;  // null: it is not among them

 private:
  std::deque<Restorable> records_;
};

// Whether `record` has the objects and the files of the record that it says it restores:
// `restored`, null where that is not among the kRestorable before it. Of a folder it has that
// one's source, too, since no commit is made there. Met where it restores none.
Status CheckRestores(const Record& record, const Restorable* restored);

}  // namespace sluice::promotion
