#include "base/finding.h"

#include <utility>

namespace sluice {

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kOff:
      return "off";
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      break;
  }
  return "error";
}

Finding MakeFinding(const Rule& rule, std::string file, Range range, std::string message) {
  Finding finding;
  finding.rule = rule.id;
  finding.severity = rule.severity;
  finding.file = std::move(file);
  finding.range = range;
  finding.message = std::move(message);
  return finding;
}

}  // namespace sluice
