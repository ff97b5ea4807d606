// What `sluice diff` has to say, and its three forms.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/finding.h"

namespace sluice::cli {

struct FieldLine {
  std::string field;
  std::string before, after;  // canonical JSON, printable; empty: absent on that side
  bool hidden = false;        // a value of a Secret: it differs, and is not shown
  std::string file;           // where the value after the change was written; empty: unknown
  std::uint32_t line = 0;
};

struct ObjectLines {
  char sign = '~';  // '+' new, '-' gone, '~' changed
  ObjectName name;
  std::string file;
  std::uint32_t line = 0;
  std::vector<FieldLine> fields;  // of a changed object
};

struct BuildDiff {
  std::string name;
  std::size_t added = 0, changed = 0, removed = 0;
  std::vector<ObjectLines> objects;
  Findings findings;  // why it, or what it is held against, was not built
};

std::string DiffAsText(const std::vector<BuildDiff>& builds, bool colour);
std::string DiffAsJson(const std::vector<BuildDiff>& builds);
std::string DiffAsMarkdown(const std::vector<BuildDiff>& builds);

}  // namespace sluice::cli
