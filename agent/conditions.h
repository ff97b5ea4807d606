// What objects say of themselves in `status`, read without trust: a field of another
// type is not there.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/document.h"

namespace sluice::agent {

struct Condition {
  std::string_view type, status, reason, message;
  std::optional<std::int64_t> observed{};  // observedGeneration
};

// All of status.conditions, in their order.
std::vector<Condition> ConditionsOf(const manifests::Node& live);
// Of these; nothing where there is none of this type. The first counts.
std::optional<Condition> ConditionOf(const manifests::Node& live, std::string_view type);
// True where it is there with this status.
bool HasCondition(const manifests::Node& live, std::string_view type, std::string_view status);

std::optional<std::int64_t> IntegerAt(const manifests::Node& live,
                                      std::initializer_list<std::string_view> way);

// What a controller said, for people: one line of at most 300 bytes. Texts that hold
// a credential become "(its message is withheld: it looks like a credential)".
std::string Quoted(std::string_view said);
// "REASON: MESSAGE", as far as they are there.
std::string WordsOf(const Condition& condition);

}  // namespace sluice::agent
