// The text form of schemas, as schemas/kubernetes/ and schemas/catalogue/ keep
// them: one definition or kind a line, small, and good to diff.
//
//   minors 32-37
//   def core.v1.ContainerPort 32-37 {containerPort!:int32,protocol="TCP":str(enum=["SCTP","TCP","UDP"])}
//   kind apps/v1 Deployment 32-37 namespaced plural=deployments short=deploy @apps.v1.Deployment
//
// A line is read once for each minor that it names; "@name" is the definition
// of that name in the same minor. The grammar, lines that begin with # apart:
//
//   line    = "minors" MINORS | "def" NAME MINORS schema | "kind" API KIND MINORS attribute* schema
//   MINORS  = "32-34,36" | "*"                       (no minors)
//   attribute = "namespaced" | "cluster" | "plural=" NAME | "short=" NAME,… | "cel"
//   schema  = "@" NAME | base [ "(" option,… ")" ]
//   base    = ( type{"|"type}[":"format] | "~"[":"format] | nothing ) [members] [list]
//   type    = any str int num bool obj list, or a format that implies one: int32 ios qty time …
//             "~": a branch of allOf, anyOf, oneOf or not
//   members = "{" name["!" required]["=" default]":"schema,… "<"others">",… "..." (open) "}"
//   list    = "[" schema "]" [ "set" | "map(" name,… ")" ]
//   option  = null | nulls | unique | xmin | xmax | bare | min=N max=N mult=N
//           | len=A-B items=A-B props=A-B
//           | pattern="…" | enum=[JSON,…] | need=[name,…] | all=[schema,…] any=[…] one=[…] | not=schema
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "schemas/graph.h"

namespace sluice::schemas {

// Fails (kConfiguration) with the line of the first mistake. Bounded: the text
// is our own data, so the limit is depth alone (200).
Result<SchemaGraph> ReadSchemaText(std::string_view text, std::string_view file);

// `reference` gives "@name" for a node that has a definition, else "".
using NodeReference = std::function<std::string(NodeId)>;
std::string NodeText(const SchemaGraph& graph, NodeId node, const NodeReference& reference);

// One Kubernetes minor as it was read.
struct MinorDefinitions {
  std::uint16_t minor = 0;
  SchemaGraph graph;
  std::map<std::string, NodeId> definitions;
};
std::string WriteKubernetesText(const std::vector<MinorDefinitions>& minors);

// Kinds without minors; parts that are equal or long get a definition named
// after the hash of their text.
std::string WriteCatalogueText(const SchemaGraph& graph);

// "32-34,36" and back; "*" for the one minor 0.
std::string MinorsText(const std::vector<std::uint16_t>& minors);
bool ParseMinors(std::string_view text, std::vector<std::uint16_t>& minors);

}  // namespace sluice::schemas
