// The files that a build reads, each read and parsed once, and the places of
// their nodes. As a compiler does, all files share one space of lines: the lines
// of a file begin after those of the file read before it. So a Range alone says
// which file it lies in, and a node made of parts of three files needs no more
// than any other node. Findings about built objects go through Resolve() before
// a person sees them.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/file_tree.h"
#include "base/limits.h"
#include "manifests/document.h"
#include "manifests/object.h"

namespace sluice::manifests::render {

// One file as builds see it. Immutable; lives as long as its Sources.
struct SourceFile {
  RepoPath path;
  std::uint32_t first = 0;  // lines before it in the space of all files: line 1 is first + 1
  // Ranges of its nodes and documents lie in the space of all files, those of
  // findings (here and in `objects`) are those in the file itself.
  ParsedFile parsed;
  ObjectList objects;  // of the documents of `parsed`
};

// kustomize cuts blanks and line ends off the end of an inline patch, and with
// them the line feed of a block scalar that stands last.
enum class InlineEnd : std::uint8_t { kAsWritten, kTrimmed };

struct Place {
  const SourceFile* file = nullptr;  // null: the range is of no file
  Range range;                       // in that file
};

// Thread-safe. `tree` must outlive it.
class Sources {
 public:
  Sources(const FileTree& tree, const Limits& limits);

  // A file of YAML or JSON; the same object for the same path. kNotFound, kLimit
  // as FileTree::Read; kLimit too where the lines of all files pass 2^32. A file
  // that is not readable YAML is a SourceFile with findings (parsed.Readable()).
  Result<std::shared_ptr<const SourceFile>> Read(const RepoPath& path);
  // A file as bytes: data of a generator, a Helm template, an .env file.
  Result<std::shared_ptr<const SourceFile>> ReadText(const RepoPath& path);
  // Text that stands inside another file (an inline patch): parsed as if it were
  // a file. In a literal block scalar each node has its own place in the file
  // that holds the text, else all have that of `holder`. Not kept: what is
  // returned owns its nodes.
  Result<std::shared_ptr<const SourceFile>> ReadInline(const Node& holder,
                                                       InlineEnd end = InlineEnd::kAsWritten);
  // A list that is read as JSON, as kustomize reads a patch that begins with "[":
  // inside another file, or a whole file. Placed and kept as by ReadInline.
  std::shared_ptr<const SourceFile> ReadInlineJson(const Node& holder);
  std::shared_ptr<const SourceFile> ReadJson(const SourceFile& whole);
  Result<std::vector<FileEntry>> List(const RepoPath& directory) const;
  // The first time that the tree could not be read: what was built of it means
  // nothing. A file that is absent or past the limit on size is no such failure.
  std::optional<Error> Failure() const;

  Place Resolve(const Range& range) const;
  const Limits& limits() const { return limits_; }

 private:
  using Files = std::unordered_map<std::string, std::shared_ptr<const SourceFile>>;
  void Note(const Error& error) const;
  Result<std::string> ReadFile(const RepoPath& path) const;
  std::shared_ptr<const SourceFile> Known(const Files& files, const RepoPath& path) const;
  Result<std::shared_ptr<const SourceFile>> Add(Files& files, std::shared_ptr<SourceFile> file);

  const FileTree& tree_;
  Limits limits_;
  mutable std::mutex mutex_;
  Files by_path_;
  Files texts_by_path_;
  std::vector<std::shared_ptr<const SourceFile>> by_line_;  // sorted by `first`
  std::uint32_t lines_ = 0;
  mutable std::optional<Error> failure_;
};

}  // namespace sluice::manifests::render
