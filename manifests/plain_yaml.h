// The second reader of YAML: most manifests use little of the language, and
// that little can be read at once, with a quarter of the instructions.
#pragma once

#include "manifests/byte_scan.h"
#include "manifests/document.h"

namespace sluice::manifests {

// Reads file.bytes, which have passed ScanBytes with the result `scan`, where
// all of them lie in the plain subset (plain_yaml.cc says what that is): then
// file.documents are those that ComposeYaml would have made, node by node and
// place by place. False where they do not, or where anything is wrong with
// them: nothing is kept, and ComposeYaml has to say what the file means.
bool ReadPlainYaml(const ByteScan& scan, const Limits& limits, ParsedFile& file);

}  // namespace sluice::manifests
