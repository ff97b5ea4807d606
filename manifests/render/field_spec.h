// A field of some kinds of objects, in the words of kustomize's configuration:
// group, version, kind (empty: any) and a path with '/' between the names, where
// a list on the way means each of its elements. After api/types/fieldspec.go
// and api/filters/fieldspec.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/arena.h"
#include "manifests/render/resource.h"

namespace sluice::manifests::render {

struct PathPart {
  std::string_view name;
  bool list = false;  // written "name[]": never made
};

struct FieldSpec {
  Gvk gvk;
  std::string_view path;
  bool create = false;
  std::vector<PathPart> parts;
};

// Texts must outlive the result; what "\/" makes is kept in `arena`.
FieldSpec MakeFieldSpec(Arena& arena, const Gvk& gvk, std::string_view path, bool create);

// "a/b\/c" → "a", "b/c". `delimiter` is '/' or '.'.
std::vector<std::string_view> SplitPath(Arena& arena, std::string_view path, char delimiter);

// Adds what is not there yet. False where `list` has the same field with
// another `create`: kustomize refuses that.
bool MergeFieldSpec(std::vector<FieldSpec>& list, const FieldSpec& spec);

enum class Made : std::uint8_t { kNothing, kMapping, kScalar };

// What to do with the field, and what to make of it where the spec says `create`
// and it is absent (a made scalar is null for `set`).
struct FieldChange {
  Made made = Made::kNothing;
  Range made_at{};
  // nullopt: stays as it is. A problem is told by setting `problem`.
  std::function<std::optional<Node>(const Node& value, std::string& problem)> set;
};

struct FieldResult {
  std::optional<Node> root;  // where something changed
  std::string problem;       // not empty: nothing else counts
  Range place;               // of the problem
};

// REQUIRES: `spec` selects the object.
FieldResult ChangeField(Arena& arena, const Node& root, const FieldSpec& spec, const FieldChange& change);

// A scalar that keeps the way of writing of `old`: plain text may then mean a
// number or a boolean, as it does in kustomize.
Node ScalarLike(Arena& arena, const Node& old, std::string_view text, Range place);

}  // namespace sluice::manifests::render
