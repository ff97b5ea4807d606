// A branch that was there before the gate, judged once as the gate would judge a push that
// brings all of it: by the policy branch of the settings, with the operator's floor, helm and
// chart cache. No cluster is asked: that is about what changes. What one file or object may
// cost stays bounded; how many there are does not, since a history is no push.
// What was pushed is read in a child that is shut in as the judge of a push is, and put into
// words there: whoever runs this reads no byte of it. Tested by tests/hooks/import_test.cc
// and tests/push/import-and-status.sh.
#include "hooks/import.h"

#include <algorithm>
#include <array>

#include "gate/policy_side.h"
#include "gate/ref_content.h"
#include "hooks/git_service.h"
#include "hooks/refresh.h"
#include "hooks/settings.h"
#include "manifests/render/helm_run.h"
#include "manifests/render/helm_service.h"
#include "report/report.h"

namespace sluice::hooks {
namespace {

constexpr std::chrono::hours kDeadline{12};
constexpr std::uint64_t kMemory = 16ull << 30;

void Unhurry(Limits& limits) {
  limits.push_bytes = std::size_t{64} << 30;
  limits.push_files = 10'000'000;
  limits.push_objects = 50'000'000;
}

Result<gate::Push> PushOf(const Task& task, const process::Broker& broker) {
  gate::Push push;
  auto repository = git::Open(OpenThrough(broker, Asked::kPushed, task.places));
  if (!repository) return repository.error();
  push.repository = *std::move(repository);
  if (task.floor) {
    auto floor = git::Open(OpenThrough(broker, Asked::kFloor, *task.floor));
    if (!floor) return floor.error();
    push.floor = *std::move(floor);
  }
  push.settings = task.settings;
  Unhurry(push.settings.limits);
  push.deadline = task.deadline;
  if (!task.settings.helm.empty()) push.helm = manifests::render::HelmThrough(broker);
  return push;
}

Result<Verdict> JudgeBranch(const gate::Push& push) {
  Result<gate::PolicySide> own = gate::OwnPolicy(push);
  if (!own) return own.error();
  const Result<Oid> tip = push.repository->ResolveRef(own->ref);
  if (!tip && tip.error().kind == ErrorKind::kNotFound)
    return Usage("nothing to import: " + own->ref + " has no commit yet");
  if (!tip) return tip.error();
  Unhurry(own->loaded.configuration.limits);
  std::optional<gate::PolicySide> floor;
  if (push.floor) {
    Result<gate::PolicySide> side = gate::FloorPolicy(push);
    if (!side) return side.error();
    floor = *std::move(side);
    Unhurry(floor->loaded.configuration.limits);
  }
  gate::RefMove move;  // of no kind that a record would be made of
  move.update = {{}, *tip, own->ref};
  move.ref = own->ref;
  return gate::JudgeWhole({push, *own, floor ? &*floor : nullptr}, move);
}

// The verdict on the wire: 'v', its outcome and its words; or 'e', the kind of the error and why
// there is none.
std::string Work(const Task& task, const ImportWords& words, const process::Broker& broker,
                 const process::SandboxLevel& level) {
  const auto refuse = [](const Error& error) {
    return std::string("e") + static_cast<char>('0' + static_cast<int>(error.kind)) + error.Text();
  };
  if (!level.AtFloor()) return refuse(Unshut(level));
  const Result<gate::Push> push = PushOf(task, broker);
  if (!push) return refuse(push.error());
  const Result<Verdict> verdict = JudgeBranch(*push);
  if (!verdict) return refuse(verdict.error());
  return std::string("v") + static_cast<char>('0' + static_cast<int>(verdict->outcome)) +
         report::Write(*verdict, words.format, words.options);
}

// How long a sequence is that our own reports colour text with; 0: it is none. Others, such as
// the one that hides text, are not ours.
std::size_t ColourAt(std::string_view text) {
  constexpr std::string_view kBegin = "\x1b[";
  constexpr std::array<std::string_view, 6> kOurs = {"0", "1", "1;31", "1;35", "1;36", "2"};
  constexpr std::string_view kGood = "32";
  if (!text.starts_with(kBegin)) return 0;
  const std::string_view rest = text.substr(kBegin.size());
  const std::string_view numbers = rest.substr(0, rest.find('m'));
  const bool ours = numbers == kGood || std::find(kOurs.begin(), kOurs.end(), numbers) != kOurs.end();
  return ours && numbers.size() < rest.size() ? kBegin.size() + numbers.size() + 1 : 0;
}

// The child may have been taken over by what it read: what steers a terminal otherwise than by
// our colours is shown, and does nothing.
std::string WithoutControl(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t end = ColourAt(text);
    if (end == 0 && text.front() == '\n') end = 1;
    if (end > 0) {
      out += text.substr(0, end);
    } else {
      end = std::min(text.find_first_of("\x1b\n", 1), text.size());
      out += report::Printable(text.substr(0, end));
    }
    text.remove_prefix(end);
  }
  return out;
}

Result<Task> TaskOf(const Places& places, const gate::HookSettings& settings) {
  Task task;
  task.places = places;
  task.settings = settings;
  task.deadline = std::chrono::steady_clock::now() + kDeadline;
  if (settings.floor.repository.empty()) return task;
  Result<Places> floor = PlacesAt(settings.floor.repository);
  if (!floor) return floor.error();
  task.floor = *std::move(floor);
  return task;
}

}  // namespace

process::Sandbox ImportSandbox(const Task& task) {
  process::Sandbox sandbox = JudgeSandbox(task);
  sandbox.memory_bytes = kMemory;
  sandbox.cpu = kDeadline;
  return sandbox;
}

Result<Imported> ReadImported(std::string_view answer) {
  if (answer.size() < 2) return Failed("its judge said nothing");
  const int number = answer[1] - '0';
  std::string words = WithoutControl(answer.substr(2));
  if (answer[0] == 'e' && number >= 0 && number <= static_cast<int>(ErrorKind::kLimit))
    return Error{static_cast<ErrorKind>(number), std::move(words), {}, {}};
  if (answer[0] == 'v' && number >= 0 && number <= static_cast<int>(Outcome::kUnjudged))
    return Imported{static_cast<Outcome>(number), std::move(words)};
  return Failed("the judge's answer is malformed");
}

Result<Imported> Import(const std::string& path, const ImportWords& words) {
  Result<Places> places = FindRepository(path);
  if (!places) return places.error();
  Result<SettingTexts> texts = ReadSettingTexts(*places);
  if (!texts) return texts.error();
  Result<gate::HookSettings> settings = EffectiveSettings(*texts, *places, {});
  if (!settings) return settings.error();
  const Result<Task> task = TaskOf(*places, *settings);
  if (!task) return task.error();
  GitService service(task->places, task->floor ? &*task->floor : nullptr);
  process::ShutInOptions options{
      .sandbox = ImportSandbox(*task), .deadline = task->deadline, .services = service.Services()};
  if (!settings->helm.empty()) options.services.push_back(manifests::render::HelmService(settings->helm));
  const Result<process::ShutInResult> result =
      process::RunShutIn(options, [&](const process::Broker& broker, const process::SandboxLevel& level) {
        return Work(*task, words, broker, level);
      });
  if (!result) return result.error();
  if (!result->answered) return Failed("sluice could not judge it: its judge failed: " + result->trouble);
  Result<Imported> imported = ReadImported(result->answer);
  if (!imported) return imported;
  if (const Status written = RefreshShutIn(*places, *settings); !written) return written.error();
  return imported;
}

}  // namespace sluice::hooks
