// From the name of a field, as an API server writes it, to the field of the
// object that was sent. The servers write it in three ways, and count elements
// or call them by their keys:
//
//   spec.template.spec.containers[0].resources.limits[cpu]     validation
//   .spec.template.spec.containers[name="c"].env[name="A"]     server-side apply
//   metadata.labels.app.kubernetes.io/name                     strict decoding
#pragma once

#include <string>
#include <string_view>

#include "manifests/document.h"

namespace sluice::cluster {

struct ServerField {
  std::string field;                      // as manifests::FieldPath writes it; empty: the whole object
  const manifests::Node* node = nullptr;  // null where it is not there
};

// Any text may be asked for. Where the way ends in the object the rest is taken as
// written; an element called by keys that the list does not have is the list.
// Numbers count in the list that the server has made of the one sent and that of
// `live` (null: none): where others have elements in it, a number that may mean
// another element than the sent one is the list, too.
// The work is bounded by the text's length times the widest collection.
ServerField FindServerField(const manifests::Node& sent, std::string_view path,
                            const manifests::Node* live = nullptr);

}  // namespace sluice::cluster
