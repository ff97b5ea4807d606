// Holds the two readers of YAML against each other: whatever the reader of the
// plain subset takes, libyaml and the composer must read as the same nodes in
// the same places, without a finding. Texts are pieces of real files and of the
// seeds below, mutated where YAML is touchy: indicators, blanks, line ends.
//
//   plain_yaml_differential COUNT SEED [FILE_OR_DIRECTORY...]
//
// Prints what share of the texts the subset took; a difference is printed with
// its text and ends the run with exit code 1.
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "manifests/arena.h"
#include "manifests/byte_scan.h"
#include "manifests/compose.h"
#include "manifests/plain_yaml.h"

namespace {

using namespace sluice::manifests;

constexpr std::size_t kLongestText = 1500;

constexpr const char* kSeeds[] = {
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: {app: web, tier: \"x\"}\ndata:\n  a: "
    "|\n    one\n\n"
    "      two\n  b: >-\n    x y\n    z\n\n    w\n  c: 'it''s'\n  d: \"a\\tb\\\"c\\\\\"\n",
    "- a\n- - b\n  - c: 1\n    d: [1, 2.0, x y, {k: v}]\n-\n  e:\n  - 1\n  -\n  f: ~\n- # note\n  g: 0x1F # "
    "end\n",
    "# top\n---\nspec:\n  list:\n  - name: a\n    value: \"1\"\n  - name: b\n    args: [\"-c\", \"x: y\", "
    "'it', -1]\n---\nb: {}\nc: []\n",
    "k: http://a.b/c#d\nt: 12:30:45\nyes: no\n1: two\n1.5: x\n~: y\n'q': 1\n\"w\": é ü\nü: {ä: ö, x: [é]}\n",
    "a:\n  b:\n    c: 1\n  d: -1\n  e: --flag\n  f: - x\ng: a#b\nh: a #b\ni:\n- |\n  text\n   more\n\n- >\n  "
    "folded\n  text\n",
    "a: b: c\nb:c\n? x\n: y\n&a b: *a\n!t c: d\n<<: x\n...\n%YAML\n\"a\nb\": c\n'd\n\n e'\nf: x\n  y\n\tz: "
    "1\n",
};

// What mutations put in; most of them mean something to YAML.
constexpr const char* kPieces[] = {
    "\n",
    "\n",
    " ",
    "  ",
    "    ",
    "\t",
    ":",
    ": ",
    ":\n",
    "- ",
    "-",
    "-\n",
    "#",
    " #",
    "|",
    "|\n",
    "|-\n",
    ">\n",
    ">-",
    "+",
    "\"",
    "'",
    "''",
    "\\",
    ",",
    ", ",
    "[",
    "]",
    "{",
    "}",
    "[]",
    "{}",
    "?",
    "? ",
    "!",
    "&a",
    "*a",
    "%",
    "@",
    "`",
    "~",
    "<<",
    "---",
    "---\n",
    "...",
    "\n---\n",
    "\n...\n",
    "null",
    "1",
    "0x",
    ".5",
    "1e3",
    "é",
    "\xE2\x80\xA8",
    "\xEF\xBB\xBF",
    "\r",
    "\r\n",
    "=",
    "x",
    "yes",
    "k: v\n",
    "- v\n",
    "\\n",
    "\\/",
    "\\x41",
    "a b",
};

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::size_t Below(std::size_t bound) {
    return bound == 0 ? 0 : static_cast<std::size_t>(engine_() % bound);
  }

 private:
  std::mt19937_64 engine_;
};

std::vector<std::string> Corpus(int count, char** arguments) {
  namespace fs = std::filesystem;
  std::vector<std::string> texts(std::begin(kSeeds), std::end(kSeeds));
  const auto take = [&](const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  };
  for (int i = 3; i < count; ++i) {
    if (fs::is_regular_file(arguments[i])) take(arguments[i]);
    if (!fs::is_directory(arguments[i])) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(arguments[i])) {
      const std::string extension = entry.path().extension();
      if (entry.is_regular_file() && (extension == ".yaml" || extension == ".yml")) take(entry.path());
    }
  }
  return texts;
}

// Some lines of a text, or all of a short one.
std::string Piece(const std::string& text, Random& random) {
  if (text.size() <= kLongestText && random.Below(2) == 0) return text;
  const std::size_t begin = text.rfind('\n', random.Below(text.size() + 1)) + 1;  // npos + 1 is 0
  const std::size_t line_end = text.find('\n', std::min(begin + random.Below(kLongestText), text.size()));
  return text.substr(begin, line_end == text.npos ? line_end : line_end + 1 - begin);
}

void Mutate(std::string& text, const std::vector<std::string>& corpus, Random& random) {
  const std::size_t at = random.Below(text.size() + 1);
  const std::string piece = kPieces[random.Below(std::size(kPieces))];
  switch (random.Below(7)) {
    case 0:
      text.erase(at, 1 + random.Below(3));
      return;
    case 1:
      text.replace(at, std::min<std::size_t>(text.size() - at, piece.size()), piece);
      return;
    case 2: {  // another indentation
      const std::size_t line = text.rfind('\n', at) + 1;
      if (random.Below(2) == 0)
        text.insert(line, 1 + random.Below(3), ' ');
      else if (line < text.size() && text[line] == ' ')
        text.erase(line, 1);
      return;
    }
    case 3: {  // a line twice
      const std::size_t line = text.rfind('\n', at) + 1;
      const std::size_t end = text.find('\n', line);
      if (end != text.npos) text.insert(line, text.substr(line, end + 1 - line));
      return;
    }
    case 4:
      text.insert(at, Piece(corpus[random.Below(corpus.size())], random).substr(0, 200));
      return;
    case 5:
      text.resize(at);
      return;
    default:
      text.insert(at, piece);
  }
}

bool SameValue(const Node& a, const Node& b) {
  switch (a.kind) {
    case NodeKind::kBool:
      return a.value.boolean == b.value.boolean;
    case NodeKind::kInteger:
      return a.value.integer == b.value.integer && a.is_unsigned == b.is_unsigned;
    case NodeKind::kFloat:
      return a.value.number == b.value.number;
    default:
      return true;
  }
}

bool Same(const Node& a, const Node& b) {
  if (a.kind != b.kind || a.style != b.style || a.aliased != b.aliased || a.key != b.key ||
      a.key_hash != b.key_hash || a.key_range != b.key_range || a.range != b.range || a.text != b.text ||
      !SameValue(a, b) || a.children.size() != b.children.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.children.size(); ++i) {
    if (!Same(a.children[i], b.children[i])) return false;
  }
  return true;
}

bool Same(const ParsedFile& a, const ParsedFile& b) {
  if (a.documents.size() != b.documents.size() || !b.findings.empty()) return false;
  for (std::size_t i = 0; i < a.documents.size(); ++i) {
    if (a.documents[i].range != b.documents[i].range || !Same(*a.documents[i].root, *b.documents[i].root))
      return false;
  }
  return true;
}

ParsedFile FileOf(const std::string& text) {
  ParsedFile file;
  file.path = "a.yaml";
  file.bytes = std::make_shared<const std::string>(text);
  file.arena = std::make_shared<Arena>(4 * text.size());
  return file;
}

void Describe(const Node& node, std::size_t depth) {
  std::fprintf(stderr, "%*skind %d style %d key '%.*s' %u:%u-%u:%u  %u:%u-%u:%u '%.*s'\n",
               static_cast<int>(2 * depth), "", static_cast<int>(node.kind), static_cast<int>(node.style),
               static_cast<int>(node.key.size()), node.key.data(), node.key_range.begin.line,
               node.key_range.begin.column, node.key_range.end.line, node.key_range.end.column,
               node.range.begin.line, node.range.begin.column, node.range.end.line, node.range.end.column,
               static_cast<int>(node.text.size()), node.text.data());
  for (const Node& child : node.children) Describe(child, depth + 1);
}

void Describe(const char* title, const ParsedFile& file) {
  std::fprintf(stderr, "-- %s: %zu documents\n", title, file.documents.size());
  for (const sluice::Finding& finding : file.findings)
    std::fprintf(stderr, "%s: %s\n", finding.rule.c_str(), finding.message.c_str());
  for (const Document& document : file.documents) Describe(*document.root, 0);
}

// True where the subset took the text; nothing where both readers differ.
std::optional<bool> Compare(const std::string& text) {
  const sluice::Limits limits;
  const ByteScan scan = ScanBytes(text, limits.push_objects);
  if (scan.problem || scan.separator || LooksLikeJson(text)) return false;
  ParsedFile plain = FileOf(text);
  if (!ReadPlainYaml(scan, limits, plain)) return false;
  ParsedFile composed = FileOf(text);
  ComposeYaml(scan, limits, composed);
  if (Same(plain, composed)) return true;
  std::fprintf(stderr, "the readers differ on this text:\n%s\n", text.c_str());
  Describe("plain", plain);
  Describe("libyaml", composed);
  return std::nullopt;
}

}  // namespace

int main(int count, char** arguments) {
  const std::uint64_t runs = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 20000;
  const std::uint64_t seed = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1;
  const std::vector<std::string> corpus = Corpus(count, arguments);
  std::uint64_t taken = 0;
  for (const std::string& text : corpus) {
    const std::optional<bool> same = Compare(text);
    if (!same) return 1;
    taken += *same;
  }
  std::printf("seed %llu: %zu whole files, %llu in the subset\n", static_cast<unsigned long long>(seed),
              corpus.size(), static_cast<unsigned long long>(taken));
  Random random(seed);
  taken = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    std::string text = Piece(corpus[random.Below(corpus.size())], random);
    for (std::size_t mutations = random.Below(4); mutations > 0; --mutations) Mutate(text, corpus, random);
    const std::optional<bool> same = Compare(text);
    if (!same) return 1;
    taken += *same;
  }
  std::printf("%llu mutated texts, %llu in the subset, no difference\n",
              static_cast<unsigned long long>(runs), static_cast<unsigned long long>(taken));
}
