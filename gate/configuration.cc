// `.sluice/` to a Configuration. The published JSON Schema judges the file
// first, so that what follows may take shapes for granted; whatever is wrong
// becomes a finding of policy/configuration at its place.
#include "gate/configuration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <iterator>
#include <optional>

#include "gate/gate.h"
#include "gate/limit_keys.h"
#include "gate/rules.h"
#include "schemas/catalog.h"
#include "schemas/json_schema_fits.h"

namespace sluice::gate {

extern const std::string_view kSluiceSchema;   // gate/sluice.schema.json
extern const std::string_view kWaiversSchema;  // gate/waivers.schema.json

namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr std::string_view kSluiceFile = ".sluice/sluice.yaml";
constexpr std::string_view kWaiversFile = ".sluice/waivers.yaml";
constexpr std::string_view kSchemasDirectory = ".sluice/schemas";
constexpr std::size_t kMaxConfigurationBytes = 1u << 20;
constexpr std::size_t kMaxBundleBytes = 64u << 20;

// Keys that a later version will know: refused by name, never ignored.
constexpr std::array<std::string_view, 3> kLaterKeys = {"policies", "packs", "tenants"};
// Keys of an environment, which people may write beside it.
constexpr std::array<std::string_view, 7> kEnvironmentKeys = {"after",   "approvals", "carry",  "freezes",
                                                              "outcome", "soak",      "windows"};
// What `sluice check --cluster` takes for something else.
constexpr std::string_view kEveryCluster = "all";

// A published schema; valijson reads it where a file may not fit.
struct Published {
  std::string_view text;
  const Result<schemas::JsonSchema>& (*schema)();
  std::string_view least;  // what has to stand in a file that says nothing
};

const Result<schemas::JsonSchema>& SluiceSchema() {
  static const Result<schemas::JsonSchema> schema = schemas::JsonSchema::Parse(kSluiceSchema, true);
  return schema;
}

const Result<schemas::JsonSchema>& WaiversSchema() {
  static const Result<schemas::JsonSchema> schema = schemas::JsonSchema::Parse(kWaiversSchema, true);
  return schema;
}

class Loader {
 public:
  Loader(const FileTree& tree, LoadedConfiguration& out) : tree_(tree), out_(out) {}

  void Load() {
    if (auto file = ReadFile(kSluiceFile, {kSluiceSchema, SluiceSchema, "version: 1"})) Decode(*file);
    if (auto file = ReadFile(kWaiversFile, {kWaiversSchema, WaiversSchema, "[]"})) DecodeWaivers(*file);
    LoadBundles();
    Findings names = CheckConfigurationNames(tree_, out_.configuration);
    std::move(names.begin(), names.end(), std::back_inserter(out_.findings));
  }

 private:
  void Report(std::string_view file, Range range, std::string message) {
    out_.findings.push_back(MakeFinding(kConfigurationRule, std::string(file), range, std::move(message)));
  }

  // The file, parsed and checked against its schema; nothing where it is absent or wrong.
  std::optional<manifests::ParsedFile> ReadFile(std::string_view path, const Published& published) {
    Result<std::string> bytes = tree_.Read(*RepoPath::Parse(path), kMaxConfigurationBytes);
    if (!bytes) {
      if (bytes.error().kind != ErrorKind::kNotFound) Report(path, {}, bytes.error().message);
      return std::nullopt;
    }
    manifests::ParsedFile file = manifests::Parse(std::string(path), *std::move(bytes), Limits());
    for (Finding finding : file.findings) {
      finding.rule = kConfigurationRule.id;
      out_.findings.push_back(std::move(finding));
    }
    if (!file.Readable() || !CheckSchema(file, published)) return std::nullopt;
    return file;
  }

  bool CheckSchema(const manifests::ParsedFile& file, const Published& published) {
    if (SaysNothing(file)) {
      Report(file.path, {{1, 1}, {1, 1}}, "the file is empty: write " + std::string(published.least));
      return false;
    }
    if (file.documents.size() != 1) {
      Report(file.path, {{1, 1}, {1, 1}}, "the file must hold exactly one document");
      return false;
    }
    if (!RefuseKeys(file, kLaterKeys, "is not in this version")) return false;
    if (!RefuseKeys(file, kEnvironmentKeys, "belongs to an environment")) return false;
    if (schemas::SurelyFits(published.text, file)) return true;
    const Result<schemas::JsonSchema>& schema = published.schema();
    if (!schema) {
      Report(file.path, {}, schema.error().Text());
      return false;
    }
    Findings findings = schema->Check(file);
    for (Finding& finding : findings) {
      finding.rule = kConfigurationRule.id;
      finding.severity = Severity::kError;
      out_.findings.push_back(std::move(finding));
    }
    return findings.empty();
  }

  static bool SaysNothing(const manifests::ParsedFile& file) {
    return std::all_of(file.documents.begin(), file.documents.end(), [](const manifests::Document& document) {
      return document.root->kind == NodeKind::kNull;
    });
  }

  bool RefuseKeys(const manifests::ParsedFile& file, std::span<const std::string_view> keys,
                  std::string_view why) {
    bool none = true;
    for (const Node& member : file.documents[0].root->children) {
      if (std::find(keys.begin(), keys.end(), member.key) == keys.end()) continue;
      Report(file.path, member.key_range, "`" + std::string(member.key) + "` " + std::string(why));
      none = false;
    }
    return none;
  }

  static std::vector<std::string> Strings(const Node* list) {
    std::vector<std::string> strings;
    if (list == nullptr) return strings;
    for (const Node& item : list->children) strings.emplace_back(item.String());
    return strings;
  }

  static bool Flag(const Node* mapping, std::string_view key) {
    const Node* node = mapping->Find(key);
    return node != nullptr && node->kind == NodeKind::kBool && node->value.boolean;
  }

  void Decode(const manifests::ParsedFile& file) {
    const Node& root = *file.documents[0].root;
    Configuration& configuration = out_.configuration;
    configuration.kubernetes = Strings(root.Find("kubernetes"));
    configuration.ratchet = Flag(&root, "ratchet");
    if (const Node* minors = root.Find("kubernetes")) {
      for (const Node& minor : minors->children) CheckMinor(minor);
    }
    if (const Node* clusters = root.Find("clusters")) DecodeClusters(*clusters);
    if (const Node* protect = root.Find("protect")) DecodeProtect(*protect);
    if (const Node* roots = root.Find("roots")) DecodeRoots(*roots);
    if (const Node* rules = root.Find("rules")) DecodeRules(*rules);
    if (const Node* documents = root.Find("documents")) DecodeDocuments(*documents);
    if (const Node* limits = root.Find("limits")) DecodeLimits(*limits);
    DecodeEnvironments(root);
  }

  // Branches of environments are protected, named in `protect` or not; what stands
  // there may allow more.
  void DecodeEnvironments(const Node& root) {
    std::set<std::string> clusters;
    for (const Cluster& cluster : out_.configuration.clusters) clusters.insert(cluster.name);
    promotion::DecodedPromotion decoded =
        promotion::DecodePromotion(root, root.Find("clusters") == nullptr ? nullptr : &clusters);
    for (promotion::Problem& problem : decoded.problems)
      Report(kSluiceFile, problem.range, std::move(problem.message));
    std::vector<Protection>& protect = out_.configuration.protect;
    for (const promotion::Environment& environment : decoded.settings.environments)
      protect.insert(protect.begin(), Protection{environment.branch});
    out_.configuration.promotion = std::move(decoded.settings);
  }

  void CheckMinor(const Node& minor) {
    const std::vector<std::string> known = schemas::BuiltInMinors();
    if (std::find(known.begin(), known.end(), minor.String()) != known.end()) return;
    Report(kSluiceFile, minor.range,
           "Kubernetes " + std::string(minor.String()) + " is not built in; known are " + known.front() +
               " to " + known.back());
  }

  void DecodeClusters(const Node& mapping) {
    for (const Node& node : mapping.children) {
      if (node.key == kEveryCluster) {
        Report(kSluiceFile, node.key_range, "no cluster is named \"all\": that stands for every one of them");
      }
      if (const Node* minor = node.Find("kubernetes")) CheckMinor(*minor);
      out_.configuration.clusters.push_back({std::string(node.key), Text(node, "kubernetes"),
                                             Strings(node.Find("paths")), Strings(node.Find("branches"))});
    }
    std::sort(out_.configuration.clusters.begin(), out_.configuration.clusters.end(),
              [](const Cluster& a, const Cluster& b) { return a.name < b.name; });
  }

  void DecodeProtect(const Node& list) {
    out_.configuration.names_protected = !list.children.empty();
    for (const Node& item : list.children) {
      if (item.IsString()) {
        out_.configuration.protect.push_back({std::string(item.String())});
        continue;
      }
      const Node* branch = item.Find("branch");
      if (branch == nullptr) continue;
      out_.configuration.protect.push_back({std::string(branch->String()), Flag(&item, "create"),
                                            Flag(&item, "delete"), Flag(&item, "force")});
    }
  }

  void DecodeRoots(const Node& node) {
    Roots& roots = out_.configuration.roots;
    for (const std::string& name : Strings(node.Find("discover"))) {
      roots.flux |= name == "flux";
      roots.argo_cd |= name == "argo-cd";
      roots.kustomize |= name == "kustomize";
    }
    roots.include = Strings(node.Find("include"));
    roots.exclude = Strings(node.Find("exclude"));
    roots.urls = Strings(node.Find("urls"));
    roots.strict_substitution = Flag(&node, "strictSubstitution");
  }

  // YAML 1.1 reads a bare `off` as false; the schema lets no other boolean in.
  static Severity SeverityOf(const Node& node) {
    if (node.kind == NodeKind::kBool || node.String() == "off") return Severity::kOff;
    return node.String() == "warning" ? Severity::kWarning : Severity::kError;
  }

  void DecodeRules(const Node& mapping) {
    for (const Node& rule : mapping.children) {
      CheckRuleName(rule);
      CheckFirm(rule);
      if (rule.kind != NodeKind::kSequence) {
        out_.configuration.rules.push_back({std::string(rule.key), SeverityOf(rule), ""});
        continue;
      }
      for (const Node& setting : rule.children) {
        const Node* path = setting.Find("path");
        const Node* severity = setting.Find("severity");
        if (severity == nullptr) continue;
        out_.configuration.rules.push_back(
            {std::string(rule.key), SeverityOf(*severity),
             std::string(path == nullptr ? std::string_view() : path->String())});
      }
    }
  }

  // Past a limit, or in a file that cannot be read, nothing was looked at: no
  // severity turns that into a pass.
  void CheckFirm(const Node& setting) {
    if (!Lowers(setting)) return;
    for (const Rule* rule : AllRules()) {
      const bool of_group = rule->id.starts_with(std::string(setting.key) + "/");
      if ((rule->id != setting.key && !of_group) || !ReachOf(rule->id).firm) continue;
      const std::string id(rule->id);
      return Report(kSluiceFile, setting.key_range,
                    of_group ? "\"" + std::string(setting.key) + "\" holds " + id +
                                   ", which says that something was not judged and stays an error; name the "
                                   "other rules one by one"
                             : id + " says that something was not judged: it stays an error");
    }
  }

  static bool Lowers(const Node& setting) {
    if (setting.kind != NodeKind::kSequence) return SeverityOf(setting) != Severity::kError;
    return std::any_of(setting.children.begin(), setting.children.end(), [](const Node& item) {
      const Node* severity = item.Find("severity");
      return severity != nullptr && SeverityOf(*severity) != Severity::kError;
    });
  }

  void CheckRuleName(const Node& rule) {
    for (const Rule* known : AllRules()) {
      if (known->id == rule.key || (known->id.starts_with(rule.key) && known->id[rule.key.size()] == '/'))
        return;
    }
    Report(kSluiceFile, rule.key_range,
           "no rule or group is named \"" + std::string(rule.key) + "\"; `sluice explain` lists them");
  }

  void DecodeDocuments(const Node& mapping) {
    for (const Node& document : mapping.children) {
      DocumentSchema entry{std::string(document.key), std::string(document.String()), nullptr};
      const Result<RepoPath> path = RepoPath::Parse(".sluice")->Resolve(entry.path);
      Result<std::string> text =
          path ? tree_.Read(*path, kMaxConfigurationBytes) : Result<std::string>(path.error());
      Result<schemas::JsonSchema> schema =
          text ? schemas::JsonSchema::Parse(*text) : Result<schemas::JsonSchema>(text.error());
      if (schema) {
        entry.schema = std::make_shared<const schemas::JsonSchema>(*std::move(schema));
      } else {
        Report(kSluiceFile, document.range, "schema .sluice/" + entry.path + ": " + schema.error().Text());
      }
      out_.configuration.documents.push_back(std::move(entry));
    }
  }

  // A repository may only tighten what the operator allows.
  void DecodeLimits(const Node& mapping) {
    for (const LimitKey& key : kLimitKeys) {
      const Node* node = mapping.Find(key.name);
      if (node == nullptr || node->kind != NodeKind::kInteger || node->value.integer < 1) continue;
      const auto said = static_cast<std::size_t>(node->value.integer);
      out_.configuration.said_limits[key.name] = said;
      std::size_t& limit = out_.configuration.limits.*key.limit;
      limit = std::min(limit, said);
    }
  }

  void DecodeWaivers(const manifests::ParsedFile& file) {
    for (const Node& item : file.documents[0].root->children) {
      Waiver waiver;
      waiver.range = item.range;
      waiver.rule = Text(item, "rule");
      waiver.owner = Text(item, "owner");
      waiver.reason = Text(item, "reason");
      waiver.expires = Text(item, "expires");
      waiver.objects = Strings(item.Find("objects"));
      waiver.paths = Strings(item.Find("paths"));
      CheckWaiver(waiver, item);
      out_.configuration.waivers.push_back(std::move(waiver));
    }
  }

  void CheckWaiver(const Waiver& waiver, const Node& item) {
    const Range rule = item.Find("rule")->range;
    if (FindRule(waiver.rule) == nullptr) {
      Report(kWaiversFile, rule, "no rule is named \"" + waiver.rule + "\"; `sluice explain` lists them");
    } else if (ReachOf(waiver.rule).firm) {
      Report(kWaiversFile, rule, waiver.rule + " says that something was not judged: it cannot be waived");
    }
    if (waiver.objects.empty() && waiver.paths.empty())
      Report(kWaiversFile, item.range, "this waiver names neither `objects` nor `paths`");
    if (!IsDay(waiver.expires)) {
      Report(kWaiversFile, item.Find("expires")->range, "there is no day \"" + waiver.expires + "\"");
    }
  }

  // YYYY-MM-DD, as the schema has seen to, that a calendar holds.
  static bool IsDay(std::string_view text) {
    unsigned parts[3] = {};
    const std::string_view words[3] = {text.substr(0, 4), text.substr(5, 2), text.substr(8, 2)};
    for (std::size_t i = 0; i < 3; ++i)
      std::from_chars(words[i].data(), words[i].data() + words[i].size(), parts[i]);
    return std::chrono::year_month_day(std::chrono::year(static_cast<int>(parts[0])),
                                       std::chrono::month(parts[1]), std::chrono::day(parts[2]))
        .ok();
  }

  static std::string Text(const Node& mapping, std::string_view key) {
    const Node* node = mapping.Find(key);
    return std::string(node == nullptr ? std::string_view() : node->String());
  }

  void LoadBundles() {
    const RepoPath directory = *RepoPath::Parse(kSchemasDirectory);
    const Result<std::vector<FileEntry>> entries = tree_.List(directory);
    if (!entries) return;
    for (const FileEntry& entry : *entries) {
      if (entry.kind != FileKind::kFile || !entry.name.ends_with(".bundle")) continue;
      const Result<RepoPath> path = directory.Child(entry.name);
      if (!path) continue;
      Result<std::string> bytes = tree_.Read(*path, kMaxBundleBytes);
      if (bytes) {
        out_.configuration.bundles.push_back(*std::move(bytes));
      } else {
        Report(path->text(), {}, bytes.error().message);
      }
    }
  }

  const FileTree& tree_;
  LoadedConfiguration& out_;
};

}  // namespace

LoadedConfiguration LoadConfiguration(const FileTree& tree, std::string source) {
  LoadedConfiguration loaded;
  loaded.configuration.source = std::move(source);
  Loader(tree, loaded).Load();
  return loaded;
}

}  // namespace sluice::gate
