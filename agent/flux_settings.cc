// Tested by tests/agent/configuration_test.cc.
#include "agent/flux_settings.h"

#include <algorithm>

#include "agent/listen_address.h"
#include "net/url.h"
#include "promotion/words.h"

namespace sluice::agent {
namespace {

using manifests::Node;

constexpr std::string_view kPathText =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._:/[]";

// These are Flux' to say where it applies.
constexpr std::string_view kOwnApply[] = {
    "serviceAccounts", "defaultNamespace", "drift", "pruneNamespaces", "pruneCustomResourceDefinitions",
    "takeOver",
};

Error WrongAt(const std::string& path, const Node& node, std::string message) {
  return {ErrorKind::kConfiguration, std::move(message), path, node.range.begin};
}

bool SetArtifact(const Node& node, FluxSettings& to) {
  const std::string_view text = node.String();
  const std::size_t slash = text.find('/');
  if (slash == text.npos) return false;
  to.ns = text.substr(0, slash);
  to.name = text.substr(slash + 1);
  return promotion::IsLabel(to.ns) && promotion::IsLabel(to.name);
}

bool SetListen(const Node& node, FluxSettings& to) {
  to.listen = node.String();
  return static_cast<bool>(ListenAddress("flux.listen", to.listen));
}

// What is put behind it is a path.
bool SetUrl(const Node& node, FluxSettings& to) {
  to.url = node.String();
  const Result<net::Url> url = net::ParseUrl(to.url);
  return url && !to.url.ends_with('/') && url->target.find_first_not_of(kPathText) == std::string::npos;
}

struct Key {
  std::string_view name;
  std::string_view must;  // be
  bool (*set)(const Node& node, FluxSettings& to);
};
constexpr Key kKeys[] = {
    {"artifact", "NAMESPACE/NAME of the ExternalArtifact", SetArtifact},
    {"listen", "an IP address and a port, such as 0.0.0.0:9403", SetListen},
    {"url", "where Flux reaches it: http://HOST:PORT, without a user, a query or a slash at its end", SetUrl},
};

}  // namespace

Result<FluxSettings> ReadFluxSettings(const Node& flux, const std::string& path) {
  if (flux.kind != manifests::NodeKind::kMapping)
    return WrongAt(path, flux, "\"flux\" must be a mapping of artifact, listen and url");
  FluxSettings settings;
  for (const Node& member : flux.children) {
    const auto* const key = std::find_if(std::begin(kKeys), std::end(kKeys),
                                         [&](const Key& known) { return known.name == member.key; });
    if (key == std::end(kKeys))
      return Error{ErrorKind::kConfiguration, "\"flux\" has no key \"" + std::string(member.key) + "\"", path,
                   member.key_range.begin};
    if (!key->set(member, settings))
      return WrongAt(path, member,
                     "\"flux." + std::string(key->name) + "\" must be " + std::string(key->must));
  }
  for (const Key& key : kKeys)
    if (flux.Find(key.name) == nullptr)
      return WrongAt(path, flux, "there is no \"flux." + std::string(key.name) + "\"");
  return settings;
}

Result<bool> ReadApply(const Node& root, const std::string& path) {
  const Node* const apply = root.Find("apply");
  const Node* const flux = root.Find("flux");
  const std::string_view word = apply == nullptr ? "sluice" : apply->String();
  if (word != "sluice" && word != "flux") return WrongAt(path, *apply, "\"apply\" must be sluice or flux");
  if (word == "sluice" && flux != nullptr)
    return WrongAt(path, *flux, "\"flux\" goes with apply: flux alone");
  if (word == "sluice") return false;
  if (flux == nullptr) return WrongAt(path, *apply, "apply: flux needs \"flux\": artifact, listen and url");
  for (const std::string_view key : kOwnApply)
    if (const Node* const own = root.Find(key))
      return WrongAt(
          path, *own,
          "\"" + std::string(key) + "\" says how the agent applies, and with apply: flux it does not");
  return true;
}

}  // namespace sluice::agent
