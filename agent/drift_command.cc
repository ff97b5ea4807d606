#include "agent/drift_command.h"

#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>

#include "agent/agent.h"
#include "agent/apply_order.h"
#include "agent/identities.h"
#include "agent/ignore_patch.h"
#include "agent/mirror.h"
#include "agent/places.h"
#include "agent/proof.h"
#include "agent/state_store.h"
#include "git/file.h"
#include "promotion/moment.h"
#include "schemas/json_text.h"

namespace sluice::agent {
namespace {

constexpr std::size_t kConfigurationBytes = 1u << 20;
constexpr unsigned kAtOnce = 8;

struct Words {
  std::string config{}, output = "text", reason{};
  bool patch = false;
  std::string wrong{};
};

Words ReadWords(const std::vector<std::string>& words) {
  Words read;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool has_value = i + 1 < words.size();
    if (words[i] == "--patch") {
      read.patch = true;
    } else if (words[i] == "--config" && has_value) {
      read.config = words[++i];
    } else if (words[i] == "--output" && has_value) {
      read.output = words[++i];
    } else if (words[i] == "--reason" && has_value) {
      read.reason = words[++i];
    } else {
      read.wrong = "sluice drift takes no \"" + words[i] + "\"";
      return read;
    }
  }
  if (read.wrong.empty() && read.config.empty())
    read.wrong = "which configuration? sluice drift --config FILE";
  if (read.wrong.empty() && read.output != "text" && read.output != "json")
    read.wrong = "--output must be text or json";
  return read;
}

// What is here already, else what is fetched; the agent's refs stay where they are.
Result<Proof> ProveHereOrThere(const Configuration& configuration, const Believed& before) {
  const Result<Mirror> mirror = Mirror::Open(configuration);
  if (!mirror) return mirror.error();
  Verified verified;
  const auto prove = [&](const Result<MirrorRefs>& refs) -> Result<Proof> {
    if (!refs) return refs.error();
    auto repository = mirror->Read(*refs);
    if (!repository) return repository.error();
    return Prove(*std::move(repository), configuration, before, promotion::Now().time_since_epoch().count(),
                 verified);
  };
  Result<Proof> proof = prove(mirror->Refs());
  return proof ? std::move(proof) : prove(mirror->Fetch());
}

// The record of the state, proven.
Result<std::vector<OrderedObject>> ReadRecord(const Configuration& configuration, Identities& identities,
                                              std::uint64_t& sequence) {
  StateStore store(identities.Own(), configuration);
  const Result<State> state = store.Load();
  if (!state) return state.error();
  if (!state->applied) return NotFound("no record of " + configuration.environment + " was applied here yet");
  const Result<Proof> proof = ProveHereOrThere(configuration, state->believed);
  if (!proof) return proof.error();
  sequence = state->applied->sequence;
  Result<std::vector<RecordedObject>> objects = ReadObjects(*proof, sequence, state->applied->digest);
  if (!objects) return objects.error();
  return Order(*std::move(objects), !configuration.flux);
}

LookedAt LookAt(const OrderedObject& object, const Places& places, const Configuration& configuration) {
  LookedAt looked{.name = object.name, .trouble = object.trouble};
  const cluster::JsonObject recorded = cluster::ReadJsonObject(object.json);
  if (recorded.root == nullptr) looked.trouble = "the record's text cannot be read";
  const Result<Located> located = places.Find(object.name);
  if (!located && looked.trouble.empty()) looked.trouble = located.error().message;
  if (!looked.trouble.empty()) return looked;
  looked.name = located->name;
  const Outcome live = Look(located->place);
  looked.gone = live.answer == Answer::kGone;
  if (live.live.root == nullptr && !looked.gone)
    looked.trouble = live.words.empty() ? "the API server's answer cannot be read" : live.words;
  if (live.live.root == nullptr || live.answer != Answer::kDone) return looked;
  looked.drift = FindDrift({.object = looked.name,
                            .recorded = *recorded.root,
                            .live = *live.live.root,
                            .settings = configuration.drift,
                            .environment = configuration.environment,
                            .manager = configuration.flux ? kFluxManager : kFieldManager});
  return looked;
}

bool Differs(const LookedAt& object) { return object.gone || !object.drift.empty(); }

std::size_t CountOf(const DriftReport& report, bool (*holds)(const LookedAt&)) {
  return static_cast<std::size_t>(std::count_if(report.objects.begin(), report.objects.end(), holds));
}

std::string Named(const ObjectName& name) {
  return name.kind + " " + (name.ns.empty() ? "" : name.ns + "/") + name.name;
}

Result<std::string> PatchText(const Words& words, const std::string& text, const Configuration& configuration,
                              const DriftReport& report) {
  std::vector<DriftRule> rules;
  for (const LookedAt& object : report.objects) {
    const auto more = IgnoreRules(object.name, object.drift, configuration.environment, words.reason);
    rules.insert(rules.end(), more.begin(), more.end());
  }
  return IgnorePatch(words.config, text, rules);
}

int CodeOf(const DriftReport& report) {
  if (CountOf(report, Differs) > 0) return kNotApplied;
  const auto unknown = [](const LookedAt& object) { return !object.trouble.empty(); };
  return CountOf(report, unknown) > 0 ? kCouldNot : kAllApplied;
}

int Wrong(const std::string& message, int code) {
  std::fprintf(stderr, "error: %s\n", message.c_str());
  return code;
}

bool IsForOperator(const Error& error) {
  return error.kind == ErrorKind::kUsage || error.kind == ErrorKind::kConfiguration;
}

}  // namespace

Result<DriftReport> LookForDrift(const Configuration& configuration, const net::Cancellation& cancel) {
  const Result<std::unique_ptr<Identities>> identities = Identities::Open(configuration, &cancel);
  if (!identities) return identities.error();
  DriftReport report;
  const Result<std::vector<OrderedObject>> objects = ReadRecord(configuration, **identities, report.record);
  if (!objects) return objects.error();
  Places places(**identities, configuration);
  if (Status discovered = places.Discover(); !discovered) return discovered.error();
  report.objects.resize(objects->size());
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kAtOnce; ++i) {
    threads.emplace_back([&] {
      for (std::size_t at = next++; at < objects->size(); at = next++)
        report.objects[at] = LookAt((*objects)[at], places, configuration);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return report;
}

std::string ReportText(const std::string& environment, const DriftReport& report) {
  std::string text;
  for (const LookedAt& object : report.objects) {
    if (object.gone) text += Named(object.name) + " is gone\n";
    if (!object.drift.empty()) text += DriftText(object.name, object.drift);
    if (!object.trouble.empty()) text += Named(object.name) + " is not known: " + object.trouble + "\n";
  }
  const std::size_t differ = CountOf(report, Differs);
  return text + environment + ": record " + std::to_string(report.record) + ": " +
         std::to_string(report.objects.size()) + " objects, " +
         (differ == 0 ? "none differs" : std::to_string(differ) + (differ == 1 ? " differs" : " differ")) +
         "\n";
}

std::string ReportJson(const std::string& environment, const DriftReport& report) {
  std::string differing, gone, unknown;
  const auto add = [](std::string& list, const std::string& json) {
    list += (list.empty() ? "" : ",") + json;
  };
  for (const LookedAt& object : report.objects) {
    if (!object.drift.empty()) add(differing, DriftJson(object.name, object.drift));
    if (object.gone) add(gone, schemas::QuoteJson(Named(object.name)));
    if (!object.trouble.empty())
      add(unknown, "{\"object\":" + schemas::QuoteJson(Named(object.name)) +
                       ",\"reason\":" + schemas::QuoteJson(object.trouble) + "}");
  }
  return "{\"environment\":" + schemas::QuoteJson(environment) +
         ",\"record\":" + std::to_string(report.record) +
         ",\"objects\":" + std::to_string(report.objects.size()) + ",\"differing\":[" + differing +
         "],\"gone\":[" + gone + "],\"unknown\":[" + unknown + "]}\n";
}

int RunDrift(const std::vector<std::string>& all, const net::Cancellation& cancel) {
  const Words words = ReadWords(all);
  if (!words.wrong.empty()) return Wrong(words.wrong, kWrongUsage);
  const Result<std::string> text = git::ReadFileAt(AT_FDCWD, words.config, kConfigurationBytes);
  if (!text) return Wrong(words.config + " cannot be read", kWrongUsage);
  const Result<Configuration> configuration = ParseConfiguration(*text, words.config);
  if (!configuration) return Wrong(configuration.error().Text(), kWrongUsage);
  const Result<DriftReport> report = LookForDrift(*configuration, cancel);
  if (!report) return Wrong(report.error().Text(), IsForOperator(report.error()) ? kWrongUsage : kCouldNot);
  if (words.patch) {
    const Result<std::string> patch = PatchText(words, *text, *configuration, *report);
    if (!patch) return Wrong(patch.error().Text(), kWrongUsage);
    std::fputs(patch->c_str(), stdout);
  } else {
    const auto& environment = configuration->environment;
    const std::string said =
        words.output == "json" ? ReportJson(environment, *report) : ReportText(environment, *report);
    std::fputs(said.c_str(), stdout);
  }
  return CodeOf(*report);
}

}  // namespace sluice::agent
