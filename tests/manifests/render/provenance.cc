// The places of built fields, put to the test: a scalar of a built object is
// changed in a copy of the tree at the place that the build names for it, the
// kustomization is built again, and the field must have changed as predicted:
// where the text at the place was the whole value, to the new text; where it was
// a part of the value (a prefix, a tag), in that part; else somehow.
//
//   provenance COUNT SEED ROOT...
//
// Prints what was not as predicted. A change that makes the build refuse (the
// name that a patch is for) tells nothing and is not counted. Exits 1 where less
// than 99 % are as predicted, 77 where a root is not there.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/file_tree.h"
#include "manifests/render/build.h"
#include "schemas/rendering.h"

namespace sluice::manifests::render {
namespace {

using Files = std::map<std::string, std::string>;

Files ReadFiles(const std::filesystem::path& root) {
  Files files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    files[entry.path().lexically_relative(root)] = std::string(std::istreambuf_iterator<char>(stream), {});
  }
  return files;
}

std::vector<RepoPath> Kustomizations(const Files& files) {
  std::vector<RepoPath> directories;
  for (const auto& [path, text] : files) {
    const Result<RepoPath> file = RepoPath::Parse(path);
    if (!file || !IsKustomizationName(path) || text.find("kind: Component") != text.npos) continue;
    directories.push_back(file->Parent());
  }
  return directories;
}

// The way from the root of an object to a scalar, and the scalar.
struct Field {
  std::vector<std::size_t> way;
  std::string path;
  const Node* node = nullptr;
};

void CollectScalars(const Node& node, Field& at, std::vector<Field>& scalars) {
  if (node.kind != NodeKind::kMapping && node.kind != NodeKind::kSequence) {
    if (node.kind == NodeKind::kNull) return;
    at.node = &node;
    scalars.push_back(at);
    return;
  }
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const std::string before = at.path;
    at.path +=
        node.kind == NodeKind::kMapping ? fmt::format(".{}", node.children[i].key) : fmt::format("[{}]", i);
    at.way.push_back(i);
    CollectScalars(node.children[i], at, scalars);
    at.way.pop_back();
    at.path = before;
  }
}

const Node* Follow(const Node& root, const std::vector<std::size_t>& way) {
  const Node* node = &root;
  for (const std::size_t index : way) {
    if (index >= node->children.size()) return nullptr;
    node = &node->children[index];
  }
  return node;
}

// Byte offset of a place; columns count code points.
std::optional<std::size_t> Offset(std::string_view text, Position place) {
  std::size_t at = 0;
  for (std::uint32_t line = 1; line < place.line; ++line) {
    at = text.find('\n', at);
    if (at == text.npos) return std::nullopt;
    ++at;
  }
  for (std::uint32_t column = 1; column < place.column && at < text.size(); ++column) {
    do {
      ++at;
    } while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
  }
  return at;
}

// The text at a place, cut to what stands for the value itself.
struct Written {
  std::size_t begin = 0, end = 0;
  std::string_view In(std::string_view text) const { return text.substr(begin, end - begin); }
};

std::optional<Written> At(std::string_view text, const Range& range) {
  const auto begin = Offset(text, range.begin), end = Offset(text, range.end);
  if (!begin || !end || *begin > *end || *end > text.size()) return std::nullopt;
  if (*begin == *end && *begin == 0) return Written{0, text.find('\n')};  // the file as a whole
  if (*begin == *end) return std::nullopt;
  Written written{*begin, *end};
  const std::string_view raw = written.In(text);
  if (raw.size() >= 2 && (raw.front() == '"' || raw.front() == '\'') && raw.back() == raw.front())
    return Written{*begin + 1, *end - 1};
  while (written.end > written.begin && (text[written.end - 1] == '\n' || text[written.end - 1] == ' '))
    --written.end;
  if (raw.front() != '|' && raw.front() != '>') return written;
  const std::size_t line = raw.find('\n');
  const std::size_t word = line == raw.npos ? raw.npos : raw.find_first_not_of(" \n", line);
  if (word == raw.npos) return std::nullopt;
  return Written{*begin + word, std::min(written.end, text.find('\n', *begin + word))};
}

// Another text of the same kind.
std::string Other(std::string_view text) {
  if (text == "true") return "false";
  if (text == "false") return "true";
  std::string other(text);
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
  if (digits) {
    other.back() = other.back() == '9' ? '8' : static_cast<char>(other.back() + 1);
    return other;
  }
  return other + "x1";
}

// What a change did to a field.
enum class Outcome { kAsPredicted, kNotAsPredicted, kTellsNothing };

bool AsPredicted(std::string_view before, std::string_view after, std::string_view old_text,
                 std::string_view new_text) {
  if (before == old_text) return after == new_text;
  if (old_text.empty()) return after != before;
  for (std::size_t at = before.find(old_text); at != before.npos; at = before.find(old_text, at + 1)) {
    std::string predicted(before);
    if (predicted.replace(at, old_text.size(), new_text) == after) return true;
  }
  return after != before && (before.find(old_text) == before.npos || after.find(new_text) != after.npos);
}

class Experiment {
 public:
  explicit Experiment(const std::filesystem::path& root)
      : files_(ReadFiles(root)), tree_(files_), session_(tree_, Limits(), schemas::RenderingFacts()) {
    for (const RepoPath& directory : Kustomizations(files_)) {
      Built built = BuildKustomization(session_, directory, {});
      if (!HasErrors(built)) built_.emplace_back(directory, std::move(built));
    }
    for (const auto& [directory, built] : built_)
      for (const BuiltObject& object : built.objects) Collect(directory, built, object);
  }

  std::size_t scalars() const { return fields_.size(); }

  Outcome Try(std::size_t number) {
    const Candidate& candidate = fields_[number];
    const Place place = session_.sources().Resolve(candidate.field.node->range);
    const std::string_view before = candidate.field.node->text;
    const std::string what = fmt::format("{} {} {}", candidate.directory->text(),
                                         candidate.object->object.name, candidate.field.path);
    if (place.file == nullptr) return Told(what, "of no file", before, "");
    const std::string path = place.file->path.text();
    const std::string where = fmt::format("{}:{}:{}", path, place.range.begin.line, place.range.begin.column);
    const auto written = At(files_.at(path), place.range);
    if (!written) return Told(what, where + ": no text stands there", before, "");
    const std::string old_text(written->In(files_.at(path)));
    Files changed = files_;
    changed[path].replace(written->begin, old_text.size(), Other(old_text));
    return Compare(candidate, changed, what, where, old_text);
  }

 private:
  struct Candidate {
    const RepoPath* directory;
    const Built* built;
    const BuiltObject* object;
    Field field;
  };

  static bool HasErrors(const Built& built) {
    return std::ranges::any_of(built.findings,
                               [](const Finding& f) { return f.severity == Severity::kError; });
  }

  void Collect(const RepoPath& directory, const Built& built, const BuiltObject& object) {
    Field at;
    std::vector<Field> scalars;
    CollectScalars(*object.object.root, at, scalars);
    for (Field& field : scalars) fields_.push_back({&directory, &built, &object, std::move(field)});
  }

  Outcome Compare(const Candidate& candidate, const Files& changed, const std::string& what,
                  const std::string& where, const std::string& old_text) {
    const MemoryTree tree(changed);
    Session session(tree, Limits(), schemas::RenderingFacts());
    const Built again = BuildKustomization(session, *candidate.directory, {});
    if (HasErrors(again) || again.objects.size() != candidate.built->objects.size())
      return Outcome::kTellsNothing;
    const auto index = static_cast<std::size_t>(candidate.object - candidate.built->objects.data());
    const Node* after = Follow(*again.objects[index].object.root, candidate.field.way);
    if (after == nullptr) return Outcome::kTellsNothing;
    if (AsPredicted(candidate.field.node->text, after->text, old_text, Other(old_text)))
      return Outcome::kAsPredicted;
    return Told(what, fmt::format("{} \"{}\"", where, old_text.substr(0, 60)), candidate.field.node->text,
                after->text);
  }

  static Outcome Told(const std::string& what, const std::string& where, std::string_view before,
                      std::string_view after) {
    std::printf("%s at %s: \"%.*s\" became \"%.*s\"\n", what.c_str(), where.c_str(),
                static_cast<int>(std::min<std::size_t>(before.size(), 80)), before.data(),
                static_cast<int>(std::min<std::size_t>(after.size(), 80)), after.data());
    return Outcome::kNotAsPredicted;
  }

  Files files_;
  MemoryTree tree_;
  Session session_;
  std::vector<std::pair<RepoPath, Built>> built_;
  std::vector<Candidate> fields_;
};

int Run(std::size_t count, std::uint64_t seed, char** roots) {
  std::vector<std::unique_ptr<Experiment>> experiments;
  std::size_t scalars = 0;
  for (; *roots != nullptr; ++roots) {
    if (!std::filesystem::is_directory(*roots))
      return std::printf("provenance: skipped: no %s\n", *roots), 77;
    experiments.push_back(std::make_unique<Experiment>(*roots));
    scalars += experiments.back()->scalars();
  }
  std::printf("provenance: seed %lu, %zu scalars of built objects\n", static_cast<unsigned long>(seed),
              scalars);
  if (scalars == 0) return 1;
  std::mt19937_64 random(seed);
  std::size_t predicted = 0, wrong = 0, nothing = 0;
  while (predicted + wrong < count && nothing < 10 * count) {
    std::size_t number = random() % scalars;
    std::size_t which = 0;
    while (number >= experiments[which]->scalars()) number -= experiments[which++]->scalars();
    switch (experiments[which]->Try(number)) {
      case Outcome::kAsPredicted:
        ++predicted;
        break;
      case Outcome::kNotAsPredicted:
        ++wrong;
        break;
      case Outcome::kTellsNothing:
        ++nothing;
        break;
    }
  }
  std::printf(
      "%zu of %zu as predicted; %zu more could not be tried, since nothing is built after the change\n",
      predicted, predicted + wrong, nothing);
  return predicted * 100 >= (predicted + wrong) * 99 ? 0 : 1;
}

}  // namespace
}  // namespace sluice::manifests::render

int main(int count, char** arguments) {
  if (count < 4) return std::fprintf(stderr, "usage: provenance COUNT SEED ROOT...\n"), 2;
  return sluice::manifests::render::Run(std::strtoul(arguments[1], nullptr, 10),
                                        std::strtoull(arguments[2], nullptr, 10), arguments + 3);
}
