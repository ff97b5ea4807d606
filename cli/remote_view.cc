#include "cli/remote_view.h"

namespace sluice::cli {
namespace {

constexpr std::string_view kHeads = "refs/heads/";

class RemoteView : public git::Repository {
 public:
  RemoteView(std::shared_ptr<const git::Repository> clone, const std::string& remote)
      : clone_(std::move(clone)), fetched_("refs/remotes/" + remote + "/") {}

  Result<git::RawObject> Read(const Oid& id, std::size_t limit) const override {
    return clone_->Read(id, limit);
  }
  Result<Oid> ResolveRef(std::string_view name) const override { return clone_->ResolveRef(Here(name)); }
  Result<std::string> HeadRef() const override {
    const Result<std::string> head = clone_->TargetRef(fetched_ + "HEAD");
    if (!head) return head;
    if (!head->starts_with(fetched_) || *head == fetched_ + "HEAD")
      return Usage("this clone does not know the main branch of its remote: git remote set-head " +
                   fetched_.substr(13, fetched_.size() - 14) + " --auto");
    return There(*head);
  }
  Result<std::string> TargetRef(std::string_view name) const override {
    const Result<std::string> target = clone_->TargetRef(Here(name));
    return target ? There(*target) : target;
  }
  Result<std::vector<git::ListedRef>> ListRefs(std::string_view directory, std::size_t most) const override {
    Result<std::vector<git::ListedRef>> refs = clone_->ListRefs(Here(directory), most);
    if (refs)
      for (git::ListedRef& ref : *refs) ref.name = There(ref.name);
    return refs;
  }
  HashKind hash() const override { return clone_->hash(); }
  const std::string& git_dir() const override { return clone_->git_dir(); }
  const std::string& common_dir() const override { return clone_->common_dir(); }
  bool InQuarantine(const Oid& id) const override { return clone_->InQuarantine(id); }
  bool HasQuarantine() const override { return clone_->HasQuarantine(); }

 private:
  std::string Here(std::string_view name) const {
    return name.starts_with(kHeads) ? fetched_ + std::string(name.substr(kHeads.size())) : std::string(name);
  }
  std::string There(const std::string& name) const {
    return name.starts_with(fetched_) ? std::string(kHeads) + name.substr(fetched_.size()) : name;
  }

  std::shared_ptr<const git::Repository> clone_;
  std::string fetched_;
};

}  // namespace

std::shared_ptr<const git::Repository> ViewOfRemote(std::shared_ptr<const git::Repository> clone,
                                                    const std::string& remote) {
  return std::make_shared<RemoteView>(std::move(clone), remote);
}

}  // namespace sluice::cli
