// One built object looked at: the checks of every object, and each finding
// moved from the space of all lines to the file that the author wrote.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "gate/built_record.h"
#include "gate/examine.h"
#include "gate/source_lines.h"
#include "manifests/render/build.h"

namespace sluice::gate {

// The lines of a tree's files that findings about built objects may show (D18).
// Thread-safe.
class BuiltLines {
 public:
  // Fills `source_line`; the finding's range is still in line space.
  void Show(const manifests::render::SourceFile& file, Finding& finding);
  // The same of a finding whose range is that in its own file, which a build has read.
  void ShowInFile(manifests::render::Sources& sources, Finding& finding);

 private:
  std::mutex mutex_;
  std::map<const manifests::render::SourceFile*, SourceLines> files_;
};

struct BuiltContext {
  const ExamineOptions* options = nullptr;
  const manifests::render::Sources* sources = nullptr;
  BuiltLines* lines = nullptr;
  std::string root_file;     // that defines the root
  bool substituted = false;  // somebody puts values in place of ${…} that no build here knows
};

// What a value of a built object stands for is not known in `object.unknown`:
// there a finding about ${…} is no finding, and the evidence says so.
Findings CheckBuilt(const BuiltContext& context, const manifests::render::BuiltObject& object);
BuiltRecord RecordBuilt(const BuiltContext& context, const manifests::render::BuiltObject& object);

// Puts a finding to where a field of the object was written ("spec.replicas"),
// or to the nearest one above it that is there.
void PlaceAt(const BuiltContext& context, const manifests::render::BuiltObject& object,
             std::string_view field, Finding& finding);

// "file:line" where the object's own text begins; empty for an object of no file.
std::string OriginOf(const manifests::render::Sources& sources, const manifests::Object& object);

}  // namespace sluice::gate
