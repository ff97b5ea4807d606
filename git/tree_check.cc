// Tested by tests/git/changes_test.cc and tests/fuzz/tree_fuzz.cc.
#include "git/tree_check.h"

#include <algorithm>

#include "git/printable.h"

namespace sluice::git {
namespace {

bool IsName(std::string_view name) { return name != "." && name != ".." && name.find('/') == name.npos; }

// Names of `items`, which are in tree order, that come twice. A file "a" and a
// directory "a" need not be neighbours ("a.b" lies between), so the files whose
// name begins the present one are kept on a stack.
std::string_view FindDuplicate(const std::vector<TreeItem>& items) {
  std::vector<std::string_view> open;
  for (const TreeItem& item : items) {
    while (!open.empty() && !item.name.starts_with(open.back())) open.pop_back();
    if (!open.empty() && open.back() == item.name) return item.name;
    open.push_back(item.name);
  }
  return {};
}

}  // namespace

std::string FindTrouble(const std::vector<TreeItem>& items) {
  const auto bad =
      std::find_if(items.begin(), items.end(), [](const TreeItem& item) { return !IsName(item.name); });
  if (bad != items.end()) return "holds an entry whose name is none: \"" + Printable(bad->name) + "\"";
  const bool in_order = std::is_sorted(items.begin(), items.end(), Precedes);
  if (!in_order) return "is not in the order of a tree, or holds a name twice";
  const std::string_view twin = FindDuplicate(items);
  return twin.empty() ? std::string() : "holds two entries named \"" + Printable(twin) + "\"";
}

void Repair(std::vector<TreeItem>* items) {
  std::erase_if(*items, [](const TreeItem& item) { return !IsName(item.name); });
  std::sort(items->begin(), items->end(),
            [](const TreeItem& a, const TreeItem& b) { return a.name < b.name; });
  std::vector<TreeItem> single;
  for (std::size_t i = 0; i < items->size(); ++i) {
    const bool twin_before = i > 0 && (*items)[i - 1].name == (*items)[i].name;
    const bool twin_after = i + 1 < items->size() && (*items)[i + 1].name == (*items)[i].name;
    if (!twin_before && !twin_after) single.push_back((*items)[i]);
  }
  *items = std::move(single);
  std::sort(items->begin(), items->end(), Precedes);
}

}  // namespace sluice::git
