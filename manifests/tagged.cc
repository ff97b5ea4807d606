// Scalars with a tag: what the tag names must be what the text says, as in
// go-yaml v2's resolve(). Tested by tests/manifests/scalar_test.cc.
#include <algorithm>
#include <iterator>
#include <string>

#include "manifests/scalar.h"
#include "manifests/utf8.h"

namespace sluice::manifests {
namespace {

int Base64Digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// Go's base64.StdEncoding: padded, line ends ignored, trailing bits free.
bool DecodeBase64(std::string_view text, std::string& out) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c != '\n' && c != '\r'; });
  if (digits.size() % 4 != 0) return false;
  const std::size_t padding = digits.ends_with("==") ? 2 : digits.ends_with('=') ? 1 : 0;
  digits.resize(digits.size() - padding);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : digits) {
    const int digit = Base64Digit(c);
    if (digit < 0) return false;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if ((count += 6) >= 8) out += static_cast<char>(bits >> (count -= 8) & 0xFF);
  }
  return true;
}

TagResult ResolveBinary(Node& node, Arena& arena) {
  std::string bytes;
  if (!DecodeBase64(node.text, bytes) || !IsUtf8(bytes)) return TagResult::kBadBase64;
  node.text = arena.Keep(bytes);
  return TagResult::kRead;
}

// A whole number tagged !!float; go-yaml refuses those above int64.
TagResult IntegerAsFloat(Node& node) {
  if (node.is_unsigned) return TagResult::kMismatch;
  node.kind = NodeKind::kFloat;
  node.value.number = static_cast<double>(node.value.integer);
  return TagResult::kRead;
}

}  // namespace

TagResult ResolveTagged(std::string_view tag, Node& node, Arena& arena) {
  constexpr std::string_view kCore = "tag:yaml.org,2002:";
  if (!tag.starts_with(kCore)) return TagResult::kUnknown;
  tag.remove_prefix(kCore.size());
  node.kind = NodeKind::kString;
  if (tag == "str") return TagResult::kRead;
  if (tag == "binary") return ResolveBinary(node, arena);
  constexpr struct {
    std::string_view name;
    NodeKind kind;
  } kTags[] = {{"int", NodeKind::kInteger},
               {"float", NodeKind::kFloat},
               {"bool", NodeKind::kBool},
               {"null", NodeKind::kNull}};
  for (const auto& [name, kind] : kTags) {
    if (tag != name) continue;
    if (!ResolvePlain(node)) return TagResult::kNotFinite;
    if (node.kind == NodeKind::kInteger && kind == NodeKind::kFloat) return IntegerAsFloat(node);
    return node.kind == kind ? TagResult::kRead : TagResult::kMismatch;
  }
  return TagResult::kUnknown;
}

}  // namespace sluice::manifests
