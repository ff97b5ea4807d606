// What real API servers answered: Kubernetes 1.34 (answers.jsonl, written by answers.py), and
// what others answer otherwise (answers-1.32.jsonl).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/dry_run.h"
#include "cluster/answer.h"
#include "manifests/object.h"

namespace sluice::cluster {

struct Recorded {
  std::string name;
  DryRunObject object;
  const manifests::Node* sent = nullptr;  // null for a removal
  const manifests::Node* live = nullptr;
  ServerAnswer answer;
};

struct Recording {
  std::vector<manifests::ParsedFile> files;  // own the nodes
  std::vector<Recorded> cases;
};

Recording ReadRecording(const std::string& file = "answers.jsonl");
const Recorded& CaseOf(const Recording& recording, const std::string& name);

// A file of this folder.
std::string ReadTestFile(const std::string& name);

}  // namespace sluice::cluster
