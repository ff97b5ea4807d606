// One file looked at on its own: what it says, what is wrong with it, what it
// tells about others. Its nodes are gone afterwards, so that thousands of files
// cost the memory of their findings. What depends on other files (its role, the
// tree's CRDs) is decided by the caller, who may look again.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/verdict.h"
#include "gate/configuration.h"
#include "gate/excuses.h"
#include "gate/facts.h"
#include "policies/native.h"
#include "schemas/catalog.h"

namespace sluice::gate {

struct ExaminedFinding {
  Finding finding;
  bool always = false;       // holds whatever the file is for: credentials, hidden characters
  bool placeholder = false;  // its place holds ${…}, which somebody else replaces
  std::size_t object = 0;    // the one of Examined::objects that it speaks of, from 1; 0: of none
};

// What is kept of an object for those that record it or ask clusters about it.
struct ObjectContent {
  std::string digest;           // hex, where it was asked for
  std::string canonical;        // canonical JSON, where it was asked for
  std::vector<Evidence> asked;  // what clusters said
};

// Kept of every object until the verdict: what is short stays short.
struct ExaminedObject {
  ObjectName name;
  Position place;
  Evidence::By by = Evidence::By::kOffline;
  bool custom = false;  // a CRD of the tree could know more about it
  bool crd = false;
  bool placeholders = false;                    // ${…} stands in it
  bool encrypted = false;                       // by SOPS: not what a cluster gets
  std::string_view reason;                      // of the evidence; static
  std::unique_ptr<ObjectContent> content = {};  // absent: nobody asked for any

  const ObjectContent& Content() const;
};

struct Examined {
  manifests::Shape shape = manifests::Shape::kOther;
  bool looked_at = false;  // the file was read
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

// Every check of one object alone, whether a file holds it or a root builds it:
// lifecycle, shape, native rules. `excuses` knows the object's nodes.
Findings CheckOneObject(const ExamineOptions& options, const Excuses& excuses,
                        const manifests::Object& object);
// What a verdict keeps of it; file and line are left to the caller.
ExaminedObject RecordOf(const ExamineOptions& options, const Excuses& excuses,
                        const manifests::Object& object);

// `.yaml .yml .json` and the names of kustomizations.
bool IsManifestName(std::string_view path);

Examined Examine(std::string path, std::string bytes, const ExamineOptions& options);

// A file that is no manifest: credentials, and what `.gitattributes` does to others.
Examined ExamineOther(std::string_view path, std::string_view bytes);

// Only what the file tells about others.
FileFacts FactsOf(std::string path, std::string bytes, const Limits& limits);

}  // namespace sluice::gate
