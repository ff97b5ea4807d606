// Running `sluice-cluster`: here scripts stand in its place, most of which misbehave.
#include "hooks/cluster_program.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "hooks/cluster_protocol.h"
#include "tests/catch.h"

namespace sluice::hooks {
namespace {

namespace fs = std::filesystem;

class Script {
 public:
  explicit Script(const std::string& body) {
    char place[] = "/tmp/sluice-cluster.XXXXXX";
    directory_ = mkdtemp(place);
    std::ofstream(path()) << "#!/bin/sh\n" << body;
    chmod(path().c_str(), 0755);
  }
  ~Script() { fs::remove_all(directory_); }
  std::string path() const { return directory_ + "/sluice-cluster"; }
  std::string directory() const { return directory_; }

 private:
  std::string directory_;
};

DryRunRequest Question(std::chrono::milliseconds deadline = std::chrono::seconds(60)) {
  return {"prod-1", {{{"v1", "ConfigMap", "shop", "a"}, false, "{}"}}, deadline, false};
}

std::string Good() {
  return Encode(
      Result<DryRunReply>(DryRunReply{"1.34", "", {{Known::kTaken, Effect::kNone, {}, "", "", ""}}}));
}

Result<DryRunReply> Ask(const std::string& body, const DryRunRequest& request = Question()) {
  const Script script(body);
  return AskThrough({script.path(), "/etc/clusters.yaml", true, {"PATH=/usr/bin:/bin", "A=b"}})(request);
}

TEST_CASE("the question goes in and the answer comes out") {
  const Script script("printf '%s ' \"$@\" >\"$OUT/arguments\"; cat >\"$OUT/question\"; printf '%s' '" +
                      Good() + "'; env >\"$OUT/environment\"\n");
  const AskCluster ask = AskThrough(
      {script.path(), "/etc/clusters.yaml", true, {"PATH=/usr/bin:/bin", "OUT=" + script.directory()}});
  const Result<DryRunReply> reply = ask(Question());
  REQUIRE(reply);
  CHECK(reply->trouble.empty());
  REQUIRE(reply->answers.size() == 1);
  CHECK(reply->answers[0].known == Known::kTaken);
  const auto read = [&](const std::string& name) {
    std::ifstream file(script.directory() + "/" + name);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  CHECK(read("arguments") == "dry-run --clusters /etc/clusters.yaml --kubeconfig ");
  CHECK(read("question") == Encode(Question()));
  CHECK(read("environment").find("HOME=") == std::string::npos);
}

TEST_CASE("the program is bounded, and what it starts") {
  const Script script(
      "cat >/dev/null; sh -c 'ulimit -d; ulimit -c; grep NoNewPrivs /proc/self/status' >\"$OUT/bounds\"\n");
  (void)AskThrough({script.path(), "", false, {"PATH=/usr/bin:/bin", "OUT=" + script.directory()}})(
      Question());
  std::ifstream file(script.directory() + "/bounds");
  const std::string bounds(std::istreambuf_iterator<char>(file), {});
  CHECK(bounds == "2097152\n0\nNoNewPrivs:\t1\n");
}

TEST_CASE("a program that misbehaves leaves everything unverified") {
  struct Bad {
    const char* body;
    const char* trouble;  // begins so
  };
  const std::string two =
      "printf '%s' '" + Encode(Result<DryRunReply>(DryRunReply{"1.34", "", {{}, {}}})) + "'\n";
  for (const Bad& bad :
       std::initializer_list<Bad>{{"exit 0\n", "the answer of sluice-cluster is not one"},
                                  {"echo hello\n", "the answer of sluice-cluster is not one"},
                                  {"echo '{\"version\":1,\"minor\":\"\",\"trouble\":\"\",\"answers\":[]}'\n",
                                   "the answer of sluice-cluster is not one"},
                                  {two.c_str(), "the answer of sluice-cluster is not one"},
                                  {"echo no disk >&2; exit 3\n", "sluice-cluster failed: no disk"},
                                  {"exit 3\n", "sluice-cluster failed"},
                                  {"kill -SEGV $$\n", "sluice-cluster ended by signal 11"},
                                  {"cat /dev/zero\n", "sluice-cluster answered more than was asked"}}) {
    CAPTURE(bad.body);
    const Result<DryRunReply> reply = Ask(bad.body);
    REQUIRE(reply);
    CHECK(reply->trouble.starts_with(bad.trouble));
    REQUIRE(reply->answers.size() == 1);
    CHECK(reply->answers[0].known == Known::kUnverified);
  }
}

TEST_CASE("a program that hangs is ended at the deadline") {
  const Result<DryRunReply> reply =
      Ask("while :; do sleep 100; done\n", Question(std::chrono::milliseconds(1)));
  REQUIRE(reply);
  CHECK(reply->trouble == "sluice-cluster did not answer in time");
  CHECK(reply->answers.size() == 1);
}

TEST_CASE("a program that is not there leaves everything unverified") {
  const Result<DryRunReply> reply = AskThrough({"/nowhere/sluice-cluster", "", false, {}})(Question());
  REQUIRE(reply);
  CHECK_FALSE(reply->trouble.empty());
  CHECK(reply->answers.size() == 1);
}

TEST_CASE("only the program's own words of configuration are an error") {
  const auto says = [](ErrorKind kind) {
    return "printf '%s' '" + Encode(Result<DryRunReply>(Error{kind, "x", "/c", {2, 3}})) + "'\n";
  };
  for (const ErrorKind kind : {ErrorKind::kConfiguration, ErrorKind::kUsage}) {
    const Result<DryRunReply> reply = Ask(says(kind));
    REQUIRE_FALSE(reply);
    CHECK(reply.error().Text() == "/c:2:3: x");
  }
  for (const ErrorKind kind : {ErrorKind::kFailed, ErrorKind::kNotFound, ErrorKind::kLimit}) {
    const Result<DryRunReply> reply = Ask(says(kind));
    REQUIRE(reply);
    CHECK(reply->trouble == "/c:2:3: x");
  }
}

TEST_CASE("a process that is shut in asks through its parent") {
  const Script script("cat >/dev/null; printf '%s' '" + Good() + "'\n");
  process::ShutInOptions options{
      .deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1),
      .services = {ClusterService({script.path(), "", false, {"PATH=/usr/bin:/bin"}})}};
  const auto work = [](const process::Broker& broker, const process::SandboxLevel&) -> std::string {
    const Result<DryRunReply> reply = AskThrough(broker)(Question());
    return reply ? std::to_string(static_cast<int>(reply->answers.at(0).known)) + reply->trouble
                 : reply.error().Text();
  };
  const Result<process::ShutInResult> result = process::RunShutIn(options, work);
  REQUIRE(result);
  CHECK(result->answer == std::to_string(static_cast<int>(Known::kTaken)));

  options.services = {ClusterService({"/nowhere/sluice-cluster", "", false, {}})};
  const Result<process::ShutInResult> failed = process::RunShutIn(options, work);
  REQUIRE(failed);
  CHECK(failed->answer.starts_with(std::to_string(static_cast<int>(Known::kUnverified))));
}

}  // namespace
}  // namespace sluice::hooks
