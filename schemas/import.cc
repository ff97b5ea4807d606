#include "schemas/import.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "manifests/document.h"
#include "schemas/bundle.h"
#include "schemas/crd.h"
#include "schemas/openapi.h"

// Tells sources apart by what they hold, never by name alone, and leaves out
// with a note what is no schema. Test: import_test.cc.

namespace sluice::schemas {
namespace {

using manifests::Node;
using manifests::NodeKind;

// OpenAPI documents are larger than manifests, and our own.
Limits SourceLimits() {
  Limits limits;
  limits.file_bytes = 64u << 20;
  limits.expansion_nodes = 5'000'000;
  return limits;
}

struct IndexEntry {
  std::string api_version, kind;
};

class Importer {
 public:
  Importer(const std::vector<ImportSource>& sources, Origin origin) : sources_(sources), origin_(origin) {
    kinds_.graph.minors = {0};
  }

  Result<ImportedKinds> Read() {
    for (const ImportSource& source : sources_) {
      files_.push_back(manifests::Parse(source.path, source.bytes, SourceLimits()));
    }
    for (const auto& file : files_) {
      for (const auto& document : file.documents) CollectIndex(*document.root);
    }
    for (const auto& file : files_) {
      if (!file.Readable()) {
        kinds_.notes.push_back(file.path + " could not be read" +
                               (file.findings.empty() ? "" : ": " + file.findings.front().message));
        continue;
      }
      for (const auto& document : file.documents) ReadDocument(file.path, *document.root);
    }
    return std::move(kinds_);
  }

 private:
  void CollectIndex(const Node& root) {
    if (root.kind == NodeKind::kMapping) return discovery_.Add(root);
    if (root.kind != NodeKind::kSequence) return;
    for (const Node& entry : root.children) {
      const Node* const file = entry.Find("file");
      const Node* const version = entry.Find("apiVersion");
      const Node* const kind = entry.Find("kind");
      if (file == nullptr || version == nullptr || kind == nullptr) continue;
      index_[std::string(file->String())] = {std::string(version->String()), std::string(kind->String())};
    }
  }

  void ReadDocument(const std::string& path, const Node& root) {
    if (root.kind != NodeKind::kMapping) return;
    const Node* const kind = root.Find("kind");
    if (kind != nullptr && kind->String() == "CustomResourceDefinition") return ReadDefinition(path, root);
    if (kind != nullptr && IsDefinitionList(kind->String())) return ReadList(path, root);
    if (root.Find("openapi") != nullptr) return ReadOpenApi(path, root);
    if (root.Find("properties") != nullptr && kind == nullptr) return ReadJsonSchema(path, root);
  }

  // What `kubectl get crds -o yaml` prints, and what an API server does, whose
  // elements name no kind.
  static bool IsDefinitionList(std::string_view kind) {
    return kind == "List" || kind == "CustomResourceDefinitionList";
  }

  static std::string NameOf(const Node& item) {
    const Node* const metadata = item.Find("metadata");
    const Node* const name = metadata == nullptr ? nullptr : metadata->Find("name");
    return name == nullptr ? "no name" : std::string(name->String());
  }

  void ReadList(const std::string& path, const Node& root) {
    const Node* const items = root.Find("items");
    if (items == nullptr || items->kind != NodeKind::kSequence) return;
    const bool of_definitions = root.Find("kind")->String() != "List";
    for (const Node& item : items->children) {
      const Node* const kind = item.Find("kind");
      if (of_definitions || (kind != nullptr && kind->String() == "CustomResourceDefinition"))
        ReadDefinition(path + " (" + NameOf(item) + ")", item);
    }
  }

  void ReadDefinition(const std::string& path, const Node& root) {
    CrdProblems problems;
    ReadCrd(root, origin_, kinds_.graph, problems);
    for (const SchemaProblem& problem : problems.problems) {
      kinds_.notes.push_back(path + ":" + std::to_string(problem.node->range.begin.line) + ": " +
                             problem.field + ": " + problem.message);
    }
  }

  void ReadOpenApi(const std::string& path, const Node& root) {
    const std::size_t before = kinds_.graph.kinds.size();
    ReadOpenApiKinds(root, discovery_, origin_, kinds_.graph);
    if (before == kinds_.graph.kinds.size()) kinds_.notes.push_back(path + " holds no custom kind");
  }

  // The name of the kind is in the catalogue's index, or in the schema itself.
  void ReadJsonSchema(const std::string& path, const Node& root) {
    SchemaKind kind;
    if (!Indexed(path, kind))
      return kinds_.notes.push_back(path + " is in no index, so its kind is not known");
    if (kind.kind.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos) {
      kinds_.notes.push_back(path + ": the index has the kind as \"" + kind.kind +
                             "\": only objects that spell it so are checked");
    }
    kind.origin = origin_;
    SchemaReader reader(kinds_.graph, Dialect::kLenient);
    kind.roots = {reader.ReadResource(root)};
    kind.has_cel_rules = reader.has_cel_rules();
    kinds_.graph.kinds.push_back(std::move(kind));
    for (const SchemaProblem& problem : reader.problems()) {
      kinds_.notes.push_back(path + ": " + problem.field + ": " + problem.message);
    }
  }

  // By GROUP/KIND_VERSION.json, the file itself or another version of the kind.
  bool Indexed(const std::string& path, SchemaKind& kind) const {
    const std::size_t slash = path.rfind('/');
    const std::size_t before = slash == std::string::npos || slash == 0 ? 0 : path.rfind('/', slash - 1) + 1;
    const std::string file = path.substr(before);
    const std::size_t mark = file.rfind('_');
    if (slash == std::string::npos || mark == std::string::npos || file.size() < mark + 6) return false;
    const auto same = index_.find(file);
    const auto near = same == index_.end() ? index_.lower_bound(file.substr(0, mark + 1)) : same;
    if (near == index_.end() || near->first.compare(0, mark + 1, file, 0, mark + 1) != 0) return false;
    kind.group = file.substr(0, slash - before);
    kind.version = file.substr(mark + 1, file.size() - mark - 6);
    kind.kind = near->second.kind;
    const std::string& api = near->second.api_version;
    return api.compare(0, api.find('/'), kind.group) == 0;
  }

  const std::vector<ImportSource>& sources_;
  Origin origin_;
  std::vector<manifests::ParsedFile> files_;
  std::map<std::string, IndexEntry> index_;
  Discovery discovery_;
  ImportedKinds kinds_;
};

}  // namespace

Result<ImportedKinds> ReadSources(const std::vector<ImportSource>& sources, Origin origin) {
  return Importer(sources, origin).Read();
}

Result<ImportedBundle> ImportFiles(const std::vector<ImportSource>& sources) {
  Result<ImportedKinds> kinds = ReadSources(sources, Origin::kImported);
  if (!kinds) return kinds.error();
  if (kinds->graph.kinds.empty()) {
    const std::string first = kinds->notes.empty() ? "" : ": " + kinds->notes.front();
    return Usage("nothing that was given holds a custom kind" + first);
  }
  Minimize(kinds->graph);
  Result<std::string> bytes = WriteBundle(kinds->graph);
  if (!bytes) return bytes.error();
  return ImportedBundle{std::move(*bytes), kinds->graph.kinds.size(), std::move(kinds->notes)};
}

Result<MinorDefinitions> ReadKubernetes(std::uint16_t minor, const std::vector<ImportSource>& sources,
                                        const std::set<std::string>& optional) {
  MinorDefinitions out;
  out.minor = minor;
  out.graph.minors = {minor};
  std::vector<manifests::ParsedFile> files;
  Discovery discovery;
  OpenApiDefinitions definitions;
  for (const ImportSource& source : sources) {
    files.push_back(manifests::Parse(source.path, source.bytes, SourceLimits()));
    if (!files.back().Readable() || files.back().documents.size() != 1) {
      return Error{ErrorKind::kConfiguration, "the file could not be read", source.path, {}};
    }
    const Node& root = *files.back().documents.front().root;
    discovery.Add(root);
    definitions.Collect(root);
  }
  definitions.Read(discovery, out);
  for (auto& [name, node] : out.definitions) {
    for (SchemaProperty& property : out.graph.nodes[node].properties) {
      if (optional.count(name + " " + property.name) != 0) property.required = false;
    }
  }
  return out;
}

}  // namespace sluice::schemas
