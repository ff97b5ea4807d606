// The gate collects the objects and asks, as in a check; the answers are kept
// here on their way through, with what runs and what would be stored.
// Tests: tests/cli/ask_test.py.
#include "cli/live_diff.h"

#include <algorithm>
#include <map>

#include "cli/diff_lines.h"
#include "gate/clusters.h"

namespace sluice::cli {
namespace {

using manifests::Node;
using manifests::ParsedFile;

struct Heard {
  DryRunRequest request;
  DryRunReply reply;
};

// By name as in the question: where its text is.
using Places = std::map<ObjectName, std::pair<std::string, std::uint32_t>>;

Places PlacesOf(const Verdict& verdict) {
  Places places;
  for (const std::vector<JudgedObject>* objects : {&verdict.objects, &verdict.removed}) {
    for (const JudgedObject& object : *objects) {
      places.emplace(object.name, std::pair(object.file, object.line));
      ObjectName landed = object.name;
      if (landed.ns.empty()) landed.ns = "default";
      places.emplace(std::move(landed), std::pair(object.file, object.line));
    }
  }
  return places;
}

const Node* RootOf(const ParsedFile& file) {
  return file.Readable() && file.documents.size() == 1 ? file.documents[0].root : nullptr;
}

ParsedFile ParseObject(const std::string& json) {
  Limits limits;
  limits.expansion_nodes = 10'000'000;
  return manifests::Parse("", json, limits);
}

void AddFields(const DryRunAnswer& answer, ObjectLines& lines) {
  const ParsedFile live = ParseObject(answer.live), taken = ParseObject(answer.taken);
  const Node* const before = RootOf(live);
  const Node* const after = RootOf(taken);
  if (before == nullptr || after == nullptr) return;
  const bool hides = lines.name.kind == "Secret" || HidesValues(before, after);
  for (const manifests::FieldDifference& field : manifests::FieldDifferences(*before, *after))
    lines.fields.push_back(LineOf(field, hides));
}

struct Sign {
  char sign = 0;  // 0: nothing to show
  std::size_t BuildDiff::*count = nullptr;
};

Sign SignOf(Effect effect) {
  switch (effect) {
    case Effect::kCreated:
      return {'+', &BuildDiff::added};
    case Effect::kUpdated:
      return {'~', &BuildDiff::changed};
    case Effect::kReplaced:
      return {'!', &BuildDiff::replaced};
    case Effect::kDeleted:
      return {'-', &BuildDiff::removed};
    case Effect::kUnchanged:
    case Effect::kNone:
      break;
  }
  return {};
}

// An immutable field is refused, and forecast as a replacement.
bool IsCompared(const DryRunAnswer& answer) {
  return answer.known == Known::kTaken ||
         (answer.known == Known::kRefused && answer.effect == Effect::kReplaced);
}

void AddObject(const DryRunObject& object, const DryRunAnswer& answer, const Places& places,
               BuildDiff& diff) {
  const Sign sign = SignOf(answer.effect);
  if (sign.sign == 0 || !IsCompared(answer)) return;
  ObjectLines lines;
  lines.sign = sign.sign;
  lines.name = object.name;
  const auto place = places.find(object.name);
  if (place != places.end()) std::tie(lines.file, lines.line) = place->second;
  if (sign.sign == '~' || sign.sign == '!') AddFields(answer, lines);
  for (const DryRunCause& cause : answer.causes)
    lines.notes.push_back((cause.field.empty() ? "" : cause.field + ": ") + cause.message);
  ++(diff.*sign.count);
  diff.objects.push_back(std::move(lines));
}

NotCompared PartOf(const JudgedObject& object, const std::string& why) {
  return {object.file, object.line, object.name.kind + " " + object.name.name + ": " + why};
}

// What no cluster has an answer to, and what none was asked about though it runs it.
void AddNotCompared(const JudgedObject& object, const gate::CheckInput& input, TreeDiff& diff) {
  for (const std::string& name : input.asked) {
    const auto known = std::find_if(object.evidence.begin(), object.evidence.end(),
                                    [&](const Evidence& evidence) { return evidence.cluster == name; });
    const std::string words = "cluster " + name + ": ";
    if (known != object.evidence.end()) {
      if (known->by != Evidence::By::kCluster)
        diff.not_compared.insert(PartOf(object, words + known->reason));
      continue;
    }
    const gate::Cluster* const cluster = gate::FindCluster(*input.configuration, name);
    const std::string paths[] = {object.file};
    if (cluster == nullptr || !gate::Runs(*cluster, paths, input.build.branches)) continue;
    const std::string reason = object.evidence.empty() ? std::string() : object.evidence[0].reason;
    diff.not_compared.insert(
        PartOf(object, words + "it was not asked" + (reason.empty() ? "" : ": " + reason)));
  }
}

void AddRefusedHere(const Verdict& verdict, TreeDiff& diff) {
  for (const Finding& finding : verdict.findings) {
    // What is immutable is shown as a replacement.
    if (finding.severity != Severity::kError || finding.rule == "cluster/immutable") continue;
    diff.not_compared.insert(
        {finding.file, finding.range.begin.line, finding.message + " [" + finding.rule + "]"});
  }
}

std::string WhyNothing(const std::vector<Heard>& all) {
  for (const Heard& heard : all) {
    const auto& answers = heard.reply.answers;
    if (std::any_of(answers.begin(), answers.end(),
                    [](const DryRunAnswer& answer) { return answer.known != Known::kUnverified; }))
      return {};
  }
  if (all.empty()) return {};
  const DryRunReply& reply = all[0].reply;
  return "cluster " + all[0].request.cluster + ": " +
         (reply.trouble.empty() ? reply.answers[0].reason : reply.trouble);
}

}  // namespace

Result<LiveDiff> CompareWithLive(gate::CheckInput input, const Questions& questions) {
  std::vector<Heard> all;
  input.objects = true;
  input.digests = false;
  std::vector<Skipped> not_built;
  input.not_built = &not_built;
  input.ask = [&](DryRunRequest request) -> Result<DryRunReply> {
    request.compare = true;
    Result<DryRunReply> reply = questions.ask(request);
    if (reply) all.push_back({std::move(request), *reply});
    return reply;
  };
  const Verdict verdict = gate::Check(input);
  if (*questions.broken) return **questions.broken;
  if (verdict.outcome == Outcome::kUnjudged) return Failed(verdict.reason);
  if (std::string why = WhyNothing(all); !why.empty()) return Failed(std::move(why));
  LiveDiff live;
  live.diff.nothing = "nothing differs from what runs";
  const Places places = PlacesOf(verdict);
  for (const Heard& heard : all) {
    BuildDiff cluster;
    cluster.name = "cluster " + heard.request.cluster;
    cluster.live = true;
    for (std::size_t i = 0; i < heard.request.objects.size(); ++i)
      AddObject(heard.request.objects[i], heard.reply.answers[i], places, cluster);
    if (!cluster.objects.empty()) live.diff.builds.push_back(std::move(cluster));
  }
  for (const std::vector<JudgedObject>* objects : {&verdict.objects, &verdict.removed}) {
    for (const JudgedObject& object : *objects) AddNotCompared(object, input, live.diff);
  }
  AddRefusedHere(verdict, live.diff);
  live.complete = live.diff.not_compared.empty() && not_built.empty();
  // Files that are no objects by themselves are told, as in a comparison of two trees.
  for (const Skipped& skipped : verdict.skipped)
    live.diff.not_compared.insert({skipped.file, 0, skipped.reason});
  return live;
}

}  // namespace sluice::cli
