// Everything that comes from a repository goes through report::Printable.
#include <algorithm>

#include "cli/diff.h"
#include "report/printable.h"
#include "report/words.h"

namespace sluice::cli {
namespace {

constexpr std::size_t kValueLimit = 120;  // code points of one value; the JSON has all of it

constexpr std::size_t kNoteLimit = 500;

struct Palette {
  std::string_view bold, added, removed, changed, off;
};
constexpr Palette kColours = {"\x1b[1m", "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[0m"};
constexpr Palette kNone = {};

std::string CountWords(const BuildDiff& change) {
  return std::to_string(change.added) + " new, " + std::to_string(change.changed) + " changed, " +
         std::to_string(change.removed) + " gone" +
         (change.live ? ", " + std::to_string(change.replaced) + " replaced" : "");
}

std::string Value(const std::string& json) {
  return json.empty() ? "(none)" : report::PrintableCut(json, kValueLimit);
}

std::string FieldWords(const FieldLine& line) {
  std::string words = report::Printable(line.field) + ": ";
  if (line.hidden) {
    words += line.before.empty()  ? "(value not shown) added"
             : line.after.empty() ? "(value not shown) removed"
                                  : "(values not shown) changed";
  } else {
    words += Value(line.before) + " -> " + Value(line.after);
  }
  if (line.file.empty()) return words;
  return words + "    " + report::Printable(line.file) + ":" + std::to_string(line.line);
}

std::string ObjectLine(const ObjectLines& object) {
  std::string words = std::string(1, object.sign) + " " + report::ObjectWords(object.name);
  if (!object.file.empty())
    words += "    " + report::Printable(object.file) + ":" + std::to_string(object.line);
  return words;
}

std::string FindingWords(const Finding& finding) {
  return report::AfterPlace(finding, report::Printable(finding.message));
}

std::string NotComparedWords(const NotCompared& part) {
  const std::string line = part.line == 0 ? "" : ":" + std::to_string(part.line);
  return report::Printable(part.file) + line + ": " + report::Printable(part.reason);
}

class TextDiff {
 public:
  explicit TextDiff(const Palette& colours) : colours_(colours) {}

  std::string Write(const TreeDiff& diff) {
    for (const BuildDiff& build : diff.builds) {
      Coloured(colours_.bold, report::Printable(build.name) + ": " + CountWords(build));
      Body(build);
    }
    if (diff.builds.empty()) out_ = diff.nothing + "\n";
    for (const Finding& finding : diff.findings)
      Coloured(colours_.removed, "error: " + FindingWords(finding));
    for (const NotCompared& part : diff.not_compared)
      Coloured(colours_.changed, "not compared: " + NotComparedWords(part));
    return std::move(out_);
  }

  std::string WriteBody(const BuildDiff& build) {
    Body(build);
    return std::move(out_);
  }

 private:
  void Body(const BuildDiff& build) {
    for (const Finding& finding : build.findings)
      Coloured(colours_.removed, "  not built: " + FindingWords(finding));
    for (const ObjectLines& object : build.objects) {
      const std::string_view colour = object.sign == '+'   ? colours_.added
                                      : object.sign != '~' ? colours_.removed
                                                           : colours_.changed;
      Coloured(colour, "  " + ObjectLine(object));
      for (const FieldLine& field : object.fields) out_ += "      " + FieldWords(field) + "\n";
      for (const std::string& note : object.notes)
        Coloured(colours_.changed, "      note: " + report::PrintableCut(note, kNoteLimit));
    }
  }

  void Coloured(std::string_view colour, const std::string& line) {
    out_.append(colour).append(line).append(colours_.off).append("\n");
  }

  const Palette& colours_;
  std::string out_;
};

void AddField(const FieldLine& line, report::JsonWriter& json) {
  json.BeginObject().Member("field", line.field);
  json.Key("hidden").Bool(line.hidden);
  if (!line.hidden) json.Member("before", line.before).Member("after", line.after);
  json.Member("file", line.file).Member("line", std::uint64_t{line.line}).EndObject();
}

std::string_view SignName(char sign) {
  if (sign == '!') return "replaced";
  return sign == '+' ? "added" : sign == '-' ? "removed" : "changed";
}

void AddFindings(const Findings& findings, report::JsonWriter& json) {
  json.Key("findings").BeginArray();
  for (const Finding& finding : findings) {
    json.BeginObject().Member("rule", finding.rule).Member("file", finding.file);
    json.Member("line", std::uint64_t{finding.range.begin.line})
        .Member("message", finding.message)
        .EndObject();
  }
  json.EndArray();
}

// A fence that no line of the text ends.
std::string FenceFor(std::string_view text) {
  std::size_t longest = 2, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return std::string(longest + 1, '`');
}

// What Markdown would take for more than text.
std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : report::Printable(text)) {
    if (std::string_view("\\`*_{}[]<>#|~!&").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

void AddObject(const ObjectLines& object, report::JsonWriter& json) {
  json.Line().BeginObject().Member("change", SignName(object.sign));
  json.Member("apiVersion", object.name.api_version).Member("kind", object.name.kind);
  json.Member("namespace", object.name.ns).Member("name", object.name.name);
  json.Member("file", object.file).Member("line", std::uint64_t{object.line}).Key("fields").BeginArray();
  for (const FieldLine& field : object.fields) AddField(field, json);
  json.EndArray().Key("notes").BeginArray();
  for (const std::string& note : object.notes) json.String(note);
  json.EndArray().EndObject();
}

std::string DiffAsText(const TreeDiff& diff, bool colour) {
  return TextDiff(colour ? kColours : kNone).Write(diff);
}

// docs/output.md describes it.
std::string DiffAsJson(const TreeDiff& diff) {
  std::string out;
  report::JsonWriter json(out);
  json.BeginObject().Member("schemaVersion", std::uint64_t{1}).Key("builds").BeginArray();
  for (const BuildDiff& build : diff.builds) {
    json.Line().BeginObject().Member("name", build.name);
    json.Member("added", build.added).Member("changed", build.changed);
    json.Member("removed", build.removed);
    if (build.live) json.Member("replaced", build.replaced);
    AddFindings(build.findings, json);
    json.Key("objects").BeginArray();
    for (const ObjectLines& object : build.objects) AddObject(object, json);
    json.EndArray().EndObject();
  }
  json.EndArray();
  AddFindings(diff.findings, json);
  json.Key("notCompared").BeginArray();
  for (const NotCompared& part : diff.not_compared) {
    json.Line().BeginObject().Member("file", part.file).Member("line", std::uint64_t{part.line});
    json.Member("reason", part.reason).EndObject();
  }
  json.EndArray().EndObject();
  return out + "\n";
}

std::string DiffAsMarkdown(const TreeDiff& diff) {
  std::string out;
  for (const BuildDiff& build : diff.builds) {
    const std::string body = TextDiff(kNone).WriteBody(build);
    const std::string fence = FenceFor(body);
    out += "#### " + Escaped(build.name) + ": " + CountWords(build) + "\n\n" + fence + "diff\n" + body +
           fence + "\n\n";
  }
  if (diff.builds.empty()) out = "N" + diff.nothing.substr(1) + ".\n\n";
  for (const Finding& finding : diff.findings) out += "- Error: " + Escaped(FindingWords(finding)) + "\n";
  for (const NotCompared& part : diff.not_compared)
    out += "- Not compared: " + Escaped(NotComparedWords(part)) + "\n";
  return out;
}

}  // namespace sluice::cli
