#include "schemas/bundle.h"

#include <string>
#include <type_traits>

#include "manifests/document.h"

// Opening. Invariant after Open(…, kOutside): every row's numbers lie inside
// their tables, hash tables have an empty slot, strings lie inside `text`; so a
// check needs no bounds of its own but depth and steps (walk.h), because nodes
// may still form cycles. Test: bundle_test.cc, tests/fuzz/bundle_fuzz.cc.

namespace sluice::schemas {
namespace {

constexpr std::array<char, 8> kMagic{'S', 'L', 'U', 'I', 'C', 'E', 'S', 'B'};
constexpr std::array<std::size_t, kTableCount> kRowBytes{sizeof(NodeRow),
                                                         sizeof(SlotRow),
                                                         4,
                                                         4,
                                                         sizeof(ExtraRow),
                                                         sizeof(ValueRow),
                                                         4,
                                                         sizeof(KindRow),
                                                         4,
                                                         sizeof(LifecycleRow),
                                                         4,
                                                         4,
                                                         4,
                                                         1};

Error BadBundle(const char* what) {
  return Error{ErrorKind::kFailed, std::string("the schema bundle is damaged: ") + what, {}, {}};
}

template <class Row>
std::span<const Row> TableOf(std::string_view bytes, const BundleHeader& header, Table table) {
  static_assert(std::is_trivially_copyable_v<Row>);
  const TablePlace place = header.tables[table];
  return {reinterpret_cast<const Row*>(bytes.data() + place.offset), place.count};
}

const char* HeaderFault(std::string_view bytes, const BundleHeader& header) {
  if (header.magic != kMagic) return "it is none";
  if (header.version != kBundleVersion) return "it is of another version";
  if (header.size != bytes.size()) return "its size is wrong";
  for (std::size_t i = 0; i < kTableCount; ++i) {
    const TablePlace place = header.tables[i];
    const std::uint64_t end = place.offset + std::uint64_t{place.count} * kRowBytes[i];
    if (place.offset % 8 != 0 || end > bytes.size()) return "a table lies outside";
  }
  return nullptr;
}

// Each function returns what is wrong with a row, or null.
class RowChecks {
 public:
  explicit RowChecks(const Bundle& bundle) : b_(bundle) {}

  const char* All() const {
    for (const NodeRow& row : b_.nodes) {
      if (const char* fault = Node(row)) return fault;
    }
    for (const SlotRow& row : b_.slots) {
      if (row.node == kNone) continue;
      if (!NodeNumber(row.node) || !String(row.name)) return "a member points outside";
      if (row.Ordinal() > 64) return "a member is required beyond count";
      if (row.HasFallback() && row.Fallback() >= b_.values.size()) return "a default points outside";
    }
    for (const ExtraRow& row : b_.extras) {
      if (const char* fault = Extra(row)) return fault;
    }
    for (const ValueRow& row : b_.values) {
      if (row.kind > ValueKind::kOther || !String(row.json) || !String(row.text))
        return "a value points outside";
    }
    for (const auto list : {b_.names, b_.patterns, b_.groups}) {
      for (const std::uint32_t name : list) {
        if (!String(name)) return "a name points outside";
      }
    }
    for (const std::uint32_t node : b_.refs) {
      if (node != kNone && !NodeNumber(node)) return "a branch points outside";
    }
    if (b_.object_meta != kNone && !NodeNumber(b_.object_meta)) return "its metadata points outside";
    return Kinds();
  }

 private:
  bool NodeNumber(std::uint32_t node) const { return node < b_.nodes.size(); }
  bool MaybeNode(std::uint32_t node) const { return node == kNone || NodeNumber(node); }
  bool String(std::uint32_t reference) const {
    if (reference > b_.text.size() || b_.text.size() - reference < 4) return false;
    std::uint32_t length;
    std::memcpy(&length, b_.text.data() + reference, sizeof length);
    return length <= b_.text.size() - reference - 4;
  }
  template <class Row>
  static bool Inside(std::uint64_t first, std::uint64_t count, std::span<const Row> table) {
    return first <= table.size() && count <= table.size() - first;
  }

  const char* Node(const NodeRow& row) const {
    if (row.format > static_cast<std::uint8_t>(Format::kLast)) return "a format is unknown";
    if (row.list_type > static_cast<std::uint8_t>(ListType::kMap)) return "a list type is unknown";
    if (!MaybeNode(row.additional) || !MaybeNode(row.items)) return "a node points outside";
    if (row.extra != kNone && row.extra >= b_.extras.size()) return "a node points outside";
    if (!Inside(row.required, row.required_count, b_.names)) return "a required name points outside";
    if (row.tracked > row.required_count || row.tracked > 64) return "a required name points outside";
    if (row.table_bits == 255) return nullptr;
    if (row.table_bits > 24 || !Inside(row.slots, std::uint64_t{1} << row.table_bits, b_.slots)) {
      return "a member table lies outside";
    }
    for (std::size_t i = 0; i < std::size_t{1} << row.table_bits; ++i) {
      if (b_.slots[row.slots + i].node == kNone) return nullptr;
    }
    return "a member table has no end";
  }

  const char* Extra(const ExtraRow& row) const {
    const std::uint64_t branches = std::uint64_t{row.all_of} + row.any_of + row.one_of + row.negated;
    if (!Inside(row.branches, branches, b_.refs)) return "a branch points outside";
    for (std::uint64_t i = 0; i < branches; ++i) {
      if (b_.refs[row.branches + i] == kNone) return "a branch points nowhere";
    }
    if (!Inside(row.values, row.value_count, b_.values)) return "a value points outside";
    if (!Inside(row.keys, row.key_count, b_.names)) return "a list key points outside";
    if (row.pattern != kNone && row.pattern >= b_.patterns.size()) return "a pattern points outside";
    return nullptr;
  }

  const char* Kinds() const {
    for (const KindRow& row : b_.kinds) {
      if (!String(row.group) || !String(row.version) || !String(row.kind) || !String(row.plural) ||
          !Inside(row.short_names, row.short_count, b_.names) ||
          !Inside(row.roots, b_.minors.size(), b_.refs) || row.scope > 2 || row.origin > 4) {
        return "a kind points outside";
      }
    }
    for (const LifecycleRow& row : b_.lifecycle) {
      if (!String(row.group) || !String(row.version) || !String(row.kind) || !String(row.replacement)) {
        return "a kind points outside";
      }
    }
    if (!HashTable(b_.kind_table, b_.kinds.size()) || !HashTable(b_.lifecycle_table, b_.lifecycle.size())) {
      return "a table of kinds is not a hash table";
    }
    return nullptr;
  }

  static bool HashTable(std::span<const std::uint32_t> table, std::size_t rows) {
    if (table.empty() || (table.size() & (table.size() - 1)) != 0) return false;
    bool empty = false;
    for (const std::uint32_t entry : table) {
      if (entry == kNone)
        empty = true;
      else if (entry >= rows)
        return false;
    }
    return empty;
  }

  const Bundle& b_;
};

template <class Row>
const Row* FindNamed(const Bundle& bundle, std::span<const std::uint32_t> table, std::span<const Row> rows,
                     std::string_view group, std::string_view version, std::string_view kind) {
  const std::uint32_t mask = static_cast<std::uint32_t>(table.size() - 1);
  for (std::uint32_t at = HashKind(group, version, kind) & mask; table[at] != kNone; at = (at + 1) & mask) {
    const Row& row = rows[table[at]];
    if (bundle.Text(row.kind) == kind && bundle.Text(row.version) == version &&
        bundle.Text(row.group) == group) {
      return &row;
    }
  }
  return nullptr;
}

}  // namespace

Result<Bundle> Bundle::Open(std::string_view bytes, BundleTrust trust) {
  if (bytes.size() < sizeof(BundleHeader) || reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0) {
    return BadBundle("it is too short");
  }
  BundleHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (const char* fault = HeaderFault(bytes, header)) return BadBundle(fault);
  Bundle bundle;
  bundle.nodes = TableOf<NodeRow>(bytes, header, kNodes);
  bundle.slots = TableOf<SlotRow>(bytes, header, kSlots);
  bundle.names = TableOf<std::uint32_t>(bytes, header, kNames);
  bundle.refs = TableOf<std::uint32_t>(bytes, header, kRefs);
  bundle.extras = TableOf<ExtraRow>(bytes, header, kExtras);
  bundle.values = TableOf<ValueRow>(bytes, header, kValues);
  bundle.patterns = TableOf<std::uint32_t>(bytes, header, kPatterns);
  bundle.kinds = TableOf<KindRow>(bytes, header, kKinds);
  bundle.kind_table = TableOf<std::uint32_t>(bytes, header, kKindTable);
  bundle.lifecycle = TableOf<LifecycleRow>(bytes, header, kLifecycle);
  bundle.lifecycle_table = TableOf<std::uint32_t>(bytes, header, kLifecycleTable);
  bundle.minors = TableOf<std::uint32_t>(bytes, header, kMinors);
  bundle.groups = TableOf<std::uint32_t>(bytes, header, kGroups);
  bundle.text = bytes.substr(header.tables[kText].offset, header.tables[kText].count);
  bundle.object_meta = header.object_meta;
  if (trust == BundleTrust::kOwn) return bundle;
  if (bytes.size() > kBundleBytes) return LimitPassed("a schema bundle may have 64 MiB");
  if (Checksum(bytes.substr(sizeof header)) != header.checksum) return BadBundle("its checksum does not fit");
  if (const char* fault = RowChecks(bundle).All()) return BadBundle(fault);
  return bundle;
}

const KindRow* Bundle::FindKind(std::string_view group, std::string_view version,
                                std::string_view kind) const {
  return FindNamed(*this, kind_table, kinds, group, version, kind);
}

const LifecycleRow* Bundle::FindLifecycle(std::string_view group, std::string_view version,
                                          std::string_view kind) const {
  return FindNamed(*this, lifecycle_table, lifecycle, group, version, kind);
}

}  // namespace sluice::schemas
