// Where the readers of a file put what they find.
#pragma once

#include <string>
#include <utility>

#include "manifests/byte_scan.h"
#include "manifests/document.h"

namespace sluice::manifests {

// What a key means that stands twice in one mapping.
enum class DuplicateKeys : unsigned char { kRefused, kLastWins };

class Problems {
 public:
  explicit Problems(ParsedFile& file, DuplicateKeys duplicates = DuplicateKeys::kRefused)
      : file_(file), duplicates_(duplicates) {}

  // Adds a finding and is false: "return problems.Add(…)" ends a reader.
  bool Add(const Rule& rule, Range range, std::string message) {
    file_.findings.push_back(MakeFinding(rule, file_.path, range, std::move(message)));
    return false;
  }
  bool Add(Problem problem) { return Add(*problem.rule, problem.range, std::move(problem.message)); }
  void Warn(const Rule& rule, Range range, std::string message) {
    Add(rule, range, std::move(message));
    file_.findings.back().severity = Severity::kWarning;
  }
  std::size_t count() const { return file_.findings.size(); }
  DuplicateKeys duplicates() const { return duplicates_; }

 private:
  ParsedFile& file_;
  DuplicateKeys duplicates_;
};

}  // namespace sluice::manifests
