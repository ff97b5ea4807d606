// The files of a chart: from a directory of the tree or from the cache, with the
// charts that it depends on where Helm looks for them.
#pragma once

#include <string>
#include <vector>

#include "manifests/render/helm.h"

namespace sluice::manifests::render {

struct Chart {
  std::vector<ChartFile> files;
  std::vector<RepoPath> origins;      // of each file, in the tree; the root: it came from the cache
  std::vector<std::string> left_out;  // why something that lies there is no part of it: a link
  std::string missing;                // not empty: why it cannot be rendered, with what to do
  std::vector<std::string> read;      // as Built::read

  // Index in `files`, or npos.
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
  std::size_t Find(std::string_view path) const;
};

// Never fails: what is not there, not exact or too large stands in `missing`.
// No link is followed; "file://" dependencies are taken from the tree, others
// from `cache` (a directory, see chart_cache.h; empty: there is none), in the
// version of Chart.lock.
Chart ReadChart(Sources& sources, const ChartSource& source, const std::string& cache);

}  // namespace sluice::manifests::render
