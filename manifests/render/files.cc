// Tested by tests/manifests/render/build_test.cc.
#include "manifests/render/files.h"

#include <fmt/core.h>

#include <algorithm>

#include "manifests/hidden.h"
#include "manifests/render/remote.h"
#include "manifests/render/rules.h"

namespace sluice::manifests::render {
namespace {

std::string DirectoryWords(const RepoPath& directory) {
  return directory.IsRoot() ? "the root of the repository" : directory.text();
}

bool FailAbsent(Layer& layer, const Node& holder, const RepoPath& path, const Error& error) {
  if (error.kind == ErrorKind::kLimit) return layer.Fail(kBuildLimitRule, holder.range, error.message);
  const char* what = "there is no file {} in the repository";
  const Entry entry = error.kind == ErrorKind::kNotFound ? EntryAt(layer, path) : Entry::kNothing;
  if (entry == Entry::kDirectory) what = "{} is a directory; a file is needed here";
  if (entry == Entry::kOther) what = "{} is a symbolic link or a submodule, which is not followed";
  if (error.kind == ErrorKind::kFailed) return layer.Fail(kMissingFileRule, holder.range, error.message);
  return layer.Fail(kMissingFileRule, holder.range, fmt::format(fmt::runtime(what), Shown(path.text())));
}

// A file, readable or not; null after a finding.
FilePointer ReadFile(Layer& layer, const Node& holder, const RepoPath& path) {
  layer.log.read.push_back(path.text());
  Result<FilePointer> file = layer.session.sources().Read(path);
  if (file) return *std::move(file);
  FailAbsent(layer, holder, path, file.error());
  return nullptr;
}

FilePointer ReadFile(Layer& layer, const Node& holder, std::string_view text) {
  if (IsRemoteHere(layer, text)) {
    layer.Fail(kOutsideRepositoryRule, holder.range, "a remote file, which is never fetched");
    return nullptr;
  }
  const std::optional<RepoPath> path = PathOf(layer, holder, text);
  if (!path || !MayLoad(layer, holder, *path)) return nullptr;
  return ReadFile(layer, holder, *path);
}

FilePointer Readable(Layer& layer, FilePointer file) {
  if (file == nullptr || file->parsed.Readable()) return file;
  FailUnreadable(layer, *file);
  return nullptr;
}

// A text of its own, which lives as long as the build.
FilePointer Kept(Layer& layer, FilePointer file) {
  layer.log.keep.push_back(file);
  return Readable(layer, std::move(file));
}

}  // namespace

std::optional<RepoPath> PathOf(Layer& layer, const Node& holder, std::string_view text) {
  if (text.empty()) {
    layer.Fail(kMissingFileRule, holder.range, "an empty path names nothing");
    return std::nullopt;
  }
  Result<RepoPath> path = layer.directory.Resolve(text);
  if (path && !IsFileUrl(text)) return *std::move(path);
  layer.Fail(kOutsideRepositoryRule, holder.range, "this path leads out of the repository");
  return std::nullopt;
}

bool MayLoad(Layer& layer, const Node& holder, const RepoPath& path) {
  if (layer.anywhere || path.IsInside(layer.directory)) return true;
  return layer.Fail(kLoadRestrictionRule, holder.range,
                    fmt::format("security; file {} is not in or below {}", Shown(path.text()),
                                DirectoryWords(layer.directory)));
}

bool FailUnreadable(Layer& layer, const SourceFile& file) {
  for (Finding finding : file.parsed.findings) {
    if (finding.severity != Severity::kError) continue;
    if (finding.file != layer.file) finding.through.push_back(layer.file);
    layer.log.findings.push_back(std::move(finding));
  }
  layer.log.failed = true;
  return false;
}

bool IsRemoteHere(Layer& layer, std::string_view text) {
  if (!IsRemote(text)) return false;
  if (text.find("://") != text.npos) return true;
  const Result<RepoPath> path = layer.directory.Resolve(text);
  return !path || EntryAt(layer, *path) != Entry::kFile;
}

FilePointer ReadYaml(Layer& layer, const Node& holder, const RepoPath& path) {
  return Readable(layer, ReadFile(layer, holder, path));
}

FilePointer ReadYaml(Layer& layer, const Node& holder, std::string_view text) {
  return Readable(layer, ReadFile(layer, holder, text));
}

FilePointer ReadPatchFile(Layer& layer, const Node& holder, std::string_view text) {
  FilePointer file = ReadFile(layer, holder, text);
  if (file == nullptr || !file->parsed.bytes->starts_with('[')) return Readable(layer, std::move(file));
  return Kept(layer, layer.session.sources().ReadJson(*file));
}

FilePointer ReadInlinePatch(Layer& layer, const Node& holder, InlineEnd end) {
  std::string_view text = holder.String();
  if (end == InlineEnd::kTrimmed)
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  if (!text.starts_with('[')) return ReadInlineYaml(layer, holder, end);
  return Kept(layer, layer.session.sources().ReadInlineJson(holder));
}

FilePointer ReadInlineYaml(Layer& layer, const Node& holder, InlineEnd end) {
  Result<FilePointer> file = layer.session.sources().ReadInline(holder, end);
  if (!file) {
    layer.Fail(kBuildLimitRule, holder.range, file.error().message);
    return nullptr;
  }
  return Kept(layer, *std::move(file));
}

Result<FilePointer> ReadBytes(Layer& layer, std::string_view text) {
  if (IsRemoteHere(layer, text)) return NotFound("a remote file, which is never fetched");
  const Result<RepoPath> path = layer.directory.Resolve(text);
  if (!path || text.empty()) return NotFound(fmt::format("{} is not a path in the repository", Shown(text)));
  if (!layer.anywhere && !path->IsInside(layer.directory)) {
    return NotFound(fmt::format("security; file {} is not in or below {}", Shown(path->text()),
                                DirectoryWords(layer.directory)));
  }
  layer.log.read.push_back(path->text());
  Result<FilePointer> file = layer.session.sources().ReadText(*path);
  if (file || file.error().kind != ErrorKind::kNotFound) return file;
  return NotFound(fmt::format("there is no file {} in the repository", Shown(path->text())));
}

Entry EntryAt(Layer& layer, const RepoPath& path) {
  layer.log.read.push_back(path.text());
  if (path.IsRoot()) return Entry::kDirectory;
  const Result<std::vector<FileEntry>> entries = layer.session.sources().List(path.Parent());
  if (!entries) return Entry::kNothing;
  const auto found = std::ranges::find(*entries, path.Name(), &FileEntry::name);
  if (found == entries->end()) return Entry::kNothing;
  if (found->kind == FileKind::kFile) return Entry::kFile;
  return found->kind == FileKind::kDirectory ? Entry::kDirectory : Entry::kOther;
}

}  // namespace sluice::manifests::render
