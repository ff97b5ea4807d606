// The peer of the shape differential: says, object after object, what our check
// finds. Its argument is the Kubernetes minor (default 1.34). On standard input
// and output each message is a length of four bytes, the most significant first,
// then that many bytes. A request is one document; the answer is
//   {"findings":[{"rule":"schema/unknown-field","field":"spec.x","message":"…"},…]}
#include <fmt/core.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include "manifests/object.h"
#include "schemas/catalog.h"
#include "schemas/json_text.h"

namespace sluice::schemas {
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

void Append(const Findings& findings, std::string& list) {
  for (const Finding& finding : findings) {
    if (finding.severity != Severity::kError) continue;
    list += fmt::format(R"({}{{"rule":{},"field":{},"message":{}}})", list.empty() ? "" : ",",
                        QuoteJson(finding.rule), QuoteJson(finding.field), QuoteJson(finding.message));
  }
}

std::string Answer(const Catalog& catalog, std::string bytes) {
  const Limits limits;
  const manifests::ParsedFile file = manifests::Parse("object.json", std::move(bytes), limits);
  std::string list;
  Append(file.findings, list);
  if (file.Readable()) {
    const manifests::ObjectList objects = manifests::Objects(file, limits);
    Append(objects.findings, list);
    for (const manifests::Object& object : objects.objects) Append(CheckShape(catalog, object), list);
  }
  return fmt::format(R"({{"findings":[{}]}})", list);
}

int Serve(const char* minor) {
  const Result<Catalog> catalog = Catalog::BuiltIn({minor});
  if (!catalog) {
    std::fprintf(stderr, "shape_checker: %s\n", catalog.error().message.c_str());
    return 2;
  }
  for (std::string message; ReadMessage(message);) {
    if (!WriteMessage(Answer(*catalog, std::move(message)))) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace sluice::schemas

int main(int argc, char** argv) { return sluice::schemas::Serve(argc > 1 ? argv[1] : "1.34"); }
