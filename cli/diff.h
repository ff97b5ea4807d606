// What `sluice diff` has to say, and its three forms.
#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.h"
#include "report/json_writer.h"

namespace sluice::cli {

struct FieldLine {
  std::string field;
  std::string before, after;  // canonical JSON, printable; empty: absent on that side
  bool hidden = false;        // a value of a Secret: it differs, and is not shown
  std::string file;           // where the value after the change was written; empty: unknown
  std::uint32_t line = 0;
};

struct ObjectLines {
  char sign = '~';  // '+' new, '-' gone, '~' changed, '!' to be deleted and made anew
  ObjectName name;
  std::string file;
  std::uint32_t line = 0;
  std::vector<FieldLine> fields;   // of a changed object
  std::vector<std::string> notes;  // what an API server says of it: who loses a field, what is immutable
};

struct BuildDiff {
  std::string name;
  std::size_t added = 0, changed = 0, removed = 0;
  std::size_t replaced = 0;
  bool live = false;  // held against what runs in a cluster, where replacements are told too
  std::vector<ObjectLines> objects;
  Findings findings;  // why it, or what it is held against, was not built
};

// What may differ and was not looked at: a remote base, a chart without helm.
struct NotCompared {
  std::string file;
  std::uint32_t line = 0;  // 0: the whole file
  std::string reason;

  auto operator<=>(const NotCompared&) const = default;
};

struct TreeDiff {
  std::vector<BuildDiff> builds;  // that differ, or could not be built
  std::set<NotCompared> not_compared;
  Findings findings;                                      // about objects that define builds, and limits
  std::string nothing = "nothing that is built differs";  // without builds
};

std::string DiffAsText(const TreeDiff& diff, bool colour);
std::string DiffAsJson(const TreeDiff& diff);
std::string DiffAsMarkdown(const TreeDiff& diff);

// One object as all JSON of differences has it.
void AddObject(const ObjectLines& object, report::JsonWriter& json);

}  // namespace sluice::cli
