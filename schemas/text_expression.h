// One schema of the text form: what stands after the head of a line.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "schemas/graph.h"

namespace sluice::schemas {

struct ReadExpression {
  NodeId node = kNoNode;
  std::string error;  // empty: none; else what is wrong, with the column
};

// `resolve` gives the node of a definition, or kNoNode. Bounded by depth (200).
ReadExpression ParseExpression(std::string_view text, SchemaGraph& graph,
                               std::function<NodeId(std::string_view)> resolve);

}  // namespace sluice::schemas
