// Everything that comes from a repository goes through report::Printable.
#include "cli/change_words.h"

#include "cli/diff.h"
#include "policies/native.h"
#include "report/printable.h"
#include "report/words.h"

namespace sluice::cli {
namespace {

using manifests::Node;
using manifests::Object;
using manifests::ObjectDifference;

std::string Json(const Node* node) {
  std::string text;
  if (node != nullptr) manifests::CanonicalJson(*node, text);
  return text.empty() ? "(none)" : text;
}

bool Hides(const ObjectDifference& difference) {
  const auto hides = [](const Object* object) {
    return object != nullptr && policies::HidesSource(*object->root);
  };
  return hides(difference.before) || hides(difference.after);
}

std::string SignOf(const ObjectDifference& difference) {
  return difference.before == nullptr ? "+" : difference.after == nullptr ? "-" : "~";
}

const Object& ObjectOf(const ObjectDifference& difference) {
  return difference.after != nullptr ? *difference.after : *difference.before;
}

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
  for (const ObjectDifference& difference : change.differences) {
    const ObjectName name = ObjectOf(difference).Name();
    const bool hidden = Hides(difference);
    json.Line().BeginObject().Member("sign", SignOf(difference)).Member("apiVersion", name.api_version);
    json.Member("kind", name.kind).Member("namespace", name.ns).Member("name", name.name);
    json.Key("fields").BeginArray();
    for (const manifests::FieldDifference& field : difference.fields) {
      json.BeginObject().Member("field", field.field);
      if (!hidden || IsShownOfSecret(field.field))
        json.Member("before", Json(field.before)).Member("after", Json(field.after));
      json.EndObject();
    }
    json.EndArray().EndObject();
  }
  json.EndArray();
}

// That nobody pushes yet is no news here.
bool IsTold(const promotion::Condition& condition) {
  return condition.kind != promotion::ConditionKind::kPusher;
}

}  // namespace

std::string ChangeAsText(const gate::RecordedChange& change) {
  std::string text;
  const auto line = [&](const std::string& words) { text += report::Printable(words) + "\n"; };
  for (const ObjectDifference& difference : change.differences) {
    const bool hidden = Hides(difference);
    line(SignOf(difference) + " " + NameWords(ObjectOf(difference).Name()));
    if (difference.before == nullptr && !hidden) line("    " + Json(difference.after->root));
    for (const manifests::FieldDifference& field : difference.fields) {
      const bool shown = !hidden || IsShownOfSecret(field.field);
      line("    " + field.field + ": " +
           (shown ? Json(field.before) + " -> " + Json(field.after) : "differs, and is not shown"));
    }
  }
  return text.empty() ? "no object changes\n" : text;
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
  json.EndArray().EndObject();
}

}  // namespace sluice::cli
