// Where a version of a built object is written, and how the predecessor's gets there. For
// carry.cc.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "manifests/render/sources.h"
#include "manifests/scalar_edit.h"

namespace sluice::gate {

struct VersionEdits {
  std::shared_ptr<const manifests::render::SourceFile> file;  // lives as long as the Sources
  std::uint32_t line = 0;                                     // in it
  std::vector<manifests::ScalarEdit> edits;                   // of that file
};

// An entry of `images` in a kustomization of the folder.
struct ImageEntry {
  std::shared_ptr<const manifests::render::SourceFile> file;
  const manifests::Node* entry = nullptr;  // of the file
};

// Of kustomizations, in their order.
std::vector<ImageEntry> ImageEntries(
    const std::vector<std::shared_ptr<const manifests::render::SourceFile>>& kustomizations);

// `built` is the value as it is built, `becomes` the predecessor's; `place` is that of
// `built`. Where an entry sets such images, its parts are written, the first one's: what
// stands elsewhere would not count. kUsage, half a sentence: it cannot be written.
Result<VersionEdits> EditsFor(const manifests::Node& built, const manifests::Node& becomes,
                              const manifests::render::Place& place, const std::vector<ImageEntry>& entries);

}  // namespace sluice::gate
