// `sluice explain`: the words that each rule carries, for people and machines.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/suggest.h"
#include "gate/gate.h"
#include "report/json_writer.h"

namespace sluice::cli {
namespace {

struct ExplainOptions {
  std::string rule;
  std::string output = "text";
};

using Rules = std::vector<const Rule*>;

std::string_view GroupOf(const Rule& rule) { return rule.id.substr(0, rule.id.find('/')); }
std::string_view NameOf(const Rule& rule) { return rule.id.substr(rule.id.find('/') + 1); }

std::string Wrapped(std::string_view text, std::string_view indent) {
  constexpr std::size_t kColumns = 78;
  std::string out(indent);
  std::size_t column = indent.size();
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text = space == text.npos ? std::string_view() : text.substr(space + 1);
    if (column > indent.size() && column + 1 + word.size() > kColumns) {
      out += "\n";
      out += indent;
      column = indent.size();
    }
    if (column > indent.size()) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out + "\n";
}

std::string Example(std::string_view title, std::string_view text) {
  if (text.empty()) return {};
  std::string out = "\n" + std::string(title) + ":\n\n";
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    out += line.empty() ? "\n" : "    " + std::string(line) + "\n";
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
  }
  return out;
}

std::string InFull(const Rule& rule) {
  std::string out = std::string(rule.id) + " (" + std::string(SeverityName(rule.severity)) + ")\n";
  out += Wrapped(rule.title, "  ");
  if (!rule.why.empty()) out += "\nWhy:\n" + Wrapped(rule.why, "  ");
  if (!rule.remedy.empty()) out += "\nWhat to do:\n" + Wrapped(rule.remedy, "  ");
  return out + Example("Rejected", rule.fails) + Example("Accepted", rule.passes);
}

std::string AsList(const Rules& rules) {
  std::size_t width = 0;
  for (const Rule* rule : rules) width = std::max(width, rule->id.size());
  std::string out;
  std::string_view group;
  for (const Rule* rule : rules) {
    if (GroupOf(*rule) != group) {
      group = GroupOf(*rule);
      out += (out.empty() ? "" : "\n") + std::string(group) + "\n";
    }
    std::string severity(SeverityName(rule->severity));
    severity.resize(8, ' ');
    out += "  " + std::string(rule->id) + std::string(width - rule->id.size() + 2, ' ') + severity +
           std::string(rule->title) + "\n";
  }
  return out;
}

std::string AsJson(const Rules& rules) {
  std::string out;
  report::JsonWriter json(out);
  json.BeginObject().Member("schemaVersion", 1).Key("rules").BeginArray();
  for (const Rule* rule : rules) {
    json.Line().BeginObject().Member("id", rule->id).Member("severity", SeverityName(rule->severity));
    json.Member("title", rule->title).Member("why", rule->why).Member("remedy", rule->remedy);
    json.Member("fails", rule->fails).Member("passes", rule->passes).EndObject();
  }
  json.EndArray().EndObject();
  return out += '\n';
}

// The rules that a word names: an id, a group, an id without its group, or
// nothing (all of them).
Rules RulesNamed(std::string_view word) {
  Rules rules;
  for (const Rule* rule : gate::AllRules()) {
    if (word.empty() || rule->id == word || GroupOf(*rule) == word || NameOf(*rule) == word)
      rules.push_back(rule);
  }
  return rules;
}

int FailOnRule(const std::string& word) {
  PrintError("no rule is named \"" + word + "\"");
  std::vector<std::string_view> ids;
  for (const Rule* rule : gate::AllRules()) ids.push_back(rule->id);
  const std::string_view nearest = Nearest(word, ids);
  PrintHint(nearest.empty() ? "sluice explain lists them" : "did you mean \"" + std::string(nearest) + "\"?");
  return kWrongUsage;
}

int RunExplain(const ExplainOptions& options) {
  std::string word = options.rule;  // as it stands in a finding: "[schema/unknown-field]"
  if (word.starts_with('[') && word.ends_with(']')) word = word.substr(1, word.size() - 2);
  const Rules rules = RulesNamed(word);
  if (rules.empty()) return FailOnRule(word);
  std::string text;
  if (options.output == "json") {
    text = AsJson(rules);
  } else {
    text = rules.size() == 1 && rules[0]->id == word ? InFull(*rules[0]) : AsList(rules);
  }
  return Print(text) ? kAccepted : kUnjudged;
}

}  // namespace

void AddExplain(const Command& app) {
  const auto options = std::make_shared<ExplainOptions>();
  const Command explain = app.AddCommand("explain", "say what a rule forbids, why, and what to do");
  explain.AddOption("rule", options->rule, "a rule or a group of rules; default: a list of all").Type("RULE");
  explain.AddOption("-o,--output", options->output, "form of the words")
      .Type("FORMAT")
      .OneOf({"text", "json"});
  explain.Runs([options] { return RunExplain(*options); });
}

}  // namespace sluice::cli
