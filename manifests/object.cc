// kubectl's way from documents to objects (cli-runtime's visitors and
// apimachinery's UnstructuredJSONScheme): anything whose "items" is a list is
// taken apart, whatever its kind. kubectl stops at a list inside a list.
// Invariant: every mapping of the file that kubectl would apply is an Object
// here, or the file has a finding of severity error.
// Tested by tests/manifests/object_test.cc and kubernetes_test.cc.
#include "manifests/object.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "manifests/hidden.h"
#include "manifests/kustomization_names.h"
#include "manifests/made_list.h"
#include "manifests/rules.h"

namespace sluice::manifests {
namespace {

constexpr std::size_t kMostFindings = 100;  // of one rule in one file
constexpr std::string_view kKustomizeGroup = "kustomize.config.k8s.io";
constexpr std::array kRules = {&kNotAMappingRule, &kNoApiVersionRule, &kNoKindRule,
                               &kMisspeltKeyRule, &kListRule,         &kTooLargeRule};

bool EqualFold(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// The exact name of a top-level field that `key` is a case variant of; empty
// where it is none.
std::string_view MeantBy(std::string_view key) {
  for (const std::string_view name : {"apiVersion", "kind", "metadata"}) {
    if (key != name && EqualFold(key, name)) return name;
  }
  return {};
}

bool Means(const Node& root, std::string_view name) {
  return std::ranges::any_of(root.children, [&](const Node& member) { return EqualFold(member.key, name); });
}

std::string_view GroupOf(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
}

std::string_view StringAt(const Node* mapping, std::string_view key) {
  const Node* member = mapping == nullptr ? nullptr : mapping->Find(key);
  return member == nullptr ? std::string_view() : member->String();
}

bool IsList(const Node& root) {
  const Node* items = root.Find("items");
  return items != nullptr && items->kind == NodeKind::kSequence;
}

// Clearly an object, if perhaps a broken one: both of apiVersion and kind, or one
// of them beside metadata or items. Values files and charts have one alone.
bool LooksLikeObject(const Node& root) {
  if (root.kind != NodeKind::kMapping) return false;
  const bool api_version = Means(root, "apiVersion");
  const bool kind = Means(root, "kind");
  if (api_version && kind) return true;
  const Node* metadata = root.Find("metadata");
  const bool body = (metadata != nullptr && metadata->kind == NodeKind::kMapping) || IsList(root);
  return (api_version || kind) && body;
}

bool IsOfKustomize(const Node& root) {
  return root.kind == NodeKind::kMapping && GroupOf(StringAt(&root, "apiVersion")) == kKustomizeGroup;
}

// What nobody could apply: kubectl takes any "items" apart, whatever holds them,
// and what has a name is an object where a cluster has a kind of this group.
// Under a name that kustomize reads it is no object, whatever it is called.
bool IsKustomization(const Node& root, bool named) {
  if (!IsOfKustomize(root) || root.Find("items") != nullptr) return false;
  const Node* metadata = root.Find("metadata");
  const bool has_name =
      metadata != nullptr && (metadata->Find("name") != nullptr || metadata->Find("generateName") != nullptr);
  return named || !has_name;
}

// Whether an object's canonical JSON has more than `limit` bytes. The text is
// made only where bounds leave it open and the lower one is within the limit:
// aliases can make gigabytes of a small file.
class SizeCheck {
 public:
  explicit SizeCheck(std::size_t limit) : limit_(limit) {}
  bool Passes(const Node& root) {
    Add(root);
    if (least_ > limit_ || most_ <= limit_) return least_ > limit_;
    std::string json;
    CanonicalJson(root, json);
    return json.size() > limit_;
  }

 private:
  void Add(const Node& node) {
    const std::size_t text = node.key.size() + (node.IsString() ? node.text.size() : 0);
    least_ += text + 1;
    most_ += 6 * text + 32;  // all of it escaped; quotes, or a number
    for (const Node& child : node.children) {
      if (least_ > limit_) return;
      Add(child);
    }
  }

  std::size_t limit_;
  std::size_t least_ = 0;
  std::size_t most_ = 0;
};

// A file that cannot make an object of more than `limit` bytes: a value of one
// byte makes at most 16 of JSON (a number or an escape, with a comma).
bool IsSmall(const ParsedFile& file, std::size_t limit) {
  return !file.aliases && file.bytes->size() < limit / 16;
}

class ObjectReader {
 public:
  // `small`: none can be too large.
  ObjectReader(std::string_view path, bool small, const Limits& limits, ObjectList& list)
      : path_(path), limits_(limits), list_(list), small_(small) {}

  // A document, or an item of a list.
  enum class Place : unsigned char { kDocument, kItem };
  void Read(const Node& root, std::uint32_t document, Place place);

 private:
  void ReadItems(const Node& items, std::uint32_t document, Place place);
  void Add(const Node& root, std::uint32_t document);
  bool CheckKeys(const Node& root);
  bool CheckIdentity(const Node& root, Place place, bool exact);
  bool CheckSize(const Object& object);
  bool Report(const Rule& rule, Range range, std::string message);

  const std::string_view path_;
  const Limits& limits_;
  ObjectList& list_;
  bool small_;
  std::array<std::size_t, kRules.size()> reported_{};
};

bool ObjectReader::Report(const Rule& rule, Range range, std::string message) {
  const auto index = static_cast<std::size_t>(std::ranges::find(kRules, &rule) - kRules.begin());
  if (++reported_[index] > kMostFindings) return false;
  list_.findings.push_back(MakeFinding(rule, std::string(path_), range, std::move(message)));
  return false;
}

void ObjectReader::Read(const Node& root, std::uint32_t document, Place place) {
  if (root.kind != NodeKind::kMapping) {
    Report(kNotAMappingRule, root.range,
           place == Place::kDocument ? "this document is not an object, others in the file are"
                                     : "this list item is not an object");
    return;
  }
  if (!CheckIdentity(root, place, CheckKeys(root))) return;
  const Node* items = root.Find("items");
  if (items == nullptr || (place == Place::kItem && items->kind != NodeKind::kSequence)) {
    Add(root, document);
  } else {
    ReadItems(*items, document, place);
  }
}

void ObjectReader::ReadItems(const Node& items, std::uint32_t document, Place place) {
  if (place == Place::kItem) {
    Report(kListRule, items.key_range, "a list inside a list, which kubectl refuses");
    return;
  }
  if (items.kind != NodeKind::kSequence) {
    Report(kListRule, items.key_range,
           "kubectl takes \"items\" at the top of an object for a list, and this is none");
    return;
  }
  for (const Node& item : items.children) Read(item, document, Place::kItem);
}

// Reports case variants of the fields that say what an object is; false where
// there are any. The object is judged all the same.
bool ObjectReader::CheckKeys(const Node& root) {
  bool exact = true;
  for (const Node& member : root.children) {
    const std::string_view meant = MeantBy(member.key);
    if (meant.empty()) continue;
    exact = Report(kMisspeltKeyRule, member.key_range,
                   fmt::format("{} is not {}: names of fields are case-sensitive", Shown(member.key), meant));
  }
  return exact;
}

// Where the keys are not `exact`, a missing field has been reported already.
bool ObjectReader::CheckIdentity(const Node& root, Place place, bool exact) {
  const Node* api_version = root.Find("apiVersion");
  const Node* kind = root.Find("kind");
  if (!exact && (api_version == nullptr || kind == nullptr)) return false;
  const Range start{root.range.begin, root.range.begin};
  if (api_version == nullptr && kind == nullptr && place == Place::kItem) {
    return Report(kListRule, start,
                  "the list item has no apiVersion and kind; kubectl gives it those of the list");
  }
  const std::string_view version = api_version == nullptr ? std::string_view() : api_version->String();
  if (version.empty()) {
    return Report(kNoApiVersionRule, api_version == nullptr ? start : api_version->range,
                  api_version == nullptr ? "the object has no apiVersion" : "apiVersion is not a string");
  }
  if (version.find('/') != version.rfind('/') || version.starts_with('/') || version.ends_with('/')) {
    return Report(kNoApiVersionRule, api_version->range,
                  "apiVersion is neither \"version\" nor \"group/version\"");
  }
  if (kind != nullptr && !kind->String().empty()) return true;
  return Report(kNoKindRule, kind == nullptr ? start : kind->range,
                kind == nullptr ? "the object has no kind" : "kind is not a string");
}

void ObjectReader::Add(const Node& root, std::uint32_t document) {
  const Node* metadata = root.Find("metadata");
  Object object;
  object.root = &root;
  object.file = path_;
  object.api_version = StringAt(&root, "apiVersion");
  object.group = GroupOf(object.api_version);
  object.version = object.api_version.substr(object.group.empty() ? 0 : object.group.size() + 1);
  object.kind = StringAt(&root, "kind");
  object.ns = StringAt(metadata, "namespace");
  object.name = StringAt(metadata, "name");
  object.document = document;
  if (small_ || CheckSize(object)) list_.objects.push_back(object);
}

bool ObjectReader::CheckSize(const Object& object) {
  if (!SizeCheck(limits_.object_bytes).Passes(*object.root)) return true;
  const std::size_t before = list_.findings.size();
  Report(kTooLargeRule, {object.root->range.begin, object.root->range.begin},
         fmt::format("the object has more than {} bytes as JSON (limit objectBytes)", limits_.object_bytes));
  if (list_.findings.size() > before) list_.findings.back().object = object.Name();
  return false;
}

void TellShape(const ParsedFile& file, ObjectList& list) {
  const bool named = IsKustomizationName(file.path);
  bool objects = false, kustomizations = false, of_kustomize = false;
  for (const Document& document : file.documents) {
    const Node& root = *document.root;
    const bool kustomization = IsKustomization(root, named);
    kustomizations = kustomizations || kustomization;
    of_kustomize = of_kustomize || IsOfKustomize(root);
    objects = objects || (LooksLikeObject(root) && !kustomization);
  }
  list.shape = objects ? Shape::kObjects : named || kustomizations ? Shape::kKustomization : Shape::kOther;
  list.kustomization = list.shape == Shape::kKustomization || of_kustomize;
}

}  // namespace

bool IsKustomizationName(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return std::ranges::find(kKustomizationNames, name) != kKustomizationNames.end();
}

ObjectName Object::Name() const {
  return {std::string(api_version), std::string(kind), std::string(ns), std::string(name)};
}

ObjectList Objects(const ParsedFile& file, const Limits& limits) {
  ObjectList list;
  list.shape = Shape::kUnreadable;
  if (file.Readable()) TellShape(file, list);
  if (list.shape != Shape::kObjects) return list;
  ObjectReader reader(file.path, IsSmall(file, limits.object_bytes), limits, list);
  for (std::uint32_t i = 0; i < file.documents.size(); ++i) {
    const Node& root = *file.documents[i].root;
    if (root.kind != NodeKind::kNull) reader.Read(root, i, ObjectReader::Place::kDocument);
  }
  return list;
}

ObjectList ObjectsOf(const Node& root, std::string_view path, const Limits& limits) {
  ObjectList list;
  list.shape = Shape::kObjects;
  ObjectReader(path, false, limits, list).Read(root, 0, ObjectReader::Place::kDocument);
  return list;
}

std::span<const Rule* const> ObjectRules() { return kRules; }

}  // namespace sluice::manifests
