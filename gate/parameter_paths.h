// Paths in an ApplicationSet, before its generators ran: what stands in the
// place of a parameter is a value of a list, or not known.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/document.h"

namespace sluice::gate {

struct Parameters {
  std::map<std::string, std::vector<std::string>, std::less<>> values;  // of lists, by the parameter's name
  std::vector<std::string> paths;   // what {{path}} may be; unknown parts as Expand has them
  std::vector<std::string> inputs;  // paths that the generators read, or all below them
  bool clusters = false;            // Secrets of clusters are read
  bool from_files = false;          // some values stand in files of the repository

  // Every text that `text` may become, at most 1,000; an unknown part is "{}".
  std::vector<std::string> Expand(std::string_view text) const;
};

// `generators`: may be null.
Parameters ParametersOf(const manifests::Node* generators);

// Of a pattern: it, where nothing in it is open, else the directories before what is.
std::string_view FixedPart(std::string_view pattern);

bool IsFixed(std::string_view expanded);  // nothing in it is unknown
// An unknown part may be several directories.
bool IsDeep(std::string_view expanded);
// Where everything lies that a text may name: it, or the directory before the first unknown part.
std::string FixedDirectory(std::string_view expanded);

}  // namespace sluice::gate
