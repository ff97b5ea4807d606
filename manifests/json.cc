// One loop over tokens; TreeBuilder holds the stack, so nothing recurses.
// Tested by tests/manifests/json_test.cc.
#include "manifests/json.h"

#include <fmt/core.h>

#include <vector>

#include "manifests/json_tokens.h"
#include "manifests/rules.h"
#include "manifests/tree_builder.h"

namespace sluice::manifests {
namespace {

class JsonReader {
 public:
  JsonReader(const Limits& limits, ParsedFile& file)
      : limits_(limits),
        file_(file),
        problems_(file),
        tokens_(*file.bytes, *file.arena, problems_),
        builder_(*file.arena, limits, problems_) {}

  void Run() {
    while (tokens_.SkipBlanks() && ReadValue()) {
    }
  }

 private:
  // What may come next inside the innermost collection.
  enum class Next : unsigned char { kItemOrEnd, kItem, kCommaOrEnd };

  bool ReadValue();
  bool Step();
  bool ReadItem();
  bool ReadKey();
  bool OpenCollection(char bracket);
  bool CloseCollection();

  const Limits& limits_;
  ParsedFile& file_;
  Problems problems_;
  JsonTokens tokens_;
  TreeBuilder builder_;
  std::vector<char> closing_;  // the bracket that closes each open collection
  Next next_ = Next::kItemOrEnd;
};

// One value of the file, a document.
bool JsonReader::ReadValue() {
  const Position begin = tokens_.Here();
  if (file_.documents.size() >= limits_.push_objects) {
    return problems_.Add(
        kLimitRule, {begin, begin},
        fmt::format("more than {} documents in one file (limit pushObjects)", limits_.push_objects));
  }
  builder_.StartDocument();
  if (!ReadItem()) return false;
  while (!closing_.empty()) {
    if (!tokens_.SkipBlanks()) return tokens_.Fail("the file ends inside an object or array");
    if (!Step()) return false;
  }
  file_.documents.push_back({builder_.TakeRoot(begin), {begin, tokens_.Here()}});
  return true;
}

// The next part of the innermost collection.
bool JsonReader::Step() {
  const char c = tokens_.Peek();
  if (next_ != Next::kItem && c == closing_.back()) return CloseCollection();
  if (next_ == Next::kCommaOrEnd) {
    if (c != ',') return tokens_.Fail(fmt::format("expected \",\" or \"{}\"", closing_.back()));
    tokens_.Step();
    next_ = Next::kItem;
    return true;
  }
  if (closing_.back() == '}' && !ReadKey()) return false;
  return ReadItem();
}

bool JsonReader::ReadKey() {
  if (tokens_.Peek() != '"') return tokens_.Fail("expected a key in double quotes");
  const Position begin = tokens_.Here();
  std::string_view key;
  if (!tokens_.ReadString(key)) return false;
  const Range range{begin, tokens_.Here()};
  if (!tokens_.SkipBlanks() || tokens_.Peek() != ':') return tokens_.Fail("expected \":\" behind a key");
  tokens_.Step();
  if (!tokens_.SkipBlanks()) return tokens_.Fail("the file ends behind a key");
  return builder_.SetKey(key, range);
}

// A scalar, or the beginning of a collection.
bool JsonReader::ReadItem() {
  const char c = tokens_.Peek();
  if (c == '{' || c == '[') return OpenCollection(c);
  Subtree tree;
  tree.node.range.begin = tokens_.Here();
  if (!tokens_.ReadScalar(tree.node)) return false;
  tree.end = tree.node.range.end = tokens_.Here();
  next_ = Next::kCommaOrEnd;
  return builder_.Count(1, tree.node.range) && builder_.Add(tree);
}

bool JsonReader::OpenCollection(char bracket) {
  Node node;
  node.kind = bracket == '{' ? NodeKind::kMapping : NodeKind::kSequence;
  node.style = NodeStyle::kFlow;
  node.range.begin = tokens_.Here();
  tokens_.Step();
  node.range.end = tokens_.Here();
  closing_.push_back(bracket == '{' ? '}' : ']');
  next_ = Next::kItemOrEnd;
  return builder_.Open(node);
}

bool JsonReader::CloseCollection() {
  tokens_.Step();
  closing_.pop_back();
  next_ = Next::kCommaOrEnd;
  Subtree tree;
  return builder_.Close(tokens_.Here(), tree) && builder_.Add(tree);
}

}  // namespace

void ReadJson(const Limits& limits, ParsedFile& file) { JsonReader(limits, file).Run(); }

}  // namespace sluice::manifests
