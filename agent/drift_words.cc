// Drift for people and for programs.
#include "agent/drift.h"
#include "schemas/json_text.h"

namespace sluice::agent {
namespace {

using schemas::QuoteJson;

std::string Who(const DriftedField& field) {
  if (field.manager.empty()) return "; nobody is named as having set it";
  const std::string at = field.time.empty() ? "" : " at " + field.time;
  if (field.suspected) return "; last written by " + QuoteJson(field.manager) + at;
  return "; set by " + QuoteJson(field.manager) + at;
}

std::string FieldLine(const DriftedField& field) {
  std::string line = "  " + field.field + ": ";
  if (field.recorded.empty()) {
    line += field.removed ? "it is gone" : "another value in the cluster";
  } else {
    line += field.recorded + ", in the cluster " + (field.removed ? "it is gone" : field.live);
  }
  line += Who(field) + "; " + std::string(ActionWords(field.action));
  return field.reason.empty() ? line + "\n" : line + " (" + field.reason + ")\n";
}

std::string Member(std::string_view name, std::string_view text) {
  return "\"" + std::string(name) + "\":" + QuoteJson(text);
}

std::string FieldJson(const DriftedField& field) {
  std::string json = "{" + Member("field", field.field) + "," + Member("action", ActionWords(field.action));
  if (!field.recorded.empty()) json += "," + Member("recorded", field.recorded);
  if (!field.live.empty()) json += "," + Member("live", field.live);
  if (field.removed) json += ",\"removed\":true";
  if (!field.manager.empty()) json += "," + Member(field.suspected ? "lastWriter" : "manager", field.manager);
  if (!field.time.empty()) json += "," + Member("time", field.time);
  if (!field.reason.empty()) json += "," + Member("reason", field.reason);
  return json + "}";
}

}  // namespace

std::string DriftText(const ObjectName& object, const Drift& drift) {
  const std::size_t all = drift.fields.size() + drift.more;
  std::string text = object.kind + " " + (object.ns.empty() ? "" : object.ns + "/") + object.name +
                     " differs from the record in " + std::to_string(all) + (all == 1 ? " field" : " fields");
  if (!drift.planned.empty()) text += " (planned: " + drift.planned + ")";
  text += "\n";
  for (const DriftedField& field : drift.fields) text += FieldLine(field);
  if (drift.more > 0) text += "  and " + std::to_string(drift.more) + " more\n";
  return text;
}

std::string DriftJson(const ObjectName& object, const Drift& drift) {
  std::string json = "{" + Member("apiVersion", object.api_version) + "," + Member("kind", object.kind) + ",";
  if (!object.ns.empty()) json += Member("namespace", object.ns) + ",";
  json += Member("name", object.name) + ",";
  if (!drift.planned.empty()) json += Member("planned", drift.planned) + ",";
  json += "\"fields\":[";
  for (const DriftedField& field : drift.fields)
    json += (&field == &drift.fields[0] ? "" : ",") + FieldJson(field);
  json += "]";
  if (drift.more > 0) json += ",\"more\":" + std::to_string(drift.more);
  return json + "}";
}

}  // namespace sluice::agent
