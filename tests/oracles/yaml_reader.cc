// The peer of the YAML oracles: says, file after file, how we read it. On
// standard input and output each message is a length of four bytes, the most
// significant first, then that many bytes. A request is a file; the answer is
//   {"rejected":[{"rule":"yaml/tag","line":3},…]}   where a finding is an error, or
//   {"objects":[…]}   the canonical JSON of each document that is not null.
#include <fmt/core.h>

#include <cstdint>
#include <cstdio>
#include <string>

#include "manifests/document.h"
#include "manifests/object.h"

namespace sluice::manifests {
namespace {

constexpr std::uint32_t kMostBytes = 64u << 20;

bool ReadMessage(std::string& message) {
  unsigned char head[4];
  if (std::fread(head, 1, sizeof head, stdin) != sizeof head) return false;
  const std::uint32_t size =
      std::uint32_t{head[0]} << 24 | std::uint32_t{head[1]} << 16 | std::uint32_t{head[2]} << 8 | head[3];
  if (size > kMostBytes) return false;
  message.resize(size);
  return std::fread(message.data(), 1, size, stdin) == size;
}

bool WriteMessage(const std::string& message) {
  const auto size = static_cast<std::uint32_t>(message.size());
  const unsigned char head[4] = {static_cast<unsigned char>(size >> 24),
                                 static_cast<unsigned char>(size >> 16),
                                 static_cast<unsigned char>(size >> 8), static_cast<unsigned char>(size)};
  return std::fwrite(head, 1, sizeof head, stdout) == sizeof head &&
         std::fwrite(message.data(), 1, size, stdout) == size && std::fflush(stdout) == 0;
}

std::string Rejection(const Findings& findings) {
  std::string list;
  for (const Finding& finding : findings) {
    if (finding.severity != Severity::kError) continue;
    list += fmt::format(R"({}{{"rule":"{}","line":{}}})", list.empty() ? "" : ",", finding.rule,
                        finding.range.begin.line);
  }
  return list.empty() ? list : fmt::format(R"({{"rejected":[{}]}})", list);
}

std::string Answer(std::string bytes) {
  const ParsedFile file = Parse("file.yaml", std::move(bytes), Limits());
  std::string answer = Rejection(file.findings);
  if (!answer.empty()) return answer;
  answer = R"({"objects":[)";
  for (const Document& document : file.documents) {
    if (document.root->kind == NodeKind::kNull) continue;
    if (answer.back() != '[') answer += ',';
    CanonicalJson(*document.root, answer);
  }
  return answer + "]}";
}

int Serve() {
  for (std::string message; ReadMessage(message);) {
    if (!WriteMessage(Answer(std::move(message)))) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace sluice::manifests

int main() { return sluice::manifests::Serve(); }
