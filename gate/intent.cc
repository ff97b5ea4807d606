// Written by hand, since the objects are JSON already and must stay as they
// were judged, byte for byte.
#include "gate/intent.h"

#include "crypto/digest.h"
#include "gate/gate.h"

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

}  // namespace

std::string IntentName(const RefUpdate& update) {
  return crypto::Hex(
      crypto::DigestSha256(update.ref + "\n" + update.old_id.Hex() + "\n" + update.new_id.Hex() + "\n"));
}

std::string IntentText(const RefUpdate& update, const Oid& tree, const Verdict& verdict,
                       std::span<const std::string> canonical) {
  std::string out = "{\"schemaVersion\":1,";
  AppendMember(out, "ref", update.ref);
  AppendMember(out, "old", update.old_id.Hex());
  AppendMember(out, "new", update.new_id.Hex());
  AppendMember(out, "tree", tree.Hex());
  AppendMember(out, "policy", verdict.summary.policy);
  AppendMember(out, "engine", EngineVersion());
  out += "\"objects\":[";
  for (std::size_t i = 0; i < canonical.size() && i < verdict.objects.size(); ++i) {
    if (i > 0) out += ',';
    const JudgedObject& object = verdict.objects[i];
    out += '{';
    AppendMember(out, "file", object.file);
    out += "\"line\":" + std::to_string(object.line) + ",";
    AppendMember(out, "digest", object.digest);
    out += "\"object\":" + canonical[i] + "}";
  }
  out += "]}\n";
  return out;
}

}  // namespace sluice::gate
