// Whether all readers of a tree would see the same in it.
#pragma once

#include <string>
#include <vector>

#include "git/objects.h"

namespace sluice::git {

// What readers could take differently, as the rest of a sentence about the
// tree: a name that is none (".", "..", one with a slash), a name twice, entries
// out of order. Empty: nothing, as in every tree that git wrote.
std::string FindTrouble(const std::vector<TreeItem>& items);

// Drops the entries that cannot be told apart or have no name, and brings the
// rest in order.
void Repair(std::vector<TreeItem>* items);

}  // namespace sluice::git
