// What only git can read of a repository, read for the judge: it may start
// nothing, so its parent keeps a `git cat-file --batch` for it and asks git
// about refs that are not files. All of it is rare; most pushes start no git.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "git/merge_tree.h"
#include "git/repository.h"
#include "hooks/places.h"
#include "process/broker.h"

namespace sluice::hooks {

// Which repository is meant: the one that was pushed to, or the floor's.
enum class Asked : char { kPushed = '0', kFloor = '1' };

// The parent's side. Git is started at the first request and ends with this
// object, which must outlive the services.
class GitService {
 public:
  GitService(const Places& pushed, const Places* floor);
  ~GitService();

  std::vector<process::Service> Services();

 private:
  struct Side;
  Result<Side*> SideOf(std::string_view& body);
  Result<std::string> ReadObject(std::string_view body);
  Result<std::string> ResolveRef(std::string_view body);
  Result<std::string> HeadRef(std::string_view body);
  Result<std::string> MergeTree(std::string_view body, process::Deadline deadline);

  std::vector<std::unique_ptr<Side>> sides_;
};

// The judge's side: how to open a repository whose fall-backs ask the parent.
// `broker` must outlive the repository.
git::OpenOptions OpenThrough(const process::Broker& broker, Asked asked, const Places& places);

// git::MergeTree of the repository that was pushed to, by the parent.
Result<git::MergedTree> MergeThrough(const process::Broker& broker, const Oid& ours, const Oid& theirs);

}  // namespace sluice::hooks
