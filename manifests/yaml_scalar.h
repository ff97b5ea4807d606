// One scalar of a YAML file, from how it was written to what it means.
#pragma once

#include <optional>
#include <string_view>

#include "manifests/byte_scan.h"
#include "manifests/document.h"
#include "manifests/problems.h"
#include "manifests/source_cursor.h"

namespace sluice::manifests {

struct WrittenScalar {
  std::string_view text;  // without quotes, escapes and indentation
  std::string_view tag;   // in its long form; empty for none and for "!"
  NodeStyle style = NodeStyle::kPlain;
  bool resolves = false;  // plain, or tagged "!"
  bool in_flow = false;   // between brackets or braces
  Range range;            // libyaml's
};

// REQUIRES: the scalars of a file are read in their order.
class ScalarReader {
 public:
  ScalarReader(const ByteScan& scan, ParsedFile& file, Problems& problems)
      : scan_(scan), file_(file), problems_(problems) {}

  // Fills kind, style, text, value and range. A whole float stays a float. False
  // after a finding: the scalar means nothing to Kubernetes, or other readers
  // read it differently.
  bool Read(const WrittenScalar& scalar, Node& node);

 private:
  bool Resolve(const WrittenScalar& scalar, Node& node);
  bool ResolveWithTag(std::string_view tag, Node& node);
  bool CheckPlainInFlow(const Node& node);
  bool CheckEscapes(const Node& node);
  bool CheckBlock(Node& node);
  SourceCursor& Source();

  const ByteScan& scan_;
  ParsedFile& file_;
  Problems& problems_;
  std::optional<SourceCursor> source_;  // made where it is needed
};

}  // namespace sluice::manifests
