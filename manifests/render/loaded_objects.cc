// Tested by tests/manifests/render/loaded_objects_test.cc.
#include "manifests/render/loaded_objects.h"

#include <fmt/core.h>

#include <algorithm>

#include "manifests/hidden.h"
#include "manifests/render/edit.h"
#include "manifests/render/kustomize_scalar.h"
#include "manifests/render/resource.h"

namespace sluice::manifests::render {
namespace {

bool IsEmpty(const Node& node) {
  switch (node.kind) {
    case NodeKind::kNull:
      return true;
    case NodeKind::kMapping:
    case NodeKind::kSequence:
      return node.children.empty();
    default:
      return node.text.empty();
  }
}

class Loader {
 public:
  explicit Loader(LoadedObjects& loaded) : loaded_(loaded) {}

  bool Add(const Node& root) {
    if (IsEmpty(root)) return true;
    if (!Check(root)) return false;
    const Node* items = root.Find("items");
    const bool list = ScalarText(root.Find("kind")).ends_with("List") && items != nullptr;
    if (!list) {
      loaded_.objects.push_back(root);
      return true;
    }
    if (items->kind == NodeKind::kNull) return true;
    if (items->kind != NodeKind::kSequence)
      return Fail("the items of a list kind are not a list", items->range);
    return std::ranges::all_of(items->children, [&](const Node& item) { return Add(item); });
  }

 private:
  bool Fail(std::string message, Range place) {
    loaded_.problems.push_back({std::move(message), place});
    return false;
  }

  bool Check(const Node& root) {
    const Range start{root.range.begin, root.range.begin};
    if (root.kind != NodeKind::kMapping)
      return Fail("missing Resource metadata: this is not an object", start);
    const ResourceId id = IdOf(root);
    if (id.gvk.kind.empty()) return Fail("missing kind in object", start);
    if (id.name.empty() && !id.gvk.kind.ends_with("List")) {
      return Fail(fmt::format("missing metadata.name in object of kind {}", Shown(id.gvk.kind)), start);
    }
    return true;
  }

  LoadedObjects& loaded_;
};

// An escape of JSON that YAML does not have: of a slash, or of half a character.
bool HasForeignEscape(std::string_view json) {
  for (std::size_t at = json.find('\\'); at < json.size(); at = json.find('\\', at + 2)) {
    const std::string_view escape = json.substr(at, 4);
    if (escape.starts_with("\\/")) return true;
    const bool half = escape.size() == 4 && (escape[2] == 'd' || escape[2] == 'D') &&
                      std::string_view("89aAbBcCdDeEfF").find(escape[3]) != std::string_view::npos;
    if (escape.starts_with("\\u") && half) return true;
  }
  return false;
}

// kustomize reads JSON as the YAML that it is, almost.
LoadedObjects RefuseJson(const SourceFile& file) {
  LoadedObjects loaded;
  const std::string_view bytes = *file.parsed.bytes;
  const std::size_t begin = bytes.find_first_not_of(" \t\r\n");
  if (begin == bytes.npos || bytes[begin] != '{' || file.parsed.documents.empty()) return loaded;
  if (file.parsed.documents.size() > 1) {
    loaded.problems.push_back({"kustomize reads the first of several objects of JSON and drops the others",
                               file.parsed.documents[1].root->range});
    return loaded;
  }
  if (!HasForeignEscape(bytes)) return loaded;
  loaded.problems.push_back(
      {"kustomize reads JSON as YAML, which has no escape of a slash or of half a character",
       file.parsed.documents.front().root->range});
  return loaded;
}

}  // namespace

LoadedObjects LoadObjects(Arena& arena, const Sources& sources, const SourceFile& file) {
  LoadedObjects loaded = RefuseJson(file);
  if (!loaded.problems.empty()) return loaded;
  Loader loader(loaded);
  for (const Document& document : file.parsed.documents) {
    const KustomizeReading reading = AsKustomizeReads(arena, sources, *document.root);
    if (reading.odd_key != nullptr) {
      loaded.problems.push_back(
          {fmt::format("the key {} is not text; put it in quotes", Shown(reading.odd_key->key)),
           reading.odd_key->key_range});
      break;
    }
    if (!loader.Add(reading.changed ? *reading.changed : *document.root)) break;
  }
  return loaded;
}

Node WithTexts(Arena& arena, const Node& mapping) {
  std::vector<Node> members(mapping.children.begin(), mapping.children.end());
  bool changed = false;
  for (Node& member : members) {
    if (member.IsString() && member.style != NodeStyle::kPlain) continue;
    const std::string_view text = member.children.empty() ? member.text : std::string_view();
    member = AsMember(arena, TextNode(arena, text, member.range), member.key, member.key_range);
    changed = true;
  }
  return changed ? WithChildren(arena, mapping, members) : mapping;
}

Node WithTextsAt(Arena& arena, const Node& root, std::string_view metadata_field) {
  const Node* metadata = root.Find("metadata");
  const Node* mapping = metadata == nullptr ? nullptr : metadata->Find(metadata_field);
  if (mapping == nullptr) return root;
  const bool keep = mapping->kind == NodeKind::kMapping && !mapping->children.empty();
  const Node texts = keep ? WithTexts(arena, *mapping) : *mapping;
  if (keep && texts.children.data() == mapping->children.data()) return root;
  const Node changed =
      keep ? WithMember(arena, *metadata, texts) : WithoutMember(arena, *metadata, metadata_field);
  return WithMember(arena, root, AsMember(arena, changed, "metadata", metadata->key_range));
}

}  // namespace sluice::manifests::render
