// Tested by tests/cluster/masking_test.cc and tests/cluster/planted_test.cc.
#include "cluster/masking.h"

#include <algorithm>
#include <array>

#include "manifests/arena.h"
#include "manifests/object.h"
#include "policies/native.h"
#include "policies/rules/base64.h"
#include "policies/rules/credentials.h"

namespace sluice::cluster {
namespace {

using manifests::Node;
using manifests::NodeKind;

// A name that ends so, in lower case and without '-', '_' and '.', is one of a secret.
constexpr std::array<std::string_view, 14> kSecretNames = {
    "password",  "passwd",    "passphrase", "pwd",         "secret",    "token",      "apikey",
    "accesskey", "secretkey", "privatekey", "credentials", "authtoken", "signingkey", "encryptionkey"};
constexpr std::size_t kShortest = 3;          // masked values that are looked for in texts
constexpr std::size_t kShortestWord = 6;      // the same of words in them
constexpr std::size_t kShortestEncoded = 16;  // words that are decoded

std::string Squeezed(std::string_view name) {
  std::string squeezed;
  for (const char c : name) {
    if (c != '-' && c != '_' && c != '.') squeezed += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return squeezed;
}

bool IsSecretName(std::string_view name) {
  const std::string squeezed = Squeezed(name);
  return std::any_of(kSecretNames.begin(), kSecretNames.end(),
                     [&](std::string_view word) { return squeezed.ends_with(word); });
}

bool IsCollection(const Node& node) {
  return node.kind == NodeKind::kMapping || node.kind == NodeKind::kSequence;
}

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.';
}

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// "password: x", "PASSWORD=x", "\"password\": \"x\"" somewhere in a text, as
// files of settings have it.
bool AssignsSecret(std::string_view text) {
  for (std::size_t at = text.find_first_of(":="); at != text.npos; at = text.find_first_of(":=", at + 1)) {
    std::size_t end = at;
    while (end > 0 &&
           (text[end - 1] == '"' || text[end - 1] == '\'' || text[end - 1] == '\\' || text[end - 1] == ' ')) {
      --end;
    }
    std::size_t begin = end;
    while (begin > 0 && IsNameCharacter(text[begin - 1]) && end - begin < 64) --begin;
    if (begin < end && at + 1 < text.size() && IsSecretName(text.substr(begin, end - begin))) return true;
  }
  return false;
}

std::string WithoutBlanks(std::string_view text) {
  std::string packed;
  std::remove_copy_if(text.begin(), text.end(), std::back_inserter(packed), IsBlank);
  return packed;
}

// What `text` stands for in base64, in either alphabet; empty where it is none.
std::string Decoded(std::string_view text) {
  return policies::IsBase64(text) ? policies::DecodeBase64(text, text.size()) : std::string();
}

bool IsSecretBytes(std::string_view bytes) {
  return policies::HoldsCredential(bytes) || AssignsSecret(bytes);
}

// Words of base64 in a text, each on its own.
bool HoldsEncodedSecret(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-/_";
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_not_of(kDigits, begin), text.size());
    if (end - begin >= kShortestEncoded && IsSecretBytes(Decoded(text.substr(begin, end - begin))))
      return true;
    begin = end + 1;
  }
  return false;
}

// Words long enough to be a secret, which a file of settings or a URL has among
// others.
template <class Use>
void ForEachWord(std::string_view text, const Use& use) {
  constexpr std::string_view kBetween = ". \t\r\n\"'`:=@/\\,;(){}[]<>&?|";
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of(kBetween, begin), text.size());
    if (end - begin >= kShortestWord) use(text.substr(begin, end - begin));
    begin = end + 1;
  }
}

constexpr std::string_view kMask = "***";

bool IsHidden(const Node& parent, const Node& child) {
  if (IsCollection(child)) return false;
  return parent.kind == NodeKind::kMapping ? IsMasked(parent, child)
                                           : child.IsString() && IsMaskedText(child.text);
}

Node Masked(const Node& node, manifests::Arena& arena) {
  std::vector<Node> children;
  for (const Node& child : node.children) {
    Node& masked = children.emplace_back(Masked(child, arena));
    if (!IsHidden(node, child)) continue;
    masked.kind = NodeKind::kString;
    masked.text = kMask;
  }
  Node masked = node;
  masked.children = arena.Keep(std::span<const Node>(children));
  return masked;
}

}  // namespace

std::string ShownJson(const Node& value, const Node* parent, const Discretion& discretion) {
  const std::string hidden = "\"" + std::string(kMask) + "\"";
  if (discretion.silent() || (parent != nullptr && IsHidden(*parent, value))) return hidden;
  manifests::Arena arena(1024);
  std::string json;
  manifests::CanonicalJson(Masked(value, arena), json);
  return discretion.MayTell(json) ? json : hidden;
}

bool IsMaskedText(std::string_view text) {
  if (IsSecretBytes(text) || HoldsEncodedSecret(text)) return true;
  const std::string packed = WithoutBlanks(text);
  if (packed.size() == text.size()) return false;
  return policies::HoldsCredential(packed) || IsSecretBytes(Decoded(packed));
}

bool IsMasked(const Node& mapping, const Node& member) {
  if (IsCollection(member) || member.kind == NodeKind::kNull || member.kind == NodeKind::kBool) return false;
  if (IsSecretName(member.key)) return true;
  const Node* const name = member.key == "value" ? mapping.Find("name") : nullptr;
  if (name != nullptr && IsSecretName(name->String())) return true;
  return member.IsString() && IsMaskedText(member.text);
}

void Discretion::Add(const Node* root) {
  if (root == nullptr) return;
  roots_.push_back(root);
  const bool hides = policies::HidesSource(*root);
  if (silent_) return CollectAll(*root);
  if (!hides) return Collect(*root);
  silent_ = true;
  for (const Node* const each : roots_) CollectAll(*each);
}

void Discretion::Collect(const Node& node) {
  for (const Node& child : node.children) {
    const bool masked = node.kind == NodeKind::kMapping ? IsMasked(node, child)
                                                        : child.IsString() && IsMaskedText(child.text);
    if (masked && child.text.size() >= kShortest) masked_.emplace_back(child.text);
    if (masked) ForEachWord(child.text, [this](std::string_view word) { words_.emplace(word); });
    Collect(child);
  }
}

// Every value of a Secret, and what it stands for in base64. Field managers own
// elements by their values, which are keys then (cluster/managers.h).
void Discretion::CollectAll(const Node& node) {
  if (node.key.starts_with("v:") || node.key.starts_with("k:"))
    ForEachWord(node.key, [this](std::string_view word) { words_.emplace(word); });
  if (!IsCollection(node) && node.text.size() >= kShortest) {
    masked_.emplace_back(node.text);
    ForEachWord(node.text, [this](std::string_view word) { words_.emplace(word); });
    if (std::string decoded = Decoded(WithoutBlanks(node.text)); decoded.size() >= kShortest)
      masked_.push_back(std::move(decoded));
  }
  for (const Node& child : node.children) CollectAll(child);
}

bool Discretion::MayTell(std::string_view text) const { return !silent_ && MayName(text); }

bool Discretion::MayName(std::string_view field) const {
  bool told = !IsMaskedText(field);
  for (const std::string& value : masked_) told = told && field.find(value) == field.npos;
  ForEachWord(field, [&](std::string_view word) { told = told && !words_.contains(word); });
  return told;
}

}  // namespace sluice::cluster
