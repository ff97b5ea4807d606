#include "manifests/render/generator_pairs.h"

#include <fmt/core.h>

#include <algorithm>

#include "manifests/utf8.h"

namespace sluice::manifests::render {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
// kustomize's reader of env files ends at a longer line and drops the rest.
constexpr std::size_t kEnvLine = 64 * 1024 - 1;

// unicode.IsSpace
bool IsSpace(char32_t c) {
  return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

// kustomize hands an entry on as YAML, whose reader refuses these, and makes a
// blank of U+0085.
bool IsPrintable(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = DecodeUtf8(text, at);
    const bool control = point.value >= 0x7f && point.value <= 0x9f;
    if (point.size == 0 || control || point.value == 0xfffe || point.value == 0xffff) return false;
    at += point.size;
  }
  return true;
}

std::string_view WithoutQuotes(std::string_view text) {
  const bool quoted =
      text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// path.Base of Go
std::string_view BaseName(std::string_view path) {
  if (path.empty()) return ".";
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path == "/" ? path : path.substr(path.rfind('/') + 1);
}

class PairReader {
 public:
  PairReader(const ReadGeneratorFile& read, std::vector<RenderProblem>& problems)
      : read_(read), problems_(problems) {}

  std::vector<GeneratorPair> Read(const Node& entry) {
    EachText(entry, "envs", [&](const Node& source) { EnvFile(source); });
    const Node* const env = entry.Find("env");
    if (env != nullptr && env->IsString() && !env->text.empty()) EnvFile(*env);
    EachText(entry, "literals", [&](const Node& source) { Literal(source); });
    EachText(entry, "files", [&](const Node& source) { File(source); });
    return std::move(pairs_);
  }

 private:
  void Fail(Range place, std::string message) { problems_.push_back({std::move(message), place}); }

  template <class Use>
  void EachText(const Node& entry, std::string_view field, const Use& use) {
    const Node* const list = entry.Find(field);
    if (list == nullptr || list->kind == NodeKind::kNull) return;
    if (list->kind != NodeKind::kSequence) return Fail(list->range, fmt::format("{} is not a list", field));
    for (const Node& source : list->children) {
      if (!source.IsString()) {
        Fail(source.range, fmt::format("an entry of {} is not a text; put it in quotes", field));
      } else {
        use(source);
      }
    }
  }

  // The text itself is not shown: it may be that of a Secret.
  void Literal(const Node& source) {
    const std::size_t equals = source.text.find('=');
    if (equals == 0 || equals == source.text.npos)
      return Fail(source.range, "invalid literal source, expected key=value");
    if (!IsPrintable(source.text)) return Fail(source.range, "control characters are not allowed");
    pairs_.push_back({source.text.substr(0, equals), WithoutQuotes(source.text.substr(equals + 1)),
                      source.range, source.range});
  }

  void File(const Node& source) {
    const std::string_view text = source.text;
    const std::size_t equals = text.find('=');
    if (equals != text.rfind('='))
      return Fail(source.range, fmt::format("source \"{}\" key name or file path contains '='", text));
    if (equals == 0) return Fail(source.range, fmt::format("missing key name in source \"{}\"", text));
    if (equals == text.size() - 1 && !text.empty())
      return Fail(source.range, fmt::format("missing file path in source \"{}\"", text));
    const bool named = equals != text.npos;
    const std::string_view path = named ? text.substr(equals + 1) : text;
    const SourceFile* const file = Load(source, path);
    if (file == nullptr) return;
    const Range start{{file->first + 1, 1}, {file->first + 1, 1}};
    pairs_.push_back(
        {named ? text.substr(0, equals) : BaseName(path), *file->parsed.bytes, source.range, start});
  }

  const SourceFile* Load(const Node& source, std::string_view path) {
    const auto file = read_(path);
    if (file) return file->get();
    Fail(source.range, file.error().message);
    return nullptr;
  }

  void EnvFile(const Node& source) {
    const SourceFile* const file = Load(source, source.text);
    if (file == nullptr) return;
    std::string_view rest = *file->parsed.bytes;
    for (std::uint32_t line = file->first + 1; !rest.empty(); ++line) {
      std::string_view text = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(text.size() + 1, rest.size()));
      if (!EnvLine(text, line, line == file->first + 1)) return;
    }
  }

  bool EnvLine(std::string_view text, std::uint32_t line, bool first) {
    const Range whole{{line, 1}, {line, 1}};
    if (text.size() > kEnvLine) {
      Fail(whole, fmt::format("a line of an env file is longer than {} bytes", kEnvLine));
      return false;
    }
    if (!IsUtf8(text)) {
      Fail(whole, "the line has invalid UTF-8 bytes");
      return false;
    }
    const std::string_view written = text;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (first && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    while (!text.empty()) {
      const CodePoint point = DecodeUtf8(text, 0);
      if (!IsSpace(point.value)) break;
      text.remove_prefix(point.size);
    }
    if (!text.empty() && text.front() != '#') EnvPair(text, written, line);
    return true;
  }

  // A name without a value gets an empty one: kustomize no longer asks its
  // environment. A value without a name is passed over.
  void EnvPair(std::string_view text, std::string_view written, std::uint32_t line) {
    const std::string_view key = text.substr(0, text.find('='));
    const std::string_view value = text.substr(std::min(key.size() + 1, text.size()));
    if (key.empty()) return;
    const auto place = [&](std::string_view part) {
      const std::string_view before =
          written.substr(0, static_cast<std::size_t>(part.data() - written.data()));
      const std::uint32_t column = CountCodePoints(before) + 1;
      return Range{{line, column}, {line, column + CountCodePoints(part)}};
    };
    pairs_.push_back({key, value, place(key), place(value)});
  }

  const ReadGeneratorFile& read_;
  std::vector<RenderProblem>& problems_;
  std::vector<GeneratorPair> pairs_;
};

}  // namespace

std::vector<GeneratorPair> ReadPairs(const Node& entry, const ReadGeneratorFile& read,
                                     std::vector<RenderProblem>& problems) {
  return PairReader(read, problems).Read(entry);
}

}  // namespace sluice::manifests::render
