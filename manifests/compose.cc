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

#include "manifests/hidden.h"
#include "manifests/number.h"
#include "manifests/rules.h"
#include "manifests/scalar.h"
#include "manifests/source_cursor.h"
#include "manifests/tree_builder.h"

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
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: return NodeStyle::kSingleQuoted;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: return NodeStyle::kDoubleQuoted;
    case YAML_LITERAL_SCALAR_STYLE: return NodeStyle::kLiteral;
    case YAML_FOLDED_SCALAR_STYLE: return NodeStyle::kFolded;
    default: return NodeStyle::kPlain;
  }
}

// go-yaml's allowedAliasRatio: how much of a document may come from aliases.
double AllowedAliasRatio(double decoded) {
  constexpr double kLow = 400'000;
  constexpr double kHigh = 4'000'000;
  if (decoded <= kLow) return 0.99;
  if (decoded >= kHigh) return 0.10;
  return 0.99 - 0.89 * (decoded - kLow) / (kHigh - kLow);
}

class Composer {
 public:
  Composer(const ByteScan& scan, const Limits& limits, ParsedFile& file)
      : scan_(scan), limits_(limits), file_(file), problems_(file), builder_(*file.arena, limits, problems_) {}

  void Run();

 private:
  struct Anchor {
    std::string name;
    Subtree tree;
    bool complete = false;
    std::uint64_t decoded = 0;  // what go-yaml counts for it
    std::uint64_t nodes = 0;
  };

  // How things stood when an open collection began.
  struct Beginning {
    std::optional<std::size_t> anchor;  // its own
    std::uint64_t decoded = 0;
    std::uint64_t nodes = 0;
  };

  bool Take(const yaml_event_t& event);
  bool StartDocument(const yaml_event_t& event);
  bool EndDocument(const yaml_event_t& event);
  bool TakeScalar(const yaml_event_t& event);
  bool TakeAlias(const yaml_event_t& event);
  bool OpenCollection(const yaml_event_t& event);
  bool CloseCollection(const yaml_event_t& event);

  bool ReadScalar(const yaml_event_t& event, Node& node);
  bool ReadTagged(std::string_view tag, Node& node);
  bool CheckReading(const Node& node);
  bool CheckBlock(Node& node);
  bool Place(Subtree tree);
  bool PlaceKey(const Subtree& tree);
  bool AddAnchor(std::string_view name, Range range);
  void CompleteAnchor(std::size_t index, const Subtree& tree, std::uint64_t decoded, std::uint64_t nodes);
  bool CountAlias(const Anchor& anchor, Range range);
  bool ReportSeparator(std::uint32_t line);
  bool ReportSyntax(const yaml_parser_t& parser);
  SourceCursor& Source();

  const ByteScan& scan_;
  const Limits& limits_;
  ParsedFile& file_;
  Problems problems_;
  TreeBuilder builder_;
  std::vector<Anchor> anchors_;        // of this document, in the order in which they began
  std::vector<Beginning> beginnings_;  // one for each open collection
  std::uint64_t decoded_ = 0;          // go-yaml's decodeCount
  std::uint64_t from_aliases_ = 0;     // go-yaml's aliasCount
  std::size_t next_separator_ = 0;
  Position document_begin_;
  std::optional<SourceCursor> source_;
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
    case YAML_DOCUMENT_START_EVENT: return StartDocument(event);
    case YAML_DOCUMENT_END_EVENT: return EndDocument(event);
    case YAML_SCALAR_EVENT: return TakeScalar(event);
    case YAML_ALIAS_EVENT: return TakeAlias(event);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT: return OpenCollection(event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: return CloseCollection(event);
    case YAML_STREAM_END_EVENT:
      if (next_separator_ == scan_.separators.size()) return true;
      return ReportSeparator(scan_.separators[next_separator_]);
    default: return true;
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
    return problems_.Add(kLimitRule, {document_begin_, document_begin_},
                         fmt::format("more than {} documents in one file (limit push_objects)", limits_.push_objects));
  }
  anchors_.clear();
  builder_.StartDocument();
  decoded_ = 1;  // go-yaml counts the document too
  from_aliases_ = 0;
  return true;
}

bool Composer::EndDocument(const yaml_event_t& event) {
  const Node* root = builder_.TakeRoot(document_begin_);
  const bool implicit = event.data.document_end.implicit != 0;
  const Position end = implicit ? root->range.end : At(event.end_mark);
  if (!implicit && root->kind == NodeKind::kNull && root->text.empty()) {
    return problems_.Add(kDocumentRule, {At(event.start_mark), end},
                         "\"...\" ends an empty document here; kubectl refuses it where \"---\" stands in front");
  }
  file_.documents.push_back({root, {document_begin_, std::max(document_begin_, end)}});
  return true;
}

bool Composer::TakeScalar(const yaml_event_t& event) {
  const auto& scalar = event.data.scalar;
  const std::string_view text(reinterpret_cast<const char*>(scalar.value), scalar.length);
  Subtree tree;
  Node& node = tree.node;
  node.range = {At(event.start_mark), At(event.end_mark)};
  if (text == "<<" && scalar.plain_implicit != 0 && builder_.AtKey()) {
    if (scalar.anchor == nullptr) return builder_.SetMergeKey(node.range);
    return problems_.Add(kMergeRule, node.range, "a merge key cannot have an anchor");
  }
  node.style = StyleOf(scalar.style);
  node.text = file_.arena->Keep(text);
  if (!ReadScalar(event, node) || !CheckReading(node)) return false;
  const bool block = node.style == NodeStyle::kLiteral || node.style == NodeStyle::kFolded;
  if (block && !CheckBlock(node)) return false;
  tree.end = node.range.end;
  ++decoded_;
  if (scalar.anchor != nullptr) {
    if (!AddAnchor(Text(scalar.anchor), node.range)) return false;
    CompleteAnchor(anchors_.size() - 1, tree, 1, 1);
  }
  return Place(tree);
}

bool Composer::ReadScalar(const yaml_event_t& event, Node& node) {
  const auto& scalar = event.data.scalar;
  if (scalar.tag != nullptr) return ReadTagged(Text(scalar.tag), node);
  node.kind = NodeKind::kString;
  if (scalar.plain_implicit == 0) return true;
  // The tag "!" is gone from the event. It makes a string in YAML; go-yaml
  // reads what stands behind it as if it were plain.
  if (node.style != NodeStyle::kPlain || (scan_.lone_tag && Source().Between(node.range).starts_with('!'))) {
    return problems_.Add(kTagRule, node.range, "the tag \"!\" is not read alike by all tools");
  }
  if (ResolvePlain(node)) return true;
  return problems_.Add(kValueRule, node.range, "infinities and not-a-number have no form in JSON");
}

bool Composer::ReadTagged(std::string_view tag, Node& node) {
  // libyaml and go-yaml cut a tag in front of "," and "]" differently; behind
  // both there is no text.
  if (node.style == NodeStyle::kPlain && node.text.empty()) {
    return problems_.Add(kTagRule, node.range, "a tag with no value behind it is not read alike by all tools");
  }
  switch (ResolveTagged(tag, node, *file_.arena)) {
    case TagResult::kRead: return true;
    case TagResult::kUnknown:
      return problems_.Add(kTagRule, node.range, "this tag means nothing to Kubernetes; only !!str, !!int, !!float, "
                                                 "!!bool, !!null and !!binary do");
    case TagResult::kMismatch: return problems_.Add(kTagRule, node.range, "the value is not what its tag says");
    case TagResult::kNotFinite:
      return problems_.Add(kValueRule, node.range, "infinities and not-a-number have no form in JSON");
    case TagResult::kBadBase64: break;
  }
  return problems_.Add(kTagRule, node.range, "!!binary needs the base64 of UTF-8 text: a manifest holds nothing else");
}

// Refuses the texts that libyaml takes and go-yaml does not, or reads otherwise.
bool Composer::CheckReading(const Node& node) {
  if (node.style == NodeStyle::kPlain && builder_.InFlow() && node.text.find('?') != std::string_view::npos) {
    return problems_.Add(kValueRule, node.range,
                         "an unquoted \"?\" between brackets or braces is not read alike by all tools");
  }
  if (node.style != NodeStyle::kDoubleQuoted || !scan_.backslash || node.text.find('/') == std::string_view::npos) {
    return true;
  }
  const std::string_view source = Source().Between(node.range);
  for (auto at = source.find('\\'); at != std::string_view::npos; at = source.find('\\', at + 2)) {
    if (at + 1 < source.size() && source[at + 1] == '/') {
      return problems_.Add(kValueRule, node.range, "the escape \"\\/\" is known to some readers of YAML only");
    }
  }
  return true;
}

// Sets where a block scalar ends. One that is cut off by the end of the file is
// read differently: kubectl adds the missing line feed, other tools do not.
bool Composer::CheckBlock(Node& node) {
  const std::string_view source = Source().Between(node.range);
  const std::string_view header = source.substr(0, source.find_first_of(" #\r\n"));
  const char* end = file_.bytes->data() + file_.bytes->size();
  const std::string_view rest(source.data() + source.size(), static_cast<std::size_t>(end - source.data()) - source.size());
  const bool unended = !source.ends_with('\n') && header.size() < source.size();
  const bool blank_line = !rest.empty() && rest.find_first_not_of(' ') == std::string_view::npos;
  const bool stripped = header.find('-') != std::string_view::npos;
  const bool kept = header.find('+') != std::string_view::npos;
  if (rest.empty() ? unended && !stripped : blank_line && kept) {
    return problems_.Add(kValueRule, node.range,
                         "the file ends inside this text without a line feed, which kubectl adds and other tools do not");
  }
  node.range.end = EndOfBlock(node.range, source);
  return true;
}

bool Composer::TakeAlias(const yaml_event_t& event) {
  const Range range{At(event.start_mark), At(event.end_mark)};
  const std::string_view name = Text(event.data.alias.anchor);
  // Of two anchors with one name the one that began last counts.
  const auto anchor = std::find_if(anchors_.rbegin(), anchors_.rend(), [&](const Anchor& a) { return a.name == name; });
  if (anchor == anchors_.rend()) {
    return problems_.Add(kAliasRule, range, fmt::format("no anchor {} stands above in this document", Shown(name)));
  }
  if (!anchor->complete) {
    return problems_.Add(kAliasRule, range, fmt::format("the anchor {} contains itself", Shown(name)));
  }
  if (!CountAlias(*anchor, range)) return false;
  file_.aliases = true;
  Subtree tree = anchor->tree;
  tree.node.aliased = true;
  tree.end = range.end;
  if (builder_.AtKey()) tree.node.range = range;  // a key's place is here
  return Place(tree);
}

bool Composer::CountAlias(const Anchor& anchor, Range range) {
  decoded_ += 1 + anchor.decoded;
  from_aliases_ += anchor.decoded;
  const auto total = static_cast<double>(decoded_);
  const bool excessive = from_aliases_ > 100 && decoded_ > 1000 &&
                         static_cast<double>(from_aliases_) / total > AllowedAliasRatio(total);
  if (excessive) {
    return problems_.Add(kAliasRule, range, "the API server refuses a document that consists of aliases to this extent");
  }
  return anchor.nodes == 1 || builder_.Count(anchor.nodes - 1, range);  // the rest where it is placed
}

bool Composer::OpenCollection(const yaml_event_t& event) {
  const bool mapping = event.type == YAML_MAPPING_START_EVENT;
  const auto& start = event.data.mapping_start;
  const auto& sequence = event.data.sequence_start;
  const std::string_view tag = Text(mapping ? start.tag : sequence.tag);
  const std::string_view anchor = Text(mapping ? start.anchor : sequence.anchor);
  const bool flow = mapping ? start.style == YAML_FLOW_MAPPING_STYLE : sequence.style == YAML_FLOW_SEQUENCE_STYLE;
  Node node;
  node.kind = mapping ? NodeKind::kMapping : NodeKind::kSequence;
  node.style = flow ? NodeStyle::kFlow : NodeStyle::kBlock;
  node.range = {At(event.start_mark), At(event.end_mark)};
  if (builder_.AtKey()) {
    return problems_.Add(kKeyRule, node.range, "a mapping or list cannot be a key; text with \"{{\" must be quoted");
  }
  if (!tag.empty() && tag != (mapping ? YAML_MAP_TAG : YAML_SEQ_TAG)) {
    return problems_.Add(kTagRule, node.range, "this tag means nothing to Kubernetes");
  }
  Beginning beginning{std::nullopt, decoded_, builder_.nodes()};
  if (!anchor.empty()) {
    if (!AddAnchor(anchor, node.range)) return false;
    beginning.anchor = anchors_.size() - 1;
  }
  beginnings_.push_back(beginning);
  // go-yaml does not count the list of a merge key.
  if (mapping || !builder_.AtMergeValue()) ++decoded_;
  return builder_.Open(node);
}

bool Composer::CloseCollection(const yaml_event_t& event) {
  Subtree tree;
  if (!builder_.Close(At(event.end_mark), tree)) return false;
  const Beginning beginning = beginnings_.back();
  beginnings_.pop_back();
  if (beginning.anchor) {
    CompleteAnchor(*beginning.anchor, tree, decoded_ - beginning.decoded, builder_.nodes() - beginning.nodes);
  }
  return builder_.Add(tree);
}

// A scalar, or what an alias stands for.
bool Composer::Place(Subtree tree) {
  if (builder_.AtKey()) return PlaceKey(tree);
  if (tree.node.kind == NodeKind::kFloat) WholeToInteger(tree.node);
  return builder_.Count(1, tree.node.range) && builder_.Add(tree);
}

bool Composer::PlaceKey(const Subtree& tree) {
  std::string_view key;
  if (KeyText(tree.node, *file_.arena, key)) return builder_.SetKey(key, {tree.node.range.begin, tree.end});
  return problems_.Add(kKeyRule, tree.node.range, "a key must be a string, a boolean or a number of at most 64 bits");
}

bool Composer::AddAnchor(std::string_view name, Range range) {
  if (anchors_.size() >= limits_.anchors) {
    return problems_.Add(kLimitRule, range,
                         fmt::format("more than {} anchors in one document (limit anchors)", limits_.anchors));
  }
  anchors_.push_back({std::string(name), {}, false, 0, 0});
  return true;
}

void Composer::CompleteAnchor(std::size_t index, const Subtree& tree, std::uint64_t decoded, std::uint64_t nodes) {
  Anchor& anchor = anchors_[index];
  anchor.tree = tree;
  anchor.complete = true;
  anchor.decoded = decoded;
  anchor.nodes = nodes;
}

bool Composer::ReportSeparator(std::uint32_t line) {
  return problems_.Add(kDocumentRule, {{line, 1}, {line, 4}},
                       "kubectl cuts the file at this \"---\", to YAML it stands inside a value");
}

bool Composer::ReportSyntax(const yaml_parser_t& parser) {
  if (parser.error == YAML_MEMORY_ERROR) return problems_.Add(kLimitRule, {}, "not enough memory to read the file");
  const Position at = At(parser.problem_mark);
  const Range range{at, {at.line, at.column + 1}};
  const std::string_view next = SourceCursor(*file_.bytes).Between(range);
  std::string message = parser.problem == nullptr ? "this is not YAML" : parser.problem;
  if (message == "did not find expected <document start>") {
    return problems_.Add(kDocumentRule, range, "text behind the end of a document: kubectl drops it, others read it");
  }
  if (next == "\t") message = "a tab cannot indent a line of YAML, only spaces can";
  if (parser.context != nullptr && next != "\t") message.append(" ").append(parser.context);
  return problems_.Add(kSyntaxRule, range, std::move(message));
}

SourceCursor& Composer::Source() {
  if (!source_) source_.emplace(*file_.bytes);
  return *source_;
}

}  // namespace

void ComposeYaml(const ByteScan& scan, const Limits& limits, ParsedFile& file) { Composer(scan, limits, file).Run(); }

}  // namespace sluice::manifests
