// Field managers: who set which field of a live object, and as whom a change is
// to be applied so that its answer is the one that whoever deploys there would
// get. Under another name every changed field would be a conflict.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/dry_run.h"
#include "manifests/document.h"

namespace sluice::cluster {

// One entry of metadata.managedFields; views of the object's nodes.
struct FieldManager {
  std::string_view name, api_version, subresource;
  std::string_view time;                    // RFC 3339; of its last change
  bool applies = false;                     // server-side apply, else an update
  const manifests::Node* fields = nullptr;  // FieldsV1; never null
};

// Entries without fields are left out. Null: none.
std::vector<FieldManager> FieldManagersOf(const manifests::Node* live);

// Calls `owned` for each node of `object` that `fields`, a FieldsV1, leads to; where a
// way ends, for all below its end too. Elements are found in the lists of `object`, so
// that this may be another state of the object than the one that `fields` is of.
void ForEachOwned(const manifests::Node& fields, const manifests::Node& object,
                  const std::function<void(const manifests::Node& node)>& owned);

// The node of an object to which one step of a FieldsV1 (`f:NAME`, `k:{…}`, `v:…`, `i:N`) leads from `node`;
// null: nothing is there. `node` may be null.
const manifests::Node* StepOn(const manifests::Node* node, std::string_view step);

// As whom an object is applied.
struct Applier {
  std::string manager = "sluice";
  bool force = false;    // takes fields of others over
  bool updates = false;  // its tool really updates (kubectl apply without --server-side, helm 3)
};

// That of the tool which deploys `live`: Flux, Argo CD, Helm, kubectl or Sluice,
// the one that changed it last where there are several. Who updates rather than
// applies asks nobody, and so is one that forces. `usual` where none of them is
// found, or nothing is there.
Applier ApplierFor(const manifests::Node* live, const Applier& usual);

// `by "hpa" since 2026-01-02T03:04:05Z`, as far as it is known: the manager that
// owns the element of `live` at `field` as the server names it in a conflict.
std::string OwnerWords(const manifests::Node* live, std::string_view manager);

// The fields that would go from another manager to `applier`: those that another
// owns in `live`, no longer in `taken` (the server's answer), where `applier` has
// them. Of rule cluster/takes-over; fields are those of `sent`. At most 100.
std::vector<DryRunCause> TakenOver(const manifests::Node& sent, const manifests::Node& live,
                                   const manifests::Node& taken, const Applier& applier);

// Fields of `live` that an applier which updates owns and `sent` lacks. Its tool
// takes them away; an apply under its name keeps them, for they belong to another
// operation. Without what comes back by itself (cluster/server_defaults.h).
// In order, each once, as fields of `live`, or in words where one is not to be told.
std::vector<std::string> LeftBehind(const manifests::Node& sent, const manifests::Node& live,
                                    const Applier& applier);

}  // namespace sluice::cluster
