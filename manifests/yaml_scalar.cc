// Besides the resolution of scalar.h this pass refuses what the two scanners of
// the field take differently: libyaml, which reads here, and go-yaml v2, which
// reads in Kubernetes. The differences were found by comparing them on all short
// texts of YAML's indicators; tests/oracles repeats that on mutated files.
// Tested by tests/manifests/scalar_test.cc and yaml_test.cc.
#include "manifests/yaml_scalar.h"

#include "manifests/arena.h"
#include "manifests/rules.h"
#include "manifests/scalar.h"

namespace sluice::manifests {

bool ScalarReader::Read(const WrittenScalar& scalar, Node& node) {
  node.style = scalar.style;
  node.range = scalar.range;
  node.text = file_.arena->Keep(scalar.text);
  if (!Resolve(scalar, node)) return false;
  switch (scalar.style) {
    case NodeStyle::kPlain:
      return !scalar.in_flow || CheckPlainInFlow(node);
    case NodeStyle::kDoubleQuoted:
      return !scan_.backslash || CheckEscapes(node);
    case NodeStyle::kLiteral:
    case NodeStyle::kFolded:
      return CheckBlock(node);
    default:
      return true;
  }
}

bool ScalarReader::Resolve(const WrittenScalar& scalar, Node& node) {
  if (!scalar.tag.empty()) return ResolveWithTag(scalar.tag, node);
  node.kind = NodeKind::kString;
  if (!scalar.resolves) return true;
  // libyaml takes the tag "!" out of its event. It makes a string in YAML;
  // go-yaml reads what stands behind it as if it were plain.
  if (scalar.style != NodeStyle::kPlain ||
      (scan_.lone_tag && Source().Between(node.range).starts_with('!'))) {
    return problems_.Add(kTagRule, node.range, "the tag \"!\" is not read alike by all tools");
  }
  if (ResolvePlain(node)) return true;
  return problems_.Add(kValueRule, node.range, "infinities and not-a-number have no form in JSON");
}

bool ScalarReader::ResolveWithTag(std::string_view tag, Node& node) {
  // libyaml and go-yaml cut a tag in front of "," and "]" differently; behind
  // both there is no text.
  if (node.style == NodeStyle::kPlain && node.text.empty()) {
    return problems_.Add(kTagRule, node.range,
                         "a tag with no value behind it is not read alike by all tools");
  }
  switch (ResolveTagged(tag, node, *file_.arena)) {
    case TagResult::kRead:
      return true;
    case TagResult::kUnknown:
      return problems_.Add(
          kTagRule, node.range,
          "this tag means nothing to Kubernetes; !!str, !!int, !!float, !!bool, !!null and !!binary do");
    case TagResult::kMismatch:
      return problems_.Add(kTagRule, node.range, "the value is not what its tag says");
    case TagResult::kNotFinite:
      return problems_.Add(kValueRule, node.range, "infinities and not-a-number have no form in JSON");
    case TagResult::kBadBase64:
      break;
  }
  return problems_.Add(kTagRule, node.range,
                       "!!binary needs the base64 of UTF-8 text: a manifest holds nothing else");
}

// go-yaml ends a plain scalar at a "?" there.
bool ScalarReader::CheckPlainInFlow(const Node& node) {
  if (node.text.find('?') == std::string_view::npos) return true;
  return problems_.Add(kValueRule, node.range,
                       "an unquoted \"?\" between brackets or braces is not read alike by all tools");
}

bool ScalarReader::CheckEscapes(const Node& node) {
  if (node.text.find('/') == std::string_view::npos) return true;
  const std::string_view source = Source().Between(node.range);
  for (auto at = source.find('\\'); at != std::string_view::npos; at = source.find('\\', at + 2)) {
    if (source.substr(at).starts_with("\\/")) {
      return problems_.Add(kValueRule, node.range,
                           "the escape \"\\/\" is known to some readers of YAML only");
    }
  }
  return true;
}

// Sets where a block scalar ends. One that is cut off by the end of the file is
// read differently: kubectl adds the missing line feed, other tools do not.
bool ScalarReader::CheckBlock(Node& node) {
  const std::string_view bytes = *file_.bytes;
  const std::string_view source = Source().Between(node.range);
  const std::string_view header = source.substr(0, source.find_first_of(" #\r\n"));
  const std::string_view rest =
      bytes.substr(static_cast<std::size_t>(source.data() - bytes.data()) + source.size());
  const bool unended = !source.ends_with('\n') && header.size() < source.size();
  const bool blank_line = !rest.empty() && rest.find_first_not_of(' ') == std::string_view::npos;
  const bool stripped = header.find('-') != std::string_view::npos;
  const bool kept = header.find('+') != std::string_view::npos;
  if (rest.empty() ? unended && !stripped : blank_line && kept) {
    return problems_.Add(
        kValueRule, node.range,
        "the file ends inside this text without a line feed, which kubectl adds and other tools do not");
  }
  node.range.end = EndOfBlock(node.range, source);
  return true;
}

SourceCursor& ScalarReader::Source() {
  if (!source_) source_.emplace(*file_.bytes);
  return *source_;
}

}  // namespace sluice::manifests
