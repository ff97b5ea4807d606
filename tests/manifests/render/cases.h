// Cases of cases/*.yaml, which confirm.py puts before a real kustomize.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "manifests/document.h"
#include "manifests/object.h"
#include "tests/catch.h"

namespace sluice::manifests::render {

inline ParsedFile ReadCases(const std::string& name) {
  const std::string path = SLUICE_SOURCE_DIR "/tests/manifests/render/cases/" + name;
  std::ifstream file(path);
  ParsedFile cases = Parse(name, {std::istreambuf_iterator<char>(file), {}}, Limits());
  REQUIRE(cases.Readable());
  REQUIRE(cases.documents.size() > 1);
  return cases;
}

inline std::string CaseText(const Node& one, std::string_view field) {
  const Node* const text = one.Find(field);
  return text == nullptr ? std::string() : std::string(text->String());
}

// A text of a case as an object: it is the spec of a Pod unless it says a kind.
inline std::string Whole(const std::string& text) {
  if (text.find("kind:") < text.find("\n  ") && text.find("apiVersion:") != text.npos) return text;
  std::string whole = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  ";
  for (std::size_t i = 0; i < text.size(); ++i) {
    whole += text[i];
    if (text[i] == '\n' && i + 1 < text.size()) whole += "  ";
  }
  return whole;
}

inline ParsedFile ParseWhole(const std::string& text) {
  ParsedFile file = Parse("case.yaml", text, Limits());
  REQUIRE(file.Readable());
  REQUIRE(!file.documents.empty());
  return file;
}

inline std::string JsonOf(const Node& node) {
  std::string json;
  CanonicalJson(node, json);
  return json;
}

}  // namespace sluice::manifests::render
