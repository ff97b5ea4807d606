// Objects that another tool applied before us become ours whole, where the operator says
// so (`takeOver`): else a field that this tool set and the record does not stays for ever,
// since server-side apply takes away only what its own manager set. What that tool owned in
// metadata.managedFields is made ours, as client-go's csaupgrade does it for `kubectl apply
// --server-side`; the apply after that takes away what the record lacks, the tool's own
// labels and annotations among it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/server_object.h"

namespace sluice::agent {

// "kubectl", "flux", "argo-cd".
std::span<const std::string_view> TakeOverWords();

// metadata.managedFields of `live` as a JSON list in which those of the tools `from` are
// ours; empty: none is there to be taken. Of managers that are not named, of subresources
// and of other versions than we applied nothing is touched.
std::string TakenManagers(const manifests::Node& live, std::span<const std::string> from);

// ApplyMember(), with what the tools `from` own. Begun anew, five times at most, where somebody
// writes the object between two steps; kLater after that.
Outcome ApplyTakingOver(const Place& place, const std::string& json, const manifests::Node& recorded,
                        std::string_view applyset, std::span<const std::string> from);

}  // namespace sluice::agent
