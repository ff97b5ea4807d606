// One space of lines for all files: a file gets the lines behind those that were
// given out before, and its nodes are moved there once, right after the parse,
// while nobody else sees them.
// Tested by tests/manifests/render/sources_test.cc.
#include "manifests/render/sources.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <unordered_set>
#include <utility>

#include "manifests/rules.h"

namespace sluice::manifests::render {
namespace {

using File = std::shared_ptr<const SourceFile>;

// Moves every node of a file. Nodes lie in the file's own arena and are const
// for everybody else only.
template <class Move>
class Mover {
 public:
  Mover(const ParsedFile& file, const Move& move) : shares_(file.aliases), move_(move) {}

  void Node(const manifests::Node& node) {
    auto& mutable_node = const_cast<manifests::Node&>(node);
    mutable_node.key_range = move_(node.key_range);
    mutable_node.range = move_(node.range);
    // Behind aliases the same children stand in several places.
    if (node.children.empty() || (shares_ && !seen_.insert(node.children.data()).second)) return;
    for (const manifests::Node& child : node.children) Node(child);
  }

 private:
  bool shares_;
  const Move& move_;
  std::unordered_set<const manifests::Node*> seen_;
};

template <class Move>
void MoveNodes(ParsedFile& file, const Move& move) {
  Mover<Move> mover(file, move);
  for (Document& document : file.documents) {
    mover.Node(*document.root);
    document.range = move(document.range);
  }
}

void AddLines(Range& range, std::uint32_t lines) {
  if (range.begin.line != 0) range.begin.line += lines;
  if (range.end.line != 0) range.end.line += lines;
}

// A text can end behind its last line break, and a range one line further.
std::uint64_t LinesOf(std::string_view bytes) {
  return static_cast<std::uint64_t>(std::ranges::count(bytes, '\n')) + 2;
}

std::size_t LeadingBlanks(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

// How far the text of a literal block scalar is indented in its file; false
// where that cannot be seen (only blank lines).
bool FindIndent(std::string_view text, std::string_view file, std::uint32_t first_line,
                std::uint32_t& indent) {
  for (std::uint32_t line = 1; !text.empty(); ++line) {
    const std::string_view here = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(here.size() + 1, text.size()));
    if (here.empty()) continue;
    const std::string_view there = LineOf(file, first_line + line - 1);
    if (!there.ends_with(here)) return false;
    indent = static_cast<std::uint32_t>(there.size() - here.size());
    return LeadingBlanks(there) >= indent;
  }
  return false;
}

// Where the nodes of an inline text lie.
struct InlinePlace {
  Range holder;
  bool by_line = false;  // line 1 of the text is line holder.begin.line + 1
  std::uint32_t indent = 0;
  std::uint32_t lines_before = 0;  // put before the text

  Position operator()(Position at) const {
    if (at.line == 0) return at;
    return {holder.begin.line + at.line - lines_before, at.column + indent};
  }
  Range operator()(const Range& range) const {
    return by_line ? Range{(*this)(range.begin), (*this)(range.end)} : holder;
  }
};

std::string WithLineEnd(std::string_view text) {
  std::string whole(text);
  if (!text.ends_with('\n')) whole += '\n';
  return whole;
}

// A block scalar at the end of a text without a last line feed has none either.
// Parse refuses that, since kubectl adds one; what is read here only kustomize
// and its like read, and they do not.
void TakeLineEnd(ParsedFile& file, std::string_view text) {
  if (file.documents.empty()) return;
  const Node* last = file.documents.back().root;
  while (!last->children.empty()) last = &last->children.back();
  if (last->style != NodeStyle::kLiteral && last->style != NodeStyle::kFolded) return;
  std::string_view value = last->text;
  if (!value.ends_with('\n')) return;
  value.remove_suffix(1);
  const std::string_view line = value.substr(value.find_last_of(" \n") + 1);
  if (text.ends_with(line)) const_cast<Node*>(last)->text = value;  // in the file's own arena
}

ParsedFile ParseWithoutLineEnd(std::string path, std::string bytes, const Limits& limits) {
  ParsedFile file = Parse(path, bytes, limits);
  if (file.Readable() || bytes.ends_with('\n')) return file;
  ParsedFile ended = Parse(std::move(path), WithLineEnd(bytes), limits);
  if (!ended.Readable()) return file;
  TakeLineEnd(ended, bytes);
  return ended;
}

// The reader of JSON takes objects alone; the list gets a line before it.
ParsedFile ParseJsonList(const RepoPath& path, std::string_view text, const Limits& limits) {
  ParsedFile file = Parse(path.text(), fmt::format("{{\"list\":\n{}\n}}", text), limits);
  if (!file.Readable()) return file;
  const Node& whole = *file.documents.front().root;
  if (file.documents.size() > 1 || whole.children.size() > 1) {
    file.findings.push_back(MakeFinding(kJsonRule, path.text(), whole.children.front().range,
                                        "more stands behind this JSON list"));
  }
  file.documents.front().root = &whole.children.front();
  return file;
}

InlinePlace PlaceOfInline(const Node& holder, const Place& place, std::uint32_t lines_before) {
  InlinePlace inline_place{holder.range, false, 0, lines_before};
  if (holder.style != NodeStyle::kLiteral || place.file == nullptr) return inline_place;
  inline_place.by_line =
      FindIndent(holder.text, *place.file->parsed.bytes, place.range.begin.line + 1, inline_place.indent);
  return inline_place;
}

std::shared_ptr<SourceFile> FileOf(const Place& place) {
  auto file = std::make_shared<SourceFile>();
  if (place.file == nullptr) return file;
  file->path = place.file->path;
  file->first = place.file->first;
  return file;
}

void PlaceInline(const Node& holder, const Place& place, std::uint32_t lines_before, SourceFile& file) {
  const InlinePlace move = PlaceOfInline(holder, place, lines_before);
  MoveNodes(file.parsed, move);
  InlinePlace in_file = move;
  in_file.holder = place.range;
  for (Findings* findings : {&file.parsed.findings, &file.objects.findings}) {
    for (Finding& finding : *findings) finding.range = in_file(finding.range);
  }
}

}  // namespace

Sources::Sources(const FileTree& tree, const Limits& limits) : tree_(tree), limits_(limits) {}

void Sources::Note(const Error& error) const {
  if (error.kind == ErrorKind::kNotFound) return;
  const std::lock_guard lock(mutex_);
  if (!failure_) failure_ = error;
}

std::optional<Error> Sources::Failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

Result<std::vector<FileEntry>> Sources::List(const RepoPath& directory) const {
  Result<std::vector<FileEntry>> entries = tree_.List(directory);
  if (!entries) Note(entries.error());
  return entries;
}

Result<std::string> Sources::ReadFile(const RepoPath& path) const {
  Result<std::string> bytes = tree_.Read(path, limits_.file_bytes);
  if (!bytes && bytes.error().kind != ErrorKind::kLimit) Note(bytes.error());
  return bytes;
}

File Sources::Known(const Files& files, const RepoPath& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = files.find(path.text());
  return found == files.end() ? nullptr : found->second;
}

// Gives the file its lines and keeps it, unless another thread was faster.
Result<File> Sources::Add(Files& files, std::shared_ptr<SourceFile> file) {
  const std::lock_guard lock(mutex_);
  const auto found = files.find(file->path.text());
  if (found != files.end()) return found->second;
  const std::uint64_t lines = LinesOf(*file->parsed.bytes);
  if (lines_ + lines > std::numeric_limits<std::uint32_t>::max()) {
    return LimitPassed(
        fmt::format("{}: the files of one build have more than 2^32 lines", file->path.text()));
  }
  file->first = lines_;
  lines_ += static_cast<std::uint32_t>(lines);
  MoveNodes(file->parsed, [&](Range range) {
    AddLines(range, file->first);
    return range;
  });
  by_line_.push_back(file);
  files.emplace(file->path.text(), file);
  return File(std::move(file));
}

Result<File> Sources::Read(const RepoPath& path) {
  if (File known = Known(by_path_, path)) return known;
  Result<std::string> bytes = ReadFile(path);
  if (!bytes) return bytes.error();
  auto file = std::make_shared<SourceFile>();
  file->path = path;
  file->parsed = ParseWithoutLineEnd(path.text(), std::move(*bytes), limits_);
  file->objects = Objects(file->parsed, limits_);
  return Add(by_path_, std::move(file));
}

Result<File> Sources::ReadText(const RepoPath& path) {
  if (File known = Known(texts_by_path_, path)) return known;
  Result<std::string> bytes = ReadFile(path);
  if (!bytes) return bytes.error();
  auto file = std::make_shared<SourceFile>();
  file->path = path;
  file->parsed.path = path.text();
  file->parsed.bytes = std::make_shared<const std::string>(std::move(*bytes));
  return Add(texts_by_path_, std::move(file));
}

Result<File> Sources::ReadInline(const Node& holder, InlineEnd end) {
  const Place place = Resolve(holder.range);
  const std::shared_ptr<SourceFile> file = FileOf(place);
  std::string_view text = holder.String();
  if (end == InlineEnd::kTrimmed) text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
  file->parsed = Parse(file->path.text(), WithLineEnd(text), limits_);
  // What begins with "{" is JSON to kubectl, but nobody else reads inline text.
  const bool flow = !file->parsed.Readable() && text.starts_with('{');
  if (flow) file->parsed = Parse(file->path.text(), "#\n" + WithLineEnd(text), limits_);
  if (!text.ends_with('\n')) TakeLineEnd(file->parsed, text);
  file->objects = Objects(file->parsed, limits_);
  PlaceInline(holder, place, flow ? 1 : 0, *file);
  return File(file);
}

File Sources::ReadInlineJson(const Node& holder) {
  const Place place = Resolve(holder.range);
  const std::shared_ptr<SourceFile> file = FileOf(place);
  file->parsed = ParseJsonList(file->path, holder.String(), limits_);
  PlaceInline(holder, place, 1, *file);
  return file;
}

File Sources::ReadJson(const SourceFile& whole) {
  const std::shared_ptr<SourceFile> file = FileOf({&whole, {}});
  file->parsed = ParseJsonList(file->path, *whole.parsed.bytes, limits_);
  const auto moved = [](Range range, std::uint32_t lines) {
    AddLines(range, lines);  // wraps around where there are none: one line is taken away
    return range;
  };
  MoveNodes(file->parsed, [&](Range range) { return moved(range, file->first - 1); });
  for (Finding& finding : file->parsed.findings) finding.range = moved(finding.range, 0U - 1);
  return file;
}

Place Sources::Resolve(const Range& range) const {
  if (range.begin.line == 0) return {};
  const std::lock_guard lock(mutex_);
  const auto behind = std::ranges::lower_bound(by_line_, range.begin.line, {}, &SourceFile::first);
  if (behind == by_line_.begin() || range.begin.line > lines_) return {};
  const SourceFile& file = **std::prev(behind);
  Place place{&file, range};
  place.range.begin.line -= file.first;
  if (place.range.end.line != 0) place.range.end.line -= file.first;
  return place;
}

}  // namespace sluice::manifests::render
