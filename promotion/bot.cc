// Tested by tests/promotion/bot_test.cc.
#include "promotion/bot.h"

#include <algorithm>

#include "base/glob.h"
#include "promotion/version_fields.h"

namespace sluice::promotion {
namespace {

using manifests::FieldDifference;
using manifests::Object;
using manifests::ObjectDifference;

std::string Words(const Object& object) {
  return std::string(object.kind) + " " + (object.ns.empty() ? "" : std::string(object.ns) + "/") +
         std::string(object.name);
}

std::string MayWords(const BotRule& rule) {
  if (rule.images && rule.charts) return "versions of images and charts";
  return rule.images ? "versions of images" : "versions of charts";
}

class Asker {
 public:
  explicit Asker(const BotQuestion& question) : question_(question), rule_(question.rule) {}

  Conditions Run() {
    if (!MayBeIn()) Refuse("it may not change " + question_.environment, "let a person push it");
    for (const std::string& file : question_.files)
      if (!MayChange(file)) Refuse("it may not change " + file, "let a person push it");
    for (const ObjectDifference& object : question_.objects) AskObject(object);
    if (conditions_.size() > kMostBotConditions) conditions_.resize(kMostBotConditions);
    return std::move(conditions_);
  }

 private:
  bool MayBeIn() const {
    return rule_.environments.empty() ||
           std::any_of(rule_.environments.begin(), rule_.environments.end(),
                       [&](const Named& named) { return named.name == question_.environment; });
  }
  bool MayChange(const std::string& file) const {
    return rule_.paths.empty() ||
           std::any_of(rule_.paths.begin(), rule_.paths.end(),
                       [&](const std::string& glob) { return GlobMatches(glob, file); });
  }

  void AskObject(const ObjectDifference& object) {
    if (object.before == nullptr) return Refuse("it adds " + Words(*object.after), Remedy());
    if (object.after == nullptr) return Refuse("it removes " + Words(*object.before), Remedy());
    for (const FieldDifference& field : object.fields) {
      const VersionField kind = VersionFieldOf(object, field);
      const bool allowed =
          (kind == VersionField::kImage && rule_.images) || (kind == VersionField::kChart && rule_.charts);
      if (allowed && VersionAlone(kind, field)) continue;
      Refuse(
          "it changes " + field.field + " of " + Words(*object.after) + (allowed ? " to another image" : ""),
          Remedy());
    }
  }

  std::string Remedy() const { return "it may change " + MayWords(rule_) + "; let a person push the rest"; }

  void Refuse(std::string what, std::string remedy) {
    if (conditions_.size() > kMostBotConditions) return;
    conditions_.push_back(
        {ConditionKind::kBot, "bot " + rule_.name + ": " + std::move(what), std::move(remedy), {}, {}});
  }

  const BotQuestion& question_;
  const BotRule& rule_;
  Conditions conditions_;
};

}  // namespace

Problems CheckBotRules(std::span<const BotRule> rules, std::span<const Environment> environments) {
  Problems problems;
  for (const BotRule& rule : rules) {
    if (!rule.images && !rule.charts)
      problems.push_back({rule.range, "the bot " + rule.name + " may change nothing"});
    for (const Named& named : rule.environments)
      if (FindEnvironment(environments, named.name) == nullptr)
        problems.push_back({named.range, "there is no environment " + named.name});
  }
  return problems;
}

Conditions AskBot(const BotQuestion& question) { return Asker(question).Run(); }

}  // namespace sluice::promotion
