// Inside a push, with real pushes: a pre-receive hook copies nothing and judges
// nothing, it keeps the quarantine under another name before git throws it away
// (the push is rejected), with the variables that git gave it.
#include <filesystem>

#include "git/changes.h"
#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::git {
namespace {
namespace fs = std::filesystem;

struct PushUnderWay {
  TemporaryDirectory directory;
  std::string path;        // the bare repository
  std::string quarantine;  // as git had it
  std::vector<Oid> before;
  Oid tip;
};

// Three commits are there; `more` are pushed, small enough to be loose, or as a pack.
void Push(PushUnderWay* push, std::size_t more, bool packed, HashKind hash = HashKind::kSha1) {
  const std::string& root = push->directory.path();
  push->path = InitBare(root, "server.git", hash);
  std::vector<PlannedCommit> plan;
  for (std::size_t i = 0; i < 3; ++i) {
    plan.push_back(
        {{{"apps/a.yaml", "a" + std::to_string(i)}, {"apps/b.yaml", "b"}}, {}, static_cast<std::int64_t>(i)});
    if (i > 0) plan.back().parents = {i - 1};
  }
  push->before = ImportHistory(push->path, plan);
  const std::string client = root + "/client.git";
  Git(root, {"clone", "--quiet", "--bare", push->path, client});
  for (std::size_t i = 0; i < more; ++i) {
    plan.push_back({plan.back().files, {plan.size() - 1}, static_cast<std::int64_t>(plan.size())});
    plan.back().files["apps/new" + std::to_string(i) + ".yaml"] = std::to_string(i);
  }
  push->tip = ImportHistory(client, plan).back();
  WriteTextFile(push->path + "/hooks/pre-receive",
                "#!/bin/sh\ncp -r \"$GIT_QUARANTINE_PATH\" objects/tmp_objdir-incoming-kept\n"
                "echo \"$GIT_QUARANTINE_PATH\" > quarantine-path\nexit 1\n");
  fs::permissions(push->path + "/hooks/pre-receive", fs::perms::owner_all);
  if (packed) Git(push->path, {"config", "receive.unpackLimit", "1"});
  REQUIRE(TryGit(client, {"push", "--quiet", push->path, "refs/heads/main"}).exit_code != 0);
  REQUIRE_FALSE(fs::exists(Lines(ReadTextFile(push->path + "/quarantine-path"))[0]));  // git's own is gone
  push->quarantine = push->path + "/objects/tmp_objdir-incoming-kept";
  REQUIRE(FilesBelow(push->quarantine, ".pack").empty() != packed);
}

TEST_CASE("a push is read from its quarantine, and its new commits are those that lie there") {
  for (const bool packed : {false, true}) {
    PushUnderWay push;
    Push(&push, 4, packed);
    for (const Reader& reader : Readers()) {
      INFO(reader.name << (packed ? ", pack" : ", loose objects"));
      REQUIRE_FALSE((*reader.open({.git_dir = push.path}))->Read(push.tip, 1000));
      const auto opened = reader.open({.git_dir = push.path, .quarantine = push.quarantine});
      REQUIRE(opened);
      const Repository& repository = **opened;
      REQUIRE(repository.HasQuarantine());
      REQUIRE(repository.InQuarantine(push.tip));
      REQUIRE_FALSE(repository.InQuarantine(push.before[2]));
      REQUIRE_FALSE(repository.InQuarantine(MustOid(std::string(40, '1'))));
      const auto commits = NewCommits(repository, push.tip, {}, 100);
      REQUIRE(commits);
      REQUIRE(commits->size() == 4);
      REQUIRE(commits->front().id == push.tip);
      REQUIRE(commits->back().parents.front() == push.before[2]);
      REQUIRE(NewCommits(repository, push.tip, {}, 3).error().kind == ErrorKind::kLimit);
      REQUIRE(NewCommits(repository, push.before[2], {}, 3)->empty());  // a new branch at an old commit
      const auto changes =
          Changes(repository, *TreeOf(repository, push.before[2]), *TreeOf(repository, push.tip), {});
      REQUIRE(changes->size() == 4);
      for (const FileChange& change : *changes) REQUIRE(repository.Read(change.new_id, 100));
      REQUIRE(*IsAncestor(repository, push.before[0], push.tip, 100));
    }
  }
}

TEST_CASE("a push of a SHA-256 repository is read from its quarantine") {
  PushUnderWay push;
  Push(&push, 2, false, HashKind::kSha256);
  const auto repository = *Open({.git_dir = push.path, .quarantine = push.quarantine});
  REQUIRE(NewCommits(*repository, push.tip, {}, 100)->size() == 2);
}

TEST_CASE("a quarantine that is not there is an error") {
  PushUnderWay push;
  Push(&push, 1, false);
  REQUIRE_FALSE(Open({.git_dir = push.path, .quarantine = push.path + "/objects/none"}));
}

TEST_CASE("reading a push writes nothing") {
  PushUnderWay push;
  Push(&push, 3, true);
  const auto listing = [&] { return FilesBelow(push.path, ""); };
  const std::vector<std::string> before = listing();
  for (const Reader& reader : Readers()) {
    const auto repository = *reader.open({.git_dir = push.path, .quarantine = push.quarantine});
    REQUIRE(NewCommits(*repository, push.tip, {}, 100));
    REQUIRE(repository->ResolveRef("HEAD"));
  }
  REQUIRE(listing() == before);
}

}  // namespace
}  // namespace sluice::git
