// Odd names and the findings of group git/. Must-pass and must-fail side by side.
#include "git/entries.h"

#include <set>

#include "git/rules.h"
#include "tests/catch.h"
#include "tests/git/repositories.h"
#include "tests/git/trees.h"

namespace sluice::git {
namespace {

TEST_CASE("plain names are not odd") {
  for (const char* name : {"a",
                           "deployment.yaml",
                           ".gitignore",
                           ".gitlab-ci.yml",
                           ".gitmodules",
                           ".github",
                           "git",
                           "git~2",
                           "git~10",
                           ".gi",
                           ".gitx",
                           "x.git",
                           "-rf",
                           "a b",
                           "größe",
                           "日本",
                           "\xf0\x9f\x9a\x80.yaml",
                           "a:b",
                           "...a",
                           "~",
                           "git ~1",
                           ".g it"}) {
    CAPTURE(name);
    REQUIRE(OddName(name) == "");
  }
  REQUIRE(OddName(std::string(255, 'n')) == "");
}

TEST_CASE("a name that some system takes for another is odd") {
  const std::vector<std::pair<std::string, const char*>> table = {
      {"", "is empty"},
      {".", "is not a file name"},
      {"..", "is not a file name"},
      {".git", "is \".git\" to Git or to Windows"},
      {".GIT", "is \".git\" to Git or to Windows"},
      {".gIt", "is \".git\" to Git or to Windows"},
      {".git ", "is \".git\" to Git or to Windows"},
      {".git.", "is \".git\" to Git or to Windows"},
      {".git. . ", "is \".git\" to Git or to Windows"},
      {".git::$INDEX_ALLOCATION", "is \".git\" to Git or to Windows"},
      {".git . :x", "is \".git\" to Git or to Windows"},
      {".git\\x", "is \".git\" to Git or to Windows"},
      {"git~1", "is \".git\" to Git or to Windows"},
      {"GIT~1", "is \".git\" to Git or to Windows"},
      {"GiT~1...", "is \".git\" to Git or to Windows"},
      {".g\u200cit", "is \".git\" to macOS"},
      {"\u200e.git", "is \".git\" to macOS"},
      {".gi\u202et", "is \".git\" to macOS"},
      {".\u206agit", "is \".git\" to macOS"},
      {".GI\xef\xbb\xbfT", "is \".git\" to macOS"},
      {".git\u200f", "is \".git\" to macOS"},
      {"a\\b", "holds a backslash, which Windows takes for a separator"},
      {"a/b", "holds a slash"},
      {"a\nb", "holds a control character"},
      {"a\rb", "holds a control character"},
      {std::string("a\0b", 3), "holds a control character"},
      {"\x1b[31m", "holds a control character"},
      {"a\x7f", "holds a control character"},
      {"a\u0085", "holds a control character"},
      {"\xff", "is not UTF-8"},
      {"a\xc3", "is not UTF-8"},
      {"\xc0\xaf", "is not UTF-8"},
      {"\xe0\x80\xaf", "is not UTF-8"},
      {"\xed\xa0\x80", "is not UTF-8"},
      {"\xf0\x80\x80\xaf", "is not UTF-8"},
      {"\xf4\x90\x80\x80", "is not UTF-8"},
      {"\xf8\x88\x80\x80\x80", "is not UTF-8"},
      {"\x80", "is not UTF-8"},
      {"a.", "ends in a dot or a space, which Windows leaves out"},
      {"a ", "ends in a dot or a space, which Windows leaves out"},
      {"...", "ends in a dot or a space, which Windows leaves out"},
      {std::string(256, 'n'), "is longer than 255 bytes"},
      {std::string(4096, 'n'), "is longer than 255 bytes"},
  };
  for (const auto& [name, odd] : table) {
    CAPTURE(name);
    REQUIRE(OddName(name) == odd);
  }
}

// git's own fsck is asked about each disguise of ".git".
TEST_CASE("whatever git fsck takes for .git is odd here") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const std::string blob = Git1(path, {"hash-object", "-w", "--stdin"}, "x");
  int disguises = 0;
  for (const char* name :
       {".git", ".GiT", ".git ", ".git..", ".git::$INDEX_ALLOCATION", "git~1", "GIT~1 .", ".g\u200cit",
        ".git\u200d", "\xef\xbb\xbf.git", ".gitx", "git~2", ".git-x", ".git x", "x.git"}) {
    const std::string tree = WriteTree(path, {{"100644", name, blob}});
    const bool refused =
        TryGit(path, {"fsck", "--no-dangling"}).error_output.find("tree " + tree + ": hasDotgit") !=
        std::string::npos;
    CAPTURE(name, refused);
    if (refused) REQUIRE(OddName(name).find(".git") != std::string::npos);
    if (!refused) REQUIRE(OddName(name).find("\".git\"") == std::string::npos);
    disguises += refused;
  }
  REQUIRE(disguises >= 8);
}

FileChange Change(std::string path, FileKind kind, bool is_new = true) {
  FileChange change;
  change.path = std::move(path);
  change.old_kind = change.new_kind = kind;
  if (!is_new) change.old_id = MustOid(std::string(40, 'a'));
  change.new_id = MustOid(std::string(40, 'b'));
  return change;
}

std::vector<std::string> RulesOf(const std::vector<FileChange>& changes) {
  std::vector<std::string> rules;
  for (const Finding& finding : CheckEntries(changes)) rules.push_back(finding.file + " " + finding.rule);
  return rules;
}

using Told = std::vector<std::string>;

TEST_CASE("links, submodules, odd modes and odd paths that a change brings are findings") {
  REQUIRE(RulesOf({Change("a", FileKind::kSymlink)}) == Told{"a git/symlink"});
  REQUIRE(RulesOf({Change("a", FileKind::kSubmodule)}) == Told{"a git/submodule"});
  REQUIRE(RulesOf({Change("a", FileKind::kSymlink, false)}) ==
          Told{"a git/symlink"});  // it leads elsewhere now
  REQUIRE(RulesOf({Change("apps/git~1/x", FileKind::kFile)}) == Told{"apps/git~1/x git/odd-path"});
  REQUIRE(RulesOf({Change("apps/x ", FileKind::kFile)}) == Told{"apps/x  git/odd-path"});
  FileChange odd = Change("a", FileKind::kFile);
  odd.odd_mode = true;
  REQUIRE(RulesOf({odd}) == Told{"a git/odd-mode"});
  odd = Change(".git", FileKind::kSymlink);
  odd.odd_mode = true;
  REQUIRE(RulesOf({odd}) == Told{".git git/symlink", ".git git/odd-mode", ".git git/odd-path"});
}

TEST_CASE("an odd directory is mentioned once, at the first file beneath it") {
  REQUIRE(RulesOf({Change("git~1/a", FileKind::kFile), Change("git~1/b", FileKind::kFile),
                   Change("git~1/c ", FileKind::kFile), Change("x/git~1/a", FileKind::kFile)}) ==
          Told{"git~1/a git/odd-path", "git~1/c  git/odd-path", "x/git~1/a git/odd-path"});
}

TEST_CASE("what was there before, what goes and what is plain is not a finding") {
  FileChange gone = Change("git~1/a", FileKind::kSymlink);
  gone.old_id = gone.new_id;
  gone.new_id = Oid();
  FileChange mode = Change("a", FileKind::kSymlink, false);
  mode.old_id = mode.new_id;
  FileChange odd = Change("b", FileKind::kFile, false);
  odd.odd_mode = odd.was_odd_mode = true;
  REQUIRE(RulesOf({gone, mode, odd, Change("git~1/edited", FileKind::kFile, false),
                   Change("plain.yaml", FileKind::kFile)})
              .empty());
}

TEST_CASE("messages show hostile names as plain text") {
  const Findings findings = CheckEntries(std::vector{Change("a/\x1b[2Jx", FileKind::kFile),
                                                     Change("b/" + std::string(500, 'n'), FileKind::kFile)});
  REQUIRE(findings.at(0).message == "the name \"\\x1b[2Jx\" holds a control character");
  REQUIRE(findings.at(1).message.size() < 150);
}

TEST_CASE("the rules of git/ are complete and sorted") {
  std::string_view before;
  for (const Rule* rule : GitRules()) {
    CAPTURE(rule->id);
    REQUIRE(rule->id.starts_with("git/"));
    REQUIRE(rule->id > before);
    before = rule->id;
    REQUIRE((!rule->title.empty() && !rule->why.empty() && !rule->remedy.empty() && !rule->passes.empty()));
    REQUIRE(rule->severity == Severity::kError);
  }
}

}  // namespace
}  // namespace sluice::git
