#include "hooks/judge.h"

#include <sched.h>

#include <algorithm>
#include <chrono>

#include "hooks/git_service.h"
#include "hooks/words.h"
#include "manifests/render/helm_service.h"

namespace sluice::hooks {
namespace {

constexpr std::uint64_t kMemory = 1u << 30;
constexpr unsigned kMostJobs = 4;
constexpr const char* kZones = "/usr/share/zoneinfo";  // for windows of environments

// Those that this process may use. The C library would look into /sys first,
// which the sandbox denies.
unsigned Processors() {
  cpu_set_t mine;
  return sched_getaffinity(0, sizeof mine, &mine) == 0 ? static_cast<unsigned>(CPU_COUNT(&mine)) : 1;
}

// Leaves the judge time to say itself what it could not do.
process::Deadline Before(process::Deadline deadline) {
  const auto left = deadline - std::chrono::steady_clock::now();
  return deadline - left / 20;
}

Result<Answer> JudgeInside(const Task& task, const process::Broker& broker) {
  // These go with the process: nobody waits until each of them is taken down.
  gate::Push& push = *new gate::Push;
  auto repository = git::Open(OpenThrough(broker, Asked::kPushed, task.places));
  if (!repository) return repository.error();
  push.repository = *std::move(repository);
  if (task.floor) {
    auto floor = git::Open(OpenThrough(broker, Asked::kFloor, *task.floor));
    if (!floor) return floor.error();
    push.floor = *std::move(floor);
  }
  push.settings = task.settings;
  push.updates = task.updates;
  push.pusher = task.pusher;
  push.options = task.options;
  push.requested = task.requested;
  push.deadline = Before(task.deadline);
  if (!task.settings.helm.empty()) push.helm = manifests::render::HelmThrough(broker);
  if (!task.cluster.path.empty()) push.ask = AskThrough(broker);
  push.merge = [&broker](const Oid& ours, const Oid& theirs) { return MergeThrough(broker, ours, theirs); };
  push.jobs = std::clamp(Processors(), 1u, kMostJobs);
  const gate::PushVerdict verdict = gate::JudgePush(push);
  return push.requested.environment.empty() ? InWords(verdict, task.settings) : InWordsOfRequest(verdict);
}

// The answer on the wire: 'a' and the answer, or 'e' and why there is none.
std::string Work(const Task& task, const process::Broker& broker, const process::SandboxLevel& level) {
  const Result<Answer> answer = level.AtFloor() ? JudgeInside(task, broker) : Unshut(level);
  return answer ? "a" + Encode(*answer) : "e" + answer.error().Text();
}

std::string InSeconds(std::chrono::milliseconds time) {
  std::string text = std::to_string(time.count() / 1000);
  if (time.count() % 1000 != 0) text = std::to_string(time.count()) + " m";
  return text + (text.ends_with('m') ? "s" : " s");
}

}  // namespace

Error Unshut(const process::SandboxLevel& level) {
  return Failed("this kernel cannot shut the judge in (" + level.missing + ")");
}

process::Sandbox JudgeSandbox(const Task& task) {
  process::Sandbox sandbox{.memory_bytes = kMemory, .readable = ReadableOf(task.places)};
  sandbox.cpu = std::chrono::ceil<std::chrono::seconds>(task.settings.limits.hook_deadline) * kMostJobs;
  if (task.floor)
    for (std::string& path : ReadableOf(*task.floor)) sandbox.readable.push_back(std::move(path));
  sandbox.readable.emplace_back(kZones);
  if (!task.settings.chart_cache.empty()) sandbox.readable.push_back(task.settings.chart_cache);
  return sandbox;
}

Result<Answer> Judge(const Task& task, process::Leaving& child) {
  const auto late = [&task] {
    return LimitPassed(
        (task.shares_deadline ? "it took longer than what was left of " : "it took longer than ") +
        InSeconds(task.settings.limits.hook_deadline));
  };
  if (std::chrono::steady_clock::now() >= task.deadline) return late();
  GitService service(task.places, task.floor ? &*task.floor : nullptr);
  process::ShutInOptions options{
      .sandbox = JudgeSandbox(task), .deadline = task.deadline, .services = service.Services()};
  if (!task.settings.helm.empty())
    options.services.push_back(manifests::render::HelmService(task.settings.helm));
  if (!task.cluster.path.empty()) options.services.push_back(ClusterService(task.cluster));
  Result<process::ShutInResult> result =
      process::RunShutIn(options, [&task](const process::Broker& broker, const process::SandboxLevel& level) {
        return Work(task, broker, level);
      });
  if (!result) return result.error();
  child = std::move(result->child);
  if (result->timed_out) return late();
  if (!result->answered) return Failed("its judge failed: " + result->trouble);
  const std::string_view answer = result->answer;
  if (answer.starts_with('a')) return Decode(answer.substr(1));
  return Failed(answer.empty() ? "its judge said nothing" : result->answer.substr(1));
}

}  // namespace sluice::hooks
