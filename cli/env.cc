// `sluice env`: the environments of the configuration, what each of them holds and
// since when, what it asks for, and what keeps it shut now. Tests:
// tests/cli/env_test.py.
#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/env_ledger.h"
#include "cli/env_requests.h"
#include "cli/git_program.h"
#include "cli/output.h"
#include "cli/promotion_place.h"
#include "cli/subject.h"
#include "gate/policy_side.h"
#include "gate/turn.h"
#include "promotion/moment.h"
#include "report/json_writer.h"
#include "report/report.h"
#include "report/words.h"

namespace sluice::cli {
namespace {

using promotion::Environment;

constexpr std::string_view kRemote = "refs/remotes/origin/";

struct EnvOptions {
  std::string revision = "HEAD";
  std::string output = "text";
};

// What an environment's branch holds; `ref` is empty where there is no such branch.
struct Held {
  std::string ref;
  Oid commit;
  promotion::Moment since{};
};

struct Listed {
  const Environment* environment;
  Held held;
  promotion::Conditions shut;  // now, by its calendar, by people and by a rollback
  EnvironmentState state;
  std::vector<WaitingRequest> requests{};
};

Held HeldBy(const git::Repository& repository, const Environment& environment) {
  for (const std::string& ref : {environment.Ref(), std::string(kRemote) + environment.branch}) {
    const Result<Oid> id = repository.ResolveRef(ref);
    if (!id) continue;
    const Result<git::Commit> commit = git::ReadCommit(repository, *id);
    const std::int64_t time = commit ? commit->committer_time : 0;
    return {ref, *id, promotion::Moment(std::chrono::seconds(time))};
  }
  return {};
}

std::vector<std::string> NamesOf(const std::vector<promotion::Named>& named) {
  std::vector<std::string> names;
  for (const promotion::Named& one : named) names.push_back(one.name);
  return names;
}

// Of a predecessor's clusters, as the configuration has it.
std::string_view NameOf(promotion::Asked outcome) {
  if (outcome == promotion::Asked::kRecorded) return "recorded";
  return outcome == promotion::Asked::kApplied ? "applied" : "healthy";
}

// What it asks before it moves.
std::vector<std::string> Asks(const Environment& environment) {
  std::vector<std::string> asks;
  if (environment.ByRequest()) asks.push_back("a request");
  if (environment.approvals.count > 0)
    asks.push_back(report::Count(environment.approvals.count, "approval") +
                   (environment.approvals.from.empty()
                        ? ""
                        : " from " + report::Joined(NamesOf(environment.approvals.from))));
  if (environment.approvals.codeowners) asks.push_back("owners of the files");
  if (!environment.after.empty()) {
    const std::string before = report::Joined(NamesOf(environment.after));
    asks.push_back(environment.soak.count() == 0 ? before + " first"
                                                 : promotion::Words(environment.soak) + " in " + before);
    if (environment.outcome != promotion::Asked::kRecorded)
      asks.push_back(std::string(NameOf(environment.outcome)) + " there");
  }
  for (const promotion::Window& window : environment.windows)
    asks.push_back("window " + promotion::Words(window));
  return asks;
}

std::string PlaceOf(const Environment& environment) {
  return environment.branch + (environment.folder.empty() ? "" : ":" + environment.folder);
}

std::string Words(const promotion::Condition& condition) {
  return condition.message + (condition.when ? ", until " + promotion::Text(*condition.when) : "");
}

// "cluster prod-1: record 3 is healthy since …", one for each that should say something.
std::vector<std::string> OutcomeLines(const Environment& environment, const EnvironmentState& state) {
  std::vector<std::string> lines;
  if (!state.runs) return lines;
  for (const promotion::Named& cluster : environment.clusters) {
    const auto said =
        std::find_if(state.outcomes.begin(), state.outcomes.end(),
                     [&](const promotion::OutcomeFact& outcome) { return outcome.cluster == cluster.name; });
    lines.push_back("cluster " + cluster.name +
                    (said == state.outcomes.end() ? " has reported nothing"
                                                  : ": record " + std::to_string(said->sequence) + " is " +
                                                        std::string(promotion::NameOf(said->outcome)) +
                                                        " since " + promotion::Text(said->since)));
  }
  return lines;
}

// What its ledger says: lines without indent.
std::vector<std::string> StateLines(const EnvironmentState& state) {
  std::vector<std::string> lines;
  if (!state.trouble.empty()) lines.push_back("not believed: " + state.trouble);
  if (state.runs)
    lines.push_back("runs " + state.runs->commit.substr(0, 7) + " since " +
                    promotion::Text(state.runs->since) + ", record " + std::to_string(state.runs->sequence) +
                    ", " + state.runs->kind + " by " + state.runs->actor);
  for (const WaitingCommit& waiting : state.waits) {
    lines.push_back("waits: " + waiting.commit.substr(0, 7) + " of " + waiting.from);
    for (const promotion::Condition& condition : waiting.unmet)
      lines.push_back("  " + std::string(promotion::NameOf(condition.kind)) + ": " + Words(condition));
  }
  return lines;
}

// Who asked for what, and what that lacks.
std::vector<std::string> RequestLines(const std::vector<WaitingRequest>& requests) {
  std::vector<std::string> lines;
  for (const WaitingRequest& one : requests) {
    const std::string back =
        one.given.restores == 0 ? "" : "back to record " + std::to_string(one.given.restores) + ", ";
    lines.push_back("asked for: " + back + one.given.commit.substr(0, 7) + " by " + one.given.person +
                    ", until " + promotion::Text(*one.given.expires) +
                    (back.empty() ? "" : ": " + one.given.reason));
    if (!one.trouble.empty()) lines.push_back("  " + one.trouble);
    for (const promotion::Condition& condition : one.unmet)
      lines.push_back("  " + std::string(promotion::NameOf(condition.kind)) + ": " + Words(condition) +
                      (condition.who.empty() ? "" : " (" + report::Joined(condition.who) + ")"));
  }
  return lines;
}

std::string AsText(const std::vector<Listed>& listed) {
  std::string text;
  const auto line = [&](const std::string& words) { text += report::Printable(words) + "\n"; };
  for (const Listed& one : listed) {
    const Environment& environment = *one.environment;
    line(environment.name + ": " + PlaceOf(environment) +
         (one.held.ref.empty()
              ? ", no such branch here"
              : " at " + ShortId(one.held.commit) + " of " + promotion::Text(one.held.since)));
    if (!environment.clusters.empty()) line("  runs on " + report::Joined(NamesOf(environment.clusters)));
    const std::string asks = report::Joined(Asks(environment));
    if (!asks.empty()) line("  requires: " + asks);
    for (const promotion::Condition& condition : one.shut)
      line((condition.kind == promotion::ConditionKind::kHold ? "  " : "  shut: ") + Words(condition));
    for (const std::string& words : OutcomeLines(environment, one.state)) line("  " + words);
    for (const std::string& words : StateLines(one.state)) line("  " + words);
    for (const std::string& words : RequestLines(one.requests)) line("  " + words);
  }
  return text.empty() ? "no environments\n" : text;
}

void AddList(report::JsonWriter& json, std::string_view name, const std::vector<std::string>& items) {
  json.Key(name).BeginArray();
  for (const std::string& item : items) json.String(item);
  json.EndArray();
}

void AddConditions(report::JsonWriter& json, std::string_view name, const promotion::Conditions& conditions) {
  json.Key(name).BeginArray();
  for (const promotion::Condition& condition : conditions) {
    json.BeginObject().Member("kind", promotion::NameOf(condition.kind)).Member("message", condition.message);
    if (condition.when) json.Member("until", promotion::Text(*condition.when));
    json.EndObject();
  }
  json.EndArray();
}

void AddState(report::JsonWriter& json, const EnvironmentState& state) {
  if (!state.trouble.empty()) json.Member("trouble", state.trouble);
  if (state.runs) {
    json.Key("runs")
        .BeginObject()
        .Member("sequence", state.runs->sequence)
        .Member("commit", state.runs->commit);
    json.Member("kind", state.runs->kind).Member("actor", state.runs->actor);
    json.Member("since", promotion::Text(state.runs->since)).EndObject();
  }
  json.Key("outcomes").BeginArray();
  for (const promotion::OutcomeFact& outcome : state.outcomes) {
    json.BeginObject().Member("cluster", outcome.cluster).Member("sequence", outcome.sequence);
    json.Member("outcome", promotion::NameOf(outcome.outcome));
    json.Member("since", promotion::Text(outcome.since)).EndObject();
  }
  json.EndArray().Key("waits").BeginArray();
  for (const WaitingCommit& waiting : state.waits) {
    json.BeginObject().Member("from", waiting.from).Member("commit", waiting.commit);
    if (waiting.earliest) json.Member("earliest", promotion::Text(*waiting.earliest));
    AddConditions(json, "unmet", waiting.unmet);
    json.EndObject();
  }
  json.EndArray();
}

void AddRequests(report::JsonWriter& json, const std::vector<WaitingRequest>& requests) {
  json.Key("requests").BeginArray();
  for (const WaitingRequest& one : requests) {
    json.BeginObject().Member("person", one.given.person).Member("commit", one.given.commit);
    json.Member("change", one.given.change).Member("envelope", one.given.digest);
    json.Member("expires", promotion::Text(*one.given.expires));
    if (one.given.restores != 0)
      json.Member("restores", one.given.restores).Member("reason", one.given.reason);
    if (!one.trouble.empty()) json.Member("trouble", one.trouble);
    AddConditions(json, "unmet", one.unmet);
    json.EndObject();
  }
  json.EndArray();
}

void AddListed(report::JsonWriter& json, const Listed& one) {
  const Environment& environment = *one.environment;
  json.Line().BeginObject().Member("name", environment.name).Member("branch", environment.branch);
  if (!environment.folder.empty()) json.Member("folder", environment.folder);
  if (!one.held.ref.empty()) {
    json.Member("ref", one.held.ref).Member("commit", one.held.commit.Hex());
    json.Member("committed", promotion::Text(one.held.since));
  }
  AddList(json, "after", NamesOf(environment.after));
  AddList(json, "clusters", NamesOf(environment.clusters));
  json.Key("approvals").BeginObject().Member("count", std::uint64_t{environment.approvals.count});
  AddList(json, "from", NamesOf(environment.approvals.from));
  json.Key("codeowners").Bool(environment.approvals.codeowners).EndObject();
  json.Member("soakSeconds", static_cast<std::uint64_t>(environment.soak.count()));
  json.Member("outcome", NameOf(environment.outcome));
  AddConditions(json, "shut", one.shut);
  AddState(json, one.state);
  if (environment.ByRequest()) AddRequests(json, one.requests);
  json.EndObject();
}

std::string AsJson(const std::vector<Listed>& listed) {
  std::string out;
  report::JsonWriter json(out);
  json.BeginObject().Member("schemaVersion", 1).Key("environments").BeginArray();
  for (const Listed& one : listed) AddListed(json, one);
  json.EndArray().EndObject();
  return out += '\n';
}

// A clone knows of the server what was fetched.
void TellOfFetching(const GitPlace& place) {
  if (!RunGit({"remote", "get-url", "origin"}, place.top.empty() ? place.git_dir : place.top)) return;
  PrintHint(
      "as fetched last: git fetch origin '+refs/heads/*:refs/remotes/origin/*' "
      "'+refs/sluice/*:refs/sluice/*'");
}

// Of those that move by request, by what was fetched last.
Status TellRequests(std::vector<Listed>& listed) {
  if (std::none_of(listed.begin(), listed.end(),
                   [](const Listed& one) { return one.environment->ByRequest(); }))
    return Ok{};
  const Result<std::unique_ptr<PromotionPlace>> place = PromotionPlace::Open({.fetch = false});
  if (!place) return Ok{};  // nothing that was cloned: nobody could have asked
  for (Listed& one : listed) {
    const Environment* const moved =
        promotion::FindEnvironment((*place)->configuration().promotion.environments, one.environment->name);
    if (moved == nullptr || !moved->ByRequest()) continue;
    Result<std::vector<WaitingRequest>> requests = WaitingRequests(**place, *moved);
    if (!requests) return requests.error();
    one.requests = *std::move(requests);
  }
  return Ok{};
}

Error ErrorOf(const Finding& finding, const std::string& source) {
  return {ErrorKind::kConfiguration, finding.message, source + ":" + finding.file, finding.range.begin};
}

int RunEnv(const EnvOptions& options) {
  const GitPlace place = FindGit(".");
  if (place.git_dir.empty())
    return Fail(Usage("environments are branches, and this is not a Git repository"));
  const Result<std::shared_ptr<const git::Repository>> repository = OpenRepository(place);
  if (!repository) return Fail(repository.error());
  const Result<Oid> commit = ResolveCommit(place, **repository, options.revision);
  if (!commit) return Fail(commit.error());
  const Result<gate::LoadedConfiguration> loaded =
      gate::ConfigurationAt(*repository, *commit, options.revision);
  if (!loaded) return Fail(loaded.error());
  const std::string source = loaded->configuration.source;
  for (const Finding& finding : loaded->findings)
    if (finding.severity == Severity::kError) return Fail(ErrorOf(finding, source));
  const promotion::Moment now = promotion::Now();
  const Result<crypto::AllowedSigners> signers = SignersAt(*repository, *commit);
  if (!signers) return Fail(signers.error());
  const EnvironmentsAsked asked{*repository, loaded->configuration.promotion, *signers, now};
  std::vector<Listed> listed;
  for (const Environment* environment : promotion::InOrder(asked.settings.environments)) {
    listed.push_back({environment, HeldBy(**repository, *environment), gate::AskCalendar(*environment, now),
                      StateOf(asked, *environment)});
    Listed& one = listed.back();
    one.shut.insert(one.shut.end(), one.state.stopped.begin(), one.state.stopped.end());
  }
  if (const Status told = TellRequests(listed); !told) return Fail(told.error());
  if (!Print(options.output == "json" ? AsJson(listed) : AsText(listed))) return kUnjudged;
  if (options.output != "json") TellOfFetching(place);
  return kAccepted;
}

}  // namespace

void AddEnv(const Command& app) {
  const auto options = std::make_shared<EnvOptions>();
  const Command env = app.AddCommand("env", "list environments, what they hold and what they ask for");
  env.AddOption("revision", options->revision, "the commit whose configuration counts; default: HEAD")
      .Type("REV");
  env.AddOption("-o,--output", options->output, "form of the list").Type("FORMAT").OneOf({"text", "json"});
  env.Runs([options] { return RunEnv(*options); });
}

}  // namespace sluice::cli
