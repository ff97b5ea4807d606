// Names that a file system or a tool would take for something else. The lists
// are those of git's own checks: is_ntfs_dotgit (path.c) and is_hfs_dotgit
// (utf8.c). Tested by tests/git/entries_test.cc.
#include <algorithm>
#include <cstdint>

#include "git/changes.h"

namespace sluice::git {
namespace {

constexpr std::size_t kMaxNameBytes = 255;  // of Linux's file systems

// Next code point of `text`; false where it is not UTF-8 (overlong forms,
// surrogates and values past U+10FFFF included).
bool TakeCodePoint(std::string_view* text, char32_t* point) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>((*text)[i]); };
  const unsigned first = byte(0);
  const std::size_t size = first < 0x80   ? 1
                           : first < 0xc2 ? 0
                           : first < 0xe0 ? 2
                           : first < 0xf0 ? 3
                           : first < 0xf5 ? 4
                                          : 0;
  if (size == 0 || size > text->size()) return false;
  *point = size == 1 ? first : first & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return false;
    *point = *point << 6 | (byte(i) & 0x3fu);
  }
  const bool overlong = (size == 3 && *point < 0x800) || (size == 4 && *point < 0x10000);
  if (overlong || (*point >= 0xd800 && *point < 0xe000) || *point > 0x10ffff) return false;
  text->remove_prefix(size);
  return true;
}

// Code points that HFS+ leaves out when it compares names.
bool HfsIgnores(char32_t point) {
  return (point >= 0x200c && point <= 0x200f) || (point >= 0x202a && point <= 0x202e) ||
         (point >= 0x206a && point <= 0x206f) || point == 0xfeff;
}

bool IsControl(char32_t point) { return point < 0x20 || (point >= 0x7f && point < 0xa0); }

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

// ".git" or its short name "git~1", however Windows may let it end: with dots
// and spaces, or with a stream behind ':'.
bool IsNtfsDotGit(std::string_view name) {
  const std::string lower = Lower(name.substr(0, 5));
  const std::size_t size = lower == "git~1" ? 5 : lower.starts_with(".git") ? 4 : 0;
  if (size == 0) return false;
  const std::string_view rest = name.substr(size);
  const std::size_t end = std::min(rest.find_first_of(":\\"), rest.size());
  return rest.substr(0, end).find_first_not_of(". ") == rest.npos;
}

// Printable ASCII without separators: most names, and none of them is odd by a character.
bool IsOrdinary(std::string_view name) {
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return c >= 0x20 && c < 0x7f && c != '/' && c != '\\'; });
}

// What is odd about single characters; `plain` becomes the name as HFS+ compares it.
std::string OddCharacters(std::string_view name, std::string* plain) {
  if (IsOrdinary(name)) {
    *plain = name;
    return {};
  }
  while (!name.empty()) {
    const std::string_view before = name;
    char32_t point;
    if (!TakeCodePoint(&name, &point)) return "is not UTF-8";
    if (IsControl(point)) return "holds a control character";
    if (point == U'\\') return "holds a backslash, which Windows takes for a separator";
    if (point == U'/') return "holds a slash";
    if (!HfsIgnores(point)) *plain += before.substr(0, before.size() - name.size());
  }
  return {};
}

}  // namespace

// A leading '-' is not odd by itself: no file name of a push ever becomes an
// argument of a program, and real repositories have such names. Characters
// that cannot be seen are the affair of text/bidirectional.
std::string OddName(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name == "." || name == "..") return "is not a file name";
  if (IsNtfsDotGit(name)) return "is \".git\" to Git or to Windows";
  std::string plain;
  if (std::string odd = OddCharacters(name, &plain); !odd.empty()) return odd;
  if (Lower(plain) == ".git") return "is \".git\" to macOS";
  if (name.ends_with('.') || name.ends_with(' ')) return "ends in a dot or a space, which Windows leaves out";
  if (name.size() > kMaxNameBytes) return "is longer than 255 bytes";
  return {};
}

}  // namespace sluice::git
