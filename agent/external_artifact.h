// The proven objects of a record, handed to Flux: an archive of them, served by us, and an
// ExternalArtifact (source.toolkit.fluxcd.io/v1) that says where it is and what digest it
// has. Flux' kustomize-controller fetches it, holds it against the digest and applies it
// (docs/agent.md, Beside Flux).
#pragma once

#include <string>
#include <vector>

#include "agent/apply_order.h"
#include "agent/artifact_shelf.h"
#include "agent/configuration.h"
#include "cluster/api_client.h"
#include "promotion/ledger.h"

namespace sluice::agent {

// The archive of these objects as they were recorded, each a file, with a kustomization
// that lists them. kLimit above 24 MiB.
Result<std::string> ArchiveOf(const std::vector<OrderedObject>& objects);

// "production/12@sha256:…": the record, as Flux names revisions.
std::string RevisionOf(const std::string& environment, const promotion::RememberedRecord& record);

enum class Publication : std::uint8_t {
  kThere,    // the cluster says it already
  kNew,      // said now, for the first time by this agent
  kPutBack,  // said again: somebody had changed it
};

// Not for two threads at a time, but for shelf().
class ExternalArtifact {
 public:
  // `configuration.flux` is there. Both outlive it.
  ExternalArtifact(cluster::ApiClient& client, const Configuration& configuration);

  // Serves the objects of that record, then says so in the cluster, where that says something
  // else of url, path, digest or revision.
  Result<Publication> Publish(const promotion::RememberedRecord& record,
                              const std::vector<OrderedObject>& objects);

  const ArtifactShelf& shelf() const { return shelf_; }
  const ObjectName& name() const { return name_; }
  cluster::ApiClient& client() const { return client_; }

 private:
  struct Published {
    std::string record;  // its digest
    std::string revision;
    std::string path;      // below the URL, without a slash before it
    std::string digest;    // of the archive, "sha256:…"
    std::size_t size = 0;  // bytes
    bool told = false;     // the cluster says so
  };

  Status Build(const promotion::RememberedRecord& record, const std::vector<OrderedObject>& objects);
  bool IsTold(const manifests::Node& live) const;
  std::string Body() const;
  std::string StatusBody() const;

  cluster::ApiClient& client_;
  const Configuration& configuration_;
  const ObjectName name_;
  const std::string path_;  // at the API server
  Published now_{};
  ArtifactShelf shelf_;
};

}  // namespace sluice::agent
