// Helm writes "# Source: CHART/templates/FILE" behind the "---" of each document;
// that is all it says of where things come from. Tested by
// tests/manifests/render/helm_test.cc.
#include "manifests/render/helm_output.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "manifests/last_key_wins.h"
#include "manifests/render/edit.h"
#include "manifests/rules.h"

namespace sluice::manifests::render {
namespace {

constexpr std::string_view kSource = "# Source: ";

// Where the documents of one output come from.
struct SourceLine {
  std::uint32_t line = 0;
  std::string_view path;  // below the chart's directory
};

// "NAME/templates/x.yaml" without the chart's name.
std::string_view BelowChart(std::string_view path) {
  const std::size_t slash = path.find('/');
  return slash == path.npos ? std::string_view() : path.substr(slash + 1);
}

std::vector<SourceLine> SourceLines(std::string_view text) {
  std::vector<SourceLine> lines;
  bool at_start = false;  // right behind "---", where helm writes
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (at_start && line.starts_with(kSource))
      lines.push_back({number, BelowChart(line.substr(kSource.size()))});
    at_start = line == "---";
  }
  return lines;
}

bool HasDoubleKey(const ParsedFile& output) {
  return std::ranges::any_of(output.findings,
                             [](const Finding& finding) { return finding.rule == kDuplicateKeyRule.id; });
}

// What Built::memory holds: the output's nodes and the names of their files.
struct Memory {
  ParsedFile output;
  ObjectList objects;
  Arena arena{4096};
  std::shared_ptr<const void> before;
};

class Adder {
 public:
  Adder(Session& session, const Release& release, const Chart& chart, const ValueIndex& values, Built& built)
      : session_(session), release_(release), chart_(chart), values_(values), built_(built) {}

  void Add(std::string text) {
    memory_->before = built_.memory;
    built_.memory = memory_;
    Limits limits = session_.sources().limits();
    limits.file_bytes = std::max(limits.file_bytes, text.size());
    memory_->output = Parse("helm's output", std::move(text), limits);
    if (HasDoubleKey(memory_->output))
      memory_->output = ParseLastKeyWins("helm's output", memory_->output.bytes, limits);
    sources_ = SourceLines(*memory_->output.bytes);
    memory_->objects = Objects(memory_->output, limits);
    for (const Findings* findings : {&memory_->output.findings, &memory_->objects.findings})
      for (const Finding& finding : *findings) AddFinding(finding);
    if (!memory_->output.Readable()) return;
    PlaceDocuments(memory_->output);
    for (const Object& object : memory_->objects.objects) AddObject(object);
  }

 private:
  struct Template {
    std::shared_ptr<const SourceFile> file;
    std::optional<TemplateLines> lines;
  };

  // Null: no template of the tree.
  const Template* TemplateAt(std::uint32_t line) {
    const auto behind =
        std::upper_bound(sources_.begin(), sources_.end(), line,
                         [](std::uint32_t at, const SourceLine& source) { return at < source.line; });
    if (behind == sources_.begin()) return nullptr;
    const std::string_view path = std::prev(behind)->path;
    const auto [known, is_new] = templates_.try_emplace(path);
    if (is_new) Open(path, known->second);
    return known->second.file ? &known->second : nullptr;
  }

  void Open(std::string_view path, Template& entry) {
    const std::size_t index = chart_.Find(path);
    if (index == Chart::npos || chart_.origins[index].IsRoot()) return;
    const auto file = session_.sources().ReadText(chart_.origins[index]);
    if (!file) return;
    entry.file = *file;
    entry.lines.emplace(*(*file)->parsed.bytes, (*file)->first);
  }

  // Of the output's own text: the template that gave it is to be mended.
  void AddFinding(Finding finding) {
    const Template* from = TemplateAt(finding.range.begin.line);
    const Place place =
        session_.sources().Resolve(from == nullptr ? release_.place : from->lines->FirstLine());
    finding.file = from == nullptr ? release_.file : from->file->path.text();
    finding.range = place.range;
    finding.source_line.clear();  // of the output
    finding.message = "the chart gives this: " + finding.message;
    finding.through = {release_.file};
    built_.findings.push_back(std::move(finding));
  }

  void PlaceDocuments(const ParsedFile& output) {
    for (const Document& document : output.documents) {
      const Template* from = TemplateAt(document.root->range.begin.line);
      files_[document.root] = from == nullptr ? std::string_view(release_.file) : from->file->path.text();
      PlaceNodes(*document.root, values_, from == nullptr ? nullptr : &*from->lines, release_.place);
    }
  }

  void AddObject(Object object) {
    object.file = memory_->arena.Keep(files_[memory_->output.documents[object.document].root]);
    built_.objects.push_back({object, {release_.file}, {}});
  }

  Session& session_;
  const Release& release_;
  const Chart& chart_;
  const ValueIndex& values_;
  Built& built_;
  std::shared_ptr<Memory> memory_ = std::make_shared<Memory>();
  std::vector<SourceLine> sources_;
  std::map<std::string_view, Template> templates_;
  std::map<const Node*, std::string_view> files_;  // of each document
};

bool IsOfPath(char c) { return c != ' ' && c != '"' && c != '(' && c != ':' && c != '<'; }

// "…/FILE:LINE" that ends where the digits behind `colon` do; the file begins
// behind what cannot stand in its path.
std::string_view PathBefore(std::string_view message, std::size_t colon) {
  std::size_t begin = colon;
  while (begin > 0 && IsOfPath(message[begin - 1])) --begin;
  return message.substr(begin, colon - begin);
}

}  // namespace

void AddOutput(Session& session, const Release& release, const Chart& chart, const ValueIndex& values,
               std::string text, Built& built) {
  Adder(session, release, chart, values, built).Add(std::move(text));
}

void SetNamespaces(const Session& session, const Release& release, Arena& arena,
                   std::vector<BuiltObject>& objects) {
  for (BuiltObject& built : objects) {
    Object& object = built.object;
    const Node* metadata = object.root->Find("metadata");
    const bool lives_in_one =
        session.facts().ScopeOf(object.group, object.version, object.kind) == KindScope::kNamespaced;
    if (!object.ns.empty() || !lives_in_one || metadata == nullptr || metadata->kind != NodeKind::kMapping)
      continue;
    const Node ns = AsMember(arena, TextNode(arena, release.ns, release.place), "namespace", release.place);
    const Node with = AsMember(arena, WithMember(arena, *metadata, ns), "metadata", metadata->key_range);
    const Node root = WithMember(arena, *object.root, with);
    object.root = arena.Keep(std::span(&root, 1)).data();
    object.ns = arena.Keep(release.ns);
  }
}

Range PlaceInMessage(Sources& sources, const Chart& chart, std::string_view message) {
  // The last one is the innermost: helm tells of includes from without.
  for (std::size_t colon = message.rfind(':'); colon != message.npos && colon != 0;
       colon = message.rfind(':', colon - 1)) {
    std::uint32_t line = 0;
    std::from_chars(message.data() + colon + 1, message.data() + message.size(), line);
    const std::size_t index = chart.Find(BelowChart(PathBefore(message, colon)));
    if (index == Chart::npos || chart.origins[index].IsRoot()) continue;
    const auto file = sources.ReadText(chart.origins[index]);
    if (!file) continue;
    const Position at{(*file)->first + std::max(line, 1u), line == 0 ? 0u : 1u};
    return {at, at};
  }
  return {};
}

}  // namespace sluice::manifests::render
