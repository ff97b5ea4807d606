// A release of a chart in a tree of the memory, built with helm or with what a
// test has in its place.
#pragma once

#include <map>
#include <string>

#include "manifests/render/helm_run.h"
#include "schemas/json_schema.h"
#include "tests/manifests/render/helm_program.h"

namespace sluice::manifests::render {

inline Result<Findings> CheckBySchema(std::string_view schema, const ParsedFile& values) {
  const Result<schemas::JsonSchema> parsed = schemas::JsonSchema::Parse(schema);
  if (!parsed) return parsed.error();
  return parsed->Check(values);
}

// Files below "chart/" are the chart, "release.yaml" holds the values, and
// "more.yaml", where there is one, values that come before them.
class ReleaseOf {
 public:
  explicit ReleaseOf(std::map<std::string, std::string> files, RunHelm run)
      : tree_(WithRelease(std::move(files))), session_(tree_, limits_, facts_) {
    context_.helm = std::move(run);
    context_.check_values = CheckBySchema;
    context_.kube_version = "1.34";
    release_ = {.name = "shop", .ns = "store", .file = "release.yaml"};
    release_.chart.directory = *RepoPath::Parse("chart");
  }

  Built Build() {
    for (const char* path : {"more.yaml", "release.yaml"}) {
      auto file = session_.sources().Read(*RepoPath::Parse(path));
      if (!file || (*file)->parsed.documents.empty()) continue;
      release_.values.push_back((*file)->parsed.documents[0].root);
      release_.place = {{(*file)->first + 1, 1}, {(*file)->first + 1, 2}};
    }
    return BuildRelease(session_, release_, context_);
  }

  Release& release() { return release_; }
  RootContext& context() { return context_; }
  Session& session() { return session_; }

 private:
  static std::map<std::string, std::string> WithRelease(std::map<std::string, std::string> files) {
    files.try_emplace("release.yaml", "{}\n");
    files.try_emplace("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.2.3\n");
    return files;
  }

  MemoryTree tree_;
  Limits limits_;
  static constexpr KindRow kKinds[] = {{"", "v1", "ConfigMap", 0, KindScope::kNamespaced},
                                       {"", "v1", "Namespace", 0, KindScope::kCluster},
                                       {"apps", "v1", "Deployment", 0, KindScope::kNamespaced}};
  KindFacts facts_{kKinds, {}};
  Session session_;
  RootContext context_;
  Release release_;
};

// "file:line" of a place in line space.
inline std::string PlaceOf(Session& session, const Range& range) {
  const Place place = session.sources().Resolve(range);
  return place.file == nullptr ? "nowhere"
                               : place.file->path.text() + ":" + std::to_string(place.range.begin.line);
}

// "rule file:line: message" of each, one a line.
inline std::string Told(const Built& built) {
  std::string text;
  for (const Finding& finding : built.findings)
    text += finding.rule + " " + finding.file + ":" + std::to_string(finding.range.begin.line) + ": " +
            finding.message + "\n";
  for (const NotBuilt& one : built.not_built)
    text += "not built " + one.file + ":" + std::to_string(one.place.begin.line) + ": " + one.reason + "\n";
  return text;
}

}  // namespace sluice::manifests::render
