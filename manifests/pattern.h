// Regular expressions over hostile text: RE2, with bounded memory. The one
// place for RE2; policies and the gate match through here.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"

namespace sluice::manifests {

class Pattern {
 public:
  // Go's syntax as far as RE2 knows it; kUsage with RE2's words where it does not.
  static Result<Pattern> Compile(std::string_view text, std::size_t max_bytes = 8u << 20);
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  bool Search(std::string_view text) const;  // anywhere in `text`; thread-safe

 private:
  struct Impl;
  explicit Pattern(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::manifests
