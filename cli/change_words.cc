// Everything that comes from a repository goes through report::Printable.
#include "cli/change_words.h"

#include <algorithm>

#include "cli/diff_lines.h"
#include "manifests/render/yaml_text.h"
#include "report/printable.h"
#include "report/words.h"

namespace sluice::cli {
namespace {

using manifests::ObjectDifference;

std::string Value(const std::string& json) { return json.empty() ? "(none)" : json; }

std::string NameWords(const ObjectName& name) {
  return name.kind + " " + (name.ns.empty() ? "" : name.ns + "/") + name.name;
}

std::string Listed(const std::set<std::string>& names) {
  std::string listed;
  for (const std::string& name : names) listed += (listed.empty() ? "" : ", ") + name;
  return listed;
}

void AddStrings(report::JsonWriter& json, std::string_view name, const auto& items) {
  json.Key(name).BeginArray();
  for (const std::string& item : items) json.String(item);
  json.EndArray();
}

void AddObjects(report::JsonWriter& json, const gate::RecordedChange& change) {
  json.Key("objects").BeginArray();
  for (const ObjectDifference& difference : change.differences) AddObject(LinesOf(difference), json);
  json.EndArray();
}

std::string CountWords(const gate::RecordedChange& change) {
  std::size_t added = 0, changed = 0, removed = 0;
  for (const ObjectDifference& difference : change.differences)
    ++(difference.before == nullptr ? added : difference.after == nullptr ? removed : changed);
  return std::to_string(added) + " added, " + std::to_string(changed) + " changed, " +
         std::to_string(removed) + " removed\n";
}

// A new object whole, each of its lines indented below its name.
std::string AsYaml(const manifests::Node& root) {
  const std::string yaml = manifests::render::YamlText(root);
  if (yaml.empty()) return "    " + report::Printable(JsonOf(&root)) + "\n";
  std::string text;
  for (std::size_t at = 0; at < yaml.size();) {
    const std::size_t end = std::min(yaml.find('\n', at), yaml.size());
    text += "    " + report::Printable(yaml.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return text;
}

// That nobody pushes yet is no news here.
bool IsTold(const promotion::Condition& condition) {
  return condition.kind != promotion::ConditionKind::kPusher;
}

}  // namespace

std::string ChangeAsText(const gate::RecordedChange& change) {
  if (change.differences.empty()) return "no object changes\n";
  std::string text = CountWords(change);
  const auto line = [&](const std::string& words) { text += report::Printable(words) + "\n"; };
  for (const ObjectDifference& difference : change.differences) {
    const ObjectLines lines = LinesOf(difference);
    line(std::string(1, lines.sign) + " " + NameWords(lines.name));
    if (difference.before == nullptr && !HidesValues(difference)) text += AsYaml(*difference.after->root);
    for (const FieldLine& field : lines.fields)
      line("    " + field.field + ": " +
           (field.hidden ? "differs, and is not shown" : Value(field.before) + " -> " + Value(field.after)));
  }
  return text;
}

std::string SeenAsText(const gate::EnvironmentTurn& turn) {
  if (!turn.why_unseen.empty())
    return "nobody can approve this: " + report::Printable(turn.why_unseen) + "\n";
  if (!turn.seen) return {};
  std::string text = "whoever approves signs that these files differ:\n";
  for (const std::string& file : turn.seen->files) text += "  " + report::Printable(file) + "\n";
  const auto& authors = turn.seen->authors;
  return text + "written by: " +
         (authors.empty() ? "nobody in `people`" : Listed({authors.begin(), authors.end()})) + "\n";
}

std::string PeopleAsText(const gate::EnvironmentTurn& turn) {
  std::string text;
  const auto line = [&](const std::string& words) { text += report::Printable(words) + "\n"; };
  for (const promotion::Requirement& one : turn.asked) {
    std::string agreed;
    for (const std::string& name : one.agreed) agreed += (agreed.empty() ? "; agreed: " : ", ") + name;
    line("  " + one.what + ": " + std::to_string(one.agreed.size()) + " of " + std::to_string(one.count) +
         ", from " + Listed(one.from) + agreed);
  }
  for (const promotion::Excluded& one : turn.excluded) line("  " + one.person + " may not: " + one.why);
  for (const promotion::NotCounted& one : turn.not_counted)
    line("  not counted: " + one.person + ", since " + one.why);
  for (const promotion::Condition& one : turn.unmet)
    if (IsTold(one)) line("  missing: " + one.message + (one.remedy.empty() ? "" : " (" + one.remedy + ")"));
  return text.empty() ? "  nobody is asked\n" : text;
}

void AddReview(report::JsonWriter& json, const gate::EnvironmentTurn& turn,
               const gate::RecordedChange& change) {
  json.Line().BeginObject().Member("environment", turn.environment).Member("change", turn.change);
  json.Member("repository", turn.repository);
  AddObjects(json, change);
  json.Key("asked").BeginArray();
  for (const promotion::Requirement& one : turn.asked) {
    json.BeginObject().Member("what", one.what).Member("count", std::uint64_t{one.count});
    AddStrings(json, "from", one.from);
    AddStrings(json, "agreed", one.agreed);
    AddStrings(json, "unknown", one.unknown);
    json.EndObject();
  }
  json.EndArray().Key("notCounted").BeginArray();
  for (const promotion::NotCounted& one : turn.not_counted)
    json.BeginObject()
        .Member("person", one.person)
        .Member("sha256", one.digest)
        .Member("why", one.why)
        .EndObject();
  json.EndArray().Key("excluded").BeginArray();
  for (const promotion::Excluded& one : turn.excluded)
    json.BeginObject().Member("person", one.person).Member("why", one.why).EndObject();
  json.EndArray().Key("unmet").BeginArray();
  for (const promotion::Condition& one : turn.unmet) {
    if (!IsTold(one)) continue;
    json.BeginObject().Member("kind", promotion::NameOf(one.kind)).Member("message", one.message);
    json.Member("remedy", one.remedy);
    AddStrings(json, "who", one.who);
    json.EndObject();
  }
  json.EndArray();
  if (!turn.why_unseen.empty()) json.Member("whyUnsigned", turn.why_unseen);
  if (turn.seen) {
    json.Key("signs").BeginObject();
    AddStrings(json, "files", turn.seen->files);
    AddStrings(json, "authors", turn.seen->authors);
    json.EndObject();
  }
  json.EndObject();
}

}  // namespace sluice::cli
