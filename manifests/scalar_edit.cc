// What stands at the place is compared byte for byte with what is expected, in one of
// three plain spellings, so that no guess is ever overwritten; what is written is read
// again on its own before it is taken. Tested by tests/manifests/scalar_edit_test.cc.
#include "manifests/scalar_edit.h"

#include <algorithm>

#include "manifests/object.h"

namespace sluice::manifests {
namespace {

constexpr std::size_t kMostBytes = 1024;

// Where a position is; npos where the file is shorter. Columns count code points.
std::size_t OffsetOf(std::string_view file, Position position) {
  std::size_t at = 0;
  for (std::uint32_t line = 1; line < position.line; ++line) {
    at = file.find('\n', at);
    if (at == file.npos) return file.npos;
    ++at;
  }
  for (std::uint32_t column = 1; column < position.column; ++column) {
    if (at >= file.size() || file[at] == '\n') return file.npos;
    ++at;
    while (at < file.size() && (static_cast<unsigned char>(file[at]) & 0xc0u) == 0x80u) ++at;
  }
  return at;
}

// Letters, digits and what names and versions of images and charts have.
bool IsBare(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._/@:+-").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

// Between quotes of either kind it stands for itself.
bool IsPlain(std::string_view text) {
  return !text.empty() && text.size() <= kMostBytes &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return c >= 0x20 && c < 0x7f && c != '"' && c != '\'' && c != '\\';
         });
}

bool ReadsAs(const std::string& written, const Node& becomes) {
  const ParsedFile file = Parse("scalar.yaml", "a: {b: " + written + "}\nc: " + written + "\n", Limits());
  if (!file.Readable() || file.documents.size() != 1) return false;
  const Node* const a = file.documents[0].root->Find("a");
  const Node* const flow = a == nullptr ? nullptr : a->Find("b");
  const Node* const block = file.documents[0].root->Find("c");
  for (const Node* node : {flow, block}) {
    if (node == nullptr || node->kind != becomes.kind) return false;
    std::string one, other;
    CanonicalJson(*node, one);
    CanonicalJson(becomes, other);
    if (one != other) return false;
  }
  return true;
}

// `quote`: that stands there now; 0: none.
Result<std::string> Written(const Node& becomes, char quote) {
  const bool number = becomes.kind == NodeKind::kInteger || becomes.kind == NodeKind::kFloat;
  if (number) {
    std::string text;
    CanonicalJson(becomes, text);
    if (ReadsAs(text, becomes)) return text;
  }
  if (!becomes.IsString() || !IsPlain(becomes.text)) return Usage("what it would become is not plain text");
  const std::string text(becomes.text);
  if (quote != 0) return quote + text + quote;
  if (IsBare(text) && ReadsAs(text, becomes)) return text;
  const std::string quoted = '"' + text + '"';
  if (!ReadsAs(quoted, becomes)) return Usage("what it would become is not plain text");
  return quoted;
}

}  // namespace

Result<ScalarEdit> EditScalar(std::string_view file, const Range& range, std::string_view was,
                              const Node& becomes) {
  const std::size_t begin = OffsetOf(file, range.begin), end = OffsetOf(file, range.end);
  if (begin == file.npos || end == file.npos || end <= begin) return Usage("it has no text of its own");
  std::string_view text = file.substr(begin, end - begin);
  const char quote = text.front() == '"' || text.front() == '\'' ? text.front() : '\0';
  if (quote != 0) {
    if (text.size() < 2 || text.back() != quote) return Usage("it is not written on one line");
    text = text.substr(1, text.size() - 2);
  }
  if (text != was || !IsPlain(was)) return Usage("what stands there is not the value itself");
  const Result<std::string> written = Written(becomes, quote);
  if (!written) return written.error();
  return ScalarEdit{begin, end - begin, *written};
}

Result<std::string> WithEdits(std::string_view file, std::vector<ScalarEdit> edits) {
  std::sort(edits.begin(), edits.end(),
            [](const ScalarEdit& a, const ScalarEdit& b) { return a.offset < b.offset; });
  edits.erase(std::unique(edits.begin(), edits.end()), edits.end());
  std::string out;
  std::size_t at = 0;
  for (const ScalarEdit& edit : edits) {
    if (edit.offset < at || edit.offset + edit.length > file.size())
      return Usage("two values would be written to one place");
    out.append(file.substr(at, edit.offset - at)).append(edit.bytes);
    at = edit.offset + edit.length;
  }
  return out.append(file.substr(at));
}

}  // namespace sluice::manifests
