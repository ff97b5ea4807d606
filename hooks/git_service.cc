// A request begins with the repository's digit. The judge may ask for anything:
// ids, names and limits are checked here again, and a limit is bounded.
#include "hooks/git_service.h"

#include <algorithm>
#include <charconv>

#include "git/cat_file.h"
#include "git/refs.h"

namespace sluice::hooks {
namespace {

constexpr std::size_t kMaxObject = 64u << 20;

Error Malformed() { return Failed("malformed request to git"); }

// "ID LIMIT"
struct ObjectRequest {
  Oid id;
  std::size_t limit = 0;
};
Result<ObjectRequest> ParseObjectRequest(std::string_view body) {
  const std::size_t space = body.find(' ');
  if (space == body.npos) return Malformed();
  Result<Oid> id = Oid::FromHex(body.substr(0, space));
  if (!id) return Malformed();
  ObjectRequest request{*id, 0};
  const auto [end, code] = std::from_chars(body.data() + space + 1, body.data() + body.size(), request.limit);
  if (code != std::errc() || end != body.data() + body.size()) return Malformed();
  request.limit = std::min(request.limit, kMaxObject);
  return request;
}

Result<git::RawObject> ParseObject(const std::string& reply) {
  if (reply.empty() || reply[0] < 1 || reply[0] > 4) return Failed("git sent no object");
  return git::RawObject{static_cast<git::ObjectType>(reply[0]), reply.substr(1)};
}

// In a scratch directory that is gone afterwards.
Result<git::MergedTree> MergeAt(const Places& places, const Oid& ours, const Oid& theirs,
                                process::Deadline deadline) {
  const Result<std::string> scratch = git::MakeScratch(places.objects);
  if (!scratch) return scratch.error();
  Result<git::MergedTree> merged = git::MergeTree(
      {.git_dir = places.git_dir,
       .objects = places.objects,
       .quarantine = places.quarantine,
       .scratch = *scratch,
       .within = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now())},
      ours, theirs);
  git::RemoveScratch(*scratch);
  return merged;
}

}  // namespace

struct GitService::Side {
  explicit Side(const Places& at)
      : places(at), objects(git::GitEnvironment(at.git_dir, at.quarantine, at.objects)) {}

  // Opened at the first question about a ref: only a repository that does not
  // keep refs as files is ever asked for one.
  Result<std::shared_ptr<const git::Repository>> Repository() {
    if (!opened) {
      auto repository = git::Open({.git_dir = places.git_dir});
      if (!repository) return repository.error();
      opened = *repository;
    }
    return opened;
  }

  Places places;
  git::CatFile objects;
  std::shared_ptr<const git::Repository> opened;
};

GitService::GitService(const Places& pushed, const Places* floor) {
  sides_.push_back(std::make_unique<Side>(pushed));
  if (floor != nullptr) sides_.push_back(std::make_unique<Side>(*floor));
}

GitService::~GitService() = default;

std::vector<process::Service> GitService::Services() {
  using Serve = Result<std::string> (GitService::*)(std::string_view);
  const auto service = [this](process::FrameKind kind, Serve serve) -> process::Service {
    return {kind, [this, serve](std::string_view body, process::Deadline) { return (this->*serve)(body); }};
  };
  return {service(process::FrameKind::kReadObject, &GitService::ReadObject),
          service(process::FrameKind::kResolveRef, &GitService::ResolveRef),
          service(process::FrameKind::kHeadRef, &GitService::HeadRef),
          {process::FrameKind::kMergeTree,
           [this](std::string_view body, process::Deadline deadline) { return MergeTree(body, deadline); }}};
}

Result<GitService::Side*> GitService::SideOf(std::string_view& body) {
  if (body.empty() || body[0] < '0') return Malformed();
  const auto index = static_cast<std::size_t>(body[0] - '0');
  if (index >= sides_.size()) return Malformed();
  body.remove_prefix(1);
  return sides_[index].get();
}

Result<std::string> GitService::ReadObject(std::string_view body) {
  Result<Side*> side = SideOf(body);
  if (!side) return side.error();
  Result<ObjectRequest> request = ParseObjectRequest(body);
  if (!request) return request.error();
  Result<git::RawObject> object = (*side)->objects.Read(request->id, request->limit);
  if (!object) return object.error();
  return static_cast<char>(object->type) + object->bytes;
}

Result<std::string> GitService::ResolveRef(std::string_view body) {
  Result<Side*> side = SideOf(body);
  if (!side) return side.error();
  if (!git::IsRefName(body)) return Malformed();
  auto repository = (*side)->Repository();
  if (!repository) return repository.error();
  Result<Oid> id = (*repository)->ResolveRef(body);
  if (!id) return id.error();
  return id->Hex();
}

Result<std::string> GitService::HeadRef(std::string_view body) {
  Result<Side*> side = SideOf(body);
  if (!side) return side.error();
  auto repository = (*side)->Repository();
  if (!repository) return repository.error();
  return (*repository)->HeadRef();
}

// "OURS THEIRS"; the reply is "TREE", and after a conflict a line for each path.
Result<std::string> GitService::MergeTree(std::string_view body, process::Deadline deadline) {
  Result<Side*> side = SideOf(body);
  if (!side) return side.error();
  const std::size_t space = std::min(body.find(' '), body.size());
  const Result<Oid> ours = Oid::FromHex(body.substr(0, space));
  const Result<Oid> theirs = Oid::FromHex(body.substr(std::min(space + 1, body.size())));
  if (!ours || !theirs) return Malformed();
  const Result<git::MergedTree> merged = MergeAt((*side)->places, *ours, *theirs, deadline);
  if (!merged) return merged.error();
  std::string reply = merged->tree.IsZero() ? "conflict" : merged->tree.Hex();
  for (const std::string& path : merged->conflicts) reply.append(1, '\0').append(path);
  return reply;
}

git::OpenOptions OpenThrough(const process::Broker& broker, Asked asked, const Places& places) {
  const std::string side(1, static_cast<char>(asked));
  git::OpenOptions options{.git_dir = places.git_dir, .quarantine = places.quarantine};
  options.fall_back = [&broker, side](const Oid& id, std::size_t limit) -> Result<git::RawObject> {
    Result<std::string> reply =
        broker.Ask(process::FrameKind::kReadObject, side + id.Hex() + " " + std::to_string(limit));
    if (!reply) return reply.error();
    return ParseObject(*reply);
  };
  options.fall_back_ref = [&broker, side](std::string_view name) -> Result<Oid> {
    Result<std::string> reply = broker.Ask(process::FrameKind::kResolveRef, side + std::string(name));
    if (!reply) return reply.error();
    return Oid::FromHex(*reply);
  };
  options.fall_back_head = [&broker, side] { return broker.Ask(process::FrameKind::kHeadRef, side); };
  return options;
}

Result<git::MergedTree> MergeThrough(const process::Broker& broker, const Oid& ours, const Oid& theirs) {
  const std::string side(1, static_cast<char>(Asked::kPushed));
  const Result<std::string> reply =
      broker.Ask(process::FrameKind::kMergeTree, side + ours.Hex() + " " + theirs.Hex());
  if (!reply) return reply.error();
  git::MergedTree merged;
  std::string_view rest = *reply;
  if (const Result<Oid> tree = Oid::FromHex(rest)) {
    merged.tree = *tree;
    return merged;
  }
  for (std::size_t at = rest.find('\0'); at != rest.npos; at = rest.find('\0')) {
    rest.remove_prefix(at + 1);
    merged.conflicts.emplace_back(rest.substr(0, rest.find('\0')));
  }
  return merged;
}

}  // namespace sluice::hooks
