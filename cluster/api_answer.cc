// What comes with an answer of the API server, and how its text is read.
#include <algorithm>
#include <charconv>

#include "cluster/api_client.h"
#include "manifests/utf8.h"

namespace sluice::cluster {
namespace {

constexpr std::size_t kMaxWarnings = 64;
constexpr std::size_t kMaxWarning = 4096;
constexpr std::size_t kMaxMessage = 500;

bool IsPlainByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

// At most `limit` bytes, cut between two code points; no control characters.
std::string Bounded(std::string_view text, std::size_t limit) {
  if (!manifests::IsUtf8(text)) return "(no UTF-8)";
  std::size_t end = std::min(text.size(), limit);
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  std::string bounded(text.substr(0, end));
  std::replace_if(
      bounded.begin(), bounded.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; },
      ' ');
  return bounded;
}

void SkipWhite(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
}

// Up to the next space, which must be there.
bool TakeWord(std::string_view& rest, std::string_view& word) {
  const std::size_t space = rest.find(' ');
  if (space == rest.npos || space == 0) return false;
  word = rest.substr(0, space);
  rest.remove_prefix(space + 1);
  return true;
}

// "…" with \" and \\ in it.
bool TakeQuoted(std::string_view& rest, std::string& text) {
  if (!rest.starts_with('"')) return false;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return true;
    }
    if (rest[i] == '\\' && ++i == rest.size()) return false;
    text += rest[i];
  }
  return false;
}

// code SP agent SP quoted-text [SP quoted-date]
bool TakeWarning(std::string_view& rest, std::string_view& code, std::string& text) {
  std::string_view agent;
  std::string date;
  if (!TakeWord(rest, code) || !TakeWord(rest, agent) || !TakeQuoted(rest, text)) return false;
  SkipWhite(rest);
  if (rest.starts_with('"') && !TakeQuoted(rest, date)) return false;
  SkipWhite(rest);
  return rest.empty() || rest.starts_with(',');
}

}  // namespace

std::vector<std::string> ParseWarnings(const net::Headers& headers) {
  std::vector<std::string> warnings;
  for (const net::Header& header : headers) {
    if (!net::SameName(header.name, "Warning")) continue;
    for (std::string_view rest = header.value; !rest.empty() && warnings.size() < kMaxWarnings;) {
      std::string_view code;
      std::string text;
      if (!TakeWarning(rest, code, text)) break;
      if (code == "299") warnings.push_back(Bounded(text, kMaxWarning));
      if (!rest.empty()) rest.remove_prefix(1);
      SkipWhite(rest);
    }
  }
  return warnings;
}

std::string PathSegment(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string segment;
  const bool only_dots = text.find_first_not_of('.') == text.npos;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (IsPlainByte(c) || (c == '.' && !only_dots)) {
      segment += c;
    } else {
      segment += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return segment;
}

Result<manifests::ParsedFile> ReadJsonAnswer(ApiAnswer answer) {
  if (answer.failure || answer.status != 200) return Failed(Trouble(answer));
  const std::size_t first = answer.body.find_first_not_of(" \t\r\n");
  if (first == answer.body.npos || answer.body[first] != '{')
    return Failed("the API server answered with something else than a JSON object");
  Limits limits;
  limits.file_bytes = answer.body.size() + 1;  // bounded when it was received
  limits.expansion_nodes = 5'000'000;
  manifests::ParsedFile file = manifests::Parse("the API server's answer", std::move(answer.body), limits);
  if (!file.Readable() || file.documents.size() != 1) {
    const std::string why = file.findings.empty() ? "" : ": " + file.findings.front().message;
    return Failed("the API server's answer cannot be read as JSON" + why);
  }
  return file;
}

std::string Trouble(const ApiAnswer& answer) {
  if (answer.failure) return answer.failure.message;
  const std::string words = "the API server answered " + std::to_string(answer.status);
  ApiAnswer copy{.status = 200, .body = answer.body};
  if (answer.status == 200) return words;
  const Result<manifests::ParsedFile> file = ReadJsonAnswer(std::move(copy));
  const manifests::Node* message = file ? file->documents[0].root->Find("message") : nullptr;
  if (!message || message->String().empty()) return words;
  return words + ": " + Bounded(message->String(), kMaxMessage);
}

}  // namespace sluice::cluster
