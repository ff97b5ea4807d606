// What the tests of this folder say of a text, in one line.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "manifests/object.h"
#include "schemas/catalog.h"

namespace sluice::schemas {

inline Catalog MakeCatalog(std::vector<std::string> minors = {"1.34"}) {
  Result<Catalog> catalog = Catalog::BuiltIn(std::move(minors));
  if (!catalog) throw std::runtime_error(catalog.error().message);
  return std::move(*catalog);
}

// Files and the findings of their objects, CRDs first, as the gate has them.
struct Checked {
  std::vector<manifests::ParsedFile> files;
  Findings findings;
};

inline Checked CheckText(Catalog& catalog, const std::string& text) {
  Checked checked;
  checked.files.push_back(manifests::Parse("file.yaml", text, Limits()));
  checked.findings = checked.files.back().findings;
  if (!checked.files.back().Readable()) return checked;
  const manifests::ObjectList list = manifests::Objects(checked.files.back(), Limits());
  const auto add = [&](Findings findings) {
    for (Finding& finding : findings) checked.findings.push_back(std::move(finding));
  };
  for (const manifests::Object& object : list.objects) add(catalog.AddCrd(object, Limits()));
  for (const manifests::Object& object : list.objects) {
    add(CheckShape(catalog, object));
    add(CheckLifecycle(catalog, object));
  }
  return checked;
}

inline std::string Words(const Findings& findings) {
  std::string words;
  for (const Finding& finding : findings) {
    if (!words.empty()) words += " | ";
    words += finding.rule + " " + finding.field;
  }
  return words;
}

// "rule field | rule field" of what is found in `text`; empty: nothing.
inline std::string Verdict(const std::string& text, std::vector<std::string> minors = {"1.34"}) {
  Catalog catalog = MakeCatalog(std::move(minors));
  return Words(CheckText(catalog, text).findings);
}

// The messages instead, each on a line.
inline std::string Messages(const std::string& text, std::vector<std::string> minors = {"1.34"}) {
  Catalog catalog = MakeCatalog(std::move(minors));
  std::string messages;
  for (const Finding& finding : CheckText(catalog, text).findings) messages += finding.message + "\n";
  return messages;
}

// The remedies, each on a line.
inline std::string Remedies(const std::string& text) {
  Catalog catalog = MakeCatalog();
  std::string remedies;
  for (const Finding& finding : CheckText(catalog, text).findings) remedies += finding.remedy + "\n";
  return remedies;
}

// A CRD of kind Thing in example.org/v1 whose spec has this schema (flow YAML).
inline std::string ThingCrd(const std::string& spec) {
  return "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
         "things.example.org}\n"
         "spec:\n  group: example.org\n  scope: Namespaced\n  names: {kind: Thing, plural: things}\n  "
         "versions:\n"
         "  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        "
         "type: object\n"
         "        properties:\n          spec: " +
         spec + "\n";
}

inline std::string Thing(const std::string& spec) {
  return "apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: a}\nspec: " + spec + "\n";
}

// What is found in a Thing with `value` as its spec.
inline std::string ThingVerdict(const std::string& schema, const std::string& value) {
  return Verdict(ThingCrd(schema) + "---\n" + Thing(value));
}

}  // namespace sluice::schemas
