#include "cli/check_input.h"

#include <cstdint>

#include "cli/jobs.h"
#include "cli/policy_side.h"

namespace sluice::cli {

gate::CheckInput InputOf(Subject& subject, gate::Configuration& configuration, const Questions& questions,
                         const CheckWords& words) {
  if (subject.local_files) {
    configuration.limits.push_bytes = configuration.limits.push_files = configuration.limits.push_objects =
        SIZE_MAX;
  }
  if (subject.everywhere) configuration.roots = {};
  gate::CheckInput input;
  input.subject = subject.words;
  input.before = subject.before.get();
  input.after = subject.after.get();
  input.changes = std::move(subject.changes);
  input.read_blob = subject.read_blob;
  input.configuration = &configuration;
  input.read_rest = !subject.everything;
  input.jobs = JobsOf(words.jobs);
  input.build = BuildSettingsOf(words.helm, subject, configuration);
  input.ask = questions.ask;
  input.asked = questions.asked;
  input.ask_within = std::chrono::seconds(words.ask_seconds);
  return input;
}

}  // namespace sluice::cli
