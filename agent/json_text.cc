#include "agent/json_text.h"

#include "manifests/object.h"
#include "manifests/utf8.h"

namespace sluice::agent {

std::string JsonString(std::string_view text) {
  std::string safe;
  if (!manifests::IsUtf8(text)) {
    safe = text;
    for (char& c : safe)
      if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    text = safe;
  }
  manifests::Node node;
  node.kind = manifests::NodeKind::kString;
  node.text = text;
  std::string out;
  manifests::CanonicalJson(node, out);
  return out;
}

JsonMapping& JsonMapping::Json(std::string_view name, std::string_view json) {
  out_ += out_.empty() ? "{\"" : ",\"";
  out_ += name;
  out_ += "\":";
  out_ += json;
  return *this;
}

}  // namespace sluice::agent
