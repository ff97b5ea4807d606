// One file looked at on its own: what it says, what is wrong with it, what it
// tells about others. Its nodes are gone afterwards, so that thousands of files
// cost the memory of their findings. What depends on other files (its role, the
// tree's CRDs) is decided by the caller, who may look again.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/verdict.h"
#include "gate/configuration.h"
#include "gate/facts.h"
#include "policies/native.h"
#include "schemas/catalog.h"

namespace sluice::gate {

struct ExaminedFinding {
  Finding finding;
  bool always = false;       // holds whatever the file is for: credentials, hidden characters
  bool placeholder = false;  // its place holds ${…}, which somebody else replaces
};

struct ExaminedObject {
  JudgedObject judged;
  Position place;
  bool custom = false;  // a CRD of the tree could know more about it
  bool crd = false;
  bool placeholders = false;  // ${…} stands in it
  std::string canonical;      // canonical JSON, where it was asked for
};

struct Examined {
  std::string path;
  manifests::Shape shape = manifests::Shape::kOther;
  bool readable = true;
  bool blank = false;               // no document says anything
  bool like_manifest = false;       // unreadable, and others may find objects in it
  bool lfs_pointer = false;         // its bytes are elsewhere
  std::vector<std::string> remote;  // of a kustomization: what it names in other repositories
  std::vector<ExaminedFinding> findings;
  std::vector<ExaminedObject> objects;
  std::vector<Fact> facts;
};

struct ExamineOptions {
  const schemas::Catalog* catalog = nullptr;
  const policies::SopsRules* sops = nullptr;
  const Limits* limits = nullptr;
  bool digests = false;
  bool canonical = false;
  bool every_finding = false;  // else at most 100 of a rule are listed, the others counted
};

// `.yaml .yml .json` and the names of kustomizations.
bool IsManifestName(std::string_view path);

Examined Examine(std::string path, std::string bytes, const ExamineOptions& options);

// A file that is no manifest: credentials alone.
Examined ExamineOther(std::string path, std::string_view bytes);

// Only what the file tells about others.
std::vector<Fact> FactsOf(std::string path, std::string bytes, const Limits& limits);

}  // namespace sluice::gate
