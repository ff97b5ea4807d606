// The two halves of an ApplicationSet: generators make sets of parameters, and a
// template makes an Application of each.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "manifests/arena.h"
#include "manifests/render/roots.h"

namespace sluice::manifests::render {

// Parameters by their way, "metadata.labels.env": both {{a.b}} and {{.a.b}} look
// there. The names that git generators give for both spellings stand in it.
using Parameters = std::map<std::string, std::string, std::less<>>;

struct GeneratedParameters {
  std::vector<Parameters> sets;
  std::string outside;  // not empty: why they are not known here
  bool limit = false;   // because a limit is passed
  Range place;          // of the generator that says so
};

// spec.generators; at most 1,000 sets, made from at most 50,000 paths, 50 directories deep.
GeneratedParameters GenerateParameters(Session& session, const RootContext& context, const Root& set);

// The template with its look-ups resolved, a new tree in `arena`; what stays is
// shared. Nothing where a look-up is not a plain one, or of an absent name with
// goTemplate: `problem` says which.
std::optional<Node> RenderTemplate(Arena& arena, const Node& pattern, const Parameters& parameters,
                                   bool go_template, std::string& problem);

}  // namespace sluice::manifests::render
