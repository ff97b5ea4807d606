// Whether a file fits a JSON Schema beyond doubt, told from the two texts alone.
// valijson needs 0.5 ms to compile a schema, in every hook anew, and nearly
// every file fits: it is asked only where something may have to be told.
#pragma once

#include <string_view>

#include "manifests/document.h"

namespace sluice::schemas {

// `schema` is the text of a schema of ours. True: JsonSchema::Check finds
// nothing, its bounds on the work apart. False says nothing, and is the answer
// to every keyword and value that is not understood here. Knows the keywords of
// draft 7 that our published schemas use.
bool SurelyFits(std::string_view schema, const manifests::ParsedFile& file);

}  // namespace sluice::schemas
