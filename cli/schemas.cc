// `sluice schemas`: which kinds are built in, what their fields are, and how to
// bring one's own.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/own_program.h"
#include "cli/policy_side.h"
#include "cli/schema_import.h"
#include "report/json_writer.h"
#include "report/words.h"
#include "schemas/describe.h"

namespace sluice::cli {
namespace {

using schemas::ListedKind;

struct SchemaOptions {
  std::string word;
  std::size_t depth = 2;
  std::string minor;
  std::string output = "text";
  std::vector<std::string> sources;
  std::string cluster;     // a context; empty: none
  unsigned seconds = 120;  // for all that it is asked
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::string ApiVersion(const ListedKind& kind) {
  return kind.group.empty() ? kind.version : kind.group + "/" + kind.version;
}

// The minor that was asked for, else the newest.
Result<schemas::Catalog> CatalogOf(const std::string& minor) {
  const Result<std::vector<std::string>> minors =
      minor.empty() ? Minors({schemas::BuiltInMinors().back()}) : Minors({minor});
  if (!minors) return minors.error();
  return schemas::Catalog::BuiltIn(*minors);
}

std::vector<ListedKind> KindsLike(const std::string& word) {
  const Result<schemas::Catalog> catalog = schemas::Catalog::BuiltIn(schemas::BuiltInMinors());
  if (!catalog) return {};
  std::vector<ListedKind> kinds = schemas::ListKinds(*catalog);
  const std::string wanted = Lower(word);
  std::erase_if(kinds, [&](const ListedKind& kind) {
    const auto has = [&](std::string_view text) { return Lower(text).find(wanted) != std::string::npos; };
    const auto& names = kind.short_names;
    return !has(ApiVersion(kind)) && !has(kind.kind) && !has(kind.plural) &&
           std::find(names.begin(), names.end(), wanted) == names.end();
  });
  return kinds;
}

std::string KindsAsJson(const std::vector<ListedKind>& kinds) {
  std::string out;
  report::JsonWriter json(out);
  json.BeginObject().Member("schemaVersion", 1).Key("kinds").BeginArray();
  for (const ListedKind& kind : kinds) {
    json.Line().BeginObject().Member("apiVersion", ApiVersion(kind)).Member("kind", kind.kind);
    json.Member("plural", kind.plural).Member("scope", schemas::ScopeName(kind.scope));
    json.Member("origin", schemas::OriginName(kind.origin)).Key("kubernetes").BeginArray();
    for (const std::string& minor : kind.minors) json.String(minor);
    json.EndArray().EndObject();
  }
  json.EndArray().EndObject();
  return out += '\n';
}

std::string KindWords(const ListedKind& kind) {
  std::string words =
      ApiVersion(kind) + " " + kind.kind + " (" + std::string(schemas::OriginName(kind.origin));
  const bool own = kind.origin == schemas::Origin::kKubernetes && !kind.minors.empty();
  if (own) words += " " + kind.minors.front();
  if (own && kind.minors.size() > 1) words += " to " + kind.minors.back();
  if (kind.scope != schemas::Scope::kUnknown) words += ", " + std::string(schemas::ScopeName(kind.scope));
  return words + ")";
}

int RunList(const SchemaOptions& options) {
  const std::vector<ListedKind> kinds = KindsLike(options.word);
  if (kinds.empty()) return Fail(Usage("no kind is built in that has \"" + options.word + "\" in its name"));
  std::string text;
  if (options.output == "json") {
    text = KindsAsJson(kinds);
  } else {
    for (const ListedKind& kind : kinds) text += KindWords(kind) + "\n";
    text += report::Count(kinds.size(), "kind") + "\n";
  }
  return Print(text) ? kAccepted : kUnjudged;
}

int RunShow(const SchemaOptions& options) {
  const Result<schemas::Catalog> catalog = CatalogOf(options.minor);
  if (!catalog) return Fail(catalog.error());
  const Result<std::vector<std::string>> lines = schemas::DescribeKind(*catalog, options.word, options.depth);
  if (!lines) return Fail(Usage(lines.error().message));
  std::string text;
  for (const std::string& line : *lines) text += line + "\n";
  return Print(text) ? kAccepted : kUnjudged;
}

int RunImport(const SchemaOptions& options) {
  if (options.cluster.empty()) {
    if (options.sources.empty()) return Fail(Usage("name files or directories to import, or --cluster"));
    return ImportSchemas(options.output, options.sources, {});
  }
  std::vector<std::string> words{"import-schemas", options.cluster, std::to_string(options.seconds),
                                 options.output};
  words.insert(words.end(), options.sources.begin(), options.sources.end());
  return BecomeClusterProgram(words);
}

void AddList(const Command& schemas) {
  const auto options = std::make_shared<SchemaOptions>();
  const Command list = schemas.AddCommand("list", "list the kinds that are built in");
  list.AddOption("word", options->word, "only kinds with this in group, kind or plural").Type("WORD");
  list.AddOption("-o,--output", options->output, "form of the list").Type("FORMAT").OneOf({"text", "json"});
  list.Runs([options] { return RunList(*options); });
}

void AddShow(const Command& schemas) {
  const auto options = std::make_shared<SchemaOptions>();
  const Command show = schemas.AddCommand("show", "show the fields of a kind");
  show.AddOption("kind", options->word, "a kind, its plural or short name; KIND.GROUP where it is not clear")
      .Type("KIND")
      .Required();
  show.AddOption("--depth", options->depth, "levels of fields; default: 2").Type("N");
  show.AddOption("--kubernetes-version", options->minor, "the minor to show; default: the newest")
      .Type("1.X");
  show.Runs([options] { return RunShow(*options); });
}

void AddImport(const Command& schemas) {
  const auto options = std::make_shared<SchemaOptions>();
  options->output.clear();
  const Command import = schemas.AddCommand("import", "make a bundle of CRDs and OpenAPI documents");
  import.AddOption("source", options->sources, "files and directories").Type("FILE|DIR");
  import
      .AddOption("--cluster", options->cluster,
                 "a context of your kubeconfig: its CustomResourceDefinitions and the OpenAPI of its "
                 "aggregated API servers")
      .Type("CONTEXT");
  import
      .AddOption("--cluster-timeout", options->seconds,
                 "seconds for all that the cluster is asked; default: 120")
      .Type("N")
      .Within(1, 86400);
  import.AddOption("-o,--output", options->output, "the bundle to write, such as .sluice/schemas/own.bundle")
      .Type("FILE")
      .Required();
  import.Runs([options] { return RunImport(*options);
});
}  // namespace

}  // namespace sluice::cli

void AddSchemas(const Command& app) {
  const Command schemas = app.AddCommand("schemas", "list, show and import schemas");
  schemas.NeedsCommand();
  AddList(schemas);
  AddShow(schemas);
  AddImport(schemas);
}

}  // namespace sluice::cli
