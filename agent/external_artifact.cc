// Tested by tests/agent/external_artifact_test.cc, and with Flux by tests/agent/flux_test.py.
#include "agent/external_artifact.h"

#include <ctime>

#include "agent/archive.h"
#include "agent/json_text.h"
#include "agent/server_object.h"
#include "cluster/members.h"
#include "crypto/digest.h"
#include "promotion/words.h"

namespace sluice::agent {
namespace {

using cluster::StringAt;
using manifests::Node;

// While one is built it stands in memory four times (as recorded, as files, as tar, as gzip), two before it
// lie on the shelf, and four connections hold two copies each (agent/artifact_shelf.h): 14 × 24 MiB = 336 MiB
// of the 512 MiB that the pod has (deploy/agent).
constexpr std::size_t kMostBytes = 24u << 20;
// What a file costs in a tar, beside its bytes: a header, and what fills its last record.
constexpr std::size_t kFileBytes = 1024;
constexpr std::string_view kApiVersion = "source.toolkit.fluxcd.io/v1", kKind = "ExternalArtifact";

std::string Hex(std::string_view bytes) { return crypto::Hex(crypto::DigestSha256(bytes)); }

// Its path says what a file is; one that is too long for an archive is named by its digest.
std::string FileOf(const std::string& path) {
  std::string file = path + ".json";
  return file.size() <= kLongestArchivedName ? file : "objects/" + Hex(path) + ".json";
}

std::string KustomizationOf(const std::vector<ArchivedFile>& files) {
  std::string resources;
  for (const ArchivedFile& file : files)
    resources += (resources.empty() ? "" : ",\n") + JsonString(file.name);
  return JsonMapping()
             .Text("apiVersion", "kustomize.config.k8s.io/v1beta1")
             .Text("kind", "Kustomization")
             .Json("resources", "[" + resources + "]")
             .End() +
         "\n";
}

Error CannotBe(const std::string& done, const ObjectName& name, const std::string& words) {
  return Failed("the ExternalArtifact " + name.ns + "/" + name.name + " cannot be " + done + ": " + words);
}

Outcome Write(const Place& place, const std::string& body) {
  const cluster::JsonObject sent = cluster::ReadJsonObject(body);
  return Apply(place, body, *sent.root);
}

}  // namespace

Result<std::string> ArchiveOf(const std::vector<OrderedObject>& objects) {
  std::vector<ArchivedFile> files;
  std::size_t bytes = 0;
  for (const OrderedObject& object : objects) {
    files.push_back({FileOf(object.path), object.json});
    bytes += object.json.size() + kFileBytes;
  }
  if (bytes > kMostBytes)
    return LimitPassed("the objects of the record are more than 24 MiB, the most that Flux is handed");
  const std::string kustomization = KustomizationOf(files);
  files.push_back({"kustomization.yaml", kustomization});
  return Archive(files);
}

std::string RevisionOf(const std::string& environment, const promotion::RememberedRecord& record) {
  return environment + "/" + std::to_string(record.sequence) + "@sha256:" + record.digest;
}

ExternalArtifact::ExternalArtifact(cluster::ApiClient& client, const Configuration& configuration)
    : client_(client),
      configuration_(configuration),
      name_{std::string(kApiVersion), std::string(kKind), configuration.flux->ns, configuration.flux->name},
      path_("/apis/" + name_.api_version + "/namespaces/" + name_.ns + "/externalartifacts/" + name_.name) {}

Status ExternalArtifact::Build(const promotion::RememberedRecord& record,
                               const std::vector<OrderedObject>& objects) {
  if (now_.record == record.digest) return Ok{};
  Result<std::string> archive = ArchiveOf(objects);
  if (!archive) return archive.error();
  const std::string digest = Hex(*archive);
  now_ = {.record = record.digest,
          .revision = RevisionOf(configuration_.environment, record),
          .path = "externalartifact/" + name_.ns + "/" + name_.name + "/" + digest + ".tar.gz",
          .digest = "sha256:" + digest,
          .size = archive->size()};
  shelf_.Put({"/" + now_.path, std::make_shared<const std::string>(*std::move(archive))});
  return Ok{};
}

bool ExternalArtifact::IsTold(const Node& live) const {
  const Node* const artifact = cluster::MemberAt(&live, {"status", "artifact"});
  return StringAt(artifact, {"url"}) == configuration_.flux->url + "/" + now_.path &&
         StringAt(artifact, {"path"}) == now_.path && StringAt(artifact, {"digest"}) == now_.digest &&
         StringAt(artifact, {"revision"}) == now_.revision;
}

std::string ExternalArtifact::Body() const {
  const std::string source = JsonMapping()
                                 .Text("apiVersion", "v1")
                                 .Text("kind", "ConfigMap")
                                 .Text("name", "sluice-agent-" + configuration_.environment)
                                 .Text("namespace", configuration_.ns)
                                 .End();
  return JsonMapping()
      .Text("apiVersion", kApiVersion)
      .Text("kind", kKind)
      .Json("metadata", JsonMapping().Text("name", name_.name).Text("namespace", name_.ns).End())
      .Json("spec", JsonMapping().Json("sourceRef", source).End())
      .End();
}

std::string ExternalArtifact::StatusBody() const {
  const std::string now = promotion::TimeText(std::time(nullptr));
  const std::string artifact = JsonMapping()
                                   .Text("digest", now_.digest)
                                   .Text("lastUpdateTime", now)
                                   .Text("path", now_.path)
                                   .Text("revision", now_.revision)
                                   .Number("size", now_.size)
                                   .Text("url", configuration_.flux->url + "/" + now_.path)
                                   .End();
  const std::string ready = JsonMapping()
                                .Text("type", "Ready")
                                .Text("status", "True")
                                .Text("reason", "Succeeded")
                                .Text("message", "proven: " + now_.revision)
                                .Text("lastTransitionTime", now)
                                .End();
  return JsonMapping()
      .Text("apiVersion", kApiVersion)
      .Text("kind", kKind)
      .Json("metadata", JsonMapping().Text("name", name_.name).Text("namespace", name_.ns).End())
      .Json("status", JsonMapping().Json("artifact", artifact).Json("conditions", "[" + ready + "]").End())
      .End();
}

Result<Publication> ExternalArtifact::Publish(const promotion::RememberedRecord& record,
                                              const std::vector<OrderedObject>& objects) {
  if (Status built = Build(record, objects); !built) return built.error();
  const Outcome live = Look({&client_, path_});
  if (live.answer == Answer::kDone && IsTold(*live.live.root)) {
    now_.told = true;
    return Publication::kThere;
  }
  if (live.answer != Answer::kDone && live.answer != Answer::kGone)
    return CannotBe("read", name_, live.words + "; Flux 2.7 and newer serve the kind");
  const Outcome made = Write({&client_, path_}, Body());
  if (made.answer != Answer::kDone) return CannotBe("written", name_, made.words);
  const Outcome told = Write({&client_, path_ + "/status"}, StatusBody());
  if (told.answer != Answer::kDone) return CannotBe("written", name_, told.words);
  return std::exchange(now_.told, true) ? Publication::kPutBack : Publication::kNew;
}

}  // namespace sluice::agent
