#include "schemas/describe.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "manifests/nearest.h"
#include "schemas/catalog_impl.h"
#include "schemas/json_text.h"
#include "schemas/words.h"

// Test: describe_test.cc.

namespace sluice::schemas {
namespace {

std::string ApiVersion(const Bundle& bundle, const KindRow& row) {
  const std::string_view group = bundle.Text(row.group);
  return (group.empty() ? "" : std::string(group) + "/") + std::string(bundle.Text(row.version));
}

// Prints a node and what is below it; nodes that are on the way already are cut.
class Describer {
 public:
  Describer(const Bundle& bundle, std::size_t depth) : b_(bundle), depth_(depth) {}

  std::vector<std::string> Describe(std::uint32_t root) {
    Members(b_.nodes[root], 0);
    return std::move(lines_);
  }

 private:
  std::string TypeName(const NodeRow& row) const {
    const auto format = static_cast<Format>(row.format);
    if (format == Format::kObjectMeta) return "ObjectMeta";
    if ((row.types & kArrayBit) != 0 && row.items != kNone && row.types != kAnyBits) {
      return "list of " + TypeName(b_.nodes[row.items]);
    }
    if ((row.types & kObjectBit) != 0 && row.types != kAnyBits) {
      const bool map = row.table_bits == 255 && row.additional != kNone;
      return map ? "map of " + TypeName(b_.nodes[row.additional]) : "mapping";
    }
    if (row.types == kAnyBits) return "anything";
    if (format != Format::kNone) return std::string(FormatWords(format));
    std::string words = ExpectedWords(row);
    for (const std::string_view article : {"an ", "a "}) {
      if (words.substr(0, article.size()) == article) words.erase(0, article.size());
    }
    return words;
  }

  std::string Limits(const NodeRow& row) const {
    if (row.extra == kNone) return "";
    const ExtraRow& extra = b_.extras[row.extra];
    std::string out;
    if (extra.value_count > 0) {
      out += ", one of";
      for (std::uint32_t i = 0; i < extra.value_count; ++i) {
        out += (i == 0 ? " " : ", ") + std::string(b_.Text(b_.values[extra.values + i].json));
      }
    }
    if (!std::isnan(extra.minimum)) out += ", at least " + NumberText(extra.minimum);
    if (!std::isnan(extra.maximum)) out += ", at most " + NumberText(extra.maximum);
    if (extra.min_length != kNone && extra.min_length > 0)
      out += ", at least " + std::to_string(extra.min_length) + " characters";
    if (extra.max_length != kNone) out += ", at most " + std::to_string(extra.max_length) + " characters";
    if (extra.pattern != kNone) out += ", matching " + std::string(b_.Text(b_.patterns[extra.pattern]));
    return out;
  }

  // The node whose members are shown below a field: its own, its elements', its values'.
  std::uint32_t Inner(std::uint32_t id) const {
    for (int i = 0; i < 8; ++i) {
      const NodeRow& row = b_.nodes[id];
      if ((row.types & kArrayBit) != 0 && row.items != kNone)
        id = row.items;
      else if (row.table_bits == 255 && row.additional != kNone)
        id = row.additional;
      else
        break;
    }
    return id;
  }

  void Members(const NodeRow& row, std::size_t level) {
    if (row.table_bits == 255) return;
    std::vector<const SlotRow*> slots;
    for (const SlotRow& slot : b_.slots.subspan(row.slots, std::size_t{1} << row.table_bits)) {
      if (slot.node != kNone) slots.push_back(&slot);
    }
    std::sort(slots.begin(), slots.end(),
              [&](const SlotRow* a, const SlotRow* b) { return b_.Text(a->name) < b_.Text(b->name); });
    for (const SlotRow* const slot : slots) {
      const NodeRow& child = b_.nodes[slot->node];
      std::string line =
          std::string(2 * level, ' ') + std::string(b_.Text(slot->name)) + ": " + TypeName(child);
      if (slot->Ordinal() != 0) line += ", required";
      if (slot->HasFallback()) line += ", default " + std::string(b_.Text(b_.values[slot->Fallback()].json));
      lines_.push_back(line + Limits(child));
      const std::uint32_t inner = Inner(slot->node);
      if (level + 1 < depth_ && std::find(way_.begin(), way_.end(), inner) == way_.end()) {
        way_.push_back(inner);
        Members(b_.nodes[inner], level + 1);
        way_.pop_back();
      }
    }
  }

  const Bundle& b_;
  std::size_t depth_;
  std::vector<std::uint32_t> way_;
  std::vector<std::string> lines_;
};

struct Candidate {
  KindMatch match;
  std::size_t minor = 0;  // the newest target minor that has it
};

bool Has(const Catalog::Impl& impl, const KindMatch& match, std::size_t& minor) {
  for (std::size_t i = impl.minors.size(); i-- > 0;) {
    if (impl.Root(match, i) == kNone) continue;
    minor = i;
    return true;
  }
  return false;
}

std::vector<Candidate> AllKinds(const Catalog::Impl& impl) {
  std::vector<Candidate> all;
  const auto add = [&](const SchemaTables& tables) {
    for (const KindRow& row : tables.bundle.kinds) {
      const Bundle& b = tables.bundle;
      const KindMatch best = impl.Find(b.Text(row.group), b.Text(row.version), b.Text(row.kind));
      Candidate candidate{{&tables, &row}, 0};
      if (best.row == &row && Has(impl, candidate.match, candidate.minor)) all.push_back(candidate);
    }
  };
  add(*impl.built_in);
  for (const auto& tables : impl.imported) add(*tables);
  for (const auto& tables : impl.tree) add(*tables);
  return all;
}

bool EqualButCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
         });
}

// Does `name` mean this kind: "Deployment", "deployments", "deploy", "deployment.apps"?
bool Means(const Bundle& bundle, const KindRow& row, std::string_view name) {
  std::vector<std::string_view> names{bundle.Text(row.kind), bundle.Text(row.plural)};
  for (std::uint32_t i = 0; i < row.short_count; ++i)
    names.push_back(bundle.Text(bundle.names[row.short_names + i]));
  for (const std::string_view each : names) {
    if (each.empty()) continue;
    if (EqualButCase(name, each) ||
        EqualButCase(name, std::string(each) + "." + std::string(bundle.Text(row.group)))) {
      return true;
    }
  }
  return EqualButCase(name, ApiVersion(bundle, row) + " " + std::string(bundle.Text(row.kind)));
}

// v2 before v1, v1 before v1beta1, v1beta1 before v1alpha1.
std::tuple<int, std::string> Rank(std::string_view version) {
  const int stability = version.find("alpha") != version.npos  ? 0
                        : version.find("beta") != version.npos ? 1
                                                               : 2;
  return {stability, std::string(version)};
}

Error NotFoundNear(const std::vector<Candidate>& all, std::string_view name) {
  std::vector<std::string_view> names;
  for (const Candidate& each : all) names.push_back(each.match.tables->bundle.Text(each.match.row->kind));
  const std::string_view near = manifests::Nearest(name, names);
  return NotFound("no schema for \"" + Escaped(name, 60) + "\"" +
                  (near.empty() ? "" : ", did you mean " + std::string(near)));
}

}  // namespace

std::string_view OriginName(Origin origin) {
  switch (origin) {
    case Origin::kNone:
      return "";
    case Origin::kKubernetes:
      return "kubernetes";
    case Origin::kCatalogue:
      return "catalogue";
    case Origin::kTree:
      return "tree";
    case Origin::kImported:
      break;
  }
  return "imported";
}

std::string_view ScopeName(Scope scope) {
  return scope == Scope::kNamespaced ? "namespaced" : scope == Scope::kCluster ? "cluster" : "";
}

std::vector<ListedKind> ListKinds(const Catalog& catalog) {
  const Catalog::Impl& impl = catalog.impl();
  std::vector<ListedKind> kinds;
  for (const Candidate& each : AllKinds(impl)) {
    const Bundle& bundle = each.match.tables->bundle;
    const KindRow& row = *each.match.row;
    ListedKind kind{std::string(bundle.Text(row.group)),
                    std::string(bundle.Text(row.version)),
                    std::string(bundle.Text(row.kind)),
                    std::string(bundle.Text(row.plural)),
                    static_cast<Scope>(row.scope),
                    static_cast<Origin>(row.origin),
                    {},
                    {}};
    for (std::size_t i = 0; i < impl.minors.size(); ++i) {
      if (impl.Root(each.match, i) != kNone) kind.minors.push_back(impl.minors[i]);
    }
    for (std::uint32_t i = 0; i < row.short_count; ++i) {
      kind.short_names.emplace_back(bundle.Text(bundle.names[row.short_names + i]));
    }
    kinds.push_back(std::move(kind));
  }
  std::sort(kinds.begin(), kinds.end(), [](const ListedKind& a, const ListedKind& b) {
    return std::tie(a.group, a.kind, a.version) < std::tie(b.group, b.kind, b.version);
  });
  return kinds;
}

Result<std::vector<std::string>> DescribeKind(const Catalog& catalog, std::string_view name,
                                              std::size_t depth) {
  const Catalog::Impl& impl = catalog.impl();
  const std::vector<Candidate> all = AllKinds(impl);
  const Candidate* best = nullptr;
  std::set<std::string> groups;
  for (const Candidate& each : all) {
    const Bundle& bundle = each.match.tables->bundle;
    if (!Means(bundle, *each.match.row, name)) continue;
    groups.insert(std::string(bundle.Text(each.match.row->kind)) + "." +
                  std::string(bundle.Text(each.match.row->group)));
    const bool better =
        best == nullptr || Rank(bundle.Text(each.match.row->version)) >
                               Rank(best->match.tables->bundle.Text(best->match.row->version));
    if (better) best = &each;
  }
  if (best == nullptr) return NotFoundNear(all, name);
  if (groups.size() > 1) {
    return Usage("\"" + Escaped(name, 60) + "\" is not clear, name one of " +
                 ListWords(std::vector<std::string>(groups.begin(), groups.end())));
  }
  const Bundle& bundle = best->match.tables->bundle;
  const KindRow& row = *best->match.row;
  std::vector<std::string> lines{ApiVersion(bundle, row) + " " + std::string(bundle.Text(row.kind))};
  std::string facts = std::string(ScopeName(static_cast<Scope>(row.scope)));
  facts += (facts.empty() ? "from " : ", from ") + std::string(OriginName(static_cast<Origin>(row.origin)));
  if (row.has_cel_rules != 0) facts += ", has CEL rules";
  lines.push_back(std::move(facts));
  const std::vector<std::string> fields =
      Describer(bundle, depth).Describe(impl.Root(best->match, best->minor));
  lines.insert(lines.end(), fields.begin(), fields.end());
  return lines;
}

}  // namespace sluice::schemas
