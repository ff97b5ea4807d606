// Tested by tests/push/approvals.sh and owners-and-bots.sh.
#include "gate/recorded_change.h"

#include <set>

#include "base/file_tree.h"

namespace sluice::gate {
namespace {

constexpr std::size_t kObjectBytes = 3u << 20;

class Reader {
 public:
  explicit Reader(RecordedChange& change) : change_(change) {}

  Status Take(const std::string& path, std::string canonical, std::vector<const manifests::Object*>& into) {
    auto& file = change_.files.emplace_back(std::make_unique<manifests::ParsedFile>(
        manifests::Parse(path + ".json", std::move(canonical), Limits())));
    auto& objects = change_.objects.emplace_back(
        std::make_unique<std::vector<manifests::Object>>(manifests::Objects(*file, Limits()).objects));
    if (objects->empty()) return Failed(path + " of a record is not an object");
    for (const manifests::Object& object : *objects) into.push_back(&object);
    return Ok{};
  }

 private:
  RecordedChange& change_;
};

}  // namespace

Result<RecordedChange> ChangeOf(const promotion::RepositoryPointer& repository,
                                const promotion::RecordHeadOf* head, const promotion::NextObjects& next) {
  RecordedChange change;
  Reader reader(change);
  std::vector<const manifests::Object*> before, after;
  std::set<std::string> paths(next.gone.begin(), next.gone.end());
  for (const promotion::IntentObject* object : next.put) {
    paths.insert("objects/" + object->path);
    if (Status taken = reader.Take(object->path, object->canonical, after); !taken) return taken.error();
  }
  if (head != nullptr) {
    const Result<Oid> tree = git::TreeOf(*repository, head->commit);
    if (!tree) return tree.error();
    const std::unique_ptr<FileTree> files = git::OpenTree(repository, *tree);
    for (const promotion::ListedFile& listed : head->objects) {
      if (!paths.contains(listed.path)) continue;
      const Result<RepoPath> path = RepoPath::Parse(listed.path);
      if (!path) return path.error();
      Result<std::string> text = files->Read(*path, kObjectBytes);
      if (!text) return text.error();
      if (Status taken = reader.Take(listed.path, *std::move(text), before); !taken) return taken.error();
    }
  }
  change.differences = manifests::Differences(before, after);
  return change;
}

}  // namespace sluice::gate
