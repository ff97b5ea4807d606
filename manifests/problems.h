// Where the readers of a file put what they find.
#pragma once

#include <string>
#include <utility>

#include "manifests/byte_scan.h"
#include "manifests/document.h"

namespace sluice::manifests {

class Problems {
 public:
  explicit Problems(ParsedFile& file) : file_(file) {}

  // Adds a finding and is false: "return problems.Add(…)" ends a reader.
  bool Add(const Rule& rule, Range range, std::string message) {
    file_.findings.push_back(MakeFinding(rule, file_.path, range, std::move(message)));
    return false;
  }
  bool Add(Problem problem) { return Add(*problem.rule, problem.range, std::move(problem.message)); }
  std::size_t count() const { return file_.findings.size(); }

 private:
  ParsedFile& file_;
};

}  // namespace sluice::manifests
