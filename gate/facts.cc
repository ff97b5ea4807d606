// Extraction of facts, and the lookup over index and fresh facts. Tested by
// tests/gate/roles_test.cc and gate_test.cc.
#include "gate/facts.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <span>
#include <tuple>

#include "base/repo_path.h"
#include "gate/references.h"
#include "gate/root_facts.h"
#include "manifests/arena.h"
#include "manifests/render/kustomization_fields.h"

namespace sluice::gate {
namespace {

using manifests::Node;
using manifests::Object;

bool OnlyGathers(const Node& kustomization) {
  return kustomization.Find("resources") != nullptr &&
         std::all_of(kustomization.children.begin(), kustomization.children.end(), [](const Node& field) {
           if (field.key == "apiVersion") return field.IsString();
           if (field.key == "kind") return field.String() == "Kustomization";
           return field.key == "resources" && field.kind == manifests::NodeKind::kSequence &&
                  std::all_of(field.children.begin(), field.children.end(),
                              [](const Node& item) { return item.IsString() && !IsRemote(item.text); });
         });
}

class Extractor {
 public:
  Extractor(std::string_view file, std::vector<Fact>& out) : file_(file), out_(out) {}

  void Add(FactKind kind, std::string key, std::string value = {}) {
    out_.push_back({static_cast<std::uint16_t>(kind), std::move(key), std::move(value)});
  }

  // Its name makes it one, whatever it holds: who builds the directory reads it
  // and fails, or takes the first document alone.
  void Kustomization(const manifests::ParsedFile& file) {
    const bool readable = file.Readable() && !file.documents.empty();
    const Node* kind = readable ? file.documents.front().root->Find("kind") : nullptr;
    const bool component = kind != nullptr && kind->String() == "Component";
    const bool gathers = readable && file.documents.size() == 1 && OnlyGathers(*file.documents.front().root);
    Add(FactKind::kKustomization, Directory().text(),
        std::string(component ? "component"
                    : gathers ? kGathers
                              : ""));
    if (!readable) return;
    for (const manifests::Document& document : file.documents) References(*document.root);
  }

  void References(const Node& written) {
    const RepoPath directory = Directory();
    manifests::Arena arena(1024);
    const std::optional<Node> named = manifests::render::WithFieldNames(arena, written, "Kustomization");
    const Node& root = named ? *named : written;
    EachReference(root, [&](Reference reference, std::string_view text, const Node& node) {
      const Result<RepoPath> path = directory.Resolve(text);
      if (!path || text.find("://") != text.npos) return;  // a file may be named like an address
      Add(FactKind::kReference, path->text(), static_cast<char>(reference) + PlaceText(node.range.begin));
    });
    for (const std::string_view field : {"patches", "patchesJson6902", "patchesStrategicMerge"})
      Patches(root.Find(field));
    for (const std::string_view field : {"generators", "transformers"}) InlinePlugins(root.Find(field));
    for (const std::string_view field : {"configMapGenerator", "secretGenerator"})
      Generated(field.starts_with("config") ? "ConfigMap" : "Secret", root.Find(field));
    if (const Node* replacements = root.Find("replacements")) Replacements(*replacements);
  }

  void Patches(const Node* list) {
    for (const Node& patch : Items(list)) {
      if (!patch.IsString()) ExtractPatchFacts(patch, out_);
      if (!patch.IsString() || patch.text.find('\n') == patch.text.npos) continue;
      const manifests::ParsedFile inlined = Inline(patch);
      for (const manifests::Document& document : inlined.documents) ExtractPatchFacts(*document.root, out_);
    }
  }

  void InlinePlugins(const Node* list) {
    for (const Node& plugin : Items(list)) {
      if (!plugin.IsString() || plugin.text.find('\n') == plugin.text.npos) continue;
      const manifests::ParsedFile inlined = Inline(plugin);
      for (const manifests::Document& document : inlined.documents) Plugin(*document.root);
    }
  }

  void Generated(std::string_view kind, const Node* list) {
    for (const Node& generator : Items(list)) {
      const Node* name = generator.Find("name");
      if (name != nullptr)
        Add(FactKind::kGenerates, Directory().text(), IdentityKey("", kind, "", name->String()));
    }
  }

  // One that writes into what has something built may make it read anything.
  void Replacements(const Node& node) {
    for (const std::string_view field : {"spec.path", "spec.source", "spec.chart", "spec.components"}) {
      if (node.IsString() && node.text.starts_with(field)) Add(FactKind::kBuildsBelow, "");
    }
    for (const Node& child : node.children) Replacements(child);
  }

  static std::span<const Node> Items(const Node* list) {
    return list == nullptr ? std::span<const Node>() : list->children;
  }
  static manifests::ParsedFile Inline(const Node& text) {
    return manifests::Parse("inline", std::string(text.text) + "\n", {});
  }

  void OfObject(const Object& object) {
    Add(FactKind::kIdentity, IdentityKey(object.group, object.kind, object.ns, object.name),
        PlaceText(object.root->range.begin));
    if (object.kind == "CustomResourceDefinition") Crd(*object.root);
    if (const Node* spec = object.root->Find("spec"))
      ExtractRootFacts(object.group, object.kind, object.name, *spec, out_);
    if (object.api_version == "builtin") Plugin(*object.root);
    if (object.group.find('.') != object.group.npos && !object.group.ends_with(".k8s.io")) {
      Add(FactKind::kCustom, KindKey(object.group, object.kind));
    }
  }

  void Crd(const Node& root) {
    const Node* spec = root.Find("spec");
    const Node* names = spec == nullptr ? nullptr : spec->Find("names");
    const Node* kind = names == nullptr ? nullptr : names->Find("kind");
    const Node* group = spec == nullptr ? nullptr : spec->Find("group");
    if (kind != nullptr && group != nullptr) Add(FactKind::kCrd, KindKey(group->String(), kind->String()));
  }

  // Of a builtin plugin, in a file or written inline. Whose kustomization names
  // it is not known here, and that is where its paths begin.
  void Plugin(const Node& node) {
    if (node.IsString() && !node.text.empty() && NamesPaths(node.key)) PluginInput(node.text);
    for (const Node& child : node.children) {
      if (child.IsString() && NamesPaths(node.key)) {
        PluginInput(child.text);
        PluginInput(child.text.substr(child.text.find('=') + 1));
      }
      Plugin(child);
    }
  }
  void PluginInput(std::string_view path) {
    while (path.starts_with("./")) path.remove_prefix(2);
    while (path.starts_with("../")) path.remove_prefix(3);
    if (path.find('\n') == path.npos) Add(FactKind::kPluginInput, std::string(path));
  }

  RepoPath Directory() const {
    const Result<RepoPath> path = RepoPath::Parse(file_);
    return path ? path->Parent() : RepoPath();
  }

 private:
  static bool NamesPaths(std::string_view key) {
    return key == "path" || key == "paths" || key == "files" || key == "envs" || key == "env";
  }

  std::string_view file_;
  std::vector<Fact>& out_;
};

std::size_t HashOf(std::uint16_t kind, std::string_view key) {
  return std::hash<std::string_view>()(key) * 31 + kind;
}

auto SortKey(const FactView& fact) { return std::tie(fact.kind, fact.key, fact.file, fact.value); }

FactView View(const std::string& file, const Fact& fact) { return {fact.kind, fact.key, file, fact.value}; }

}  // namespace

std::string PlaceText(Position place) {
  return std::to_string(place.line) + ":" + std::to_string(place.column);
}

Position ParsePlace(std::string_view text) {
  Position place;
  const char* end = text.data() + text.size();
  const auto line = std::from_chars(text.data(), end, place.line);
  if (line.ptr != end && *line.ptr == ':') std::from_chars(line.ptr + 1, end, place.column);
  return place;
}

bool TellsRoles(const Fact& fact) {
  switch (static_cast<FactKind>(fact.kind)) {
    case FactKind::kReference:
    case FactKind::kKustomization:
    case FactKind::kRoot:
    case FactKind::kChart:
      return true;
    default:
      return false;
  }
}

std::string KindKey(std::string_view group, std::string_view kind) {
  return std::string(group) + "/" + std::string(kind);
}

std::string IdentityKey(std::string_view group, std::string_view kind, std::string_view ns,
                        std::string_view name) {
  std::string key;
  key.reserve(group.size() + kind.size() + ns.size() + name.size() + 3);
  return key.append(group).append("/").append(kind).append("/").append(ns).append("/").append(name);
}

std::string IdentityKey(const ObjectName& name) {
  const std::size_t slash = name.api_version.find('/');
  const std::string_view group =
      std::string_view(name.api_version).substr(0, slash == std::string::npos ? 0 : slash);
  return IdentityKey(group, name.kind, name.ns, name.name);
}

std::string WithoutNamespace(std::string_view identity_key) {
  const std::size_t name = identity_key.rfind('/');
  const std::size_t ns = name == identity_key.npos ? name : identity_key.rfind('/', name - 1);
  if (ns == identity_key.npos) return std::string(identity_key);
  return std::string(identity_key.substr(0, ns + 1)).append(identity_key.substr(name));
}

void ExtractFacts(const manifests::ParsedFile& file, const manifests::ObjectList& objects,
                  std::vector<Fact>& out) {
  Extractor extractor(file.path, out);
  if (manifests::IsKustomizationName(file.path)) extractor.Kustomization(file);
  if (!file.Readable()) return;
  const std::string_view name = std::string_view(file.path).substr(file.path.rfind('/') + 1);
  if (name == "Chart.yaml") extractor.Add(FactKind::kChart, extractor.Directory().text());
  if (name == ".sops.yaml") extractor.Add(FactKind::kSops, extractor.Directory().text());
  for (const Object& object : objects.objects) extractor.OfObject(object);
  for (const manifests::Document& document : file.documents) {
    if (document.root->kind == manifests::NodeKind::kSequence) ExtractPatchFacts(*document.root, out);
  }
}

Facts::Facts(std::shared_ptr<const git::Index> index, std::unordered_set<std::string> stale,
             std::vector<FileFacts> fresh)
    : index_(std::move(index)), stale_(std::move(stale)), fresh_(std::move(fresh)) {
  std::size_t count = 0;
  for (const FileFacts& file : fresh_) count += file.facts.size();
  entries_.reserve(count);
  for (std::uint32_t file = 0; file < fresh_.size(); ++file) {
    const std::vector<Fact>& facts = fresh_[file].facts;
    for (std::uint32_t i = 0; i < facts.size(); ++i) {
      fresh_kinds_ |= 1u << facts[i].kind;
      entries_.push_back({HashOf(facts[i].kind, facts[i].key), file, i});
    }
  }
  std::sort(entries_.begin(), entries_.end(), [this](const Entry& a, const Entry& b) {
    if (a.hash != b.hash) return a.hash < b.hash;
    const FactView one = ViewOf(a), other = ViewOf(b);
    return SortKey(one) < SortKey(other);
  });
}

FactView Facts::ViewOf(const Entry& entry) const {
  const FileFacts& file = fresh_[entry.file];
  return View(file.file, file.facts[entry.fact]);
}

bool Facts::Any(FactKind kind, std::string_view key, const Test& test) const {
  const auto number = static_cast<std::uint16_t>(kind);
  const std::size_t hash = HashOf(number, key);
  auto entry = std::lower_bound(entries_.begin(), entries_.end(), hash,
                                [](const Entry& a, std::size_t wanted) { return a.hash < wanted; });
  for (; entry != entries_.end() && entry->hash == hash; ++entry) {
    const FactView fact = ViewOf(*entry);
    if (fact.kind == number && fact.key == key && test(fact)) return true;
  }
  bool holds = false;
  if (!index_) return holds;
  index_->Find(number, key, [&](const FactView& view) {
    holds = holds || (!stale_.contains(std::string(view.file)) && test(view));
  });
  return holds;
}

void Facts::Find(FactKind kind, std::string_view key, const Visit& visit) const {
  Any(kind, key, [&](const FactView& fact) {
    visit(fact);
    return false;
  });
}

void Facts::ForEach(FactKind kind, const Visit& visit) const {
  const auto number = static_cast<std::uint16_t>(kind);
  for (const FileFacts& file : fresh_) {
    for (const Fact& fact : file.facts) {
      if (fact.kind == number) visit(View(file.file, fact));
    }
  }
  if (!index_) return;
  index_->ForEach(number, [&](const FactView& view) {
    if (!stale_.contains(std::string(view.file))) visit(view);
  });
}

bool Facts::Has(FactKind kind, std::string_view key) const {
  return Any(kind, key, [](const FactView&) { return true; });
}

bool Facts::MayHave(FactKind kind) const {
  return index_ != nullptr || (fresh_kinds_ >> static_cast<std::uint16_t>(kind) & 1u) != 0;
}

Facts Facts::Replaced(const std::unordered_set<std::string>& files, std::vector<FileFacts> added) const {
  std::unordered_set<std::string> stale = stale_;
  stale.insert(files.begin(), files.end());
  std::copy_if(fresh_.begin(), fresh_.end(), std::back_inserter(added),
               [&](const FileFacts& file) { return !files.contains(file.file); });
  return Facts(index_, std::move(stale), std::move(added));
}

std::vector<git::IndexRecord> Facts::All() const {
  std::vector<git::IndexRecord> all;
  for (const FileFacts& file : fresh_) {
    for (const Fact& fact : file.facts) all.push_back({fact.kind, fact.key, file.file, fact.value});
  }
  if (!index_) return all;
  for (auto kind = static_cast<std::uint16_t>(FactKind::kIdentity);
       kind <= static_cast<std::uint16_t>(kLastFactKind); ++kind) {
    index_->ForEach(kind, [&](const FactView& view) {
      if (stale_.contains(std::string(view.file))) return;
      all.push_back({view.kind, std::string(view.key), std::string(view.file), std::string(view.value)});
    });
  }
  return all;
}

}  // namespace sluice::gate
