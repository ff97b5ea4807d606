#include "policies/rules/words.h"

#include <utility>

#include "policies/rules/credentials.h"

namespace sluice::policies {
namespace {

constexpr std::size_t kQuotedBytes = 80;

// A field path may hold keys that users chose.
std::string ShownField(std::string field) {
  return HoldsCredential(field) ? std::string() : std::move(field);
}

constexpr std::string_view kNotShown = "(not shown: it looks like a credential)";

}  // namespace

bool IsFull(Findings& findings) {
  if (findings.size() < kMaxFindings) return false;
  constexpr std::string_view kMore = "; more of the same follow, which are not listed";
  std::string& last = findings.back().message;
  if (!last.ends_with(kMore)) last += kMore;
  return true;
}

ObjectName ShownName(ObjectName name) {
  for (std::string* part : {&name.api_version, &name.kind, &name.ns, &name.name}) {
    if (HoldsCredential(*part)) *part = kNotShown;
  }
  return name;
}

Finding FindingIn(const Rule& rule, const manifests::Object& object, Range range, std::string field,
                  std::string message) {
  Finding finding = MakeFinding(rule, std::string(object.file), range, std::move(message));
  finding.field = ShownField(std::move(field));
  finding.object = ShownName(object.Name());
  return finding;
}

std::string Quoted(std::string_view text) {
  if (HoldsCredential(text)) return std::string(kNotShown);
  if (text.size() <= kQuotedBytes) return '"' + std::string(text) + '"';
  std::size_t end = kQuotedBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // whole code points
  return '"' + std::string(text.substr(0, end)) + "…\"";
}

Range PlaceOf(const manifests::Object& object) {
  if (const manifests::Node* kind = object.root->Find("kind")) return kind->range;
  return {object.root->range.begin, object.root->range.begin};
}

std::string Describe(const ObjectName& name) {
  return name.kind + ' ' + name.ns + (name.ns.empty() ? "" : "/") + name.name;
}

}  // namespace sluice::policies
