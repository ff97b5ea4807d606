// Tested by tests/hooks/cluster_program_test.cc, with programs that misbehave.
#include "hooks/cluster_program.h"

#include <algorithm>

#include "hooks/cluster_protocol.h"
#include "hooks/own_program.h"
#include "process/child.h"

namespace sluice::hooks {
namespace {

using std::chrono::milliseconds;

// For the program to say itself what it has no answer to.
constexpr milliseconds kGrace{500};
constexpr std::uint64_t kMemory = 2ull << 30;
constexpr std::string_view kUsualProgram = "/usr/libexec/sluice/sluice-cluster";

std::vector<std::string> Arguments(const ClusterProgram& program) {
  std::vector<std::string> arguments{program.path, "dry-run"};
  if (!program.clusters_file.empty()) {
    arguments.push_back("--clusters");
    arguments.push_back(program.clusters_file);
  }
  if (program.kubeconfig) arguments.push_back("--kubeconfig");
  return arguments;
}

std::string FirstLine(const std::string& text) {
  return text.substr(0, std::min(text.find('\n'), std::size_t{200}));
}

// Half a sentence; empty: it ended as it should.
std::string WhyNoAnswer(const process::ChildResult& child) {
  if (child.timed_out) return "sluice-cluster did not answer in time";
  if (child.output_cut) return "sluice-cluster answered more than was asked";
  if (child.signal != 0) return "sluice-cluster ended by signal " + std::to_string(child.signal);
  if (child.exit_code == 0) return {};
  const std::string words = FirstLine(child.error_output);
  return "sluice-cluster failed" + (words.empty() ? words : ": " + words);
}

Result<std::string> RunOnce(const ClusterProgram& program, std::string question, milliseconds deadline,
                            std::size_t most) {
  process::ChildOptions options;
  options.argv = Arguments(program);
  options.environment = program.environment;
  options.directory = "/";
  options.input = std::move(question);
  options.output_limit = most;
  options.deadline = deadline;
  options.memory_bytes = kMemory;
  Result<process::ChildResult> child = process::Run(options);
  if (!child) return child.error();
  if (std::string why = WhyNoAnswer(*child); !why.empty()) return Failed(std::move(why));
  return std::move(child->output);
}

DryRunReply Nothing(const DryRunRequest& request, std::string trouble) {
  return {{}, std::move(trouble), std::vector<DryRunAnswer>(request.objects.size())};
}

// What came of a run: only what the program itself calls an error is one.
Result<DryRunReply> Heard(const DryRunRequest& request, Result<std::string> bytes) {
  if (!bytes) return Nothing(request, bytes.error().Text());
  Result<DryRunReply> reply = DecodeReply(*std::move(bytes), request.objects.size());
  if (reply) return reply;
  const ErrorKind kind = reply.error().kind;
  if (kind == ErrorKind::kConfiguration || kind == ErrorKind::kUsage) return reply;
  return Nothing(request, reply.error().Text());
}

}  // namespace

Result<std::string> FindClusterProgram() {
  std::string looked;
  Result<std::string> found = FindOwnProgram("sluice-cluster", "cli", looked);
  if (found) return found;
  return NotFound("sluice-cluster, which talks to clusters, is not installed (looked for " + looked + ")");
}

ClusterProgram ClusterProgramOf(const gate::HookSettings& settings) {
  if (!settings.ask_clusters) return {};
  const Result<std::string> program = FindClusterProgram();
  return {.path = program ? *program : std::string(kUsualProgram),
          .clusters_file = settings.clusters_file,
          .environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8"}};
}

AskCluster AskThrough(ClusterProgram program) {
  return [program = std::move(program)](const DryRunRequest& request) -> Result<DryRunReply> {
    const std::size_t most = request.compare ? kMaxComparisonBytes : kMaxAnswerBytes;
    return Heard(request, RunOnce(program, Encode(request), request.deadline + kGrace, most));
  };
}

process::Service ClusterService(ClusterProgram program) {
  const auto serve = [program = std::move(program)](std::string_view body,
                                                    process::Deadline deadline) -> Result<std::string> {
    // A tenth of what is left is the judge's, to say what it could not do.
    const auto left = (deadline - std::chrono::steady_clock::now()) / 10 * 9;
    const auto time = std::chrono::duration_cast<milliseconds>(left);
    if (time.count() <= 0) return LimitPassed("the deadline passed");
    return RunOnce(program, std::string(body), time, kMaxAnswerBytes);
  };
  return {process::FrameKind::kAskCluster, serve};
}

AskCluster AskThrough(const process::Broker& broker) {
  return [&broker](const DryRunRequest& request) -> Result<DryRunReply> {
    return Heard(request, broker.Ask(process::FrameKind::kAskCluster, Encode(request)));
  };
}

}  // namespace sluice::hooks
