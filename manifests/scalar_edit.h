// One scalar of a file in other words, every other byte as it was: how a version is
// written into a file that a person keeps.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/range.h"
#include "base/result.h"
#include "manifests/document.h"

namespace sluice::manifests {

struct ScalarEdit {
  std::size_t offset = 0, length = 0;  // bytes of the file that go
  std::string bytes;                   // and what stands there instead

  friend bool operator==(const ScalarEdit&, const ScalarEdit&) = default;
};

// The scalar at `range` of `file`, which says `was`, is to say what `becomes` does: in the
// quotes that it has, in double ones where it has none and needs some. kUsage, half a
// sentence, where other text stands there (an escape, a block, text made of parts) or
// `becomes` is no text or number that can stand there.
Result<ScalarEdit> EditScalar(std::string_view file, const Range& range, std::string_view was,
                              const Node& becomes);

// All of them at once, in any order; one may be there twice. kUsage where two overlap.
Result<std::string> WithEdits(std::string_view file, std::vector<ScalarEdit> edits);

}  // namespace sluice::manifests
