// The objects of generators, and what becomes of them when they meet others.
// Tested by tests/manifests/render/generate_test.cc.
#include "manifests/render/generate.h"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "manifests/render/edit.h"
#include "manifests/render/generator_pairs.h"
#include "manifests/render/kustomize_scalar.h"
#include "manifests/scalar.h"
#include "manifests/utf8.h"

namespace sluice::manifests::render {
namespace {

// What a field of an entry or of its options may be; ReadPairs looks at lists.
struct KnownField {
  std::string_view name;
  NodeKind kind;
};
constexpr KnownField kEntryFields[] = {
    {"name", NodeKind::kString},       {"namespace", NodeKind::kString}, {"behavior", NodeKind::kString},
    {"literals", NodeKind::kSequence}, {"files", NodeKind::kSequence},   {"envs", NodeKind::kSequence},
    {"env", NodeKind::kString},        {"options", NodeKind::kMapping},  {"type", NodeKind::kString},
};
constexpr KnownField kOptionFields[] = {
    {"labels", NodeKind::kMapping},
    {"annotations", NodeKind::kMapping},
    {"disableNameSuffixHash", NodeKind::kBool},
    {"immutable", NodeKind::kBool},
};

constexpr std::string_view KindWord(NodeKind kind) {
  switch (kind) {
    case NodeKind::kString:
      return "a text";
    case NodeKind::kSequence:
      return "a list";
    case NodeKind::kBool:
      return "true or false";
    default:
      return "a mapping";
  }
}

// Base64 in lines of 70 characters, as kustomize breaks it: a text that fills no
// line has no line break, every other one ends with one.
std::string WrappedBase64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr std::size_t kLine = 70;
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view three = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j)
      bits = bits << 8 | (j < three.size() ? static_cast<unsigned char>(three[j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j) text += j <= three.size() ? kDigits[bits >> (18 - 6 * j) & 63] : '=';
  }
  if (text.size() < kLine) return text;
  std::string lines;
  for (std::size_t i = 0; i < text.size(); i += kLine) lines += text.substr(i, kLine) + '\n';
  return lines;
}

// A text as kustomize would write it, which a later patch can tell: in quotes
// where a reader of YAML would take it for something else.
Node ValueNode(std::string_view text, Range place) {
  Node node;
  node.range = place;
  node.text = text;
  const bool lines = text.find('\n') != text.npos;
  const bool odd = !lines && ((ResolvePlain(node) && node.kind != NodeKind::kString) || IsTime(text));
  node.kind = NodeKind::kString;
  node.style = lines                  ? NodeStyle::kLiteral
               : odd && !text.empty() ? NodeStyle::kDoubleQuoted
                                      : NodeStyle::kPlain;
  return node;
}

class Generator {
 public:
  Generator(Arena& arena, GeneratorKind kind, const Node& entry, const Node* options)
      : arena_(arena), kind_(kind), entry_(entry) {
    Check(entry, kEntryFields);
    options_[0] = OptionsOf(entry.Find("options"));
    options_[1] = OptionsOf(options);
  }

  Generated Run(const ReadGeneratorFile& read) {
    const Node* const name = Field(entry_, "name");
    if (name == nullptr || name->String().empty()) Fail(entry_.range, "a configmap must have a name");
    if (!result_.problems.empty()) return std::move(result_);
    const std::vector<GeneratorPair> pairs = ReadPairs(entry_, read, result_.problems);
    if (!result_.problems.empty() || !AreUnique(pairs, name->text)) return std::move(result_);
    Add("apiVersion", TextNode(arena_, "v1", entry_.range));
    Add("kind", TextNode(arena_, kind_ == GeneratorKind::kSecret ? "Secret" : "ConfigMap", entry_.range));
    AddMetadata(*name);
    AddType();
    AddData(pairs);
    if (const Node* const immutable = Option("immutable")) Add("immutable", *immutable);
    result_.object = MappingNode(arena_, members_, entry_.range);
    result_.behavior = Behavior();
    result_.hash_suffix = Option("disableNameSuffixHash") == nullptr;
    return std::move(result_);
  }

 private:
  void Fail(Range place, std::string message) { result_.problems.push_back({std::move(message), place}); }

  static const Node* Field(const Node& mapping, std::string_view name) {
    const Node* const field = mapping.Find(name);
    return field == nullptr || field->kind == NodeKind::kNull ? nullptr : field;
  }

  void Check(const Node& mapping, std::span<const KnownField> known) {
    if (mapping.kind != NodeKind::kMapping) return Fail(mapping.range, "expected a mapping");
    for (const Node& field : mapping.children) {
      const auto found = std::ranges::find(known, field.key, &KnownField::name);
      const bool type_here = field.key != "type" || kind_ == GeneratorKind::kSecret;
      if (found == known.end() || !type_here) {
        Fail(field.key_range, fmt::format("unknown field \"{}\"", field.key));
      } else if (field.kind != NodeKind::kNull && field.kind != found->kind) {
        Fail(field.range, fmt::format("{} is not {}", field.key, KindWord(found->kind)));
      }
    }
  }

  const Node* OptionsOf(const Node* options) {
    if (options == nullptr || options->kind == NodeKind::kNull) return nullptr;
    Check(*options, kOptionFields);
    for (const std::string_view name : {"labels", "annotations"}) {
      const Node* const texts = Field(*options, name);
      if (texts == nullptr) continue;
      for (const Node& text : texts->children) {
        if (!text.IsString() && text.kind != NodeKind::kNull)
          Fail(text.range, fmt::format("a value of {} is not a text; put it in quotes", name));
      }
    }
    return options;
  }

  // A boolean that the entry or the kustomization sets; false counts as not set.
  const Node* Option(std::string_view name) const {
    for (const Node* const options : options_) {
      const Node* const option = options == nullptr ? nullptr : Field(*options, name);
      if (option != nullptr && option->value.boolean) return option;
    }
    return nullptr;
  }

  bool AreUnique(const std::vector<GeneratorPair>& pairs, std::string_view name) {
    std::unordered_set<std::string_view> keys;
    for (const GeneratorPair& pair : pairs) {
      if (keys.insert(pair.key).second) continue;
      Fail(pair.key_place, fmt::format("configmap {} illegally repeats the key `{}`", name, pair.key));
    }
    return result_.problems.empty();
  }

  void Add(std::string_view key, const Node& value) {
    members_.push_back(AsMember(arena_, value, key, value.key.empty() ? value.range : value.key_range));
  }

  void AddMetadata(const Node& name) {
    std::vector<Node> metadata{name};
    const Node* const ns = Field(entry_, "namespace");
    if (ns != nullptr && !ns->text.empty()) metadata.push_back(*ns);
    for (const std::string_view field : {"labels", "annotations"}) {
      const Node united = Texts(field);
      if (!united.children.empty()) metadata.push_back(united);
    }
    Add("metadata", MappingNode(arena_, metadata, entry_.range));
  }

  // Labels or annotations of the entry, and those of the kustomization that it
  // does not have.
  Node Texts(std::string_view field) {
    std::vector<Node> texts;
    Range place{};
    for (const Node* const options : options_) {
      const Node* const more = options == nullptr ? nullptr : Field(*options, field);
      if (more == nullptr) continue;
      if (texts.empty()) place = more->range;
      for (const Node& text : more->children) {
        if (std::ranges::find(texts, text.key, &Node::key) != texts.end()) continue;
        Node value = ValueNode(text.String(), text.range);
        texts.push_back(AsMember(arena_, value, text.key, text.key_range));
      }
    }
    return AsMember(arena_, MappingNode(arena_, texts, place), field, place);
  }

  void AddType() {
    if (kind_ != GeneratorKind::kSecret) return;
    const Node* const type = Field(entry_, "type");
    const bool given = type != nullptr && !type->text.empty();
    Node usual = TextNode(arena_, "Opaque", entry_.range);
    usual.style = NodeStyle::kPlain;  // as kustomize writes it: a patch's value may be no text
    Add("type", given ? *type : usual);
  }

  void AddData(const std::vector<GeneratorPair>& pairs) {
    std::vector<Node> data;
    std::vector<Node> binary;
    for (const GeneratorPair& pair : pairs) {
      const bool secret = kind_ == GeneratorKind::kSecret;
      const bool as_text = !secret && IsUtf8(pair.value);
      const std::string_view text = as_text ? pair.value : arena_.Keep(WrappedBase64(pair.value));
      const Node value = ValueNode(text, pair.place);
      (secret || as_text ? data : binary).push_back(AsMember(arena_, value, pair.key, pair.key_place));
    }
    if (!data.empty() || kind_ == GeneratorKind::kSecret)
      Add("data", MappingNode(arena_, data, entry_.range));
    if (!binary.empty()) Add("binaryData", MappingNode(arena_, binary, entry_.range));
  }

  // kustomize takes a word that it does not know for none.
  GeneratorBehavior Behavior() const {
    const Node* const word = Field(entry_, "behavior");
    if (word == nullptr) return GeneratorBehavior::kCreate;
    if (word->text == "merge") return GeneratorBehavior::kMerge;
    return word->text == "replace" ? GeneratorBehavior::kReplace : GeneratorBehavior::kCreate;
  }

  Arena& arena_;
  const GeneratorKind kind_;
  const Node& entry_;
  const Node* options_[2] = {};  // of the entry, of the kustomization
  std::vector<Node> members_;
  Generated result_;
};

std::string_view ScalarText(const Node& node) {
  const bool none = node.kind == NodeKind::kNull || !node.children.empty();
  return none ? std::string_view() : node.text;
}

// The texts of `old` and `fresh`, those of `fresh` where both have one; nullopt
// where there are none.
std::optional<Node> United(Arena& arena, const Node* old, const Node* fresh) {
  std::vector<Node> texts;
  if (fresh != nullptr) texts.assign(fresh->children.begin(), fresh->children.end());
  const Node own = fresh == nullptr ? Node{} : *fresh;
  if (old != nullptr) {
    for (const Node& text : old->children) {
      if (own.Find(text.key) != nullptr) continue;
      Node kept = text.IsString() ? text : ValueNode(ScalarText(text), text.range);
      texts.push_back(AsMember(arena, kept, text.key, text.key_range));
    }
  }
  if (texts.empty()) return std::nullopt;
  const Node& named = fresh != nullptr ? *fresh : *old;
  return AsMember(arena, MappingNode(arena, texts, named.range), named.key, named.key_range);
}

// `mapping` with its texts called `field` united with those of `old`.
Node WithUnited(Arena& arena, const Node& mapping, const Node* old, std::string_view field) {
  const auto united = United(arena, old == nullptr ? nullptr : old->Find(field), mapping.Find(field));
  return united ? WithMember(arena, mapping, *united) : WithoutMember(arena, mapping, field);
}

}  // namespace

Generated Generate(Arena& arena, GeneratorKind kind, const Node& entry, const Node* options,
                   const ReadGeneratorFile& read) {
  return Generator(arena, kind, entry, options).Run(read);
}

Node Absorb(Arena& arena, const Node& existing, const Generated& generated) {
  Node object = generated.object;
  const Node* const old = existing.Find("metadata");
  Node metadata = *object.Find("metadata");
  metadata = WithUnited(arena, metadata, old, "labels");
  metadata = WithUnited(arena, metadata, old, "annotations");
  for (const std::string_view field : {"name", "namespace"}) {
    const Node* const kept = old == nullptr ? nullptr : old->Find(field);
    metadata = kept == nullptr ? WithoutMember(arena, metadata, field) : WithMember(arena, metadata, *kept);
  }
  object = WithMember(arena, object, metadata);
  if (generated.behavior != GeneratorBehavior::kMerge) return object;
  object = WithUnited(arena, object, &existing, "data");
  return WithUnited(arena, object, &existing, "binaryData");
}

}  // namespace sluice::manifests::render
