// YAML text to documents: libyaml's events, go-yaml v2's meaning.
#pragma once

#include "manifests/byte_scan.h"
#include "manifests/document.h"
#include "manifests/problems.h"

namespace sluice::manifests {

// Reads file.bytes, which have passed ScanBytes with the result `scan`, into
// file.documents. The first thing that cannot be read safely becomes a finding
// and ends the reading (of keys that stand twice, all are shown).
void ComposeYaml(const ByteScan& scan, const Limits& limits, ParsedFile& file,
                 DuplicateKeys duplicates = DuplicateKeys::kRefused);

}  // namespace sluice::manifests
