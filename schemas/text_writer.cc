#include <algorithm>
#include <cstdio>
#include <set>
#include <unordered_map>

#include "schemas/json_text.h"
#include "schemas/schema_text.h"
#include "schemas/text_words.h"

// Graph to text form. The output depends on the meaning of its input alone, so
// that a refresh shows what changed and nothing else. Test: text_test.cc writes,
// reads and writes again.

namespace sluice::schemas {
namespace {

std::string NameText(std::string_view name) {
  return IsPlainName(name) ? std::string(name) : QuoteJson(name);
}

std::string Join(const std::vector<std::string>& parts, std::string_view separator = ",") {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += separator;
    out += part;
  }
  return out;
}

class NodeWriter {
 public:
  NodeWriter(const SchemaGraph& graph, const NodeReference& reference)
      : graph_(graph), reference_(reference) {}

  std::string Write(NodeId id) {
    const SchemaNode& node = graph_.nodes[id];
    std::string out = Base(node);
    const std::vector<std::string> options = Options(node);
    if (!options.empty()) out += "(" + Join(options) + ")";
    return out;
  }

 private:
  std::string Child(NodeId id) {
    std::string named = reference_(id);
    return named.empty() ? Write(id) : named;
  }

  static bool HasMembers(const SchemaNode& node) {
    return !node.properties.empty() || node.additional != kNoNode || (node.flags & kOpen) != 0;
  }

  std::string Base(const SchemaNode& node) {
    std::string out = Word(node);
    const bool list_alone = out.empty() && node.types == kArrayBit;
    if (HasMembers(node) || (out.empty() && !list_alone)) out += Members(node);
    if (node.items != kNoNode || node.list_type != ListType::kAtomic || list_alone) out += List(node);
    return out;
  }

  // The word that a node begins with; empty where braces or brackets say it all.
  static std::string Word(const SchemaNode& node) {
    const bool plain = node.format == Format::kNone;
    const std::string suffix = plain ? "" : ":" + std::string(FormatName(node.format));
    if ((node.flags & kPartial) != 0) return "~" + suffix;
    if (!plain && node.types == TypesOfFormat(node.format)) return std::string(FormatName(node.format));
    if (plain && node.types == kObjectBit) return "";
    if (plain && node.types == kArrayBit && !HasMembers(node)) return "";
    for (const TypeWord& type : kTypeWords) {
      if (type.types == node.types) return std::string(type.word) + suffix;
    }
    return Join(SeveralTypes(node.types), "|") + suffix;
  }

  static std::vector<std::string> SeveralTypes(std::uint8_t types) {
    std::vector<std::string> words;
    for (const TypeWord& type : kTypeWords) {
      if (type.types != kAnyBits && (types & type.types) == type.types) words.emplace_back(type.word);
    }
    return words;
  }

  std::string Members(const SchemaNode& node) {
    std::vector<std::string> parts;
    for (const SchemaProperty& property : node.properties) {
      std::string part = NameText(property.name);
      if (property.required) part += "!";
      if (property.fallback) part += "=" + property.fallback->json;
      parts.push_back(part + ":" + Child(property.node));
    }
    if (node.additional != kNoNode) parts.push_back("<" + Child(node.additional) + ">");
    if ((node.flags & kOpen) != 0) parts.emplace_back("...");
    return "{" + Join(parts) + "}";
  }

  std::string List(const SchemaNode& node) {
    std::string out = "[" + (node.items == kNoNode ? std::string() : Child(node.items)) + "]";
    if (node.list_type == ListType::kSet) out += "set";
    if (node.list_type == ListType::kMap) {
      std::vector<std::string> names;
      for (const std::string& key : node.list_keys) names.push_back(NameText(key));
      out += "map(" + Join(names) + ")";
    }
    return out;
  }

  std::vector<std::string> Options(const SchemaNode& node) {
    std::vector<std::string> out;
    for (const FlagWord& word : kFlagWords) {
      if ((node.flags & word.flag) != 0) out.emplace_back(word.word);
    }
    AddBounds(node.bounds, out);
    if (!node.pattern.empty()) out.push_back("pattern=" + QuoteJson(node.pattern));
    if (!node.values.empty()) out.push_back("enum=[" + Values(node) + "]");
    if (!node.required.empty()) {
      std::vector<std::string> names;
      for (const std::string& name : node.required) names.push_back(NameText(name));
      out.push_back("need=[" + Join(names) + "]");
    }
    AddBranches("all", node.all_of, out);
    AddBranches("any", node.any_of, out);
    AddBranches("one", node.one_of, out);
    if (node.negated != kNoNode) out.push_back("not=" + Child(node.negated));
    return out;
  }

  static std::string Values(const SchemaNode& node) {
    std::vector<std::string> values;
    for (const SchemaValue& value : node.values) values.push_back(value.json);
    return Join(values);
  }

  static void AddBounds(const Bounds& bounds, std::vector<std::string>& out) {
    const auto number = [&](std::string_view word, const std::optional<double>& value) {
      if (value) out.push_back(std::string(word) + "=" + NumberText(*value));
    };
    const auto range = [&](std::string_view word, const std::optional<std::uint32_t>& low,
                           const std::optional<std::uint32_t>& high) {
      if (!low && !high) return;
      out.push_back(std::string(word) + "=" + (low ? std::to_string(*low) : "") + "-" +
                    (high ? std::to_string(*high) : ""));
    };
    number("min", bounds.minimum);
    number("max", bounds.maximum);
    number("mult", bounds.multiple_of);
    range("len", bounds.min_length, bounds.max_length);
    range("items", bounds.min_items, bounds.max_items);
    range("props", bounds.min_properties, bounds.max_properties);
  }

  void AddBranches(std::string_view word, const std::vector<NodeId>& branches,
                   std::vector<std::string>& out) {
    if (branches.empty()) return;
    std::vector<std::string> texts;
    for (const NodeId branch : branches) texts.push_back(Child(branch));
    out.push_back(std::string(word) + "=[" + Join(texts) + "]");
  }

  const SchemaGraph& graph_;
  const NodeReference& reference_;
};

std::string KindText(const SchemaKind& kind, const std::string& minors, const std::string& root) {
  std::string out =
      "kind " + (kind.group.empty() ? "" : kind.group + "/") + kind.version + " " + kind.kind + " " + minors;
  if (kind.scope == Scope::kNamespaced) out += " namespaced";
  if (kind.scope == Scope::kCluster) out += " cluster";
  if (!kind.plural.empty()) out += " plural=" + kind.plural;
  if (!kind.short_names.empty()) out += " short=" + Join(kind.short_names);
  if (kind.has_cel_rules) out += " cel";
  return out + " " + root;
}

// Hash-consing by text: equal parts have equal texts, bottom up. The graph of a
// catalogue has no cycles (custom resources have no references).
class CatalogueWriter {
 public:
  explicit CatalogueWriter(const SchemaGraph& graph) : graph_(graph) {}

  std::string Write() {
    std::vector<std::pair<std::string, std::string>> kinds;  // sort key, line
    for (const SchemaKind& kind : graph_.kinds) {
      const std::string root = Named(kind.roots.front());
      kinds.emplace_back(kind.group + "/" + kind.version + " " + kind.kind, KindText(kind, "*", root));
    }
    std::sort(kinds.begin(), kinds.end());
    std::string out = "minors *\n";
    std::set<std::string> lines;
    for (auto& [key, line] : kinds) line = Expand(line);
    for (const auto& [name, text] : texts_) {
      if (StandsAlone(name)) lines.insert("def " + name + " * " + Expand(text));
    }
    for (const std::string& line : lines) out += line + "\n";
    for (const auto& [key, line] : kinds) out += line + "\n";
    return out;
  }

 private:
  static constexpr std::size_t kSmall = 40;  // shorter parts are always written out
  static constexpr std::size_t kLong = 400;  // longer parts get a line of their own

  std::string Named(NodeId id) {
    const auto done = names_.find(id);
    if (done != names_.end()) {
      Count(done->second);
      return done->second;
    }
    std::string text = NodeText(graph_, id, [this](NodeId child) { return Named(child); });
    if (text.size() >= kSmall) {
      std::string name = NameOf(text);
      texts_.emplace(name, std::move(text));
      text = "@" + name;
    }
    Count(text);
    return names_[id] = text;
  }

  void Count(const std::string& text) {
    if (text.front() == '@') ++uses_[text.substr(1)];
  }

  bool StandsAlone(const std::string& name) const {
    return uses_.at(name) > 1 || texts_.at(name).size() >= kLong;
  }

  // 40 bits of the hash of the text; a collision takes the next name.
  std::string NameOf(const std::string& text) const {
    std::uint64_t hash = 14695981039346656037u;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    while (true) {
      constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz234567";
      std::string name;
      for (int i = 0; i < 8; ++i) name += kDigits[(hash >> (5 * i)) & 31];
      const auto taken = texts_.find(name);
      if (taken == texts_.end() || taken->second == text) return name;
      ++hash;
    }
  }

  // `text` with every "@name" that does not stand alone replaced by its text.
  std::string Expand(const std::string& text) const {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '"') {  // a JSON string: no references inside
        const std::size_t length = JsonLength(std::string_view(text).substr(i));
        out.append(text, i, length);
        i += length - 1;
      } else if (text[i] == '@' && !StandsAlone(text.substr(i + 1, 8))) {
        out += Expand(texts_.at(text.substr(i + 1, 8)));
        i += 8;
      } else {
        out += text[i];
      }
    }
    return out;
  }

  const SchemaGraph& graph_;
  std::unordered_map<NodeId, std::string> names_;
  std::map<std::string, std::string> texts_;
  std::unordered_map<std::string, std::size_t> uses_;
};

using MinorLines = std::map<std::pair<std::string, std::string>, std::vector<std::uint16_t>>;

}  // namespace

std::string NodeText(const SchemaGraph& graph, NodeId node, const NodeReference& reference) {
  return NodeWriter(graph, reference).Write(node);
}

std::string WriteKubernetesText(const std::vector<MinorDefinitions>& minors) {
  MinorLines definitions;  // (name, text) to the minors that say so
  MinorLines kinds;
  std::vector<std::uint16_t> all;
  for (const MinorDefinitions& each : minors) {
    all.push_back(each.minor);
    std::unordered_map<NodeId, std::string> names;
    for (const auto& [name, node] : each.definitions) names[node] = "@" + name;
    const NodeReference reference = [&](NodeId id) {
      const auto found = names.find(id);
      return found == names.end() ? std::string() : found->second;
    };
    for (const auto& [name, node] : each.definitions) {
      definitions[{name, NodeText(each.graph, node, reference)}].push_back(each.minor);
    }
    for (const SchemaKind& kind : each.graph.kinds) {
      const NodeId root = kind.roots.front();
      const std::string named = reference(root);
      const std::string text = named.empty() ? NodeText(each.graph, root, reference) : named;
      kinds[{kind.group + "/" + kind.version + " " + kind.kind, KindText(kind, "%", text)}].push_back(
          each.minor);
    }
  }
  std::string out = "minors " + MinorsText(all) + "\n";
  for (const auto& [key, in] : definitions)
    out += "def " + key.first + " " + MinorsText(in) + " " + key.second + "\n";
  for (const auto& [key, in] : kinds) {
    const std::size_t mark = key.second.find(" % ");
    out += key.second.substr(0, mark + 1) + MinorsText(in) + key.second.substr(mark + 2) + "\n";
  }
  return out;
}

std::string WriteCatalogueText(const SchemaGraph& graph) { return CatalogueWriter(graph).Write(); }

std::string MinorsText(const std::vector<std::uint16_t>& minors) {
  if (minors.size() == 1 && minors.front() == 0) return "*";
  std::string out;
  for (std::size_t i = 0; i < minors.size(); ++i) {
    std::size_t end = i;
    while (end + 1 < minors.size() && minors[end + 1] == minors[end] + 1) ++end;
    if (!out.empty()) out += ",";
    out += std::to_string(minors[i]);
    if (end > i) out += "-" + std::to_string(minors[end]);
    i = end;
  }
  return out;
}

}  // namespace sluice::schemas
