// Tested by tests/promotion/digest_list_test.cc, with the lists that sha256sum made.
#include "promotion/digest_list.h"

#include <algorithm>

#include "promotion/object_path.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

constexpr std::size_t kDigest = 64;
constexpr std::string_view kBetween = "  ";

std::string OrDash(const std::string& digest) { return digest.empty() ? "-" : digest; }

}  // namespace

Result<DigestList> ReadDigestList(std::string_view what, std::string_view text) {
  DigestList list;
  while (!text.empty()) {
    const auto wrong = [&](std::string_view message) {
      return Failed(std::string(what) + ", line " + std::to_string(list.size() + 1) + ": " +
                    std::string(message));
    };
    if (list.size() == kListedFiles) return LimitPassed(std::string(what) + " lists more than 50,000 files");
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return wrong("a line ends with a line feed");
    const std::string_view line = text.substr(0, end);
    const bool whole = line.size() > kDigest + 2 && IsDigest(line.substr(0, kDigest)) &&
                       line.substr(kDigest, 2) == kBetween && IsEscapedPath(line.substr(kDigest + 2));
    if (!whole) return wrong("a line is a digest, two blanks and a path");
    const std::string_view path = line.substr(kDigest + 2);
    if (!list.empty() && list.back().path >= path) return wrong("lines are sorted by path, none twice");
    list.push_back({std::string(path), std::string(line.substr(0, kDigest))});
    text.remove_prefix(end + 1);
  }
  return list;
}

std::string DigestListText(const DigestList& list) {
  std::string text;
  for (const ListedFile& file : list)
    text.append(file.digest).append(kBetween).append(file.path).append("\n");
  return text;
}

std::vector<ChangedFile> Changes(const DigestList& before, const DigestList& after) {
  std::vector<ChangedFile> changes;
  auto old = before.begin(), now = after.begin();
  while (old != before.end() || now != after.end()) {
    if (now == after.end() || (old != before.end() && old->path < now->path)) {
      changes.push_back({old->path, old->digest, {}});
      ++old;
    } else if (old == before.end() || now->path < old->path) {
      changes.push_back({now->path, {}, now->digest});
      ++now;
    } else {
      if (old->digest != now->digest) changes.push_back({now->path, old->digest, now->digest});
      ++old;
      ++now;
    }
  }
  return changes;
}

std::string ChangeText(std::span<const ChangedFile> changes, std::string_view strip) {
  std::string text;
  for (const ChangedFile& change : changes) {
    std::string_view path = change.path;
    if (path.substr(0, strip.size()) == strip) path.remove_prefix(strip.size());
    text.append(path)
        .append(" ")
        .append(OrDash(change.before))
        .append(" ")
        .append(OrDash(change.after))
        .append("\n");
  }
  return text;
}

std::string ChangeDigest(const DigestList& before, const DigestList& after, std::string_view strip) {
  return DigestOf(ChangeText(Changes(before, after), strip));
}

}  // namespace sluice::promotion
