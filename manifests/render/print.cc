// yaml-cpp writes by YAML 1.2 and its readers here read 1.1, so that what a
// plain scalar would be to them decides about quotes. Block scalars are used
// only where nothing of the text depends on their indicators.
// Tested by tests/manifests/render/print_test.cc.
#include "manifests/render/print.h"

#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

#include <algorithm>

#include "manifests/hidden.h"
#include "manifests/scalar.h"

namespace sluice::manifests::render {
namespace {

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

// U+0080 to U+009F, U+2028 and U+2029: line breaks and controls to some readers.
bool HasOddBreak(std::string_view text) {
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const auto first = static_cast<unsigned char>(text[at]),
               second = static_cast<unsigned char>(text[at + 1]);
    if (first == 0xC2 && second < 0xA0) return true;
    if (first == 0xE2 && second == 0x80 && at + 2 < text.size() && (text[at + 2] & '\xFE') == '\xA8')
      return true;
  }
  return false;
}

bool MustEscape(std::string_view text) { return HasHidden(text) || HasOddBreak(text); }

// Lines of plain text with one line break at the end: what "|" means and no more.
bool FitsLiteral(std::string_view text) {
  if (text.size() < 2 || text.back() != '\n' || text[text.size() - 2] == '\n') return false;
  if (text.find('\n') == text.size() - 1 || text.front() == ' ' || text.front() == '\n') return false;
  return std::none_of(text.begin(), text.end(), [](char c) { return IsControl(c) && c != '\n'; });
}

// What a reader of YAML 1.1 would take for something else than a string.
bool NeedsQuotes(std::string_view text) {
  Node plain;
  plain.text = text;
  plain.kind = NodeKind::kString;
  if (!ResolvePlain(plain) || plain.kind != NodeKind::kString) return true;
  return text.empty() || text == "=" || text == "<<" || std::any_of(text.begin(), text.end(), IsControl);
}

// A path may hold any byte but NUL and "/": what could end a comment is shown.
std::string InComment(std::string_view path) {
  const bool plain = std::none_of(path.begin(), path.end(), IsControl) && !MustEscape(path);
  return plain ? std::string(path) : Shown(path);
}

class Writer {
 public:
  explicit Writer(const Sources* origin) : origin_(origin) { out_.SetNullFormat(YAML::LowerNull); }

  void Document(const BuiltObject& built) {
    out_ << YAML::BeginDoc;
    if (origin_ != nullptr) out_ << YAML::Comment(ObjectWords(built));
    Value(*built.object.root);
  }

  std::string Text() const { return std::string(out_.c_str(), out_.size()) + (out_.size() > 0 ? "\n" : ""); }

 private:
  std::string ObjectWords(const BuiltObject& built) const {
    std::string words = PlaceWords(*origin_, built.object.root->range);
    for (const std::string& file : built.through) words += ", through " + InComment(file);
    for (const std::string& why : built.unknown) words += "; not known: " + why;
    return words;
  }

  // Depth is bounded by limits.depth.
  void Value(const Node& node) {
    switch (node.kind) {
      case NodeKind::kMapping:
        return Mapping(node);
      case NodeKind::kSequence:
        return Sequence(node);
      default:
        return Scalar(node);
    }
  }

  void Mapping(const Node& node) {
    if (node.children.empty()) return Empty(node, YAML::BeginMap, YAML::EndMap);
    out_ << YAML::BeginMap;
    for (const Node& member : node.children) {
      if (origin_ != nullptr && FitsLiteral(member.String())) CommentAbove(member);
      out_ << YAML::Key;
      String(member.key);
      out_ << YAML::Value;
      Value(member);
    }
    out_ << YAML::EndMap;
  }

  void Sequence(const Node& node) {
    if (node.children.empty()) return Empty(node, YAML::BeginSeq, YAML::EndSeq);
    out_ << YAML::BeginSeq;
    for (const Node& element : node.children) Value(element);
    out_ << YAML::EndSeq;
  }

  void Empty(const Node& node, YAML::EMITTER_MANIP begin, YAML::EMITTER_MANIP end) {
    out_ << YAML::Flow << begin << end;
    CommentBehind(node);
  }

  void Scalar(const Node& node) {
    if (FitsLiteral(node.String()) && !MustEscape(node.text)) {
      out_ << YAML::Literal << std::string(node.text.substr(0, node.text.size() - 1));
      return;  // a comment behind it would be part of it
    }
    if (node.kind == NodeKind::kString) {
      String(node.text);
    } else if (node.kind == NodeKind::kNull) {
      out_ << YAML::Null;
    } else {
      std::string number;
      CanonicalJson(node, number);
      out_ << number;
    }
    CommentBehind(node);
  }

  void String(std::string_view text) {
    const bool escapes = MustEscape(text);
    if (escapes) out_ << YAML::EscapeNonAscii;
    if (escapes || NeedsQuotes(text)) out_ << YAML::DoubleQuoted;
    out_ << std::string(text);
  }

  void CommentBehind(const Node& node) {
    if (origin_ == nullptr) return;
    const std::string words = PlaceWords(*origin_, node.range);
    if (!words.empty()) out_ << YAML::Comment(words);
  }

  void CommentAbove(const Node& node) {
    const std::string words = PlaceWords(*origin_, node.range);
    if (!words.empty()) out_ << YAML::Newline << YAML::Comment(words);
  }

  const Sources* origin_;
  YAML::Emitter out_;
};

}  // namespace

std::string PlaceWords(const Sources& sources, const Range& range) {
  const Place place = sources.Resolve(range);
  if (place.file == nullptr) return {};
  return InComment(place.file->path.text()) + ":" + std::to_string(place.range.begin.line);
}

std::string ShownYaml(std::span<const BuiltObject> objects, const Sources* origin) {
  std::string text;
  for (const BuiltObject& object : objects) {
    Writer writer(origin);  // one for each: a comment before a second document would begin a third
    writer.Document(object);
    text += writer.Text();
  }
  return text;
}

}  // namespace sluice::manifests::render
