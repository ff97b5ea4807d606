// A repository made by git, and pushes to it as values, for tests of the gate.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "gate/push.h"
#include "process/child.h"
#include "tests/catch.h"

namespace sluice::gate {

namespace fs = std::filesystem;

inline const char* kGood = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
inline const char* kBad = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndate: {}\n";
inline const char* kSecret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: hunter2}\n";

class Scratch {
 public:
  explicit Scratch(const std::string& name = "repo")
      : root_(fs::temp_directory_path() / ("sluice-push-" + std::to_string(getpid()) + "-" + name)) {
    fs::remove_all(root_);
    fs::create_directories(root_);
    Git({"init", "-q", "-b", "main"});
  }
  ~Scratch() { fs::remove_all(root_); }

  std::string Git(std::vector<std::string> arguments) const {
    process::ChildOptions options;
    options.argv = {"/usr/bin/git", "-C", root_.string()};
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    options.environment = {"HOME=/nonexistent",
                           "GIT_CONFIG_NOSYSTEM=1",
                           "GIT_AUTHOR_NAME=ana",
                           "GIT_AUTHOR_EMAIL=ana@shop.example",
                           "GIT_COMMITTER_NAME=ana",
                           "GIT_COMMITTER_EMAIL=ana@shop.example",
                           "GIT_AUTHOR_DATE=1700000000 +0000",
                           "GIT_COMMITTER_DATE=1700000000 +0000",
                           "PATH=/usr/bin:/bin"};
    const Result<process::ChildResult> result = process::Run(options);
    REQUIRE(result);
    CAPTURE(result->error_output);
    REQUIRE(result->exit_code == 0);
    return result->output.substr(0, result->output.find('\n'));
  }

  // Commits `files` (empty text: removed) on top of what is checked out.
  Oid Commit(const std::vector<std::pair<std::string, std::string>>& files,
             const std::string& message = "change") const {
    for (const auto& [path, text] : files) {
      fs::create_directories((root_ / path).parent_path());
      if (text.empty()) {
        fs::remove(root_ / path);
      } else {
        std::ofstream(root_ / path) << text;
      }
    }
    Git({"add", "-A"});
    Git({"commit", "-q", "--allow-empty", "-m", message});
    return *Oid::FromHex(Git({"rev-parse", "HEAD"}));
  }
  void Point(const std::string& ref, const Oid& id) const { Git({"update-ref", ref, id.Hex()}); }
  std::shared_ptr<const git::Repository> Open() const {
    return *git::Open({.git_dir = (root_ / ".git").string()});
  }
  std::string path() const { return (root_ / ".git").string(); }

 private:
  fs::path root_;
};

inline Push MakePush(const Scratch& scratch, std::vector<RefUpdate> updates) {
  Push push;
  push.repository = scratch.Open();
  push.settings.policy_ref = "refs/heads/main";
  push.updates = std::move(updates);
  push.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  return push;
}

// `old` is where main stands in the repository, `tip` what is pushed to it.
inline PushVerdict PushMain(const Scratch& scratch, const Oid& old, const Oid& tip) {
  if (!old.IsZero()) scratch.Point("refs/heads/main", old);
  return JudgePush(MakePush(scratch, {{old, tip, "refs/heads/main"}}));
}

inline bool Has(const PushVerdict& push, const std::string& rule) {
  for (const RefVerdict& ref : push.refs) {
    for (const Finding& finding : ref.verdict.findings) {
      if (finding.rule == rule) return true;
    }
  }
  return false;
}

inline bool Notes(const PushVerdict& push, const std::string& words) {
  const std::vector<std::string>& notes = push.refs.at(0).verdict.notes;
  return std::any_of(notes.begin(), notes.end(),
                     [&](const std::string& note) { return note.find(words) != note.npos; });
}

}  // namespace sluice::gate
