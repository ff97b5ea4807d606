// A kind as a cluster serves it, and where its objects are there.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/finding.h"
#include "cluster/discovery.h"

namespace sluice::cluster {

struct ServedKind {
  const ApiResource* resource = nullptr;  // null: it is not served
  ServedBy by = ServedBy::kApiServer;
  bool stale = false;  // who serves its group does not answer now, and may know it
};

// What it points to lives as long as the function.
using FindKind = std::function<ServedKind(std::string_view api_version, std::string_view kind)>;

// `discovery` outlives the function.
FindKind FindIn(const Discovery& discovery);

std::string_view GroupOf(std::string_view api_version);    // "apps"; empty for "v1"
std::string_view VersionOf(std::string_view api_version);  // "v1"

// The path of an object (see ResourcePath); empty for a name that cannot stand in one.
std::string ObjectPath(const ObjectName& name, const ApiResource& resource);

}  // namespace sluice::cluster
