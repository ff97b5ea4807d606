// What excuses a finding: the value or key at its very place stands for
// another one. `${…}` is replaced by Flux, a value as SOPS writes it by whoever
// decrypts the file. The text beside it, a comment say, excuses nothing.
#pragma once

#include <vector>

#include "base/finding.h"
#include "manifests/document.h"

namespace sluice::gate {

// The places of one file, or of one object. Cheap for a file that holds neither.
class Excuses {
 public:
  // `file` must outlive it.
  explicit Excuses(const manifests::ParsedFile& file);
  // The places of one object; `root` must outlive it.
  explicit Excuses(const manifests::Node& root);

  bool has_placeholders() const { return has_placeholders_; }
  // True where the key or the scalar value at the finding's place holds ${…}.
  bool Placeholder(const Finding& finding) const;
  // True where the value at the finding's place is one that SOPS encrypted.
  bool Encrypted(const Finding& finding) const;

 private:
  void Walk(const manifests::Node& node, std::size_t depth);

  bool has_placeholders_ = false;
  std::vector<Range> placeholders_;  // sorted
  std::vector<Range> encrypted_;     // sorted
};

}  // namespace sluice::gate
