// Kinds and their fields in words, for `sluice schemas list` and `show`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "schemas/catalog.h"

namespace sluice::schemas {

struct ListedKind {
  std::string group, version, kind, plural;
  Scope scope = Scope::kUnknown;
  Origin origin = Origin::kNone;
  std::vector<std::string> minors;  // target minors that have it
  std::vector<std::string> short_names;
};

// Every kind of the catalog, sorted by group, kind and version.
std::vector<ListedKind> ListKinds(const Catalog& catalog);

// Lines of text: the kind, then each field with its type, two spaces a level.
// `name` is a kind, plural or short name, with ".GROUP" or "GROUP/VERSION " as
// far as it is not clear. kNotFound names what is near; kUsage what is ambiguous.
Result<std::vector<std::string>> DescribeKind(const Catalog& catalog, std::string_view name,
                                              std::size_t depth = 4);

std::string_view OriginName(Origin origin);  // "kubernetes", "catalogue", "tree", "imported"
std::string_view ScopeName(Scope scope);     // "namespaced", "cluster", ""

}  // namespace sluice::schemas
