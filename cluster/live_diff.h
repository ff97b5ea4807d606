// Two states of one object as people may see them: without what servers write, and
// without what nobody may be shown.
#pragma once

#include <string>
#include <string_view>

#include "cluster/masking.h"
#include "manifests/document.h"

namespace sluice::cluster {

struct Compared {
  std::string live, taken;  // canonical JSON; empty where there is no object
};

// Nothing differs but what servers write.
bool IsSame(const manifests::Node& live, const manifests::Node& taken);

// Left out: status, managedFields, uid, resourceVersion, generation,
// creationTimestamp, selfLink and kubectl's last-applied annotation. A masked value
// is "***"; where it differs between the two, "*** (before)" and "*** (after)",
// so that a change shows and no value does. `discretion` knows both objects.
Compared Compare(const manifests::Node* live, const manifests::Node* taken, const Discretion& discretion);

// Whether servers write the field ("status.replicas", "metadata.uid"), whatever is sent.
bool IsWrittenByServers(std::string_view field);

}  // namespace sluice::cluster
