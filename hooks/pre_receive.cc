// A tiny process that reads no byte of what was pushed: it takes mode and
// deadline, has a child judge (hooks/judge.h), and turns whatever comes of it
// into an exit code. In `observe` that code is 0 whatever happens, except where
// a hook that was there before says otherwise, and for what is below refs/sluice/.
// Nothing is written before the push is accepted, so a rejected push leaves
// nothing. Tested by tests/push/.
#include "hooks/pre_receive.h"

#include <unistd.h>

#include <algorithm>

#include "base/crash_point.h"
#include "base/write_all.h"
#include "gate/ref_move.h"
#include "hooks/answer.h"
#include "hooks/chain.h"
#include "hooks/intents.h"
#include "hooks/judge.h"
#include "hooks/operator_log.h"
#include "hooks/pusher.h"
#include "hooks/refresh.h"
#include "hooks/settings.h"
#include "hooks/words.h"

namespace sluice::hooks {
namespace {

constexpr const char* kHere = ".";

// What becomes of the push, and what is known of it for the log.
struct Conclusion {
  bool accepts = false;
  Answer answer;
  std::string reason;  // why there is no verdict
};

void Print(std::string_view text) { WriteAll(STDOUT_FILENO, text); }  // perhaps nobody listens any more

// For its operator to mend, whatever kind it was.
Error OfServer(Error error) {
  error.kind = ErrorKind::kConfiguration;
  return error;
}

// Settings as far as they are understood, so that the mode is known even where
// nothing else is.
Status ReadSettings(const Call& call, Task& task) {
  Result<SettingTexts> texts = ReadSettingTexts(task.places);
  if (!texts) return OfServer(texts.error());
  Result<gate::HookSettings> settings = EffectiveSettings(*texts, task.places, call.platform);
  if (!settings) {
    task.settings.mode = ModeByLine(*texts);
    return OfServer(settings.error());
  }
  task.settings = std::move(*settings);
  task.cluster = ClusterProgramOf(task.settings);
  return Ok{};
}

Status ReadPush(const Call& call, Task& task) {
  if (Status found = FindQuarantine(call, task.settings.platform, task.places); !found) return found;
  if (!call.trouble.empty()) return Failed(call.trouble);
  Result<std::vector<gate::RefUpdate>> updates = ParseUpdates(call.input);
  if (!updates) return updates.error();
  task.updates = std::move(*updates);
  Result<std::vector<std::string>> options = PushOptions(call);
  if (!options) return options.error();
  task.options = std::move(*options);
  task.pusher = PusherOf(call, task.settings);
  task.deadline = call.start + task.settings.limits.hook_deadline;
  const std::string& floor = task.settings.floor.repository;
  if (floor.empty()) return Ok{};
  Result<Places> places = PlacesAt(floor);
  if (!places) return OfServer(places.error());
  task.floor = std::move(*places);
  return Ok{};
}

Result<Answer> Verdict(const Call& call, Task& task, process::Leaving& judge) {
  Result<Places> places = PlacesOf(call, kHere);
  if (!places) return places.error();
  task.places = std::move(*places);
  if (Status read = ReadSettings(call, task); !read) return read.error();
  if (Status read = ReadPush(call, task); !read) return read.error();
  return Judge(task, judge);
}

// Whether some ref is one of ours, or may be: in no mode is it written unjudged.
bool MayTouchReserved(const Call& call) {
  const Result<std::vector<gate::RefUpdate>> updates = ParseUpdates(call.input);
  if (!updates || !call.trouble.empty()) return true;
  return std::any_of(updates->begin(), updates->end(), [](const gate::RefUpdate& update) {
    return update.ref.starts_with(gate::kReservedRefs);
  });
}

Conclusion Conclude(Result<Answer> answer, const Task& task, const Call& call) {
  if (answer) return {answer->accepted, std::move(*answer), {}};
  Conclusion conclusion;
  conclusion.accepts = task.settings.mode == gate::Mode::kObserve && !MayTouchReserved(call);
  conclusion.reason = answer.error().Text();
  conclusion.answer.verdict = "unjudged";
  conclusion.answer.index_behind = true;  // perhaps that was why
  conclusion.answer.words = NoVerdictWords(answer.error(), task.settings);
  return conclusion;
}

// A bypass is always on record: without a log that was asked for, in the
// repository.
Status Log(const Call& call, const Task& task, const Conclusion& conclusion) {
  if (task.settings.log.empty() && conclusion.answer.bypass.empty()) return Ok{};
  const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - call.start;
  const LogLine line{.repository = task.places.git_dir,
                     .project = ProjectOf(task.places),
                     .user = task.pusher,
                     .mode = task.settings.mode == gate::Mode::kObserve ? "observe" : "enforce",
                     .verdict = conclusion.answer.verdict,
                     .rules = conclusion.answer.rules,
                     .refs = task.updates.size(),
                     .milliseconds = time.count(),
                     .bypass = conclusion.answer.bypass,
                     .reason = conclusion.reason};
  if (!task.settings.log.empty() || line.bypass.empty()) return WriteLog(line, task.settings.log);
  if (Status made = MakeOwnDirectory(task.places); !made) return made;
  return WriteLog(line, task.places.Own() + "/bypass.log");
}

// What has to be on the disk before git goes on; false where it is not.
bool Keep(const Call& call, const Task& task, Conclusion& conclusion) {
  const Status kept = conclusion.accepts ? KeepIntents(task.places, conclusion.answer.intents) : Status(Ok{});
  if (conclusion.accepts && conclusion.answer.index_behind) AskForRefresh(task.places);
  const Status logged = Log(call, task, conclusion);
  if (!logged) Print("warning: sluice could not write the log of this server\n");
  const bool recorded = logged || conclusion.answer.bypass.empty();
  if (kept && recorded) return true;
  Print(ErrorLine("sluice could not keep what it has to: " + (kept ? logged : kept).error().Text(),
                  task.settings));
  return task.settings.mode == gate::Mode::kObserve;
}

}  // namespace

int PreReceive(const Call& call) {
  process::Leaving judge;  // gives its memory back while the intents are written
  Task task;
  task.settings.platform = call.platform;
  Conclusion conclusion = Conclude(Verdict(call, task, judge), task, call);
  Print(conclusion.answer.words);
  const int chained = conclusion.accepts ? RunChained(call, task.places.git_dir) : 0;
  if (chained != 0) conclusion.accepts = false;
  const bool kept = Keep(call, task, conclusion);
  CrashPoint("intents-kept");
  return conclusion.accepts && kept ? 0 : 1;
}

}  // namespace sluice::hooks
