#include "agent/conditions.h"

#include "cluster/masking.h"
#include "cluster/members.h"

namespace sluice::agent {
namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr std::size_t kLongestQuote = 300;

// Where a UTF-8 character begins, at or before `at`.
std::size_t CharacterAt(std::string_view text, std::size_t at) {
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

}  // namespace

std::vector<Condition> ConditionsOf(const Node& live) {
  std::vector<Condition> conditions;
  for (const Node& each : cluster::ElementsAt(&live, {"status", "conditions"}))
    conditions.push_back({cluster::StringAt(&each, {"type"}), cluster::StringAt(&each, {"status"}),
                          cluster::StringAt(&each, {"reason"}), cluster::StringAt(&each, {"message"}),
                          IntegerAt(each, {"observedGeneration"})});
  return conditions;
}

std::optional<Condition> ConditionOf(const Node& live, std::string_view type) {
  for (const Condition& each : ConditionsOf(live)) {
    if (each.type == type) return each;
  }
  return std::nullopt;
}

bool HasCondition(const Node& live, std::string_view type, std::string_view status) {
  const std::optional<Condition> condition = ConditionOf(live, type);
  return condition && condition->status == status;
}

std::optional<std::int64_t> IntegerAt(const Node& live, std::initializer_list<std::string_view> way) {
  const Node* const node = cluster::MemberAt(&live, way);
  if (node == nullptr || node->kind != NodeKind::kInteger || node->is_unsigned) return std::nullopt;
  return node->value.integer;
}

std::string Quoted(std::string_view said) {
  if (cluster::IsMaskedText(said)) return "(its message is withheld: it looks like a credential)";
  const bool long_one = said.size() > kLongestQuote;
  std::string quoted(said.substr(0, long_one ? CharacterAt(said, kLongestQuote) : said.size()));
  for (char& c : quoted) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  while (quoted.ends_with(' ') || quoted.ends_with('.')) quoted.pop_back();
  return long_one ? quoted + "…" : quoted;
}

std::string WordsOf(const Condition& condition) {
  std::string words = Quoted(condition.reason), message = Quoted(condition.message);
  if (words.empty()) return message;
  return message.empty() ? words : words + ": " + message;
}

}  // namespace sluice::agent
