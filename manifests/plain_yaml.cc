// The plain subset: documents of block mappings and block sequences, whose
// scalars are plain, quoted, literal or folded; flow collections of one line;
// comments; documents that hold nothing. No tab in front of or behind a token,
// no CR, no directive, anchor, alias, tag or merge key, no "? ", no "...".
// Invariant: what is read here, libyaml and the composer read as the same nodes
// in the same places; tests/manifests/plain_yaml_differential.cc holds both
// against each other. What the two could say differently is not of the subset,
// and what is wrong is left to the composer, which knows how to say it.
// Tested by tests/manifests/plain_yaml_test.cc.
#include "manifests/plain_yaml.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "manifests/number.h"
#include "manifests/plain_yaml_source.h"
#include "manifests/problems.h"
#include "manifests/scalar.h"
#include "manifests/tree_builder.h"

namespace sluice::manifests {
namespace {

// Whether a block collection may begin where a node stands.
enum class Block : bool { kNo, kYes };

// A block collection that is open.
struct Level {
  std::size_t indent = 0;
  bool mapping = false;
  bool indentless = false;  // a sequence as far to the left as the mapping that holds it
  bool waits = false;       // its key or dash had no value on its line
  Position behind = {};     // that key's colon, that dash: an empty value stands here
};

class PlainReader {
 public:
  PlainReader(const ByteScan& scan, const Limits& limits, ParsedFile& file)
      : scan_(scan),
        limits_(limits),
        file_(file),
        problems_(file),
        source_(*file.bytes, scan.ascii, *file.arena),
        builder_(*file.arena, limits, problems_) {}

  bool Run();

 private:
  bool ReadToken();
  bool StartDocument(bool marked);
  bool EndDocument(Position next);
  bool CloseDownTo(std::size_t indent);
  bool ReadBelow(Level& level);
  bool ReadEntry();
  bool ReadKeyAndValue();
  bool ReadRest(Block block);
  bool ReadNode(Block block);
  bool ReadPlainNode(Block block);
  bool ReadQuotedNode(Block block);
  bool ReadText();
  bool StartMapping(const Node& key, std::size_t indent, Block block);
  bool ReadFlow();
  bool ReadFlowMember();
  bool ReadFlowValue();

  bool AtDash() const { return source_.Peek() == '-' && source_.IsBlank(1); }
  bool AtColon() const { return source_.Peek() == ':' && source_.IsBlank(1); }
  bool AtMarker() const;
  bool Open(NodeKind kind, NodeStyle style, std::size_t width);
  bool Close();
  bool SetKey(Node key, std::size_t begin);
  bool Add(Node& scalar);
  bool AddEmpty(Level& level);
  bool AddValue(Node& scalar) { return source_.SkipToLineEnd() && Add(scalar); }

  const ByteScan& scan_;
  const Limits& limits_;
  ParsedFile& file_;
  Problems problems_;
  PlainYamlSource source_;
  TreeBuilder builder_;
  std::vector<Level> levels_;
  std::size_t next_separator_ = 0;
  bool in_document_ = false;
  bool has_root_ = false;
  Position document_begin_;
};

bool PlainReader::Run() {
  for (source_.SkipToToken(); !source_.AtEnd(); source_.SkipToToken()) {
    if (!ReadToken()) return false;
  }
  if (in_document_ && !EndDocument(source_.EndOfFile())) return false;
  return next_separator_ == scan_.separators.size() && problems_.count() == 0;
}

bool PlainReader::AtMarker() const {
  const char first = source_.Peek();
  return source_.Indent() == 0 && (first == '-' || first == '.') && source_.Peek(1) == first &&
         source_.Peek(2) == first && source_.IsBlank(3);
}

// At the first token of a line.
bool PlainReader::ReadToken() {
  if (AtMarker()) return StartDocument(true);
  if (!in_document_ && !StartDocument(false)) return false;
  if (!CloseDownTo(source_.Indent())) return false;
  if (!levels_.empty()) return ReadBelow(levels_.back());
  return !std::exchange(has_root_, true) && ReadNode(Block::kYes) && !levels_.empty();
}

bool PlainReader::StartDocument(bool marked) {
  if (in_document_ && !EndDocument(source_.Here())) return false;
  if (file_.documents.size() >= limits_.push_objects) return false;
  document_begin_ = source_.Here();
  in_document_ = true;
  builder_.StartDocument();
  if (!marked) return file_.documents.empty() && source_.Peek() != '%';
  if (source_.Peek() == '.' || next_separator_ == scan_.separators.size()) return false;
  if (scan_.separators[next_separator_++] != document_begin_.line) return false;
  source_.Skip(3);
  return source_.SkipToLineEnd();
}

bool PlainReader::EndDocument(Position next) {
  if (!std::exchange(has_root_, false)) {
    Node nothing;
    nothing.range = {next, next};
    if (!Add(nothing)) return false;
  }
  while (!levels_.empty()) {
    if (!Close()) return false;
  }
  in_document_ = false;
  const Node* root = builder_.TakeRoot(document_begin_);
  file_.documents.push_back({root, {document_begin_, std::max(document_begin_, root->range.end)}});
  return true;
}

// A token ends the collections that stand further to the right.
bool PlainReader::CloseDownTo(std::size_t indent) {
  while (!levels_.empty()) {
    const Level& top = levels_.back();
    const bool over = top.indent > indent || (top.indent == indent && top.indentless && !AtDash());
    if (!over) return true;
    if (!Close()) return false;
  }
  return true;
}

bool PlainReader::ReadBelow(Level& level) {
  const std::size_t indent = source_.Indent();
  if (indent > level.indent) return std::exchange(level.waits, false) && ReadNode(Block::kYes);
  if (!level.mapping) return AtDash() && AddEmpty(level) && ReadEntry();
  if (!AtDash()) return AddEmpty(level) && ReadKeyAndValue();
  if (!std::exchange(level.waits, false) || !Open(NodeKind::kSequence, NodeStyle::kBlock, 1)) return false;
  levels_.push_back({.indent = indent, .indentless = true});
  return ReadEntry();
}

// At the dash, in the sequence that is open.
bool PlainReader::ReadEntry() {
  source_.Skip(1);
  return ReadRest(Block::kYes);
}

// At a key, in the mapping that is open.
bool PlainReader::ReadKeyAndValue() {
  const std::size_t begin = source_.Indent();
  const char first = source_.Peek();
  const bool quoted = first == '"' || first == '\'';
  if (!quoted && !source_.AtPlainScalar()) return false;
  Node key;
  if (!(quoted ? source_.ReadQuoted(key) : source_.ReadPlain(key)) || !AtColon() || !SetKey(key, begin))
    return false;
  source_.Skip(1);
  return ReadRest(Block::kNo);
}

// Behind a colon or a dash.
bool PlainReader::ReadRest(Block block) {
  levels_.back().behind = source_.Here();
  if (!source_.SkipToLineEnd()) return ReadNode(block);
  levels_.back().waits = true;
  return true;
}

bool PlainReader::ReadNode(Block block) {
  switch (source_.Peek()) {
    case '|':
    case '>':
      return ReadText();
    case '[':
    case '{':
      return ReadFlow() && source_.SkipToLineEnd();
    case '"':
    case '\'':
      return ReadQuotedNode(block);
    default:
      break;
  }
  if (!AtDash()) return source_.AtPlainScalar() && ReadPlainNode(block);
  const std::size_t indent = source_.Indent();
  if (block == Block::kNo || !Open(NodeKind::kSequence, NodeStyle::kBlock, 1)) return false;
  levels_.push_back({.indent = indent});
  return ReadEntry();
}

bool PlainReader::ReadPlainNode(Block block) {
  const std::size_t indent = source_.Indent();
  Node node;
  if (!source_.ReadPlain(node)) return false;
  if (AtColon()) return StartMapping(node, indent, block);
  if (levels_.empty() || !source_.ReadPlainTail(levels_.back().indent, node)) return false;
  return ResolvePlain(node) && AddValue(node);
}

bool PlainReader::ReadQuotedNode(Block block) {
  const std::size_t indent = source_.Indent();
  Node node;
  if (!source_.ReadQuoted(node)) return false;
  if (AtColon()) return StartMapping(node, indent, block);
  return !levels_.empty() && AddValue(node);
}

bool PlainReader::ReadText() {
  Node node;
  return !levels_.empty() && source_.ReadText(levels_.back().indent, node) && Add(node);
}

// Behind the first key of a block mapping.
bool PlainReader::StartMapping(const Node& key, std::size_t indent, Block block) {
  if (block == Block::kNo) return false;
  Node mapping;
  mapping.kind = NodeKind::kMapping;
  mapping.style = NodeStyle::kBlock;
  mapping.range = {key.range.begin, key.range.begin};
  if (!builder_.Open(mapping)) return false;
  levels_.push_back({.indent = indent, .mapping = true});
  if (!SetKey(key, indent)) return false;
  source_.Skip(1);
  return ReadRest(Block::kNo);
}

// Recurses at most as deep as the builder lets collections nest.
bool PlainReader::ReadFlow() {
  const bool mapping = source_.Peek() == '{';
  const char bracket = mapping ? '}' : ']';
  const std::uint32_t line = source_.line();
  if (!Open(mapping ? NodeKind::kMapping : NodeKind::kSequence, NodeStyle::kFlow, 1)) return false;
  source_.Skip(1);
  source_.SkipSpaces();
  bool more = source_.Peek() != bracket;
  while (more) {
    if (!(mapping ? ReadFlowMember() : ReadFlowValue())) return false;
    source_.SkipSpaces();
    more = source_.Peek() == ',';
    if (!more) break;
    source_.Skip(1);
    source_.SkipSpaces();
  }
  if (source_.Peek() != bracket || source_.line() != line) return false;
  source_.Skip(1);
  Subtree closed;
  return builder_.Close(source_.Here(), closed) && builder_.Add(closed);
}

bool PlainReader::ReadFlowMember() {
  const std::size_t begin = source_.Indent();
  const char first = source_.Peek();
  const bool quoted = first == '"' || first == '\'';
  if (!quoted && !source_.AtPlainScalar()) return false;
  Node key;
  if (!(quoted ? source_.ReadQuoted(key) : source_.ReadPlainInFlow(key))) return false;
  if (source_.Peek() != ':' || source_.Peek(1) != ' ' || !SetKey(key, begin)) return false;
  source_.Skip(2);
  source_.SkipSpaces();
  return ReadFlowValue();
}

bool PlainReader::ReadFlowValue() {
  const char first = source_.Peek();
  if (first == '[' || first == '{') return ReadFlow();
  Node node;
  if (first == '"' || first == '\'') return source_.ReadQuoted(node) && Add(node);
  return source_.AtPlainScalar() && source_.ReadPlainInFlow(node) && ResolvePlain(node) && Add(node);
}

// A collection that begins here with an indicator of `width`.
bool PlainReader::Open(NodeKind kind, NodeStyle style, std::size_t width) {
  Node node;
  node.kind = kind;
  node.style = style;
  node.range.begin = source_.Here();
  node.range.end = {node.range.begin.line, node.range.begin.column + static_cast<std::uint32_t>(width)};
  return builder_.Open(node);
}

bool PlainReader::Close() {
  Subtree closed;
  if (!AddEmpty(levels_.back()) || !builder_.Close(levels_.back().behind, closed)) return false;
  levels_.pop_back();
  return builder_.Add(closed);
}

bool PlainReader::SetKey(Node key, std::size_t begin) {
  if (key.range.begin.line != key.range.end.line) return false;
  if (source_.Indent() - begin > PlainYamlSource::kLongestKey) return false;
  if (key.style == NodeStyle::kPlain && (key.text == "<<" || !ResolvePlain(key))) return false;
  std::string_view text;
  return KeyText(key, *file_.arena, text) && builder_.SetKey(text, key.range);
}

bool PlainReader::Add(Node& scalar) {
  if (scalar.kind == NodeKind::kFloat) WholeToInteger(scalar);
  return builder_.Count(1, scalar.range) && builder_.Add({.node = scalar, .end = scalar.range.end});
}

bool PlainReader::AddEmpty(Level& level) {
  if (!std::exchange(level.waits, false)) return true;
  Node nothing;
  nothing.range = {level.behind, level.behind};
  return Add(nothing);
}

}  // namespace

bool ReadPlainYaml(const ByteScan& scan, const Limits& limits, ParsedFile& file) {
  if (scan.carriage_return || file.bytes->starts_with(kByteOrderMark)) return false;
  if (PlainReader(scan, limits, file).Run()) return true;
  file.documents.clear();
  file.findings.clear();
  return false;
}

}  // namespace sluice::manifests
