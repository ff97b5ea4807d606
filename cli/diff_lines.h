// What two objects that differ come to as lines, for all commands that compare: what may be
// shown of a Secret is decided here alone.
#pragma once

#include <string>

#include "cli/diff.h"
#include "manifests/diff.h"

namespace sluice::cli {

// Canonical JSON; empty where there is no node.
std::string JsonOf(const manifests::Node* node);

// Whether no value of an object of two sides may be shown; null: it is not on that side.
bool HidesValues(const manifests::Node* before, const manifests::Node* after);
bool HidesValues(const manifests::ObjectDifference& difference);

// A field of an object whose values are hidden, or not; without a place.
FieldLine LineOf(const manifests::FieldDifference& field, bool hides);
// Without places.
ObjectLines LinesOf(const manifests::ObjectDifference& difference);

// Counts them too.
void Add(ObjectLines lines, BuildDiff& diff);

}  // namespace sluice::cli
