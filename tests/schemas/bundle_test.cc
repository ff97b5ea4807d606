// Bundles open where they are whole, and never where they are not.
#include "schemas/bundle.h"

#include <cstring>
#include <random>

#include "schemas/schema_text.h"
#include "schemas/tables.h"
#include "schemas/walk.h"
#include "tests/catch.h"

namespace sluice::schemas {
namespace {

std::string SmallBundle() {
  Result<SchemaGraph> graph = ReadSchemaText(
      "minors *\ndef r * {next:@r,v:int(min=1)}\nkind g/v1 K * cluster plural=ks short=k "
      "{a!:str(enum=[\"x\",\"y\"]),b=\"d\":str(pattern=\"^d\"),"
      "l:[{n:str,p=\"q\":str}]map(n,p),s:[str]set,m:{<int>},o:{...},r:@r,metadata:meta}(any=[~{b:~(len=1-)}("
      "need=[a]),~(need=[r])])\n",
      "f");
  graph->kinds.front().origin = Origin::kImported;
  Minimize(*graph);
  Result<std::string> bytes = WriteBundle(*graph);
  return *bytes;
}

void SetChecksum(std::string& bytes) {
  const std::uint64_t sum = Checksum(std::string_view(bytes).substr(sizeof(BundleHeader)));
  std::memcpy(bytes.data() + offsetof(BundleHeader, checksum), &sum, sizeof sum);
}

}  // namespace

TEST_CASE("a bundle opens and finds its kinds, members and values") {
  const std::string bytes = SmallBundle();
  const Result<Bundle> bundle = Bundle::Open(bytes, BundleTrust::kOutside);
  REQUIRE(bundle);
  const KindRow* const kind = bundle->FindKind("g", "v1", "K");
  REQUIRE(kind != nullptr);
  CHECK(bundle->Text(kind->plural) == "ks");
  CHECK(bundle->FindKind("g", "v1", "k") == nullptr);
  CHECK(bundle->FindKind("", "v1", "K") == nullptr);
  const NodeRow& root = bundle->nodes[bundle->Root(*kind, 0)];
  const SlotRow* const slot = bundle->FindSlot(root, manifests::HashKey("b"), "b");
  REQUIRE(slot != nullptr);
  CHECK(slot->HasFallback());
  CHECK(bundle->Text(bundle->values[slot->Fallback()].text) == "d");
  CHECK(bundle->FindSlot(root, manifests::HashKey("z"), "z") == nullptr);
  CHECK(root.required_count == 1);
}

TEST_CASE("a cut bundle does not open, wherever it is cut") {
  const std::string bytes = SmallBundle();
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    CAPTURE(size);
    CHECK_FALSE(Bundle::Open(std::string_view(bytes).substr(0, size), BundleTrust::kOutside));
  }
}

TEST_CASE("a bundle with a changed byte does not open") {
  const std::string bytes = SmallBundle();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    const bool padding = at >= offsetof(BundleHeader, object_meta) && at < offsetof(BundleHeader, tables);
    if (!padding && Bundle::Open(changed, BundleTrust::kOutside)) {
      // The header alone is outside of the checksum; what opens must still be safe to walk.
      CHECK(at < sizeof(BundleHeader));
    }
  }
}

TEST_CASE("a hostile bundle with a good checksum never leads outside") {
  const std::string bytes = SmallBundle();
  const manifests::ParsedFile file =
      manifests::Parse("a.yaml",
                       "apiVersion: g/v1\nkind: K\nmetadata: {name: a}\na: z\nb: e\nl: [{n: a}, {n: a}, "
                       "null]\ns: [a, a]\nm: {x: 1}\n"
                       "o: {p: q}\nr: {next: {next: {v: 0}}, v: 5}\nzz: 1\n",
                       Limits());
  const manifests::ObjectList list = manifests::Objects(file, Limits());
  REQUIRE(list.objects.size() == 1);
  const auto built_in = SchemaTables::BuiltIn();
  std::mt19937 random(7);
  std::size_t opened = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string changed = bytes;
    for (int i = 0; i < 3; ++i) {
      const std::size_t at = sizeof(BundleHeader) + random() % (changed.size() - sizeof(BundleHeader));
      changed[at] = static_cast<char>(random() % 3 == 0 ? random() : random() % 4);
    }
    SetChecksum(changed);
    auto tables = SchemaTables::FromBytes(std::move(changed));
    if (!tables) continue;
    ++opened;
    for (const KindRow& kind : (*tables)->bundle.kinds) {
      Findings findings;
      const std::uint32_t root = (*tables)->bundle.Root(kind, 0);
      if (root != kNone) Walker(*built_in, list.objects.front(), findings, 20'000).Check(**tables, root);
      CHECK(findings.size() <= Walker::kMaxFindings + 1);
    }
  }
  CHECK(opened > 1000);
}

// Found by bundle_fuzz: a place among the required names past the 64 bits.
TEST_CASE("a member that is required beyond count does not open") {
  std::string bytes = SmallBundle();
  BundleHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  for (std::uint32_t i = 0; i < header.tables[kSlots].count; ++i) {
    SlotRow slot;
    char* const at = bytes.data() + header.tables[kSlots].offset + i * sizeof slot;
    std::memcpy(&slot, at, sizeof slot);
    slot.marks = (slot.marks & ~0xffu) | 65;
    std::memcpy(at, &slot, sizeof slot);
  }
  SetChecksum(bytes);
  CHECK_FALSE(Bundle::Open(bytes, BundleTrust::kOutside));
}

TEST_CASE("the built-in bundle is whole") {
  const Bundle& built_in = BuiltInBundle();
  CHECK(built_in.minors.size() == 6);
  CHECK(built_in.kinds.size() > 2100);
  CHECK(built_in.object_meta != kNone);
}

}  // namespace sluice::schemas
