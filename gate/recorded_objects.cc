// Tested by tests/push/requests-cluster.sh.
#include "gate/recorded_objects.h"

#include "crypto/digest.h"
#include "gate/facts.h"
#include "manifests/object.h"
#include "promotion/object_path.h"

namespace sluice::gate {
namespace {

constexpr std::string_view kObjects = "objects/";
constexpr std::size_t kObjectBytes = 3u << 20;

Result<std::string> IdentityOf(const promotion::ListedFile& object) {
  const Result<promotion::ObjectId> id =
      promotion::ReadObjectPath(std::string_view(object.path).substr(kObjects.size()));
  if (!id) return id.error();
  return IdentityKey(id->group, id->kind, id->ns, id->name);
}

}  // namespace

bool RecordedObjects::Holds(const std::string& identity, std::string_view canonical) const {
  const auto found = objects.find(identity);
  return found != objects.end() && found->second.digest == crypto::Hex(crypto::DigestSha256(canonical));
}

Result<ObjectName> RecordedObjects::NameOf(const promotion::ListedFile& object) const {
  const Result<RepoPath> path = RepoPath::Parse(object.path);
  if (!path) return path.error();
  Result<std::string> text = files->Read(*path, kObjectBytes);
  if (!text) return text.error();
  const manifests::ParsedFile file = manifests::Parse("object.json", *std::move(text), Limits());
  const std::vector<manifests::Object> read = manifests::Objects(file, Limits()).objects;
  if (read.size() != 1) return Failed(object.path + " of the newest record is not an object");
  return read.front().Name();
}

Result<RecordedObjects> ReadRecordedObjects(const promotion::RepositoryPointer& repository,
                                            const std::string& environment, const std::string& folder) {
  RecordedObjects recorded{folder, {}, nullptr};
  const Result<std::optional<promotion::PolicyHead>> policy = promotion::ReadPolicyHead(repository);
  if (!policy) return policy.error();
  if (!*policy) return recorded;
  const auto head = promotion::ReadRecordHead(repository, environment, **policy);
  if (!head) return head.error();
  if (!*head) return recorded;
  const Result<Oid> tree = git::TreeOf(*repository, (*head)->commit);
  if (!tree) return tree.error();
  recorded.files = git::OpenTree(repository, *tree);
  for (const promotion::ListedFile& object : (*head)->objects) {
    Result<std::string> identity = IdentityOf(object);
    if (!identity) return identity.error();
    recorded.objects.emplace(*std::move(identity), object);
  }
  return recorded;
}

}  // namespace sluice::gate
