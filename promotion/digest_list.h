// Lists of digests, as sha256sum writes them, and what differs between two
// (docs/ledger.md, section 2).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sluice::promotion {

inline constexpr std::size_t kListedFiles = 50'000;
inline constexpr std::size_t kListBytes = 256u << 20;  // as many of the longest paths

struct ListedFile {
  std::string path;
  std::string digest;

  friend bool operator==(const ListedFile&, const ListedFile&) = default;
};

// Sorted by path, no path twice.
using DigestList = std::vector<ListedFile>;

// From objects.sha256 or policy.sha256 (`what`): every line as it should be and in
// its place, at most kListedFiles. An Error names the line.
Result<DigestList> ReadDigestList(std::string_view what, std::string_view text);
std::string DigestListText(const DigestList& list);

// A path that differs; an empty digest where it is missing.
struct ChangedFile {
  std::string path;
  std::string before;
  std::string after;
};

std::vector<ChangedFile> Changes(const DigestList& before, const DigestList& after);

// The lines that people agree to, and their digest. `strip` is taken off the front of
// each path ("objects/").
std::string ChangeText(std::span<const ChangedFile> changes, std::string_view strip);
std::string ChangeDigest(const DigestList& before, const DigestList& after, std::string_view strip);

}  // namespace sluice::promotion
