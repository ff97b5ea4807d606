// The part of text.h that needs a parsed file.
#pragma once

#include "manifests/byte_scan.h"
#include "manifests/document.h"

namespace sluice::manifests {

// Looks for hidden characters in a file that was read. Error in keys, names
// (metadata.name, generateName and namespace), comments and between values;
// warning in other values, where emoji joiners pass, as they do in comments.
// `scan` is that of its bytes.
void CheckDocumentText(const ByteScan& scan, ParsedFile& file);

}  // namespace sluice::manifests
