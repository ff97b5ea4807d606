// schemas_refresh: what schemas/refresh runs to make the committed text forms
// anew from the documents of API servers and from a catalogue of CRD schemas.
//
//   schemas_refresh kubernetes OUT OPTIONAL MINOR=DIRECTORY...   1.34=/tmp/openapi/1.34
//   schemas_refresh lifecycle OUT API-LIFECYCLE.JSON GONE
//   schemas_refresh catalogue OUT DIRECTORY KINDS CRDS
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifests/document.h"
#include "schemas/import.h"
#include "schemas/lifecycle_text.h"

namespace {

namespace fs = std::filesystem;
using sluice::schemas::ImportSource;

std::vector<ImportSource> ReadDirectory(const fs::path& directory, std::string_view extension) {
  std::vector<ImportSource> sources;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file() || entry.path().extension() != extension) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    sources.push_back(
        {fs::relative(entry.path(), directory).string(), {std::istreambuf_iterator<char>(file), {}}});
  }
  std::sort(sources.begin(), sources.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return sources;
}

int Fail(const std::string& message) {
  std::fprintf(stderr, "schemas_refresh: %s\n", message.c_str());
  return 1;
}

int Write(const char* path, const std::string& head, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << head << text;
  return out.good() ? 0 : Fail(std::string("cannot write ") + path);
}

std::set<std::string> ReadLines(const char* path) {
  std::set<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.front() != '#') lines.insert(line);
  }
  return lines;
}

int RefreshKubernetes(const char* out, const char* optional, char** begin, char** end) {
  const std::set<std::string> lines = ReadLines(optional);
  std::vector<sluice::schemas::MinorDefinitions> minors;
  for (char** at = begin; at != end; ++at) {
    const std::string_view argument = *at;
    std::uint16_t minor = 0;
    const std::size_t equals = argument.find('=');
    if (equals == argument.npos || argument.substr(0, 2) != "1.") return Fail("expected MINOR=DIRECTORY");
    std::from_chars(argument.data() + 2, argument.data() + equals, minor);
    auto read =
        sluice::schemas::ReadKubernetes(minor, ReadDirectory(argument.substr(equals + 1), ".json"), lines);
    if (!read) return Fail(read.error().Text());
    minors.push_back(std::move(*read));
  }
  return Write(
      out,
      "# Schemas of Kubernetes' own kinds, from the OpenAPI v3 and discovery documents of real API servers\n"
      "# (Apache-2.0, see LICENSE). Made by schemas/refresh; not written by hand.\n",
      sluice::schemas::WriteKubernetesText(minors));
}

std::string ReadFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// One row of api-lifecycle.json as a line without its end.
std::string Row(const sluice::manifests::Node& entry) {
  std::string row;
  for (const std::string_view key :
       {"APIVersion", "Kind", "Introduced", "Deprecated", "Removed", "Replaced"}) {
    const sluice::manifests::Node* const value = entry.Find(key);
    if (value == nullptr && key == "Replaced") continue;
    row += (row.empty() ? "" : " ") + (value == nullptr ? std::string("-") : std::string(value->String()));
  }
  return row;
}

// The rows kept by hand win over those of the same kind.
int RefreshLifecycle(const char* out, const char* json, const char* gone) {
  std::map<std::string, std::string> rows;
  const auto add = [&](const std::string& row) {
    rows[row.substr(0, row.find(' ', row.find(' ') + 1))] = row;
  };
  const auto file = sluice::manifests::Parse(json, ReadFile(json), {});
  if (!file.Readable() || file.documents.empty()) return Fail(std::string("cannot read ") + json);
  for (const auto& entry : file.documents.front().root->children) add(Row(entry));
  for (const std::string& row : ReadLines(gone)) add(row);
  std::string text;
  for (const auto& [key, row] : rows) text += row + "\n";
  const auto checked = sluice::schemas::ReadLifecycle(text, out);
  if (!checked) return Fail(checked.error().Text());
  return Write(
      out,
      "# When each API of Kubernetes came and went, from the lifecycle methods of k8s.io/api and gone.txt.\n"
      "# API KIND INTRODUCED DEPRECATED REMOVED [REPLACEMENT]. Made by schemas/refresh; not written by "
      "hand.\n",
      text);
}

// Where a kind of the catalogue has its name from: its index names many in lower
// case, as the files are, and some not at all. "GROUP/kind" in lower case to the
// kind as the API server has it.
using Spellings = std::map<std::string, std::string>;

std::string Lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

// GROUP/KIND_VERSION.json without its end; empty for other files.
std::string StemOf(std::string_view file) {
  const std::size_t mark = file.rfind('_');
  return file.find('/') == file.npos || mark == file.npos ? "" : std::string(file.substr(0, mark));
}

// What the index spells, then what kinds.txt says of it: GROUP KIND...
Spellings ReadSpellings(const std::vector<ImportSource>& sources, const char* table) {
  Spellings spellings;
  for (const ImportSource& source : sources) {
    if (source.path != "index.json") continue;
    const auto file = sluice::manifests::Parse(source.path, source.bytes, {.file_bytes = 64u << 20});
    if (!file.Readable() || file.documents.empty()) continue;
    for (const auto& entry : file.documents.front().root->children) {
      const std::string stem = StemOf(entry.Find("file")->String());
      const std::string kind(entry.Find("kind")->String());
      if (kind != Lower(kind) && stem == stem.substr(0, stem.find('/') + 1) + Lower(kind)) {
        spellings[stem] = kind;
      }
    }
  }
  for (const std::string& line : ReadLines(table)) {
    std::istringstream words(line);
    std::string group;
    words >> group;
    for (std::string kind; words >> kind;) spellings[group + "/" + Lower(kind)] = kind;
  }
  return spellings;
}

// An index of the files whose kind has a spelling; the others are left out.
ImportSource SpelledIndex(const std::vector<ImportSource>& sources, const Spellings& spellings) {
  std::string rows;
  for (const ImportSource& source : sources) {
    const std::string stem = StemOf(source.path);
    if (stem.empty()) continue;
    const auto kind = spellings.find(stem);
    if (kind == spellings.end()) {
      std::fprintf(stderr, "note: no spelling of the kind of %s\n", source.path.c_str());
      continue;
    }
    const std::string version = source.path.substr(stem.size() + 1, source.path.size() - stem.size() - 6);
    rows += (rows.empty() ? "" : ",\n") +
            ("{\"apiVersion\": \"" + stem.substr(0, stem.find('/')) + "/" + version) + "\", \"kind\": \"" +
            kind->second + "\", \"file\": \"" + source.path + "\"}";
  }
  return {"kinds.json", "[" + rows + "]"};
}

// The CRDs of operators themselves go before the catalogue's schemas of the same kinds.
void DropRepeated(sluice::schemas::SchemaGraph& graph) {
  std::set<std::string> seen;
  std::erase_if(graph.kinds, [&](const auto& kind) {
    return !seen.insert(kind.group + "/" + kind.version + " " + kind.kind).second;
  });
}

int RefreshCatalogue(const char* out, const char* directory, const char* kinds_table, const char* crds) {
  std::vector<ImportSource> sources = ReadDirectory(crds, ".yaml");
  std::vector<ImportSource> catalogue = ReadDirectory(directory, ".json");
  ImportSource index = SpelledIndex(catalogue, ReadSpellings(catalogue, kinds_table));
  for (ImportSource& source : catalogue) {
    if (source.path != "index.json") sources.push_back(std::move(source));
  }
  sources.push_back(std::move(index));
  auto kinds = sluice::schemas::ReadSources(sources, sluice::schemas::Origin::kCatalogue);
  if (!kinds) return Fail(kinds.error().Text());
  for (const std::string& note : kinds->notes) std::fprintf(stderr, "note: %s\n", note.c_str());
  DropRepeated(kinds->graph);
  Minimize(kinds->graph);
  return Write(
      out,
      "# Schemas of well-known custom kinds, from datreeio/CRDs-catalog (MIT, see LICENSE) and from the\n"
      "# CRDs of the modules in sources.txt. Made by schemas/refresh; not written by hand.\n",
      sluice::schemas::WriteCatalogueText(kinds->graph));
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view command = count > 1 ? arguments[1] : "";
  if (command == "kubernetes" && count > 4) {
    return RefreshKubernetes(arguments[2], arguments[3], arguments + 4, arguments + count);
  }
  if (command == "lifecycle" && count == 5) return RefreshLifecycle(arguments[2], arguments[3], arguments[4]);
  if (command == "catalogue" && count == 6) {
    return RefreshCatalogue(arguments[2], arguments[3], arguments[4], arguments[5]);
  }
  std::fprintf(stderr,
               "usage: schemas_refresh kubernetes OUT OPTIONAL MINOR=DIRECTORY...\n"
               "       schemas_refresh lifecycle OUT API-LIFECYCLE.JSON GONE\n"
               "       schemas_refresh catalogue OUT DIRECTORY KINDS CRDS\n");
  return 2;
}
