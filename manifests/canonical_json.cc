// Canonical JSON, version 1. One object has one text:
//   - members sorted by the bytes of their keys, no blanks;
//   - integers in full; other numbers as in number.h (the shortest digits that
//     read back, as ECMAScript and Go write them; -0 is 0);
//   - null, true, false; nulls are kept;
//   - in texts \" and \\, \b \t \n \f \r, and \u00xx for the other characters
//     below U+0020; \u and four lower-case digits for U+007F to U+009F, U+2028,
//     U+2029, U+FEFF, U+FFFE and U+FFFF, which YAML readers (the API server reads
//     apply requests as YAML) refuse or change; all else raw.
// Surrogate escapes never occur: those readers refuse them.
// Recursion is bounded: trees are at most limits.depth deep.
// Tested by tests/manifests/canonical_json_test.cc.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "crypto/digest.h"
#include "manifests/number.h"
#include "manifests/object.h"
#include "manifests/utf8.h"

namespace sluice::manifests {
namespace {

bool IsEscaped(char32_t value) {
  return value < 0x20 || value == '"' || value == '\\' || (value >= 0x7F && value < 0xA0) ||
         value == 0x2028 || value == 0x2029 || value == 0xFEFF || value == 0xFFFE || value == 0xFFFF;
}

void AppendEscape(char32_t value, std::string& out) {
  constexpr std::string_view kMeanings = "\"\\\b\t\n\f\r";
  constexpr std::string_view kLetters = "\"\\btnfr";
  const std::size_t letter = value < 0x80 ? kMeanings.find(static_cast<char>(value)) : std::string_view::npos;
  if (letter != std::string_view::npos) {
    (out += '\\') += kLetters[letter];
  } else {
    out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(value));
  }
}

bool IsAsciiRaw(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\';
}

void AppendText(std::string_view text, std::string& out) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const auto raw = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), IsAsciiRaw);
    const auto end = static_cast<std::size_t>(raw - text.begin());
    out.append(text.substr(at, end - at));
    if ((at = end) == text.size()) break;
    CodePoint point = DecodeUtf8(text, at);
    if (point.size == 0) point = {0xFFFD, 1};  // cannot be: the parse made sure
    if (IsEscaped(point.value)) {
      AppendEscape(point.value, out);
    } else {
      AppendUtf8(point.value, out);
    }
    at += point.size;
  }
  out += '"';
}

void AppendNode(const Node& node, std::string& out);

void AppendMapping(const Node& mapping, std::string& out) {
  std::vector<const Node*> members(mapping.children.size());
  std::ranges::transform(mapping.children, members.begin(), [](const Node& node) { return &node; });
  std::ranges::sort(members, {}, &Node::key);
  out += '{';
  for (const Node* member : members) {
    if (member != members.front()) out += ',';
    AppendText(member->key, out);
    out += ':';
    AppendNode(*member, out);
  }
  out += '}';
}

void AppendSequence(const Node& sequence, std::string& out) {
  out += '[';
  for (const Node& element : sequence.children) {
    if (&element != &sequence.children.front()) out += ',';
    AppendNode(element, out);
  }
  out += ']';
}

void AppendNode(const Node& node, std::string& out) {
  switch (node.kind) {
    case NodeKind::kNull:
      out += "null";
      break;
    case NodeKind::kBool:
      out += node.value.boolean ? "true" : "false";
      break;
    case NodeKind::kInteger:
      if (node.is_unsigned) {
        out += fmt::format_int(static_cast<std::uint64_t>(node.value.integer)).c_str();
      } else {
        out += fmt::format_int(node.value.integer).c_str();
      }
      break;
    case NodeKind::kFloat:
      AppendDouble(node.value.number, out);
      break;
    case NodeKind::kString:
      AppendText(node.text, out);
      break;
    case NodeKind::kSequence:
      AppendSequence(node, out);
      break;
    case NodeKind::kMapping:
      AppendMapping(node, out);
      break;
  }
}

}  // namespace

void CanonicalJson(const Node& node, std::string& out) { AppendNode(node, out); }

std::array<std::uint8_t, 32> Digest(const Object& object) {
  std::string json;
  CanonicalJson(*object.root, json);
  return crypto::DigestSha256(json);
}

}  // namespace sluice::manifests
