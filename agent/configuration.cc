// Key by key from a table: a misspelt key would be an agent that follows something else than its operator
// thinks. Tested by tests/agent/configuration_test.cc.
#include "agent/configuration.h"

#include <algorithm>
#include <charconv>

#include "agent/listen_address.h"
#include "agent/take_over.h"
#include "manifests/document.h"
#include "promotion/environment.h"
#include "promotion/moment.h"
#include "promotion/words.h"

namespace sluice::agent {
namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr std::int64_t kMostMebibytes = 65'536;
constexpr std::size_t kMostAccounts = 10'000;
constexpr std::chrono::seconds kLongestInterval = std::chrono::hours(1);

Error WrongAt(const std::string& path, const Range& range, std::string message) {
  return {ErrorKind::kConfiguration, std::move(message), path, range.begin};
}

// False where the value is not what the key takes.
bool SetText(const Node& node, std::string& out) {
  out = node.String();
  return node.IsString() && !out.empty() && promotion::IsTextLine(out);
}
// Some of them stand in quotation marks later.
bool SetPath(const Node& node, std::string& out) {
  return SetText(node, out) && out.starts_with('/') && out.find('\'') == out.npos;
}
bool SetLabel(const Node& node, std::string& out) { return SetText(node, out) && promotion::IsLabel(out); }
bool SetFlag(const Node& node, bool& out) {
  if (node.kind == NodeKind::kBool) out = node.value.boolean;
  return node.kind == NodeKind::kBool;
}
bool SetSeconds(const Node& node, std::chrono::seconds most, std::chrono::seconds& out) {
  const auto duration = promotion::ParseDuration(node.String());
  if (duration) out = *duration;
  return duration && out <= most;
}

// No credential, nothing that git takes for an option or for a program.
bool SetUrl(const Node& node, std::string& out) {
  if (!SetText(node, out) || out.starts_with('-') || out.find("::") != out.npos) return false;
  const std::size_t scheme = out.find("://");
  if (scheme == out.npos) return out.starts_with('/') || out.find(':') != out.npos;
  if (out.starts_with("https://")) return out.find('@') == out.npos;
  return out.starts_with("ssh://") && out.find(':', 6) >= out.find('@');  // user, no password
}

bool SetPercent(const Node& node, unsigned& out) {
  const std::string_view text = node.String();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && out <= 100 && std::string_view(end, text.data() + text.size()) == "%";
}

bool SetMebibytes(const Node& node, std::uint64_t& out) {
  if (node.kind != NodeKind::kInteger || node.value.integer < 1 || node.value.integer > kMostMebibytes)
    return false;
  out = static_cast<std::uint64_t>(node.value.integer) << 20;
  return true;
}

// "NAME" or "NAMESPACE/NAME"; what has no namespace of its own must be given one.
bool SetAccount(const Node& node, ServiceAccount& out) {
  const std::string_view text = node.String();
  const std::size_t slash = text.find('/');
  if (slash != text.npos) out.ns = text.substr(0, slash);
  out.name = text.substr(slash == text.npos ? 0 : slash + 1);
  const bool named = promotion::IsLabel(out.name) && (slash == text.npos || promotion::IsLabel(out.ns));
  return named && (node.key != kClusterWide || !out.ns.empty());
}

bool SetAccounts(const Node& node, std::map<std::string, ServiceAccount>& out) {
  if (node.kind != NodeKind::kMapping || node.children.size() > kMostAccounts) return false;
  return std::all_of(node.children.begin(), node.children.end(), [&](const Node& member) {
    const bool place = member.key == kOthers || member.key == kClusterWide || promotion::IsLabel(member.key);
    return place && SetAccount(member, out[std::string(member.key)]);
  });
}

bool SetTakeOver(const Node& node, std::vector<std::string>& out) {
  const auto words = TakeOverWords();
  for (const Node& word : node.children) {
    if (std::find(words.begin(), words.end(), word.String()) == words.end()) return false;
    out.emplace_back(word.String());
  }
  return node.kind == NodeKind::kSequence;
}

struct Key {
  std::string_view name;
  std::string_view must;  // be
  bool (*set)(const Node& node, Configuration& to);
  bool required = false;
};
constexpr Key kKeys[] = {
    {"repository",
     "an https:// or ssh:// address without a password, user@host:path, or an "
     "absolute path",
     [](const Node& node, Configuration& to) { return SetUrl(node, to.repository.url); }, true},
    {"environment", "the name of an environment",
     [](const Node& node, Configuration& to) {
       return SetText(node, to.environment) && promotion::IsEnvironmentName(to.environment);
     },
     true},
    {"cluster", "a DNS label", [](const Node& node, Configuration& to) { return SetLabel(node, to.cluster); },
     true},
    {"pin", "the 64 digits that sluice ledger init printed",
     [](const Node& node, Configuration& to) { return SetText(node, to.pin) && promotion::IsDigest(to.pin); },
     true},
    {"directory", "an absolute path",
     [](const Node& node, Configuration& to) { return SetPath(node, to.directory); }},
    {"namespace", "a DNS label", [](const Node& node, Configuration& to) { return SetLabel(node, to.ns); }},
    {"kubeconfig", "an absolute path",
     [](const Node& node, Configuration& to) { return SetPath(node, to.kubeconfig); }},
    {"context", "text", [](const Node& node, Configuration& to) { return SetText(node, to.context); }},
    {"defaultNamespace", "a DNS label",
     [](const Node& node, Configuration& to) { return SetLabel(node, to.default_namespace); }},
    {"serviceAccounts", "a mapping of namespaces, * or _cluster to NAME or NAMESPACE/NAME",
     [](const Node& node, Configuration& to) { return SetAccounts(node, to.service_accounts); }},
    {"interval", "a time from 1s to 1h",
     [](const Node& node, Configuration& to) { return SetSeconds(node, kLongestInterval, to.interval); }},
    {"takeOver", "a list of kubectl, flux and argo-cd",
     [](const Node& node, Configuration& to) { return SetTakeOver(node, to.take_over); }},
    {"maxRemoved", "a percentage such as 20%",
     [](const Node& node, Configuration& to) { return SetPercent(node, to.max_removed); }},
    {"requireFreshness", "true or false",
     [](const Node& node, Configuration& to) { return SetFlag(node, to.require_freshness); }},
    {"pruneNamespaces", "true or false",
     [](const Node& node, Configuration& to) { return SetFlag(node, to.prune_namespaces); }},
    {"pruneCustomResourceDefinitions", "true or false",
     [](const Node& node, Configuration& to) { return SetFlag(node, to.prune_definitions); }},
    {"metrics", "an IP address and a port, such as 127.0.0.1:9402",
     [](const Node& node, Configuration& to) {
       return SetText(node, to.metrics) && ListenAddress("metrics", to.metrics);
     }},
    {"outcomeKey", "an absolute path",
     [](const Node& node, Configuration& to) { return SetPath(node, to.outcome_key); }},
    {"sshKey", "an absolute path",
     [](const Node& node, Configuration& to) { return SetPath(node, to.repository.ssh_key); }},
    {"knownHosts", "an absolute path",
     [](const Node& node, Configuration& to) { return SetPath(node, to.repository.known_hosts); }},
    {"tokenFile", "an absolute path",
     [](const Node& node, Configuration& to) { return SetPath(node, to.repository.token_file); }},
    {"user", "text without a colon",
     [](const Node& node, Configuration& to) {
       return SetText(node, to.repository.user) && to.repository.user.find(':') == std::string::npos;
     }},
    {"caFile", "an absolute path",
     [](const Node& node, Configuration& to) { return SetPath(node, to.repository.ca_file); }},
    {"fetchMebibytes", "a whole number from 1 to 65536",
     [](const Node& node, Configuration& to) { return SetMebibytes(node, to.repository.bytes); }},
    {"fetchDeadline", "a time from 1s to 1h",
     [](const Node& node, Configuration& to) {
       return SetSeconds(node, kLongestInterval, to.repository.deadline);
     }},
};

Status SetDrift(const Node& member, const std::string& path, Configuration& to) {
  Result<DriftSettings> drift = ReadDriftSettings(&member, path);
  if (!drift) return drift.error();
  to.drift = *std::move(drift);
  return Ok{};
}

Status SetFlux(const Node& member, const std::string& path, Configuration& to) {
  Result<FluxSettings> flux = ReadFluxSettings(member, path);
  if (!flux) return flux.error();
  to.flux = *std::move(flux);
  return Ok{};
}

Status SetMember(const Node& member, const std::string& path, Configuration& to) {
  if (member.key == "drift") return SetDrift(member, path, to);
  if (member.key == "flux") return SetFlux(member, path, to);
  if (member.key == "apply") return Ok{};  // ReadApply
  const auto key = std::find_if(std::begin(kKeys), std::end(kKeys),
                                [&](const Key& known) { return known.name == member.key; });
  if (key == std::end(kKeys))
    return WrongAt(path, member.key_range, "unknown key \"" + std::string(member.key) + "\"");
  if (key->set(member, to)) return Ok{};
  return WrongAt(path, member.range, "\"" + std::string(key->name) + "\" must be " + std::string(key->must));
}

}  // namespace

Result<Configuration> ParseConfiguration(std::string_view text, const std::string& path) {
  const manifests::ParsedFile file = manifests::Parse(path, std::string(text), Limits());
  if (!file.Readable()) return WrongAt(path, file.findings.front().range, file.findings.front().message);
  if (file.documents.size() != 1) return WrongAt(path, {}, "the file must hold exactly one document");
  const Node& root = *file.documents[0].root;
  if (root.kind != NodeKind::kMapping) return WrongAt(path, root.range, "expected a mapping of keys");
  Configuration configuration;
  for (const Node& member : root.children)
    if (Status set = SetMember(member, path, configuration); !set) return set.error();
  for (const Key& key : kKeys)
    if (key.required && root.Find(key.name) == nullptr)
      return WrongAt(path, root.range, "there is no \"" + std::string(key.name) + "\"");
  if (const Result<bool> flux = ReadApply(root, path); !flux) return flux.error();
  return configuration;
}

}  // namespace sluice::agent
