// Tested by tests/promotion/object_path_test.cc.
#include "promotion/object_path.h"

#include <algorithm>
#include <vector>

namespace sluice::promotion {
namespace {

constexpr std::string_view kCore = "core", kCoreEscaped = "%63ore", kNoNamespace = "_cluster";
constexpr std::string_view kHex = "0123456789ABCDEF";
constexpr std::size_t kPathBytes = 4096;

bool IsPlain(char c, PartOf of) {
  const bool lower = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  return lower || (of == PartOf::kPath && ((c >= 'A' && c <= 'Z') || c == '_'));
}

std::vector<std::string_view> Split(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    parts.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

// The parts between slashes, each through `form`, an error where one has one.
template <class Form>
Result<std::string> EachPart(std::string_view path, Form form) {
  std::string out;
  for (const std::string_view part : Split(path)) {
    Result<std::string> formed = form(part);
    if (!formed) return formed.error();
    if (!out.empty()) out += '/';
    out += *formed;
  }
  if (out.size() > kPathBytes) return LimitPassed("a path of more than 4,096 bytes");
  return out;
}

Error BadPart(std::string_view text) {
  return Failed("\"" + std::string(text) + "\" is not a part of a path in a record");
}

Result<std::string> GroupPart(std::string_view group) {
  if (group.empty()) return std::string(kCore);
  return group == kCore ? std::string(kCoreEscaped) : EscapePart(group, PartOf::kName);
}

Result<std::string> NamespacePart(std::string_view ns) {
  return ns.empty() ? std::string(kNoNamespace) : EscapePart(ns, PartOf::kName);
}

}  // namespace

Result<std::string> EscapePart(std::string_view part, PartOf of) {
  std::string text;
  for (const char c : part) {
    if (IsPlain(c, of) && !(c == '.' && text.empty())) {
      text += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    ((text += '%') += kHex[byte >> 4]) += kHex[byte & 15];
  }
  if (text.empty()) return Failed("an empty name has no place in a record");
  if (text.size() > kPartBytes)
    return LimitPassed("a name has more than 255 bytes as it is written in a record: " + text.substr(0, 40) +
                       "…");
  return text;
}

Result<std::string> UnescapePart(std::string_view text, PartOf of) {
  std::string part;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      part += text[at];
      continue;
    }
    const std::size_t high = at + 1 < text.size() ? kHex.find(text[at + 1]) : std::string_view::npos;
    const std::size_t low = at + 2 < text.size() ? kHex.find(text[at + 2]) : std::string_view::npos;
    if (high == std::string_view::npos || low == std::string_view::npos) return BadPart(text);
    part += static_cast<char>(high << 4 | low);
    at += 2;
  }
  const Result<std::string> again = EscapePart(part, of);
  if (!again || *again != text) return BadPart(text);
  return part;
}

Result<std::string> ObjectPath(const ObjectId& object) {
  const Result<std::string> parts[] = {GroupPart(object.group), EscapePart(object.kind, PartOf::kPath),
                                       NamespacePart(object.ns), EscapePart(object.name, PartOf::kName)};
  std::string path;
  for (const Result<std::string>& part : parts) {
    if (!part) return part.error();
    if (!path.empty()) path += '/';
    path += *part;
  }
  return path;
}

Result<ObjectId> ReadObjectPath(std::string_view path) {
  const std::vector<std::string_view> parts = Split(path);
  if (parts.size() != 4) return Failed("\"" + std::string(path) + "\" is not GROUP/KIND/NAMESPACE/NAME");
  ObjectId object;
  std::string* const into[] = {&object.group, &object.kind, &object.ns, &object.name};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if ((i == 0 && parts[i] == kCore) || (i == 2 && parts[i] == kNoNamespace)) continue;
    if (i == 0 && parts[i] == kCoreEscaped) {
      object.group = kCore;
      continue;
    }
    Result<std::string> part = UnescapePart(parts[i], i == 1 ? PartOf::kPath : PartOf::kName);
    if (!part) return part.error();
    *into[i] = std::move(*part);
  }
  return object;
}

bool IsObjectPath(std::string_view path) { return static_cast<bool>(ReadObjectPath(path)); }

Result<std::string> EscapePath(std::string_view path) {
  return EachPart(path, [](std::string_view part) { return EscapePart(part, PartOf::kPath); });
}

Result<std::string> UnescapePath(std::string_view path) {
  return EachPart(path, [](std::string_view part) { return UnescapePart(part, PartOf::kPath); });
}

bool IsEscapedPath(std::string_view path) { return static_cast<bool>(UnescapePath(path)); }

}  // namespace sluice::promotion
