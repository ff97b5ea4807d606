// libyaml is the C original that go-yaml v2 was ported from; this pass gives its
// events the meaning that go-yaml's decoder gives them, and refuses the few
// texts that the two scanners read differently.
// Invariants: an alias is followed only to an anchor of this document that is
// complete; counts of nodes are those of go-yaml's decoder, so that its rule
// against excessive aliasing gives the same answer.
// Tested by tests/manifests/yaml_test.cc, kubernetes_test.cc and the YAML
// differential of tests/oracles.
#include "manifests/compose.h"

#include <fmt/core.h>
#include <yaml.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "manifests/anchors.h"
#include "manifests/number.h"
#include "manifests/rules.h"
#include "manifests/scalar.h"
#include "manifests/tree_builder.h"
#include "manifests/yaml_scalar.h"

namespace sluice::manifests {
namespace {

Position At(const yaml_mark_t& mark) {
  return {static_cast<std::uint32_t>(mark.line) + 1, static_cast<std::uint32_t>(mark.column) + 1};
}

std::string_view Text(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

NodeStyle StyleOf(yaml_scalar_style_t style) {
  switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
      return NodeStyle::kSingleQuoted;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
      return NodeStyle::kDoubleQuoted;
    case YAML_LITERAL_SCALAR_STYLE:
      return NodeStyle::kLiteral;
    case YAML_FOLDED_SCALAR_STYLE:
      return NodeStyle::kFolded;
    default:
      return NodeStyle::kPlain;
  }
}

class Composer {
 public:
  Composer(const ByteScan& scan, const Limits& limits, ParsedFile& file, DuplicateKeys duplicates)
      : scan_(scan),
        limits_(limits),
        file_(file),
        problems_(file, duplicates),
        scalars_(scan, file, problems_),
        builder_(*file.arena, limits, problems_) {}

  void Run();

 private:
  // How things stood when an open collection began.
  struct Beginning {
    std::optional<std::size_t> anchor;  // its own
    Tally tally;
  };

  bool Take(const yaml_event_t& event);
  bool StartDocument(const yaml_event_t& event);
  bool EndDocument(const yaml_event_t& event);
  bool TakeScalar(const yaml_event_t& event);
  bool TakeAlias(const yaml_event_t& event);
  bool OpenSequence(const yaml_event_t& event);
  bool OpenMapping(const yaml_event_t& event);
  bool Open(const Node& node, std::string_view tag, std::string_view anchor);
  bool CloseCollection(const yaml_event_t& event);

  bool Place(Subtree& tree);
  bool PlaceKey(const Subtree& tree);
  bool CheckAnchorCount(Range range);
  Tally Now() const { return {anchors_.decoded(), builder_.nodes()}; }
  bool ReportSeparator(std::uint32_t line);
  bool ReportSyntax(const yaml_parser_t& parser);

  const ByteScan& scan_;
  const Limits& limits_;
  ParsedFile& file_;
  Problems problems_;
  ScalarReader scalars_;
  TreeBuilder builder_;
  Anchors anchors_;
  std::vector<Beginning> beginnings_;  // one for each open collection
  std::size_t next_separator_ = 0;
  Position document_begin_;
};

void Composer::Run() {
  yaml_parser_t parser;
  if (yaml_parser_initialize(&parser) == 0) {
    problems_.Add(kLimitRule, {}, "not enough memory to read the file");
    return;
  }
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(file_.bytes->data()),
                               file_.bytes->size());
  for (bool more = true; more;) {
    yaml_event_t event;
    if (yaml_parser_parse(&parser, &event) == 0) {
      ReportSyntax(parser);
      break;
    }
    more = Take(event) && event.type != YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
}

bool Composer::Take(const yaml_event_t& event) {
  switch (event.type) {
    case YAML_DOCUMENT_START_EVENT:
      return StartDocument(event);
    case YAML_DOCUMENT_END_EVENT:
      return EndDocument(event);
    case YAML_SCALAR_EVENT:
      return TakeScalar(event);
    case YAML_ALIAS_EVENT:
      return TakeAlias(event);
    case YAML_SEQUENCE_START_EVENT:
      return OpenSequence(event);
    case YAML_MAPPING_START_EVENT:
      return OpenMapping(event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      return CloseCollection(event);
    case YAML_STREAM_END_EVENT:
      if (next_separator_ == scan_.separators.size()) return true;
      return ReportSeparator(scan_.separators[next_separator_]);
    default:
      return true;
  }
}

// Both readers must cut the stream at the same lines: kubectl at each that
// begins with "---", YAML where a document begins. No text is known for which
// they do not, once ScanBytes has looked at those lines.
bool Composer::StartDocument(const yaml_event_t& event) {
  const auto& start = event.data.document_start;
  document_begin_ = At(event.start_mark);
  if (start.version_directive != nullptr || start.tag_directives.start != start.tag_directives.end) {
    return problems_.Add(kDocumentRule, {document_begin_, At(event.end_mark)},
                         "directives (lines that begin with \"%\") are not read alike by all tools");
  }
  if (start.implicit == 0) {
    if (next_separator_ == scan_.separators.size()) return ReportSeparator(document_begin_.line);
    const std::uint32_t cut = scan_.separators[next_separator_++];
    if (cut != document_begin_.line) return ReportSeparator(cut);
  }
  if (file_.documents.size() >= limits_.push_objects) {
    return problems_.Add(
        kLimitRule, {document_begin_, document_begin_},
        fmt::format("more than {} documents in one file (limit pushObjects)", limits_.push_objects));
  }
  anchors_.StartDocument();
  builder_.StartDocument();
  return true;
}

bool Composer::EndDocument(const yaml_event_t& event) {
  const Node* root = builder_.TakeRoot(document_begin_);
  const bool implicit = event.data.document_end.implicit != 0;
  const Position end = implicit ? root->range.end : At(event.end_mark);
  if (!implicit && root->kind == NodeKind::kNull && root->text.empty()) {
    return problems_.Add(
        kDocumentRule, {At(event.start_mark), end},
        "\"...\" ends an empty document here; kubectl refuses it where \"---\" stands in front");
  }
  file_.documents.push_back({root, {document_begin_, std::max(document_begin_, end)}});
  return true;
}

bool Composer::TakeScalar(const yaml_event_t& event) {
  const auto& scalar = event.data.scalar;
  WrittenScalar written;
  written.text = {reinterpret_cast<const char*>(scalar.value), scalar.length};
  written.tag = Text(scalar.tag);
  written.style = StyleOf(scalar.style);
  written.resolves = scalar.plain_implicit != 0;
  written.in_flow = builder_.InFlow();
  written.range = {At(event.start_mark), At(event.end_mark)};
  if (written.text == "<<" && written.resolves && builder_.AtKey()) {
    if (scalar.anchor == nullptr) return builder_.SetMergeKey(written.range);
    return problems_.Add(kMergeRule, written.range, "a merge key cannot have an anchor");
  }
  Subtree tree;
  if (!scalars_.Read(written, tree.node)) return false;
  tree.end = tree.node.range.end;
  anchors_.CountNode();
  if (scalar.anchor != nullptr) {
    if (!CheckAnchorCount(written.range)) return false;
    anchors_.Complete(anchors_.Begin(Text(scalar.anchor)), tree, {1, 1});
  }
  return Place(tree);
}

bool Composer::TakeAlias(const yaml_event_t& event) {
  const Range range{At(event.start_mark), At(event.end_mark)};
  const std::string_view name = Text(event.data.alias.anchor);
  const Anchor* anchor = anchors_.Find(name);
  if (anchor == nullptr) {
    // The name is not told: a password that begins with '*' reads as an alias.
    return problems_.Add(kAliasRule, range,
                         "an alias, and no anchor of its name stands above in this document");
  }
  if (!anchor->complete) {
    return problems_.Add(kAliasRule, range, "an alias inside the value that its anchor names");
  }
  if (!anchors_.CountAlias(*anchor)) {
    return problems_.Add(kAliasRule, range,
                         "the API server refuses a document that consists of aliases to this extent");
  }
  // Place counts one node, the others are counted here.
  if (!builder_.Count(anchor->size.nodes - 1, range)) return false;
  file_.aliases = true;
  Subtree tree = anchor->tree;
  tree.node.aliased = true;
  tree.end = range.end;
  if (builder_.AtKey()) tree.node.range = range;  // a key's place is here
  return Place(tree);
}

bool Composer::OpenSequence(const yaml_event_t& event) {
  const auto& start = event.data.sequence_start;
  Node node;
  node.kind = NodeKind::kSequence;
  node.style = start.style == YAML_FLOW_SEQUENCE_STYLE ? NodeStyle::kFlow : NodeStyle::kBlock;
  node.range = {At(event.start_mark), At(event.end_mark)};
  return Open(node, Text(start.tag), Text(start.anchor));
}

bool Composer::OpenMapping(const yaml_event_t& event) {
  const auto& start = event.data.mapping_start;
  Node node;
  node.kind = NodeKind::kMapping;
  node.style = start.style == YAML_FLOW_MAPPING_STYLE ? NodeStyle::kFlow : NodeStyle::kBlock;
  node.range = {At(event.start_mark), At(event.end_mark)};
  return Open(node, Text(start.tag), Text(start.anchor));
}

bool Composer::Open(const Node& node, std::string_view tag, std::string_view anchor) {
  const bool mapping = node.kind == NodeKind::kMapping;
  if (builder_.AtKey()) {
    return problems_.Add(kKeyRule, node.range,
                         "a mapping or list cannot be a key; text with \"{{\" must be quoted");
  }
  if (!tag.empty() && tag != (mapping ? YAML_MAP_TAG : YAML_SEQ_TAG)) {
    return problems_.Add(kTagRule, node.range, "this tag means nothing to Kubernetes");
  }
  Beginning beginning{std::nullopt, Now()};
  if (!anchor.empty()) {
    if (!CheckAnchorCount(node.range)) return false;
    beginning.anchor = anchors_.Begin(anchor);
  }
  beginnings_.push_back(beginning);
  // go-yaml does not count the list of a merge key.
  if (mapping || !builder_.AtMergeValue()) anchors_.CountNode();
  return builder_.Open(node);
}

bool Composer::CloseCollection(const yaml_event_t& event) {
  Subtree tree;
  if (!builder_.Close(At(event.end_mark), tree)) return false;
  const Beginning beginning = beginnings_.back();
  beginnings_.pop_back();
  if (beginning.anchor) anchors_.Complete(*beginning.anchor, tree, Now().Since(beginning.tally));
  return builder_.Add(tree);
}

// A scalar, or what an alias stands for.
bool Composer::Place(Subtree& tree) {
  if (builder_.AtKey()) return PlaceKey(tree);
  if (tree.node.kind == NodeKind::kFloat) WholeToInteger(tree.node);
  return builder_.Count(1, tree.node.range) && builder_.Add(tree);
}

bool Composer::PlaceKey(const Subtree& tree) {
  std::string_view key;
  if (KeyText(tree.node, *file_.arena, key)) return builder_.SetKey(key, {tree.node.range.begin, tree.end});
  return problems_.Add(kKeyRule, tree.node.range,
                       "a key must be a string, a boolean or a number of at most 64 bits");
}

bool Composer::CheckAnchorCount(Range range) {
  if (anchors_.count() < limits_.anchors) return true;
  return problems_.Add(kLimitRule, range,
                       fmt::format("more than {} anchors in one document (limit anchors)", limits_.anchors));
}

bool Composer::ReportSeparator(std::uint32_t line) {
  return problems_.Add(kDocumentRule, {{line, 1}, {line, 4}},
                       "kubectl cuts the file at this \"---\", to YAML it stands inside a value");
}

bool Composer::ReportSyntax(const yaml_parser_t& parser) {
  if (parser.error == YAML_MEMORY_ERROR)
    return problems_.Add(kLimitRule, {}, "not enough memory to read the file");
  const Position at = At(parser.problem_mark);
  const Range range{at, {at.line, at.column + 1}};
  const std::string_view next = SourceCursor(*file_.bytes).Between(range);
  std::string message = parser.problem == nullptr ? "this is not YAML" : parser.problem;
  if (message == "did not find expected <document start>") {
    return problems_.Add(kDocumentRule, range,
                         "text behind the end of a document: kubectl drops it, others read it");
  }
  if (next == "\t") message = "a tab cannot indent a line of YAML, only spaces can";
  if (parser.context != nullptr && next != "\t") message.append(" ").append(parser.context);
  return problems_.Add(kSyntaxRule, range, std::move(message));
}

}  // namespace

void ComposeYaml(const ByteScan& scan, const Limits& limits, ParsedFile& file, DuplicateKeys duplicates) {
  Composer(scan, limits, file, duplicates).Run();
}

}  // namespace sluice::manifests
