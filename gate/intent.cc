// Written by hand, since the objects are JSON already and must stay as they
// were judged, byte for byte.
#include "gate/intent.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "crypto/digest.h"
#include "gate/facts.h"
#include "gate/gate.h"
#include "manifests/object.h"
#include "policies/native.h"

namespace sluice::gate {
namespace {

// A JSON string of any bytes; what is not UTF-8 never gets here, paths with
// such bytes are findings.
void AppendString(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void AppendMember(std::string& out, std::string_view key, std::string_view value) {
  AppendString(out, key);
  out += ':';
  AppendString(out, value);
  out += ',';
}

void AppendClusters(std::string& out, std::span<const std::string> clusters) {
  out += "\"clusters\":[";
  for (const std::string& cluster : clusters) {
    if (out.back() != '[') out += ',';
    AppendString(out, cluster);
  }
  out += "],";
}

// In the order of Evidence::By.
constexpr std::string_view kEvidence[] = {"cluster", "offline", "unverified"};

// In the order of policies::SecretValues.
constexpr std::string_view kSecrets[] = {"none", "plain", "stand-in"};

// Read again from what is recorded, so that built and written ones are told alike.
std::string_view SecretWord(const ObjectName& name, std::string_view canonical) {
  if (name.kind != "Secret" || name.api_version.find('/') != name.api_version.npos) return kSecrets[0];
  const manifests::ParsedFile file = manifests::Parse("object.json", std::string(canonical), Limits());
  const std::vector<manifests::Object> objects = manifests::Objects(file, Limits()).objects;
  if (objects.size() != 1) return kSecrets[1];  // cannot be; then nothing of it is written down
  return kSecrets[static_cast<std::size_t>(policies::ValuesOf(objects.front()))];
}

void AppendObject(std::string& out, const JudgedObject& object, std::string_view canonical) {
  out += '{';
  AppendMember(out, "file", object.file);
  out += "\"line\":" + std::to_string(object.line) + ",";
  AppendMember(out, "digest", object.digest);
  AppendMember(out, "secret", SecretWord(object.name, canonical));
  const Evidence::By by = object.evidence.empty() ? Evidence::By::kUnverified : KnownBy(object.evidence);
  AppendMember(out, "evidence", kEvidence[static_cast<std::size_t>(by)]);
  out += object.unknown ? "\"unknown\":true," : "\"unknown\":false,";
  (out += "\"object\":").append(canonical) += '}';
}

void AppendApprovals(std::string& out, std::span<const promotion::ReceivedApproval> approvals) {
  out += "\"approvals\":[";
  bool first = true;
  for (const promotion::ReceivedApproval& approval : approvals) {
    if (!std::exchange(first, false)) out += ',';
    out += '{';
    AppendMember(out, "kind", promotion::NameOf(approval.kind));
    AppendMember(out, "person", approval.person);
    AppendMember(out, "sha256", approval.digest);
    out += "\"received\":" + std::to_string(approval.received) + '}';
  }
  out += "],";
}

// The parts of an IdentityKey; a name may hold anything.
void AppendIdentity(std::string& out, std::string_view identity) {
  constexpr std::string_view kBefore[] = {"{\"group\":", ",\"kind\":", ",\"namespace\":"};
  for (const std::string_view before : kBefore) {
    const std::size_t slash = std::min(identity.find('/'), identity.size());
    out += before;
    AppendString(out, identity.substr(0, slash));
    identity.remove_prefix(std::min(slash + 1, identity.size()));
  }
  out += ",\"name\":";
  AppendString(out, identity);
  out += '}';
}

// In the order of promotion::RecordKind.
constexpr std::string_view kKinds[] = {"break-glass", "direct", "promotion", "rollback"};

// What moved to another file is there still.
void AppendRemoved(std::string& out, std::span<const std::string> removed,
                   std::span<const JudgedObject> objects) {
  std::unordered_set<std::string> there;
  if (!removed.empty())
    for (const JudgedObject& object : objects) there.insert(IdentityKey(object.name));
  out += "\"removed\":[";
  bool first = true;
  for (const std::string& identity : removed) {
    if (there.contains(identity)) continue;
    if (!std::exchange(first, false)) out += ',';
    AppendIdentity(out, identity);
  }
  out += "],";
}

}  // namespace

std::string IntentName(const RefUpdate& update) {
  return crypto::Hex(
      crypto::DigestSha256(update.ref + "\n" + update.old_id.Hex() + "\n" + update.new_id.Hex() + "\n"));
}

std::string IntentText(const IntentInput& input) {
  const Verdict& verdict = input.verdict;
  std::string out = "{\"schemaVersion\":1,";
  AppendMember(out, "ref", input.update.ref);
  AppendMember(out, "old", input.update.old_id.Hex());
  AppendMember(out, "new", input.update.new_id.Hex());
  AppendMember(out, "tree", input.tree.Hex());
  AppendMember(out, "policy", verdict.summary.policy);
  AppendMember(out, "engine", EngineVersion());
  AppendMember(out, "target", input.ref);
  AppendMember(out, "base", input.base.IsZero() ? std::string() : input.base.Hex());
  AppendMember(out, "policyCommit", input.policy.Hex());
  AppendMember(out, "floorCommit", input.floor.IsZero() ? std::string() : input.floor.Hex());
  AppendClusters(out, input.clusters);
  AppendMember(out, "bundle", input.bundle);
  AppendMember(out, "actor", input.actor);
  AppendMember(out, "reason", input.reason);
  AppendApprovals(out, input.approvals);
  out += "\"judged\":" + std::to_string(input.judged) + ",";
  AppendMember(out, "kind", kKinds[static_cast<std::size_t>(input.kind)]);
  out += "\"restores\":" + std::to_string(input.restores) + ",";
  const std::size_t count = std::min(input.canonical.size(), verdict.objects.size());
  AppendRemoved(out, input.removed, std::span(verdict.objects).first(count));
  out += "\"objects\":[";
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += ',';
    AppendObject(out, verdict.objects[i], input.canonical[i]);
  }
  out += "]}\n";
  return out;
}

}  // namespace sluice::gate
