// JSON text to documents, as kubectl reads a file that begins with a brace.
#pragma once

#include "manifests/document.h"

namespace sluice::manifests {

// Reads file.bytes, which have passed ScanBytes, into file.documents: one value
// after another, as Go's json.Decoder takes them. Stricter than Go where readers
// disagree: no key twice, no half of a surrogate pair. The first problem becomes
// a finding and ends the reading.
void ReadJson(const Limits& limits, ParsedFile& file);

}  // namespace sluice::manifests
