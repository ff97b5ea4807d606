// Every bound on what a push may cost, in one table. The defaults are those of
// docs/limits.md; an operator may change them. Past a limit there is a finding
// that names it, never a crash and never a pass.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sluice {

struct Limits {
  std::size_t file_bytes = 16u << 20;
  std::size_t object_bytes = 3u << 20;  // of its canonical JSON: the API server's request limit
  std::size_t push_bytes = 64u << 20;   // of changed manifests
  std::size_t push_files = 20'000;      // changed files
  std::size_t push_objects = 50'000;
  std::size_t depth = 100;  // nesting of a document
  std::size_t mapping_keys = 10'000;
  std::size_t anchors = 100;              // in one document
  std::size_t expansion_nodes = 200'000;  // nodes of one document, aliases followed
  std::size_t regex_bytes = 8u << 20;     // RE2's memory for one pattern
  std::chrono::milliseconds hook_deadline{4000};
};

}  // namespace sluice
