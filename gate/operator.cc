// hook.yaml and settings.yaml, key by key from two tables; an unknown key is an
// error with its place, since a misspelt one would be a gate that stands open.
// Tested by tests/gate/operator_test.cc.
#include "gate/operator.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <span>

#include "base/oid.h"
#include "gate/configuration.h"
#include "gate/limit_keys.h"
#include "git/refs.h"
#include "manifests/document.h"

namespace sluice::gate {
namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr std::string_view kHookFile = "hook.yaml";
constexpr std::string_view kSettingsFile = "settings.yaml";
constexpr std::array<std::string_view, 6> kPlatforms = {"git",     "gitolite", "gitea",
                                                        "forgejo", "gitlab",   "github"};
constexpr std::array<std::string_view, 9> kIdentities = {"auto",  "local",  "ssh",    "http", "gitolite",
                                                         "gitea", "gitlab", "github", "none"};

struct Context {
  HookSettings* settings;
  std::string_view file;
  std::string_view project;
  bool mode_is_fixed = false;  // hook.yaml says `mode`, a repository may only tighten it
};

using Apply = Status (*)(Context& context, const Node& node);
struct Key {
  std::string_view name;
  Apply apply;
};

Error Wrong(const Context& context, const Node& node, std::string message) {
  return {ErrorKind::kConfiguration, std::move(message), std::string(context.file), node.range.begin};
}

Status ApplyKeys(Context& context, const Node& mapping, std::span<const Key> keys) {
  if (mapping.kind == NodeKind::kNull) return Ok{};
  if (mapping.kind != NodeKind::kMapping) return Wrong(context, mapping, "expected a mapping of keys");
  for (const Node& member : mapping.children) {
    const auto key =
        std::find_if(keys.begin(), keys.end(), [&](const Key& k) { return k.name == member.key; });
    if (key == keys.end()) {
      return Error{ErrorKind::kConfiguration, "unknown key \"" + std::string(member.key) + "\"",
                   std::string(context.file), member.key_range.begin};
    }
    Status applied = key->apply(context, member);
    if (!applied) return applied;
  }
  return Ok{};
}

Status Text(Context& context, const Node& node, std::string& out) {
  if (!node.IsString()) return Wrong(context, node, "\"" + std::string(node.key) + "\" must be text");
  out = node.text;
  return Ok{};
}

Status OneOf(Context& context, const Node& node, std::span<const std::string_view> names, std::string& out) {
  if (std::find(names.begin(), names.end(), node.String()) != names.end()) return Text(context, node, out);
  std::string known;
  for (const std::string_view name : names) known += (known.empty() ? "" : ", ") + std::string(name);
  return Wrong(context, node, "\"" + std::string(node.key) + "\" must be one of " + known);
}

Status ApplyMode(Context& context, const Node& node) {
  if (node.String() != "enforce" && node.String() != "observe") {
    return Wrong(context, node, "\"mode\" must be enforce or observe");
  }
  const bool observe = node.String() == "observe";
  const bool is_repository = context.file != kHookFile;  // within hook.yaml what stands later wins
  if (observe && is_repository && context.mode_is_fixed && context.settings->mode == Mode::kEnforce) {
    return Wrong(context, node, "hook.yaml says mode: enforce, which a repository cannot loosen");
  }
  context.settings->mode = observe ? Mode::kObserve : Mode::kEnforce;
  context.mode_is_fixed |= !is_repository;
  return Ok{};
}

// "4s" or "1500ms", from 100 ms to 10 minutes.
Status ApplyDeadline(Context& context, const Node& node) {
  const std::string_view text = node.String();
  std::int64_t count = 0;
  const auto number = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(number.ptr, static_cast<std::size_t>(text.data() + text.size() - number.ptr));
  const std::int64_t milliseconds = unit == "s" ? count * 1000 : count;
  if (number.ec != std::errc() || count <= 0 || count > 600'000 || (unit != "s" && unit != "ms") ||
      milliseconds < 100 || milliseconds > 600'000) {
    return Wrong(context, node, "\"deadline\" must be a time such as 4s or 1500ms, from 100ms to 600s");
  }
  context.settings->limits.hook_deadline = std::chrono::milliseconds(milliseconds);
  return Ok{};
}

Status ApplyLog(Context& context, const Node& node) {
  if (node.String() != "syslog" && !node.String().starts_with('/')) {
    return Wrong(context, node, "\"log\" must be syslog or an absolute path");
  }
  return Text(context, node, context.settings->log);
}

Status ApplyBypassBy(Context& context, const Node& node) {
  if (node.kind != NodeKind::kSequence) return Wrong(context, node, "\"by\" must be a list of names");
  context.settings->bypass_by.clear();
  for (const Node& name : node.children) {
    if (!name.IsString()) return Wrong(context, name, "a name must be text");
    context.settings->bypass_by.emplace_back(name.text);
  }
  return Ok{};
}
constexpr Key kBypassKeys[] = {{"by", ApplyBypassBy}};
Status ApplyBypass(Context& context, const Node& node) { return ApplyKeys(context, node, kBypassKeys); }

Status ApplyFloorRepository(Context& context, const Node& node) {
  if (!node.String().starts_with('/')) return Wrong(context, node, "\"repository\" must be an absolute path");
  return Text(context, node, context.settings->floor.repository);
}
Status ApplyFloorRef(Context& context, const Node& node) {
  if (!node.String().starts_with("refs/"))
    return Wrong(context, node, "\"ref\" must be a full name, refs/heads/…");
  return Text(context, node, context.settings->floor.ref);
}
constexpr Key kFloorKeys[] = {{"repository", ApplyFloorRepository}, {"ref", ApplyFloorRef}};
Status ApplyFloor(Context& context, const Node& node) {
  Status applied = ApplyKeys(context, node, kFloorKeys);
  PolicyFloor& floor = context.settings->floor;
  if (!applied || floor.repository.empty()) return applied;
  if (floor.ref.empty()) floor.ref = "refs/heads/main";
  return applied;
}

constexpr std::int64_t kMaxDepth = 1000;  // our walkers' own bound

Status ApplyLimits(Context& context, const Node& node) {
  for (const Node& member : node.children) {
    const auto key = std::find_if(std::begin(kLimitKeys), std::end(kLimitKeys),
                                  [&](const LimitKey& limit) { return limit.name == member.key; });
    if (key == std::end(kLimitKeys))
      return Wrong(context, member, "unknown limit \"" + std::string(member.key) + "\"");
    const bool fits = member.kind == NodeKind::kInteger && member.value.integer > 0 &&
                      (member.key != "depth" || member.value.integer <= kMaxDepth);
    if (!fits) return Wrong(context, member, "a limit must be a whole number above 0 (depth: at most 1000)");
    context.settings->limits.*key->limit = static_cast<std::size_t>(member.value.integer);
  }
  return Ok{};
}

Status AbsolutePath(Context& context, const Node& node, std::string& out) {
  if (!node.String().starts_with('/'))
    return Wrong(context, node, "\"" + std::string(node.key) + "\" must be an absolute path");
  return Text(context, node, out);
}
Status ApplyHelm(Context& context, const Node& node) {
  return AbsolutePath(context, node, context.settings->helm);
}
Status ApplyChartCache(Context& context, const Node& node) {
  return AbsolutePath(context, node, context.settings->chart_cache);
}

Status ApplyClusters(Context& context, const Node& node) {
  // YAML 1.1 reads a bare `off` as false.
  const bool off = node.String() == "off" || (node.kind == NodeKind::kBool && !node.value.boolean);
  if (!off && node.String() != "ask") return Wrong(context, node, "\"clusters\" must be ask or off");
  context.settings->ask_clusters = !off;
  return Ok{};
}

constexpr Key kProjectKeys[] = {
    {"mode", ApplyMode},    {"deadline", ApplyDeadline},     {"log", ApplyLog},
    {"policy", ApplyFloor}, {"bypass", ApplyBypass},         {"limits", ApplyLimits},
    {"helm", ApplyHelm},    {"chartCache", ApplyChartCache}, {"clusters", ApplyClusters},
};
Status ApplyProjects(Context& context, const Node& node) {
  if (node.kind != NodeKind::kMapping)
    return Wrong(context, node, "\"projects\" must be a mapping of patterns");
  for (const Node& project : node.children) {
    HookSettings scratch;  // a project of others is checked all the same
    Context other{&scratch, context.file, context.project, false};
    const bool ours = GlobMatches(project.key, context.project);
    Status applied = ApplyKeys(ours ? context : other, project, kProjectKeys);
    if (!applied) return applied;
  }
  return Ok{};
}

constexpr Key kHookKeys[] = {
    {"mode", ApplyMode},         {"deadline", ApplyDeadline}, {"log", ApplyLog},
    {"policy", ApplyFloor},      {"bypass", ApplyBypass},     {"limits", ApplyLimits},
    {"projects", ApplyProjects}, {"helm", ApplyHelm},         {"chartCache", ApplyChartCache},
    {"clusters", ApplyClusters},
};

Status ApplyPolicyRef(Context& context, const Node& node) {
  if (!node.String().starts_with("refs/heads/"))
    return Wrong(context, node, "\"policyRef\" must begin with refs/heads/");
  return Text(context, node, context.settings->policy_ref);
}
Status ApplyPolicyCommit(Context& context, const Node& node) {
  // A commit of digits alone reads as a number: its text is what was meant.
  const Result<Oid> id = Oid::FromHex(node.text);
  if (!id) return Wrong(context, node, "\"policyCommit\" must be a full commit id");
  context.settings->policy_commit = id->Hex();
  return Ok{};
}
Status ApplyPlatform(Context& context, const Node& node) {
  return OneOf(context, node, kPlatforms, context.settings->platform);
}
Status ApplyIdentity(Context& context, const Node& node) {
  return OneOf(context, node, kIdentities, context.settings->identity);
}

bool IsEnvironmentName(std::string_view name) {
  return !name.empty() && name.size() <= 63 && name != "policy" && name.front() != '-' &&
         name.back() != '-' && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == name.npos;
}

// Of one branch each has a folder that no other has.
bool Collide(const EnvironmentBranch& one, const EnvironmentBranch& other) {
  const auto inside = [](const std::string& a, const std::string& b) {
    return (a + "/").starts_with(b + "/");
  };
  if (one.name == other.name) return true;
  return one.ref == other.ref && (one.folder.empty() || other.folder.empty() ||
                                  inside(one.folder, other.folder) || inside(other.folder, one.folder));
}

bool IsFolder(const std::string& folder) {
  const Result<RepoPath> path = RepoPath::Parse(folder);
  return path && !path->IsRoot();
}

// "staging production=release edge=main:clusters/edge": names, each with its branch
// where that has another, and its folder where the branch is of several.
Status ApplyEnvironments(Context& context, const Node& node) {
  std::vector<EnvironmentBranch>& environments = context.settings->environments;
  environments.clear();
  std::string_view rest = node.String();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t equals = std::min(word.find('='), word.size());
    EnvironmentBranch environment{std::string(word.substr(0, equals)),
                                  std::string(word.substr(std::min(equals + 1, word.size())))};
    if (equals == word.size()) environment.ref = environment.name;
    const std::size_t colon = environment.ref.find(':');
    if (colon != std::string::npos) {
      environment.folder = environment.ref.substr(colon + 1);
      environment.ref.resize(colon);
    }
    environment.ref.insert(0, "refs/heads/");
    const bool again =
        std::any_of(environments.begin(), environments.end(),
                    [&](const EnvironmentBranch& other) { return Collide(environment, other); });
    if (again || !IsEnvironmentName(environment.name) || !git::IsRefName(environment.ref) ||
        (colon != std::string::npos && !IsFolder(environment.folder)))
      return Wrong(
          context, node,
          "\"environments\" must be names such as \"staging production=release edge=main:edge\", each "
          "once, and each with a branch, or a folder of one, of its own");
    environments.push_back(std::move(environment));
  }
  return Ok{};
}
constexpr Key kSettingsKeys[] = {
    {"policyRef", ApplyPolicyRef}, {"policyCommit", ApplyPolicyCommit},
    {"platform", ApplyPlatform},   {"identity", ApplyIdentity},
    {"mode", ApplyMode},           {"environments", ApplyEnvironments},
};

Status ApplyFile(Context& context, std::string_view text, std::span<const Key> keys) {
  if (text.empty()) return Ok{};
  const manifests::ParsedFile file = manifests::Parse(std::string(context.file), std::string(text), Limits());
  if (!file.Readable()) {
    const Finding& finding = file.findings.front();
    return Error{ErrorKind::kConfiguration, finding.message, std::string(context.file), finding.range.begin};
  }
  for (const manifests::Document& document : file.documents) {
    Status applied = ApplyKeys(context, *document.root, keys);
    if (!applied) return applied;
  }
  return Ok{};
}

}  // namespace

std::string_view IdentityOf(const HookSettings& settings) {
  struct Default {
    std::string_view platform, identity;
  };
  constexpr Default kDefaults[] = {
      {"git", "local"},     {"gitolite", "gitolite"}, {"gitea", "gitea"},
      {"forgejo", "gitea"}, {"gitlab", "gitlab"},     {"github", "github"},
  };
  if (settings.identity != "auto") return settings.identity;
  for (const Default& one : kDefaults)
    if (one.platform == settings.platform) return one.identity;
  return settings.identity;
}

Result<HookSettings> ParseHookSettings(std::string_view hook_yaml, std::string_view settings_yaml,
                                       std::string_view project) {
  HookSettings settings;
  Context context{&settings, kHookFile, project, false};
  Status applied = ApplyFile(context, hook_yaml, kHookKeys);
  if (!applied) return applied.error();
  context.file = kSettingsFile;
  applied = ApplyFile(context, settings_yaml, kSettingsKeys);
  if (!applied) return applied.error();
  return settings;
}

const EnvironmentBranch* EnvironmentAt(const HookSettings& settings, const std::string& ref,
                                       const std::string& folder) {
  const auto found = std::find_if(settings.environments.begin(), settings.environments.end(),
                                  [&](const EnvironmentBranch& environment) {
                                    return environment.ref == ref && environment.folder == folder;
                                  });
  return found == settings.environments.end() ? nullptr : &*found;
}

namespace {

// One key a line, as this function writes them: what else a person may have
// written cannot be edited line by line.
bool IsPlain(std::string_view settings_yaml) {
  if (settings_yaml.empty()) return true;
  const manifests::ParsedFile file =
      manifests::Parse(std::string(kSettingsFile), std::string(settings_yaml), Limits());
  if (!file.Readable() || file.documents.size() != 1) return false;
  const Node& root = *file.documents[0].root;
  if (root.kind == NodeKind::kNull) return true;
  return root.kind == NodeKind::kMapping &&
         std::all_of(root.children.begin(), root.children.end(), [](const Node& member) {
           return member.key_range.begin.column == 1 && member.range.end.line == member.key_range.begin.line;
         });
}

}  // namespace

Result<std::string> SetSetting(std::string_view settings_yaml, std::string_view key, std::string_view value) {
  const bool plain = std::none_of(value.begin(), value.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
  });
  if (!plain) return Usage("a setting holds no quotes, backslashes or control characters");
  if (!IsPlain(settings_yaml)) {
    return Usage(
        "settings.yaml is not one `key: value` a line, as this command writes it: rewrite it so, or "
        "remove it");
  }
  std::string text;
  std::string_view rest = settings_yaml;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end);
    if (!line.starts_with(std::string(key) + ":")) text += line;
  }
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  if (!value.empty()) text += std::string(key) + ": \"" + std::string(value) + "\"\n";
  const bool known = std::any_of(std::begin(kSettingsKeys), std::end(kSettingsKeys),
                                 [&](const Key& setting) { return setting.name == key; });
  if (!known)
    return Usage("unknown setting \"" + std::string(key) +
                 "\"; known are policyRef, policyCommit, platform, identity, mode, environments");
  const Result<HookSettings> parsed = ParseHookSettings({}, text, {});
  if (!parsed) return Usage(parsed.error().message);
  return text;
}

}  // namespace sluice::gate
