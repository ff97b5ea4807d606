// A bundle of schemas from outside: whatever its tables say, opening it and
// checking an object against each of its kinds must stay inside of its bytes
// and within the walker's limits (fewer steps here, for more executions). Size and checksum are made good
// first, so that the tables are reached. Seeds: `sluice schemas import` of any CRD.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "manifests/object.h"
#include "schemas/bundle.h"
#include "schemas/tables.h"
#include "schemas/walk.h"

namespace sluice::schemas {
namespace {

constexpr const char* kObject =
    "apiVersion: g/v1\nkind: K\nmetadata: {name: a, labels: {a: b}}\nspec: {a: z, b: e, l: [{n: a}, {n: a}, "
    "null], s: [a, a], "
    "m: {x: 1}, o: {p: q}, r: {next: {next: {v: 0}}, v: 5}, f: 1.5, t: true, n: null}\nzz: [1, [2, {a: "
    "3}]]\n";

struct Fixture {
  std::unique_ptr<SchemaTables> built_in = SchemaTables::BuiltIn();
  manifests::ParsedFile file = manifests::Parse("a.yaml", kObject, Limits());
  manifests::ObjectList list = manifests::Objects(file, Limits());
};

std::string WithGoodHeader(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (size < sizeof(BundleHeader)) return bytes;
  const auto total = static_cast<std::uint32_t>(size);
  const std::uint64_t sum = Checksum(std::string_view(bytes).substr(sizeof(BundleHeader)));
  std::memcpy(bytes.data() + offsetof(BundleHeader, size), &total, sizeof total);
  std::memcpy(bytes.data() + offsetof(BundleHeader, checksum), &sum, sizeof sum);
  return bytes;
}

void CheckAll(const Fixture& fixture, const SchemaTables& tables) {
  for (const KindRow& kind : tables.bundle.kinds) {
    for (std::size_t minor = 0; minor < tables.bundle.minors.size() && minor < 2; ++minor) {
      Findings findings;
      const std::uint32_t root = tables.bundle.Root(kind, minor);
      if (root == kNone) continue;
      Walker(*fixture.built_in, fixture.list.objects.front(), findings, 20'000).Check(tables, root);
      if (findings.size() > Walker::kMaxFindings + 1) __builtin_trap();
    }
  }
}

}  // namespace
}  // namespace sluice::schemas

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const sluice::schemas::Fixture fixture;
  auto tables = sluice::schemas::SchemaTables::FromBytes(sluice::schemas::WithGoodHeader(data, size));
  if (tables) sluice::schemas::CheckAll(fixture, **tables);
  return 0;
}
