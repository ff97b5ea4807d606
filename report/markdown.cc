// A comment on a pull request. Repository text is escaped so that it mentions
// nobody, links nothing and carries no HTML; code stands in spans and fences
// longer than any run of backticks in it. At most 60,000 bytes (a forge takes
// 65,536): what does not fit is counted. Tests: markdown_test.cc.
#include <algorithm>
#include <string>

#include "report/printable.h"
#include "report/snippet.h"
#include "report/words.h"
#include "report/writers.h"

namespace sluice::report {
namespace {

constexpr std::size_t kBytes = 60'000;
constexpr std::size_t kReserve = 12'000;  // of it for what follows the lists
constexpr std::size_t kPhrase = 300;      // code points of one message, path or name
constexpr std::size_t kSnippets = 20;

// Text as text: no markup, no mention, no reference to an issue, no link.
std::string Escaped(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_[]|~$";
  const std::string shown = PrintableCut(text, kPhrase);
  std::string out;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const char c = shown[i];
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == ':')
      out += shown.compare(i, 3, "://") == 0 ? "&#58;" : ":";
    else if (c == '.')
      out += i >= 3 && shown.compare(i - 3, 3, "www") == 0 ? "&#46;" : ".";
    else if (c == '@' || c == '#' || c == '!' || c == '%')
      out.append(1, c).append("&#8203;");
    else if (kMarkup.find(c) != kMarkup.npos)
      out.append(1, '\\').append(1, c);
    else
      out += c;
  }
  return out;
}

std::size_t LongestTicks(std::string_view text) {
  std::size_t longest = 0, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

std::string Code(std::string_view text) {
  const std::string shown = PrintableCut(text, kPhrase);
  const std::string ticks(LongestTicks(shown) + 1, '`');
  const std::string_view pad = ticks.size() > 1 ? " " : "";
  return ticks + std::string(pad) + shown + std::string(pad) + ticks;
}

std::string Item(const Group& group) {
  const Finding& finding = *group.first;
  const std::string place = Place(finding);
  std::string item =
      "- " + (place.empty() ? "" : Code(place) + " ") + Escaped(finding.message) + " · " + Code(finding.rule);
  if (const std::string object = ObjectWords(finding.object); !object.empty())
    item += " · " + Escaped(object);
  item += '\n';
  if (!finding.remedy.empty()) item += "  " + Escaped(finding.remedy) + "\n";
  if (!group.others.empty()) item += "  " + OtherPlaces(group, Code) + "\n";
  return item;
}

class MarkdownWriter {
 public:
  MarkdownWriter(const Verdict& verdict, const Options& options)
      : verdict_(verdict), options_(options), groups_(Grouped(verdict.findings)) {}

  std::string Write() {
    out_ = Headline() + "\n";
    if (verdict_.outcome == Outcome::kUnjudged) out_ += "\n" + Escaped(verdict_.reason) + "\n";
    AddList("Fix", Severity::kError);
    AddList("Look twice", Severity::kWarning);
    AddKnown();
    AddSnippets();
    AddFooter();
    return std::move(out_);
  }

 private:
  std::string Headline() const {
    // "." is what `sluice check` has where nothing was named.
    const std::string subject = verdict_.subject == "." ? "" : Escaped(verdict_.subject);
    const Counts counts = CountFindings(verdict_.findings);
    const std::string errors = Count(counts.errors, "error");
    switch (verdict_.outcome) {
      case Outcome::kUnjudged:
        return "### ⚠️ Sluice could not judge " + (subject.empty() ? "this" : subject);
      case Outcome::kRejected:
        if (subject.empty()) return "### ❌ Sluice: " + errors;
        return "### ❌ Sluice: " + errors + (counts.errors == 1 ? " blocks " : " block ") + subject;
      case Outcome::kAccepted:
        break;
    }
    const std::string warnings = counts.warnings == 0 ? "" : ", " + Count(counts.warnings, "warning");
    return "### ✅ Sluice: " + subject + (subject.empty() ? "" : " ") + "accepted" +
           Escaped(UnansweredWords(verdict_)) + warnings;
  }

  void AddList(std::string_view title, Severity severity) {
    std::size_t left_out = 0;
    bool begun = false;
    for (const Group& group : groups_) {
      if (group.first->severity != severity) continue;
      const std::string item = Item(group);
      if (left_out != 0 || out_.size() + item.size() > kBytes - kReserve) {
        left_out += 1 + group.others.size();
        continue;
      }
      if (!begun) out_ += "\n**" + std::string(title) + "**\n";
      begun = true;
      out_ += item;
    }
    if (left_out != 0) out_ += "- and " + std::to_string(left_out) + " more\n";
  }

  void AddKnown() {
    const Summary& summary = verdict_.summary;
    if (verdict_.outcome == Outcome::kUnjudged) return;
    out_ += "\n**Known from** ";
    if (summary.by_cluster != 0) out_ += "cluster " + std::to_string(summary.by_cluster) + " · ";
    out_ += "offline " + std::to_string(JudgedOffline(verdict_));
    if (summary.unverified != 0) {
      out_ += " · unverified " + std::to_string(summary.unverified) + Reasons(UnverifiedReasons(verdict_));
    }
    if (!verdict_.skipped.empty()) {
      out_ += " · not judged " + std::to_string(verdict_.skipped.size()) + Reasons(SkippedReasons(verdict_));
    }
    if (const std::string removed = RemovedWords(verdict_); !removed.empty()) out_ += " · " + removed;
    out_ += '\n';
  }

  static std::string Reasons(const std::string& words) {
    return words.empty() ? "" : " (" + Escaped(words) + ")";
  }

  void AddSnippets() {
    std::string code;
    std::size_t shown = 0;
    for (const Group& group : groups_) {
      const std::string snippet = Snippet(*group.first, "", "");
      if (snippet.empty()) continue;
      if (++shown > kSnippets || code.size() + snippet.size() > kReserve / 3) break;
      code += PrintableCut(Place(*group.first), kPhrase) + "\n" + snippet;
    }
    if (code.empty()) return;
    const std::string fence(std::max<std::size_t>(3, LongestTicks(code) + 1), '`');
    out_ += "\n<details><summary>Lines</summary>\n\n" + fence + "text\n" + code + fence + "\n</details>\n";
  }

  void AddFooter() {
    for (const std::string& note : verdict_.notes) {
      const std::string line = "\n" + Escaped(note) + "\n";
      if (out_.size() + line.size() < kBytes - 3000) out_ += line;
    }
    std::string footer = Escaped(PolicyWords(verdict_));
    if (!footer.empty()) footer += " · ";
    out_ += "\n" + footer + Duration(verdict_.summary.milliseconds);
    if (!options_.version.empty()) out_ += " · sluice " + options_.version;
    out_ += '\n';
  }

  const Verdict& verdict_;
  const Options& options_;
  const std::vector<Group> groups_;
  std::string out_;
};

}  // namespace

std::string WriteMarkdown(const Verdict& verdict, const Options& options) {
  return MarkdownWriter(verdict, options).Write();
}

}  // namespace sluice::report
