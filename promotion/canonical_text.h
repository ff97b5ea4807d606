// Canonical JSON that is signed: read so that nothing in it is passed over, and
// written in the one way that is read. For promotion/ alone.
//
//   Result<CanonicalText> text = ReadCanonicalText("the approval", payload, kApprovalBytes);
//   if (!text) return text.error();
//   Fields fields(*text, text->root());
//   approval.change = fields.Digest("change");
//   …
//   if (Status end = fields.End(); !end) return end.error();
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "manifests/document.h"

namespace sluice::promotion {

// Moves, never copies; nodes live as long as it does.
class CanonicalText {
 public:
  CanonicalText(std::string what, manifests::ParsedFile file)
      : what_(std::move(what)), file_(std::move(file)) {}

  const manifests::Node& root() const { return *file_.documents.front().root; }
  // "WHAT, byte N: MESSAGE", where the node's value begins; the first byte is 0.
  Error At(const manifests::Node& node, std::string_view message) const;

 private:
  std::string what_;
  manifests::ParsedFile file_;
};

// One mapping in canonical JSON, nested at most 8 deep; kLimit past `limit` bytes.
// An Error names the byte.
Result<CanonicalText> ReadCanonicalText(std::string what, std::string bytes, std::size_t limit);

// The members of one mapping, each asked for by name. The first that is not what
// it should be is the Error of End(); after it values are empty or zero.
class Fields {
 public:
  Fields(const CanonicalText& text, const manifests::Node& mapping);
  // The member as it stands; null after an error.
  const manifests::Node* Member(std::string_view name);
  // Of a mapping inside; its End() must be asked before ours.
  Fields Inside(std::string_view name);

  std::string Digest(std::string_view name);
  std::string ObjectId(std::string_view name);
  std::string Label(std::string_view name);
  std::string Person(std::string_view name);
  std::string TextLine(std::string_view name);
  std::int64_t Time(std::string_view name);
  std::uint64_t Count(std::string_view name, std::uint64_t least = 0);
  // The index of the word; 0 after an error.
  std::size_t OneOf(std::string_view name, std::span<const std::string_view> words);
  void Exactly(std::string_view name, std::string_view word);
  void Version(std::uint64_t version);              // the member `version`
  std::uint64_t VersionUpTo(std::uint64_t newest);  // likewise: 1 to that; 1 after an error
  bool IsNull(std::string_view name);               // and then the member has been asked for

  // A text for which `is` holds; `kind` says in a message what it should be.
  std::string Text(std::string_view name, bool (*is)(std::string_view), std::string_view kind);
  // The elements of a list of at most `most`.
  std::span<const manifests::Node> List(std::string_view name, std::size_t most);
  // Texts, sorted by their bytes, none twice.
  std::vector<std::string> SortedTexts(std::string_view name, bool (*is)(std::string_view),
                                       std::string_view kind, std::size_t most);

  void Fail(std::string_view name, std::string_view message);  // of that member
  void Fail(Error error);
  Status End();

 private:
  const CanonicalText& text_;
  const manifests::Node& mapping_;
  std::set<std::string_view> asked_;
  std::optional<Error> error_;
};

// Writes a mapping; members come in the order of their names.
class JsonMembers {
 public:
  JsonMembers& Text(std::string_view name, std::string_view value);  // a text without control characters
  JsonMembers& Count(std::string_view name, std::uint64_t value);
  JsonMembers& Time(std::string_view name, std::int64_t value);
  JsonMembers& Null(std::string_view name) { return Json(name, "null"); }
  JsonMembers& TextOrNull(std::string_view name, const std::optional<std::string>& value);
  JsonMembers& Json(std::string_view name, std::string_view json);
  std::string End() const { return out_.empty() ? "{}" : out_ + "}"; }

 private:
  std::string out_;
};

// A list of JSON values, or of texts.
std::string JsonList(std::span<const std::string> values);
std::string JsonTexts(std::span<const std::string> texts);

}  // namespace sluice::promotion
