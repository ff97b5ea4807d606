// One `git fast-import`, which reads of the parent's tree only what differs. It
// wants a ref to put its commit on; the last line takes that ref away before
// git has written it, and git says the commit's id. Tested by
// tests/git/object_writer_test.cc with git as the judge.
#include "git/object_writer.h"

#include <algorithm>

#include "base/repo_path.h"
#include "git/repository.h"
#include "git/write_environment.h"

namespace sluice::git {
namespace {

constexpr std::string_view kNoRef = "refs/sluice-writes-no-ref";

bool IsPlainPath(const std::string& path) {
  return !path.empty() && RepoPath::Parse(path) && path.find_first_of("\" \n\t\r") == path.npos;
}

// One line, without what would begin another header.
bool IsPlainName(std::string_view who) {
  return who.ends_with('>') && std::count(who.begin(), who.end(), '<') == 1 &&
         std::count(who.begin(), who.end(), '>') == 1 && who.find('\n') == who.npos &&
         who.find('\0') == who.npos;
}

Status Check(const NewCommit& commit) {
  const auto bad_path = [](const std::string& path) {
    return Usage("\"" + path + "\" is not a path that can be written");
  };
  for (const std::string& path : commit.removed)
    if (!IsPlainPath(path)) return bad_path(path);
  for (const NewTree& tree : commit.trees)
    if (!IsPlainPath(tree.path)) return bad_path(tree.path);
  for (const NewFile& file : commit.files)
    if (!IsPlainPath(file.path)) return bad_path(file.path);
  if (!IsPlainName(commit.who)) return Usage("\"" + commit.who + "\" is not a name and address of a commit");
  return Ok{};
}

void AddData(std::string& out, std::string_view bytes) {
  out.append("data ").append(std::to_string(bytes.size())).append("\n").append(bytes).append("\n");
}

std::string Stream(const NewCommit& commit) {
  const std::string who = commit.who + " " + std::to_string(commit.seconds) + " +0000\n";
  std::string out = "feature done\ncommit " + std::string(kNoRef) + "\nmark :1\n";
  out += "author " + who + "committer " + who;
  AddData(out, commit.message);
  if (commit.parent) out += "from " + commit.parent->Hex() + "\n";
  for (const std::string& path : commit.removed) out += "D " + path + "\n";
  for (const NewTree& tree : commit.trees) out += "M 040000 " + tree.tree.Hex() + " " + tree.path + "\n";
  for (const NewFile& file : commit.files) {
    out += "M 100644 inline " + file.path + "\n";
    AddData(out, file.bytes);
  }
  return out;
}

Result<Oid> IdIn(std::string_view line) {
  while (line.ends_with('\n')) line.remove_suffix(1);
  return Oid::FromHex(line);
}

// The zero id as this repository's git spells it.
Result<std::string> ZeroId(const std::string& git_dir) {
  const auto repository = Open({.git_dir = git_dir});
  if (!repository) return repository.error();
  return std::string(2 * HashBytes((*repository)->hash()), '0');
}

}  // namespace

Result<Oid> WriteCommit(const std::string& git_dir, const NewCommit& commit) {
  if (const Status good = Check(commit); !good) return good.error();
  const Result<std::string> zero = ZeroId(git_dir);
  if (!zero) return zero.error();
  std::string input = Stream(commit);
  input += "reset " + std::string(kNoRef) + "\nfrom " + *zero + "\nget-mark :1\ndone\n";
  Result<std::string> written = RunWritingGit(git_dir, {"fast-import", "--quiet"}, std::move(input));
  return written ? IdIn(*written) : Result<Oid>(written.error());
}

Result<Oid> WriteBlob(const std::string& git_dir, std::string_view bytes) {
  Result<std::string> written =
      RunWritingGit(git_dir, {"hash-object", "-w", "--no-filters", "--stdin"}, std::string(bytes));
  return written ? IdIn(*written) : Result<Oid>(written.error());
}

}  // namespace sluice::git
