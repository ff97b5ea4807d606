// What a change of the policy and what comes with it are called, and where there is no pair.
#include "gate/policy_change.h"

#include "promotion/words.h"
#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::gate {
namespace {

using git::Files;

const Files kBefore = {{".sluice/sluice.yaml", "version: 1\n"}, {"web.yaml", "a: 1\n"}};
const Files kAfter = {{".sluice/sluice.yaml", "version: 1\n"},
                      {".sluice/waivers.yaml", "[]\n"},
                      {"CODEOWNERS", "* @ana\n"},
                      {"web.yaml", "a: 2\n"}};

class Repository {
 public:
  Repository() : path_(git::InitBare(directory_.path(), "r.git")) {}

  Result<ChangeOfPolicy> Change(const Files& before, const Files& after, const Limits& limits = {}) const {
    const std::vector<Oid> commits = git::ImportHistory(path_, {{before, {}, 1}, {after, {0}, 2}});
    return Between(commits[0], commits[1], limits);
  }
  Result<ChangeOfPolicy> Between(const Oid& before, const Oid& after, const Limits& limits = {}) const {
    const auto repository = git::Open({.git_dir = path_});
    REQUIRE(repository);
    return ReadChangeOfPolicy(*repository, before, after, limits);
  }
  // A commit whose tree is made of lines for git mktree.
  Oid Commit(const std::string& lines) const {
    const std::string tree = git::Git1(path_, {"mktree"}, lines);
    return *Oid::FromHex(git::Git1(path_, {"commit-tree", "-m", "x", tree}));
  }
  std::string Blob(const std::string& bytes) const {
    return git::Git1(path_, {"hash-object", "-w", "--stdin"}, bytes);
  }
  // .sluice/ with one file, as a line for git mktree.
  std::string PolicyLine(const std::string& bytes) const {
    const std::string tree = git::Git1(path_, {"mktree"}, "100644 blob " + Blob(bytes) + "\tsluice.yaml\n");
    return "040000 tree " + tree + "\t.sluice\n";
  }

 private:
  git::TemporaryDirectory directory_;
  std::string path_;
};

std::string Sha(const char* text) { return promotion::DigestOf(text); }

TEST_CASE("the digests are those of the lines that approvals.md says") {
  const Repository repository;
  const Result<ChangeOfPolicy> change = repository.Change(kBefore, kAfter);
  REQUIRE(change);
  const std::string policy =
      "policy/%2Esluice/waivers.yaml - " + Sha("[]\n") + "\npolicy/CODEOWNERS - " + Sha("* @ana\n") + "\n";
  const std::string content = "files/web.yaml " + Sha("a: 1\n") + " " + Sha("a: 2\n") + "\n";
  CHECK(change->digest == promotion::DigestOf(policy));
  CHECK(change->pair == promotion::DigestOf(content + policy));
  CHECK(change->no_pair.empty());
}

TEST_CASE("each byte of either half makes another pair, and nothing else does") {
  const Repository repository;
  const auto pair = [&](const Files& before, const Files& after) {
    const Result<ChangeOfPolicy> change = repository.Change(before, after);
    REQUIRE(change);
    REQUIRE_FALSE(change->pair.empty());
    return change->pair;
  };
  const std::string one = pair(kBefore, kAfter);
  const std::pair<const char*, const char*> others[] = {
      {"web.yaml", "a: 2 \n"},   {"web.yaml", "a: 3\n"},     {".sluice/waivers.yaml", "[ ]\n"},
      {".sluice/more", ""},      {"CODEOWNERS", "* @ben\n"}, {"more.yaml", ""},
      {"dir/web.yaml", "a: 2\n"}};
  for (const auto& [path, bytes] : others) {
    CAPTURE(path, bytes);
    Files after = kAfter;
    after[path] = bytes;
    CHECK(pair(kBefore, after) != one);
  }
  Files less = kAfter;
  less.erase("CODEOWNERS");
  CHECK(pair(kBefore, less) != one);
  Files before = kBefore;
  before["web.yaml"] = "a: 0\n";
  CHECK(pair(before, kAfter) != one);
  // What lies in both alike is no part of it.
  before = kBefore;
  Files after = kAfter;
  before["other.yaml"] = after["other.yaml"] = "b: 1\n";
  CHECK(pair(before, after) == one);
}

TEST_CASE("where no policy differs nobody is asked") {
  const Repository repository;
  Files after = kBefore;
  after["web.yaml"] = "a: 2\n";
  const Result<ChangeOfPolicy> change = repository.Change(kBefore, after);
  REQUIRE(change);
  CHECK(change->policy.empty());
  CHECK(change->digest.empty());
  CHECK(change->pair.empty());
}

TEST_CASE("where there is no pair, the change of policy has its name all the same") {
  const Repository repository;
  const auto none = [](const Result<ChangeOfPolicy>& change, const std::string& why) {
    REQUIRE(change);
    CHECK_FALSE(change->digest.empty());
    CHECK(change->pair.empty());
    CHECK(change->no_pair.find(why) != std::string::npos);
  };
  Files alone = kAfter;
  alone["web.yaml"] = "a: 1\n";
  none(repository.Change(kBefore, alone), "no other file differs");
  Limits small;
  small.file_bytes = 4;
  none(repository.Change(kBefore, kAfter, small), "");
  small = Limits();
  small.push_bytes = 9;
  none(repository.Change(kBefore, kAfter, small), "more than 9 bytes differ");

  const std::string blob = repository.Blob("a"), first(40, '1');
  const Oid before = repository.Commit(repository.PolicyLine("x") + "100644 blob " + blob + "\tweb\n");
  for (const std::string& line : {"120000 blob " + blob + "\tweb\n", "160000 commit " + first + "\tweb\n",
                                  "100644 blob " + blob + "\tweb\n120000 blob " + blob + "\tweb2\n"}) {
    CAPTURE(line);
    none(repository.Between(before, repository.Commit(repository.PolicyLine("y") + line)),
         "is not a plain file");
  }
  const Oid link = repository.Commit(repository.PolicyLine("x") + "120000 blob " + blob + "\tweb\n");
  none(repository.Between(link,
                          repository.Commit(repository.PolicyLine("y") + "100644 blob " + blob + "\tweb\n")),
       "is not a plain file");
}

}  // namespace
}  // namespace sluice::gate
