// The native rules over a few files, as the gate runs them: for the tests of
// this folder, and for the examples of the rules.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.h"
#include "schemas/catalog.h"

namespace sluice::policies {

// Path to content. `text` is one file, called example.yaml, or several after
// lines of "-- path --".
std::map<std::string, std::string> FilesOf(std::string_view text);

// Built-in schemas of `minors`, made once.
const schemas::Catalog& CatalogOf(const std::vector<std::string>& minors);

// Findings of every native rule over the files, in the order of the paths, and
// those of the parser: no text passes because it could not be read.
Findings Judge(const std::map<std::string, std::string>& files,
               const std::vector<std::string>& minors = {"1.34"});
Findings Judge(std::string_view text);

// The rules of some findings, sorted, each once: "native/name secret/plain".
std::string RulesOf(const Findings& findings);

// "<rule> <file>:<line>: <message> {<field>}" a line, for CAPTURE.
std::string TextOf(const Findings& findings);

}  // namespace sluice::policies
