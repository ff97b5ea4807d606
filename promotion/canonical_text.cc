// What is read is written again and compared, so that each statement has one
// text, whatever else a reader of JSON would take. Tested by
// tests/promotion/canonical_text_test.cc.
#include "promotion/canonical_text.h"

#include <algorithm>

#include "manifests/object.h"
#include "manifests/utf8.h"
#include "promotion/people.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr std::size_t kDepth = 8;

Error AtByte(const std::string& what, std::size_t byte, std::string_view message) {
  return Failed(what + ", byte " + std::to_string(byte) + ": " + std::string(message));
}

// Where a column of the first line begins; canonical JSON has no other.
std::size_t ByteOf(std::string_view bytes, Position at) {
  std::size_t byte = 0;
  for (std::uint32_t column = 1; at.line == 1 && column < at.column && byte < bytes.size(); ++column)
    byte += std::max<std::size_t>(manifests::DecodeUtf8(bytes, byte).size, 1);
  return byte;
}

Limits LimitsOf(std::size_t limit) {
  Limits limits;
  limits.file_bytes = limit;
  limits.depth = kDepth;
  limits.mapping_keys = 1'000;
  limits.expansion_nodes = 1'000'000;
  return limits;
}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted += '"';
}

std::string Joined(std::span<const std::string> values, std::string (*form)(std::string_view)) {
  std::string list = "[";
  for (const std::string& value : values) {
    if (list.size() > 1) list += ',';
    list += form(value);
  }
  return list += ']';
}

}  // namespace

Error CanonicalText::At(const Node& node, std::string_view message) const {
  return AtByte(what_, ByteOf(*file_.bytes, node.range.begin), message);
}

Result<CanonicalText> ReadCanonicalText(std::string what, std::string bytes, std::size_t limit) {
  if (bytes.size() > limit) return LimitPassed(what + " has more than " + std::to_string(limit) + " bytes");
  if (bytes.empty() || bytes.front() != '{') return AtByte(what, 0, "a JSON mapping begins with {");
  manifests::ParsedFile file = manifests::Parse(what, std::move(bytes), LimitsOf(limit));
  const std::string& text = *file.bytes;
  if (!file.findings.empty())
    return AtByte(what, ByteOf(text, file.findings.front().range.begin), file.findings.front().message);
  if (file.documents.size() != 1) return AtByte(what, 0, "more than one JSON mapping");
  std::string again;
  manifests::CanonicalJson(*file.documents.front().root, again);
  if (again != text) {
    const auto differs = std::mismatch(text.begin(), text.end(), again.begin(), again.end());
    return AtByte(what, static_cast<std::size_t>(differs.first - text.begin()),
                  "this is not canonical JSON (docs/ledger.md, section 2)");
  }
  return CanonicalText(std::move(what), std::move(file));
}

Fields::Fields(const CanonicalText& text, const Node& mapping) : text_(text), mapping_(mapping) {
  if (mapping.kind != NodeKind::kMapping) error_ = text_.At(mapping, "a mapping should be here");
}

const Node* Fields::Member(std::string_view name) {
  if (error_) return nullptr;
  asked_.insert(name);
  const Node* node = mapping_.Find(name);
  if (node == nullptr) error_ = text_.At(mapping_, "the member " + std::string(name) + " is missing");
  return node;
}

Fields Fields::Inside(std::string_view name) {
  const Node* node = Member(name);
  Fields inside(text_, node == nullptr ? mapping_ : *node);
  if (error_) inside.error_ = error_;
  return inside;
}

std::string Fields::Text(std::string_view name, bool (*is)(std::string_view), std::string_view kind) {
  const Node* node = Member(name);
  if (node == nullptr) return {};
  if (node->IsString() && is(node->text)) return std::string(node->text);
  error_ = text_.At(*node, std::string(name) + " should be " + std::string(kind));
  return {};
}

std::string Fields::Digest(std::string_view name) {
  return Text(name, IsDigest, "64 lower-case hexadecimal digits");
}
std::string Fields::ObjectId(std::string_view name) { return Text(name, IsObjectId, "an object id of git"); }
std::string Fields::Label(std::string_view name) { return Text(name, IsLabel, "a DNS label"); }
std::string Fields::Person(std::string_view name) { return Text(name, IsPersonName, "the name of a person"); }

std::string Fields::TextLine(std::string_view name) {
  return Text(name, IsTextLine, "a line of text of at most 1,024 bytes, without hidden characters");
}

std::int64_t Fields::Time(std::string_view name) {
  const std::string text = Text(
      name, [](std::string_view word) { return ReadTime(word).has_value(); },
      "a time, as 2026-11-26T21:11:00Z");
  return ReadTime(text).value_or(0);
}

std::uint64_t Fields::Count(std::string_view name, std::uint64_t least) {
  const Node* node = Member(name);
  if (node == nullptr) return 0;
  const auto value = static_cast<std::uint64_t>(node->kind == NodeKind::kInteger ? node->value.integer : -1);
  if (value >= least && value <= kMostCount) return value;
  error_ = text_.At(
      *node, std::string(name) + " should be an integer from " + std::to_string(least) + " to 2^53 - 1");
  return 0;
}

std::size_t Fields::OneOf(std::string_view name, std::span<const std::string_view> words) {
  const Node* node = Member(name);
  if (node == nullptr) return 0;
  const auto found = std::find(words.begin(), words.end(), node->String());
  if (node->IsString() && found != words.end()) return static_cast<std::size_t>(found - words.begin());
  error_ = text_.At(*node, std::string(name) + " is none that this version knows");
  return 0;
}

void Fields::Exactly(std::string_view name, std::string_view word) { OneOf(name, {&word, 1}); }

void Fields::Version(std::uint64_t version) {
  if (const std::uint64_t written = Count("version"); written != version)
    Fail("version", "version " + std::to_string(written) + " is none that is known here");
}

std::uint64_t Fields::VersionUpTo(std::uint64_t newest) {
  const std::uint64_t written = Count("version");
  if (written >= 1 && written <= newest) return written;
  Fail("version", "version " + std::to_string(written) + " is none that is known here");
  return 1;
}

bool Fields::IsNull(std::string_view name) {
  const Node* node = error_ ? nullptr : mapping_.Find(name);
  if (node == nullptr || node->kind != NodeKind::kNull) return false;
  asked_.insert(name);
  return true;
}

std::span<const Node> Fields::List(std::string_view name, std::size_t most) {
  const Node* node = Member(name);
  if (node == nullptr) return {};
  if (node->kind == NodeKind::kSequence && node->children.size() <= most) return node->children;
  error_ = text_.At(*node, std::string(name) + " should be a list of at most " + std::to_string(most));
  return {};
}

std::vector<std::string> Fields::SortedTexts(std::string_view name, bool (*is)(std::string_view),
                                             std::string_view kind, std::size_t most) {
  std::vector<std::string> texts;
  for (const Node& node : List(name, most)) {
    const bool fits = node.IsString() && is(node.text);
    if (!fits || (!texts.empty() && texts.back() >= node.text)) {
      error_ = text_.At(node, std::string(name) + (fits ? " should be sorted, none twice"
                                                        : " should hold " + std::string(kind)));
      return {};
    }
    texts.emplace_back(node.text);
  }
  return texts;
}

void Fields::Fail(std::string_view name, std::string_view message) {
  const Node* node = mapping_.Find(name);
  if (!error_) error_ = text_.At(node == nullptr ? mapping_ : *node, message);
}

void Fields::Fail(Error error) {
  if (!error_) error_ = std::move(error);
}

Status Fields::End() {
  if (error_) return *error_;
  for (const Node& member : mapping_.children)
    if (asked_.count(member.key) == 0)
      return text_.At(member, "the member " + std::string(member.key) + " is none that this version knows");
  return Ok{};
}

JsonMembers& JsonMembers::Json(std::string_view name, std::string_view json) {
  out_ += out_.empty() ? '{' : ',';
  out_.append(Quoted(name)).append(":").append(json);
  return *this;
}

JsonMembers& JsonMembers::Text(std::string_view name, std::string_view value) {
  return Json(name, Quoted(value));
}
JsonMembers& JsonMembers::Count(std::string_view name, std::uint64_t value) {
  return Json(name, std::to_string(value));
}
JsonMembers& JsonMembers::Time(std::string_view name, std::int64_t value) {
  return Text(name, TimeText(value));
}

JsonMembers& JsonMembers::TextOrNull(std::string_view name, const std::optional<std::string>& value) {
  return value ? Text(name, *value) : Null(name);
}

std::string JsonList(std::span<const std::string> values) {
  return Joined(values, [](std::string_view json) { return std::string(json); });
}
std::string JsonTexts(std::span<const std::string> texts) { return Joined(texts, Quoted); }

}  // namespace sluice::promotion
