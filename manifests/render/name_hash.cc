// The suffix of a generated name: SHA-256 over the JSON that Go would write of
// what the object holds, its first ten digits in letters that make no words
// (kustomize's api/hasher). The name is no part of it: kustomize looks for it
// under a key "metadata/name", finds nothing and hashes an empty text.
// Tested by tests/manifests/render/generate_test.cc.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "crypto/digest.h"
#include "manifests/render/generate.h"
#include "manifests/utf8.h"

namespace sluice::manifests::render {
namespace {

// The short escapes of encoding/json, and those that keep HTML out.
void AppendGoEscape(char32_t c, std::string& json) {
  switch (c) {
    case '"':
      json += "\\\"";
      return;
    case '\\':
      json += "\\\\";
      return;
    case '\b':
      json += "\\b";
      return;
    case '\f':
      json += "\\f";
      return;
    case '\n':
      json += "\\n";
      return;
    case '\r':
      json += "\\r";
      return;
    case '\t':
      json += "\\t";
      return;
    default:
      break;
  }
  const bool escaped = c < 0x20 || c == '<' || c == '>' || c == '&' || c == 0x2028 || c == 0x2029;
  if (escaped) {
    json += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(c));
  } else {
    AppendUtf8(c, json);
  }
}

void AppendGoText(std::string_view text, std::string& json) {
  json += '"';
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = DecodeUtf8(text, at);
    if (point.size == 0) json += "\\ufffd";
    if (point.size != 0) AppendGoEscape(point.value, json);
    at += std::max<std::size_t>(point.size, 1);
  }
  json += '"';
}

// Every number has been a float64 on the way.
void AppendGoNumber(const Node& node, std::string& json) {
  double number = node.value.number;
  if (node.kind == NodeKind::kInteger) {
    number = node.is_unsigned ? static_cast<double>(static_cast<std::uint64_t>(node.value.integer))
                              : static_cast<double>(node.value.integer);
  }
  const double size = std::fabs(number);
  const bool exponent = size != 0 && (size < 1e-6 || size >= 1e21);
  std::array<char, 400> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number,
                                 exponent ? std::chars_format::scientific : std::chars_format::fixed)
                       .ptr;
  std::string text(digits.data(), end);
  const std::size_t zero = text.find("e-0");
  if (zero != text.npos) text.erase(zero + 2, 1);
  json += text;
}

void AppendGoJson(const Node& node, std::string& json);

void AppendGoMapping(const Node& node, std::string& json) {
  std::vector<const Node*> members;
  for (const Node& member : node.children) members.push_back(&member);
  std::ranges::sort(members, {}, [](const Node* member) { return member->key; });
  json += '{';
  for (const Node* const member : members) {
    if (json.back() != '{' || member != members.front()) json += ',';
    AppendGoText(member->key, json);
    json += ':';
    AppendGoJson(*member, json);
  }
  json += '}';
}

void AppendGoJson(const Node& node, std::string& json) {
  switch (node.kind) {
    case NodeKind::kNull:
      json += "null";
      return;
    case NodeKind::kBool:
      json += node.value.boolean ? "true" : "false";
      return;
    case NodeKind::kInteger:
    case NodeKind::kFloat:
      return AppendGoNumber(node, json);
    case NodeKind::kString:
      return AppendGoText(node.text, json);
    case NodeKind::kMapping:
      return AppendGoMapping(node, json);
    case NodeKind::kSequence:
      break;
  }
  for (const Node& element : node.children) {
    json += &element == node.children.data() ? '[' : ',';
    AppendGoJson(element, json);
  }
  json += node.children.empty() ? "[]" : "]";
}

// One field of the object: empty text where it is missing, the text of any
// scalar, and null for a list, which no field may be.
void AppendField(const Node& object, std::string_view field, std::string& json) {
  const Node* const value = object.Find(field);
  if (value == nullptr || value->kind == NodeKind::kNull) {
    json += R"("")";
  } else if (value->kind == NodeKind::kMapping) {
    AppendGoMapping(*value, json);
  } else if (value->kind == NodeKind::kSequence) {
    json += "null";
  } else {
    AppendGoText(value->text, json);
  }
}

bool IsCollection(const Node* node) {
  return node != nullptr && (node->kind == NodeKind::kMapping || node->kind == NodeKind::kSequence);
}

std::string ConfigMapJson(const Node& object) {
  std::string json = "{";
  if (IsCollection(object.Find("binaryData"))) {
    json += R"("binaryData":)";
    AppendField(object, "binaryData", json);
    json += ',';
  }
  json += R"("data":)";
  AppendField(object, "data", json);
  return json + R"(,"kind":"ConfigMap","name":""})";
}

std::string SecretJson(const Node& object) {
  std::string json = R"({"data":)";
  AppendField(object, "data", json);
  json += R"(,"kind":"Secret","name":"")";
  if (IsCollection(object.Find("stringData"))) {
    json += R"(,"stringData":)";
    AppendField(object, "stringData", json);
  }
  json += R"(,"type":)";
  AppendField(object, "type", json);
  return json + '}';
}

// Digits that could spell a word become other letters.
char SuffixLetter(char digit) {
  constexpr std::string_view kFrom = "013ae";
  constexpr std::string_view kTo = "ghkmt";
  const std::size_t at = kFrom.find(digit);
  return at == kFrom.npos ? digit : kTo[at];
}

}  // namespace

std::optional<std::string> NameSuffixHash(const Node& object) {
  const Node* const kind = object.Find("kind");
  if (kind == nullptr || (kind->String() != "ConfigMap" && kind->String() != "Secret")) return std::nullopt;
  const std::string json = kind->String() == "Secret" ? SecretJson(object) : ConfigMapJson(object);
  std::string suffix = crypto::Hex(crypto::DigestSha256(json)).substr(0, 10);
  std::ranges::transform(suffix, suffix.begin(), SuffixLetter);
  return suffix;
}

}  // namespace sluice::manifests::render
