// A walk of the chart's directory, then of the charts that Chart.yaml asks for
// and that do not lie in charts/. Tested by tests/manifests/render/chart_test.cc.
#include "manifests/render/chart.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "manifests/render/chart_cache.h"

namespace sluice::manifests::render {
namespace {

struct Dependency {
  std::string_view name, version, repository;
};

std::string_view TextOf(const Node& mapping, std::string_view key) {
  const Node* node = mapping.Find(key);
  return node == nullptr ? std::string_view() : node->text;  // a version may read as a number
}

std::vector<Dependency> DependenciesIn(const Node& root) {
  std::vector<Dependency> all;
  const Node* list = root.Find("dependencies");
  if (list == nullptr || list->kind != NodeKind::kSequence) return all;
  for (const Node& one : list->children)
    all.push_back({TextOf(one, "name"), TextOf(one, "version"), TextOf(one, "repository")});
  return all;
}

// What Chart.lock has of each, by name and repository; the first counts.
using LockedVersions = std::map<std::pair<std::string_view, std::string_view>, std::string_view>;
LockedVersions VersionsIn(const SourceFile* lock) {
  LockedVersions versions;
  if (lock == nullptr) return versions;
  for (const Dependency& one : DependenciesIn(*lock->parsed.documents[0].root))
    versions.emplace(std::pair(one.name, one.repository), one.version);
  return versions;
}

class Reader {
 public:
  Reader(Sources& sources, const std::string& cache) : sources_(sources), cache_(cache) {}

  Chart Read(const ChartSource& source) {
    if (source.name.empty()) {
      ChartAt(source.directory, RepoPath(), int{ChartLimits::kCharts});
    } else {
      Cached(source, RepoPath());
    }
    std::sort(chart_.read.begin(), chart_.read.end());
    chart_.read.erase(std::unique(chart_.read.begin(), chart_.read.end()), chart_.read.end());
    return std::move(chart_);
  }

 private:
  void Missing(std::string why) {
    if (chart_.missing.empty()) chart_.missing = std::move(why);
  }
  bool Add(const RepoPath& path, std::string bytes, const RepoPath& origin);
  void Directory(const RepoPath& from, const RepoPath& to, int depth);
  void Entry(const FileEntry& entry, const RepoPath& path, const RepoPath& target, int depth);
  void ChartAt(const RepoPath& from, const RepoPath& to, int charts_left);
  void Dependencies(const RepoPath& from, const RepoPath& to, int charts_left);
  void Depend(const Dependency& dependency, const RepoPath& from, const RepoPath& charts, int charts_left);
  std::set<std::string> VendoredIn(const RepoPath& charts) const;
  void Cached(const ChartSource& source, const RepoPath& to);
  std::shared_ptr<const SourceFile> Yaml(const RepoPath& directory, std::string_view name);

  Sources& sources_;
  const std::string& cache_;
  Chart chart_;
  std::size_t bytes_ = 0;
};

bool Reader::Add(const RepoPath& path, std::string bytes, const RepoPath& origin) {
  bytes_ += bytes.size();
  if (chart_.files.size() >= ChartLimits::kFiles || bytes_ > ChartLimits::kBytes) {
    Missing(fmt::format("the chart has more than {} files or is larger than {} MiB", ChartLimits::kFiles,
                        ChartLimits::kBytes >> 20));
    return false;
  }
  chart_.files.push_back({path, std::move(bytes)});
  chart_.origins.push_back(origin);
  return true;
}

void Reader::Entry(const FileEntry& entry, const RepoPath& path, const RepoPath& target, int depth) {
  if (entry.kind == FileKind::kDirectory) return Directory(path, target, depth + 1);
  if (entry.kind == FileKind::kSymlink || entry.kind == FileKind::kSubmodule) {
    chart_.left_out.push_back(path.text() + (entry.kind == FileKind::kSymlink
                                                 ? " is a symbolic link, which is not followed"
                                                 : " is a submodule, which is not read"));
    return;
  }
  const auto file = sources_.ReadText(path);
  if (!file) return Missing(path.text() + ": " + file.error().message);
  chart_.read.push_back(path.text());
  Add(target, *(*file)->parsed.bytes, path);
}

// What lies in `from`, as what stands in `to` of the chart.
void Reader::Directory(const RepoPath& from, const RepoPath& to, int depth) {
  if (depth > int{ChartLimits::kDirectories}) return Missing(from.text() + " lies too deep for a chart");
  const auto entries = sources_.List(from);
  chart_.read.push_back(from.text());
  if (!entries)
    return Missing(entries.error().kind == ErrorKind::kNotFound ? "there is no chart in " + from.text()
                                                                : entries.error().message);
  for (const FileEntry& entry : *entries) {
    const Result<RepoPath> path = from.Child(entry.name), target = to.Child(entry.name);
    if (!path || !target) return Missing(from.text() + " holds a file of an odd name");
    Entry(entry, *path, *target, depth);
    if (!chart_.missing.empty()) return;
  }
}

void Reader::ChartAt(const RepoPath& from, const RepoPath& to, int charts_left) {
  Directory(from, to, 0);
  if (!chart_.missing.empty()) return;
  const std::string file = to.IsRoot() ? "Chart.yaml" : to.text() + "/Chart.yaml";
  if (chart_.Find(file) == Chart::npos) return Missing("there is no Chart.yaml in " + from.text());
  Dependencies(from, to, charts_left);
}

std::shared_ptr<const SourceFile> Reader::Yaml(const RepoPath& directory, std::string_view name) {
  const auto file = sources_.Read(*directory.Child(name));
  if (!file || !(*file)->parsed.Readable() || (*file)->parsed.documents.empty()) return nullptr;
  return *file;
}

void Reader::Dependencies(const RepoPath& from, const RepoPath& to, int charts_left) {
  const Result<RepoPath> charts = to.Child("charts");
  if (!charts) return Missing(charts.error().message);
  std::set<std::string> vendored = VendoredIn(*charts);
  for (const auto& [asks, locks] :
       {std::pair{"Chart.yaml", "Chart.lock"}, std::pair{"requirements.yaml", "requirements.lock"}}) {
    const auto file = Yaml(from, asks);
    if (!file) continue;
    const auto lock = Yaml(from, locks);
    const LockedVersions locked = VersionsIn(lock.get());
    for (Dependency dependency : DependenciesIn(*file->parsed.documents[0].root)) {
      const auto version = locked.find({dependency.name, dependency.repository});
      if (version != locked.end()) dependency.version = version->second;
      if (vendored.insert(std::string(dependency.name)).second)
        Depend(dependency, from, *charts, charts_left);
      if (!chart_.missing.empty()) return;
    }
  }
}

// The names that a directory or an archive of `charts` may be of: "a-b-1.2.tgz"
// may be of "a" and of "a-b".
std::set<std::string> Reader::VendoredIn(const RepoPath& charts) const {
  const std::string prefix = charts.text() + "/";
  std::set<std::string> names;
  for (const ChartFile& file : chart_.files) {
    std::string_view path = file.path.text();
    if (!path.starts_with(prefix)) continue;
    path.remove_prefix(prefix.size());
    constexpr std::string_view kChart = "/Chart.yaml";
    if (path.ends_with(kChart)) names.emplace(path.substr(0, path.size() - kChart.size()));
    if (!path.ends_with(".tgz")) continue;
    for (std::size_t dash = path.find('-'); dash != path.npos; dash = path.find('-', dash + 1))
      names.emplace(path.substr(0, dash));
  }
  return names;
}

// A chart that does not lie in `charts`.
void Reader::Depend(const Dependency& dependency, const RepoPath& from, const RepoPath& charts,
                    int charts_left) {
  const Result<RepoPath> target = charts.Child(dependency.name);
  if (!target) return Missing("a dependency of " + from.text() + " has no name that a chart could have");
  if (charts_left == 0) return Missing(from.text() + ": charts that depend on one another, too deep");
  if (dependency.repository.starts_with("file://")) {
    const Result<RepoPath> directory = from.Resolve(dependency.repository.substr(7));
    if (!directory)
      return Missing(fmt::format("chart {} of {} lies outside the repository", dependency.name, from.text()));
    return ChartAt(*directory, *target, charts_left - 1);
  }
  Cached({.name = std::string(dependency.name),
          .version = std::string(dependency.version),
          .repository = std::string(dependency.repository)},
         *target);
}

void Reader::Cached(const ChartSource& source, const RepoPath& to) {
  if (std::string why = WhyNotFetchable(source); !why.empty()) return Missing(std::move(why));
  Result<std::vector<ChartFile>> files = cache_.empty() ? NotFound("") : ReadCachedChart(cache_, source);
  if (!files && files.error().kind != ErrorKind::kNotFound) return Missing(files.error().message);
  if (!files)
    return Missing(fmt::format("chart {} {} is not in the cache: {}", source.name, source.version,
                               FetchCommand(source)));
  for (ChartFile& file : *files) {
    const Result<RepoPath> path = to.IsRoot() ? file.path : to.Resolve(file.path.text());
    if (!path || !Add(*path, std::move(file.bytes), RepoPath())) return;
  }
}

}  // namespace

std::size_t Chart::Find(std::string_view path) const {
  for (std::size_t i = 0; i < files.size(); ++i)
    if (files[i].path.text() == path) return i;
  return npos;
}

Chart ReadChart(Sources& sources, const ChartSource& source, const std::string& cache) {
  return Reader(sources, cache).Read(source);
}

}  // namespace sluice::manifests::render
