// Kubernetes as judge: kubectl on the files of corpora/yaml-differential, and
// what sigs.k8s.io/yaml made of the snippets of corpora/yaml-edge. We read the
// same, or we refuse.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>

#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests {
namespace {

std::filesystem::path Corpora() {
  const char* shared = std::getenv("SLUICE_SHARED");
  return std::filesystem::path(shared != nullptr ? shared : SLUICE_SOURCE_DIR "/../shared") / "corpora";
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// What kubectl makes of a file with the label sluice=x on each object; false
// where it refuses the file or part of it.
bool AskKubectl(const std::filesystem::path& path, std::string& json) {
  const std::string command =
      "timeout 20 kubectl label --local -f '" + path.string() + "' sluice=x -o json 2>/dev/null";
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return false;
  std::array<char, 4096> block;
  for (std::size_t size; (size = std::fread(block.data(), 1, block.size(), pipe)) > 0;)
    json.append(block.data(), size);
  return pclose(pipe) == 0;
}

// Canonical JSON of an object without the label that kubectl added, or would have.
std::string WithoutLabel(const Node& root) {
  std::string json;
  CanonicalJson(root, json);
  for (const std::string_view added : {R"("labels":{"sluice":"x"},)", R"(,"labels":{"sluice":"x"})",
                                       R"("labels":{"sluice":"x"})", R"(,"sluice":"x")"}) {
    const std::size_t at = json.find(added);
    if (at != std::string::npos) return json.erase(at, added.size());
  }
  return json;
}

std::multiset<std::string> KubectlObjects(const std::string& json) {
  std::multiset<std::string> objects;
  if (json.empty()) return objects;
  const ParsedFile file = ParseText(json);
  REQUIRE(file.Readable());
  for (const Document& document : file.documents) objects.insert(WithoutLabel(*document.root));
  return objects;
}

bool Refused(const ParsedFile& file, const ObjectList& list) {
  const auto is_error = [](const Finding& finding) { return finding.severity == Severity::kError; };
  return std::ranges::any_of(file.findings, is_error) || std::ranges::any_of(list.findings, is_error);
}

// True where the file is refused; else it must be read as kubectl reads it.
bool CheckAgainstKubectl(const std::filesystem::path& path) {
  const ParsedFile file = Parse(path.filename(), ReadFile(path), Limits());
  const ObjectList list = Objects(file, Limits());
  if (Refused(file, list)) return true;
  std::string json;
  const bool taken = AskKubectl(path, json);
  if (list.shape == Shape::kOther) {
    CHECK_FALSE(taken);  // we say that there are no objects in it
    return false;
  }
  CHECK(taken);
  std::multiset<std::string> ours;
  for (const Object& object : list.objects) ours.insert(WithoutLabel(*object.root));
  CHECK(ours == KubectlObjects(json));
  return false;
}

TEST_CASE("files on which parsers disagree are read as kubectl reads them, or refused") {
  const auto folder = Corpora() / "yaml-differential";
  if (!std::filesystem::exists(folder) || std::system("kubectl version --client >/dev/null 2>&1") != 0) {
    std::cout << "skipped: needs " << folder << " and kubectl\n";
    return;
  }
  std::size_t files = 0;
  std::set<std::string> refused;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    CAPTURE(entry.path());
    ++files;
    if (CheckAgainstKubectl(entry.path())) refused.insert(entry.path().stem());
  }
  CHECK(files >= 41);
  // These are taken: refusing everything would be no reading.
  for (const char* taken :
       {"04merge", "07jsoncat", "09sepcomment", "10norway", "14bom", "24generate", "27anchorredef",
        "28question", "30emptydoc", "31nulldoc", "32nulldoc", "33commentdoc", "35anyitems"}) {
    CAPTURE(taken);
    CHECK_FALSE(refused.contains(taken));
  }
}

std::string DecodeBase64(const std::string& text) {
  const ParsedFile file = ParseText("v: !!binary " + text + "\n");
  if (file.Readable()) return std::string(file.documents.at(0).root->Find("v")->text);
  std::string bytes;  // not UTF-8: by hand
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto digit =
        std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/").find(c);
    if (digit == std::string_view::npos) break;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if ((count += 6) >= 8) bytes += static_cast<char>(bits >> (count -= 8) & 0xFF);
  }
  return bytes;
}

// The JSON of sigs.k8s.io/yaml in our canonical form.
std::string Canonical(std::string_view json) {
  const std::string reading = Reading("{\"v\":" + std::string(json) + "}");
  return reading.substr(5, reading.size() - 6);
}

// Refused, or equal to what Kubernetes reads.
bool CheckSnippet(const std::string& text, const Node& kubernetes, bool strict_is_merge) {
  const ParsedFile file = ParseText(text);
  if (!file.Readable()) return true;
  CHECK(kubernetes.Find("err") == nullptr);
  CHECK(kubernetes.Find("multierr") == nullptr);
  CHECK((kubernetes.Find("strict") == nullptr || strict_is_merge));
  const Node* docs = kubernetes.Find("docs");
  REQUIRE(docs != nullptr);
  CHECK(file.documents.size() == static_cast<std::size_t>(docs->value.integer));
  std::string first = "null";
  if (!file.documents.empty()) {
    first.clear();
    CanonicalJson(*file.documents[0].root, first);
  }
  const Node* json = kubernetes.Find("json");
  REQUIRE(json != nullptr);
  CHECK(first == Canonical(json->text));
  return false;
}

// Snippets that Kubernetes takes and we refuse, with the reason.
const std::map<std::string_view, std::string_view>& RefusedByDecision() {
  static const std::map<std::string_view, std::string_view> refused = {
      {"bom_second_doc", "byte order mark inside"},
      {"cr_only", "lone carriage returns"},
      {"doc_content", "text behind ---"},
      {"doc_scalar", "text behind ---"},
      {"dup_keys", "keys twice"},
      {"dup_keys_flow", "keys twice"},
      {"dup_quoted", "keys twice"},
      {"excl", "the tag !"},
      {"ls", "line separator"},
      {"merge_override_order", "merge key behind an explicit one"},
      {"nel", "next line"},
      {"set", "the tag !!set"},
      {"tag_custom", "unknown tag"},
      {"tagdir", "directive"},
      {"utf16le", "UTF-16"},
      {"yaml11", "directive"},
      {"blk_eof", "no line feed at the end"},
      {"flow_empty_val", "a brace, but no JSON"},
      {"flow_noquote_adj", "a brace, but no JSON"},
      {"flow_single", "a brace, but no JSON"},
  };
  return refused;
}

TEST_CASE("snippets of YAML are read as sigs.k8s.io/yaml reads them, or refused for a known reason") {
  const auto path = Corpora() / "yaml-edge" / "cases.json";
  if (!std::filesystem::exists(path)) {
    std::cout << "skipped: needs " << path << "\n";
    return;
  }
  const ParsedFile cases = ParseText("{\"cases\":" + ReadFile(path) + "}");
  REQUIRE(cases.Readable());
  const auto list = cases.documents.at(0).root->Find("cases")->children;
  CHECK(list.size() >= 174);
  for (const Node& item : list) {
    const std::string name(item.Find("name")->String());
    const Node& kubernetes = *item.Find("kubernetes");
    CAPTURE(name);
    const bool merge = name.starts_with("merge");
    const bool refused =
        CheckSnippet(DecodeBase64(std::string(item.Find("input_base64")->String())), kubernetes, merge);
    const bool taken_there = kubernetes.Find("err") == nullptr && kubernetes.Find("multierr") == nullptr;
    if (refused && taken_there) CHECK(RefusedByDecision().contains(name));
  }
}

}  // namespace
}  // namespace sluice::manifests
