#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "manifests/document.h"
#include "schemas/bundle.h"
#include "schemas/json_text.h"

// Graph to bundle. Nodes keep their numbers; equal strings, values, name lists
// and extras are stored once. Test: bundle_test.cc.

namespace sluice::schemas {
namespace {

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

// Bytes that stand for a row, as a key for rows that are stored once.
template <class Row>
std::string KeyOf(const Row& row) {
  return std::string(reinterpret_cast<const char*>(&row), sizeof row);
}

class BundleWriter {
 public:
  explicit BundleWriter(const SchemaGraph& graph) : graph_(graph) {}

  Result<std::string> Write() {
    for (const SchemaNode& node : graph_.nodes) nodes_.push_back(Node(node));
    std::set<std::string> groups;
    for (const SchemaKind& kind : graph_.kinds) {
      kinds_.push_back(Kind(kind));
      if (kind.origin == Origin::kKubernetes) groups.insert(kind.group);
    }
    for (const LifecycleEntry& entry : graph_.lifecycle) {
      groups.insert(entry.group);
      lifecycle_.push_back({String(entry.group), String(entry.version), String(entry.kind),
                            String(entry.replacement), entry.introduced, entry.deprecated, entry.removed, 0});
    }
    for (const std::string& group : groups) groups_.push_back(String(group));
    kind_table_ = HashTable(graph_.kinds);
    lifecycle_table_ = HashTable(graph_.lifecycle);
    minors_.assign(graph_.minors.begin(), graph_.minors.end());
    if (too_big_ || text_.size() > kBundleBytes) return LimitPassed("the schemas are too large for a bundle");
    return Assemble();
  }

 private:
  std::uint32_t String(const std::string& text) {
    const auto [place, added] = strings_.emplace(text, static_cast<std::uint32_t>(text_.size()));
    if (!added) return place->second;
    const auto length = static_cast<std::uint32_t>(text.size());
    text_.append(reinterpret_cast<const char*>(&length), sizeof length);
    text_ += text;
    return place->second;
  }

  std::uint32_t Names(const std::vector<std::string>& names) {
    std::vector<std::uint32_t> list;
    for (const std::string& name : names) list.push_back(String(name));
    return Once(list, names_, name_lists_);
  }

  // The place of `list` in `table`, which gets it unless it is there already.
  static std::uint32_t Once(const std::vector<std::uint32_t>& list, std::vector<std::uint32_t>& table,
                            std::unordered_map<std::string, std::uint32_t>& known) {
    if (list.empty()) return 0;
    const std::string key(reinterpret_cast<const char*>(list.data()), list.size() * sizeof(std::uint32_t));
    const auto [place, added] = known.emplace(key, static_cast<std::uint32_t>(table.size()));
    if (added) table.insert(table.end(), list.begin(), list.end());
    return place->second;
  }

  NodeRow Node(const SchemaNode& node) {
    NodeRow row{};
    row.types = node.types;
    row.format = static_cast<std::uint8_t>(node.format);
    row.list_type = static_cast<std::uint8_t>(node.list_type);
    row.flags = node.flags;
    row.additional = node.additional;
    row.items = node.items;
    std::vector<std::string> required;
    for (const SchemaProperty& property : node.properties) {
      if (property.required) required.push_back(property.name);
    }
    row.tracked = static_cast<std::uint8_t>(std::min<std::size_t>(required.size(), 64));
    required.insert(required.end(), node.required.begin(), node.required.end());
    if (required.size() > 0xffff) too_big_ = true;
    row.required_count = static_cast<std::uint16_t>(required.size());
    row.required = Names(required);
    Members(node, row);
    row.extra = Extra(node);
    return row;
  }

  void Members(const SchemaNode& node, NodeRow& row) {
    row.table_bits = 255;
    if (node.properties.empty()) return;
    const std::size_t size = std::bit_ceil(node.properties.size() + node.properties.size() / 8 + 1);
    std::vector<SlotRow> table(size, SlotRow{0, 0, kNone, 0});
    std::uint32_t ordinal = 0;
    for (const SchemaProperty& property : node.properties) {
      const std::uint32_t hash = manifests::HashKey(property.name);
      std::uint32_t marks = 0;
      if (property.required && ++ordinal <= 64) marks = ordinal;
      if (property.fallback) marks |= (Value(*property.fallback) + 1) << 8;
      std::size_t at = hash & (size - 1);
      while (table[at].node != kNone) at = (at + 1) & (size - 1);
      table[at] = {hash, String(property.name), property.node, marks};
    }
    if (size > 1u << 24 || values_.size() >= 1u << 24) too_big_ = true;
    row.table_bits = static_cast<std::uint8_t>(std::countr_zero(size));
    row.slots = static_cast<std::uint32_t>(slots_.size());
    slots_.insert(slots_.end(), table.begin(), table.end());
  }

  std::uint32_t Extra(const SchemaNode& node) {
    ExtraRow row = PlainExtra();
    const Bounds& bounds = node.bounds;
    row.minimum = bounds.minimum.value_or(kNoNumber);
    row.maximum = bounds.maximum.value_or(kNoNumber);
    row.multiple_of = bounds.multiple_of.value_or(kNoNumber);
    row.min_length = bounds.min_length.value_or(kNone);
    row.max_length = bounds.max_length.value_or(kNone);
    row.min_items = bounds.min_items.value_or(kNone);
    row.max_items = bounds.max_items.value_or(kNone);
    row.min_properties = bounds.min_properties.value_or(kNone);
    row.max_properties = bounds.max_properties.value_or(kNone);
    row.pattern = node.pattern.empty() ? kNone : Pattern(node.pattern);
    row.keys = Names(node.list_keys);
    row.key_count = static_cast<std::uint32_t>(node.list_keys.size());
    row.values = Values(node.values);
    row.value_count = static_cast<std::uint32_t>(node.values.size());
    Branches(node, row);
    const std::string key = KeyOf(row);
    if (key == KeyOf(PlainExtra())) return kNone;
    const auto [place, added] = extra_rows_.emplace(key, static_cast<std::uint32_t>(extras_.size()));
    if (added) extras_.push_back(row);
    return place->second;
  }

  // The row of a node that has none of all that.
  static ExtraRow PlainExtra() {
    ExtraRow row{};
    row.minimum = row.maximum = row.multiple_of = kNoNumber;
    row.min_length = row.max_length = row.min_items = row.max_items = kNone;
    row.min_properties = row.max_properties = row.pattern = kNone;
    return row;
  }

  void Branches(const SchemaNode& node, ExtraRow& row) {
    std::vector<std::uint32_t> list;
    for (const auto* branches : {&node.all_of, &node.any_of, &node.one_of}) {
      if (branches->size() > 0xffff) too_big_ = true;
      list.insert(list.end(), branches->begin(), branches->end());
    }
    row.all_of = static_cast<std::uint16_t>(node.all_of.size());
    row.any_of = static_cast<std::uint16_t>(node.any_of.size());
    row.one_of = static_cast<std::uint16_t>(node.one_of.size());
    row.negated = node.negated == kNoNode ? 0 : 1;
    if (row.negated != 0) list.push_back(node.negated);
    row.branches = Once(list, refs_, ref_lists_);
  }

  std::uint32_t Pattern(const std::string& pattern) {
    const auto [place, added] =
        pattern_places_.emplace(pattern, static_cast<std::uint32_t>(patterns_.size()));
    if (added) patterns_.push_back(String(pattern));
    return place->second;
  }

  std::uint32_t Value(const SchemaValue& value) {
    const auto [place, added] = value_places_.emplace(value.json, static_cast<std::uint32_t>(values_.size()));
    if (added) values_.push_back(ValueRowOf(value));
    return place->second;
  }

  // A run of values; a run that begins where one value stands is shared with it.
  std::uint32_t Values(const std::vector<SchemaValue>& values) {
    if (values.empty()) return 0;
    std::string key;
    for (const SchemaValue& value : values) key += value.json + '\n';
    const auto [place, added] = value_runs_.emplace(key, static_cast<std::uint32_t>(values_.size()));
    if (!added) return place->second;
    for (const SchemaValue& value : values) values_.push_back(ValueRowOf(value));
    return place->second;
  }

  ValueRow ValueRowOf(const SchemaValue& value) {
    ValueRow row{};
    row.json = String(value.json);
    row.text = String("");
    row.kind = ValueKind::kOther;
    if (value.json == "null") row.kind = ValueKind::kNull;
    if (value.json == "false") row.kind = ValueKind::kFalse;
    if (value.json == "true") row.kind = ValueKind::kTrue;
    if (const auto number = ParseNumber(value.json)) {
      row.number = *number;
      const bool whole = *number == std::floor(*number) && std::abs(*number) < 9e18;
      row.kind = whole ? ValueKind::kInteger : ValueKind::kNumber;
      row.integer = whole ? static_cast<std::int64_t>(*number) : 0;
    } else if (const auto text = UnquoteJson(value.json)) {
      row.kind = ValueKind::kString;
      row.text = String(*text);
    }
    return row;
  }

  KindRow Kind(const SchemaKind& kind) {
    KindRow row{};
    row.group = String(kind.group);
    row.version = String(kind.version);
    row.kind = String(kind.kind);
    row.plural = String(kind.plural);
    row.short_names = Names(kind.short_names);
    row.short_count = static_cast<std::uint32_t>(kind.short_names.size());
    row.roots = Once({kind.roots.begin(), kind.roots.end()}, refs_, ref_lists_);
    row.scope = static_cast<std::uint8_t>(kind.scope);
    row.origin = static_cast<std::uint8_t>(kind.origin);
    row.has_cel_rules = kind.has_cel_rules ? 1 : 0;
    return row;
  }

  template <class Entry>
  static std::vector<std::uint32_t> HashTable(const std::vector<Entry>& entries) {
    const std::size_t size = std::bit_ceil(entries.size() * 2 + 1);
    std::vector<std::uint32_t> table(size, kNone);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      std::size_t at = HashKind(entries[i].group, entries[i].version, entries[i].kind) & (size - 1);
      while (table[at] != kNone) at = (at + 1) & (size - 1);
      table[at] = static_cast<std::uint32_t>(i);
    }
    return table;
  }

  template <class Row>
  void Append(Table table, const Row* rows, std::size_t count) {
    out_.resize((out_.size() + 7) / 8 * 8);
    header_.tables[table] = {static_cast<std::uint32_t>(out_.size()), static_cast<std::uint32_t>(count)};
    if (count > 0) out_.append(reinterpret_cast<const char*>(rows), count * sizeof(Row));
  }

  std::string Assemble() {
    header_.magic = {'S', 'L', 'U', 'I', 'C', 'E', 'S', 'B'};
    header_.version = kBundleVersion;
    header_.object_meta = graph_.object_meta;
    out_.assign(sizeof header_, '\0');
    Append(kNodes, nodes_.data(), nodes_.size());
    Append(kSlots, slots_.data(), slots_.size());
    Append(kNames, names_.data(), names_.size());
    Append(kRefs, refs_.data(), refs_.size());
    Append(kExtras, extras_.data(), extras_.size());
    Append(kValues, values_.data(), values_.size());
    Append(kPatterns, patterns_.data(), patterns_.size());
    Append(kKinds, kinds_.data(), kinds_.size());
    Append(kKindTable, kind_table_.data(), kind_table_.size());
    Append(kLifecycle, lifecycle_.data(), lifecycle_.size());
    Append(kLifecycleTable, lifecycle_table_.data(), lifecycle_table_.size());
    Append(kMinors, minors_.data(), minors_.size());
    Append(kGroups, groups_.data(), groups_.size());
    Append(kText, text_.data(), text_.size());
    header_.size = static_cast<std::uint32_t>(out_.size());
    header_.checksum = Checksum(std::string_view(out_).substr(sizeof header_));
    std::memcpy(out_.data(), &header_, sizeof header_);
    return std::move(out_);
  }

  const SchemaGraph& graph_;
  bool too_big_ = false;
  std::vector<NodeRow> nodes_;
  std::vector<SlotRow> slots_;
  std::vector<ExtraRow> extras_;
  std::vector<ValueRow> values_;
  std::vector<KindRow> kinds_;
  std::vector<LifecycleRow> lifecycle_;
  std::vector<std::uint32_t> names_, refs_, patterns_, kind_table_, lifecycle_table_, minors_, groups_;
  std::string text_;
  std::unordered_map<std::string, std::uint32_t> strings_, name_lists_, ref_lists_, extra_rows_,
      pattern_places_, value_places_, value_runs_;
  BundleHeader header_{};
  std::string out_;
};

}  // namespace

Result<std::string> WriteBundle(const SchemaGraph& graph) { return BundleWriter(graph).Write(); }

}  // namespace sluice::schemas
