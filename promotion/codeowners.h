// CODEOWNERS files as GitHub reads them. A line is a pattern in the manner of
// gitignore and its owners, of whom any one may agree; the last line that matches
// a path counts, and one without owners says that nobody owns it. A line with a
// mistake is passed over, as GitHub does, and told. Facts:
// docs.github.com, "About code owners".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::promotion {

// Where forges look. A policy holds what lies at any of them.
inline constexpr std::string_view kAllCodeownersPlaces[] = {
    ".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS", ".gitea/CODEOWNERS"};
// Where GitHub looks, in this order; the first file counts.
inline constexpr auto kCodeownersPlaces = std::span(kAllCodeownersPlaces).first<3>();

// From here on GitHub does not read the file at all. MB may mean either: the smaller.
inline constexpr std::size_t kCodeownersBytes = 3'000'000;
// Ours, so that one push cannot ask for hours.
inline constexpr std::size_t kCodeownersRules = 10'000;
inline constexpr std::size_t kCodeownersPattern = 4'096;

struct CodeOwner {
  enum class Kind : std::uint8_t { kUser, kTeam, kEmail } kind = Kind::kUser;
  std::string name;  // "ana", "shop/sre", "ana@shop.example"

  friend bool operator==(const CodeOwner&, const CodeOwner&) = default;
};

struct CodeownersRule {
  std::string pattern;  // as written
  std::vector<CodeOwner> owners;
  std::uint32_t line = 0;
  std::vector<std::string> parts;  // of the pattern, for OwnersOf
};

struct SkippedLine {
  std::uint32_t line = 0;
  std::string reason;
};

struct Codeowners {
  std::vector<CodeownersRule> rules;
  std::vector<SkippedLine> skipped;
  std::string unread;  // why nothing of it was read; then no path may be taken for unowned
};

Codeowners ParseCodeowners(std::string_view text);

// The line that counts for a file's path, or null: nobody owns it. The cost is
// that of each line times the parts of the path.
const CodeownersRule* OwnersOf(const Codeowners& codeowners, std::string_view path);

}  // namespace sluice::promotion
