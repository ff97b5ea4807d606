#include "hooks/judge.h"

#include <sys/wait.h>

#include "tests/hooks/repository.h"

namespace sluice::hooks {
namespace {

constexpr const char* kGood = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: b\n";
constexpr const char* kBad = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndate:\n  a: b\n";

Task TaskOf(BareRepository& repository, const std::string& text) {
  Task task;
  const std::string before =
      repository.Commit("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n");
  const std::string tree =
      Git({"--git-dir=" + repository.path, "mktree"},
          "100644 blob " + Git({"--git-dir=" + repository.path, "hash-object", "-w", "--stdin"}, text) +
              "\ta.yaml\n");
  const std::string after =
      Git({"--git-dir=" + repository.path, "commit-tree", tree, "-p", before, "-m", "change"});
  task.places = *PlacesAt(repository.path);
  task.updates = {{*Oid::FromHex(before), *Oid::FromHex(after), "refs/heads/main"}};
  task.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  return task;
}

TEST_CASE("a good change is accepted and a bad one rejected, from within the sandbox") {
  BareRepository repository;
  process::Leaving judge;
  Result<Answer> answer = Judge(TaskOf(repository, kGood), judge);
  if (!answer) FAIL(answer.error().Text());
  CHECK(answer->accepted);
  CHECK(answer->verdict == "accepted");

  answer = Judge(TaskOf(repository, kBad), judge);
  if (!answer) FAIL(answer.error().Text());
  CHECK_FALSE(answer->accepted);
  CHECK(answer->verdict == "rejected");
  CHECK(answer->rules == std::vector<std::string>{"schema/unknown-field"});
  CHECK(answer->words.find("error: a.yaml:5:1: ") != std::string::npos);
  judge = process::Leaving();
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("a repository that is broken is not judged, with a reason") {
  BareRepository repository;
  Task task = TaskOf(repository, kGood);
  REQUIRE(remove((repository.path + "/HEAD").c_str()) == 0);
  process::Leaving judge;
  const Result<Answer> answer = Judge(task, judge);
  CHECK_FALSE((answer && (answer->accepted || answer->verdict != "unjudged")));
}

TEST_CASE("past the deadline there is no verdict, and the reason names it") {
  BareRepository repository;
  Task task = TaskOf(repository, kGood);
  task.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  process::Leaving judge;
  const Result<Answer> answer = Judge(task, judge);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().message == "it took longer than 4 s");
  task.settings.limits.hook_deadline = std::chrono::milliseconds(1500);
  CHECK(Judge(task, judge).error().message == "it took longer than 1500 ms");
  task.shares_deadline = true;
  CHECK(Judge(task, judge).error().message == "it took longer than what was left of 1500 ms");
}

TEST_CASE("the judge may read the repositories and write nothing") {
  BareRepository repository;
  const Task task = TaskOf(repository, kGood);
  const process::Sandbox sandbox = JudgeSandbox(task);
  CHECK(sandbox.writable.empty());
  CHECK(sandbox.file_bytes == 0);
  CHECK_FALSE(sandbox.may_execute);
  CHECK_FALSE(sandbox.may_network);
  for (const std::string& path : sandbox.readable) {
    const bool known = path.starts_with(repository.path) || path == "/usr/share/zoneinfo";
    CHECK(known);
  }

  Task with_charts = task;
  with_charts.settings.helm = "/usr/bin/helm";
  with_charts.settings.chart_cache = "/var/cache/charts";
  const process::Sandbox more = JudgeSandbox(with_charts);
  CHECK(more.readable.size() == sandbox.readable.size() + 1);
  CHECK(more.readable.back() == "/var/cache/charts");
  CHECK_FALSE(more.may_execute);  // its parent starts helm
}

}  // namespace
}  // namespace sluice::hooks
