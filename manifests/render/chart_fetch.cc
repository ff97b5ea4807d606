// `helm pull` into a scratch directory, then from there into the cache: what
// lies in the cache was written by us, from plain files, and never replaced.
// Tested by tests/manifests/render/chart_fetch_test.cc.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/file_tree.h"
#include "crypto/digest.h"
#include "manifests/render/chart_cache.h"
#include "process/child.h"
#include "process/private_directory.h"

namespace sluice::manifests::render {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kWall{120}, kCpu{60};
constexpr std::uint64_t kMemory = 1u << 30;
constexpr std::size_t kMaxWords = 500;

// Certificates, the resolver's files, time zones, the loader of a dynamic helm.
constexpr const char* kReadable[] = {"/etc", "/usr", "/lib", "/lib64", "/dev/null"};

process::ChildOptions Pull(const FetchOptions& options, const ChartSource& source,
                           const std::string& scratch) {
  const bool registry = source.repository.starts_with("oci://");
  process::ChildOptions child{.argv = {options.program, "pull", "--untar", "--untardir=" + scratch + "/out",
                                       "--destination=" + scratch, "--version=" + source.version},
                              .environment = options.environment,
                              .directory = scratch,
                              .deadline = kWall};
  std::string address = source.repository;
  while (address.ends_with('/')) address.pop_back();
  if (!registry) child.argv.push_back("--repo=" + address);
  child.argv.insert(child.argv.end(), {"--", registry ? address + "/" + source.name : source.name});

  for (const char* name :
       {"HOME", "TMPDIR", "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "HELM_REPOSITORY_CACHE"})
    child.environment.push_back(std::string(name) + "=" + scratch);
  for (const char* name : {"HELM_PLUGINS", "HELM_REPOSITORY_CONFIG", "KUBECONFIG"})
    child.environment.push_back(std::string(name) + "=" + scratch + "/nowhere");
  child.environment.push_back("HELM_REGISTRY_CONFIG=" +
                              (options.logins.empty() ? scratch + "/nowhere" : options.logins));
  child.sandbox = {.enabled = true,
                   .memory_bytes = kMemory,
                   .cpu = kCpu,
                   .file_bytes = ChartLimits::kBytes,
                   .readable = {options.program, scratch},
                   .writable = {scratch},
                   .may_execute = true,
                   .may_network = true};
  if (!options.logins.empty()) child.sandbox.readable.push_back(options.logins);
  for (const std::string& variable : options.environment)
    for (const std::string_view name : {"SSL_CERT_FILE=/", "SSL_CERT_DIR=/"})
      if (variable.starts_with(name)) child.sandbox.readable.push_back(variable.substr(name.size() - 1));
  child.sandbox.readable.insert(child.sandbox.readable.end(), std::begin(kReadable), std::end(kReadable));
  child.below_floor = process::BelowFloor::kRefuseWithoutLandlock;
  return child;
}

std::string Words(std::string said) {
  said = said.substr(0, kMaxWords);
  for (char& c : said)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  while (!said.empty() && said.back() == ' ') said.pop_back();
  return said;
}

Status RunPull(const FetchOptions& options, const ChartSource& source, const std::string& scratch) {
  const Result<process::ChildResult> ran = process::Run(Pull(options, source, scratch));
  if (!ran) return ran.error();
  if (ran->timed_out) return LimitPassed(fmt::format("helm pull took longer than {} s", kWall.count()));
  if (ran->exit_code != 0) return Failed("helm pull: " + Words(ran->error_output));
  return Ok{};
}

Status Collect(const FileTree& tree, const RepoPath& directory, std::size_t depth,
               std::vector<ChartFile>& files) {
  const Result<std::vector<FileEntry>> entries = tree.List(directory);
  if (!entries) return entries.error();
  for (const FileEntry& entry : *entries) {
    const Result<RepoPath> path = directory.Child(entry.name);
    if (!path || entry.name.find_first_of("\n\r\\") != entry.name.npos)
      return Failed("the chart has a file of an odd name");
    if (entry.kind == FileKind::kDirectory && depth < ChartLimits::kDirectories) {
      if (Status done = Collect(tree, *path, depth + 1, files); !done) return done;
      continue;
    }
    if (entry.kind != FileKind::kFile) return Failed(path->text() + " of the chart is not a plain file");
    if (files.size() == ChartLimits::kFiles)
      return LimitPassed(fmt::format("the chart has more than {} files", ChartLimits::kFiles));
    Result<std::string> bytes = tree.Read(*path, ChartLimits::kBytes);
    if (!bytes) return bytes.error();
    files.push_back({*path, std::move(*bytes)});
  }
  return Ok{};
}

std::string ListOf(const std::vector<ChartFile>& files, const std::string& name) {
  std::string list;
  for (const ChartFile& file : files)
    list += crypto::Hex(crypto::DigestSha256(file.bytes)) + "  " + name + "/" + file.path.text() + "\n";
  return list;
}

Status WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  file.close();
  return file ? Status(Ok{}) : SystemError("cannot write " + path, errno);
}

// The files, then the list.
Status Keep(const std::string& target, const std::vector<ChartFile>& files, const std::string& list) {
  std::error_code error;
  fs::remove_all(target, error);  // of a fetch that was killed
  for (const ChartFile& file : files) {
    const std::string path = target + "/" + file.path.text();
    fs::create_directories(fs::path(path).parent_path(), error);
    if (error) return Failed("cannot make a directory in the chart cache: " + error.message());
    if (Status written = WriteFile(path, file.bytes); !written) return written;
  }
  const std::string next = target + ".sha256.new";
  if (Status written = WriteFile(next, list); !written) return written;
  fs::rename(next, target + ".sha256", error);
  return error ? Failed("cannot write to the chart cache: " + error.message()) : Status(Ok{});
}

Result<std::vector<ChartFile>> Download(const FetchOptions& options, const ChartSource& source) {
  const Result<process::PrivateDirectory> scratch = process::PrivateDirectory::Make();
  if (!scratch) return scratch.error();
  if (Status made = scratch->MakeDirectory("out"); !made) return made.error();
  if (Status pulled = RunPull(options, source, scratch->path()); !pulled) return pulled.error();
  std::vector<ChartFile> files;
  const DirectoryTree unpacked(scratch->path() + "/out/" + source.name);
  if (Status collected = Collect(unpacked, RepoPath(), 0, files); !collected) return collected.error();
  std::sort(files.begin(), files.end(),
            [](const ChartFile& a, const ChartFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace

Result<Fetched> FetchChart(const FetchOptions& options, const ChartSource& source) {
  if (const std::string why = WhyNotFetchable(source); !why.empty()) return Usage(why);
  const Result<std::vector<ChartFile>> files = Download(options, source);
  if (!files) return files.error();

  const std::string target = options.cache + "/" + CachePath(source);
  const std::string list = ListOf(*files, source.name + "-" + source.version);
  const std::string digest = crypto::Hex(crypto::DigestSha256(list));
  const Result<std::string> old =
      DirectoryTree(options.cache).Read(*RepoPath::Parse(CachePath(source) + ".sha256"), 1u << 20);
  if (old && *old != list)
    return Failed(
        fmt::format("{} {} of {} is not the one that was fetched before: a published version never "
                    "changes; look at both, and remove {}.sha256 to take the new one",
                    source.name, source.version, source.repository, target));
  if (old && ReadCachedChart(options.cache, source)) return Fetched{digest, true};
  if (Status kept = Keep(target, *files, list); !kept) return kept.error();
  return Fetched{digest, false};
}

}  // namespace sluice::manifests::render
