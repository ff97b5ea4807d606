// What a kustomization may read: files below its own directory (from anywhere in
// the repository where Flux builds), directories from anywhere, nothing
// remote, no link. Each look is noted in the log, found or not.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "manifests/render/layer.h"

namespace sluice::manifests::render {

// The path that `text` (the value of `holder`) names; nullopt after a finding.
std::optional<RepoPath> PathOf(Layer& layer, const Node& holder, std::string_view text);
// False after a finding: a file must lie below the kustomization's directory.
bool MayLoad(Layer& layer, const Node& holder, const RepoPath& path);

// An address that kustomize would fetch. A file of the repository whose path
// looks like one is read, as kustomize does, unless it has a scheme.
bool IsRemoteHere(Layer& layer, std::string_view text);

using FilePointer = std::shared_ptr<const SourceFile>;

// A file of YAML that can be read; null after a finding.
FilePointer ReadYaml(Layer& layer, const Node& holder, std::string_view text);
FilePointer ReadYaml(Layer& layer, const Node& holder, const RepoPath& path);
// Text inside the kustomization; null after a finding.
FilePointer ReadInlineYaml(Layer& layer, const Node& holder, InlineEnd end = InlineEnd::kAsWritten);
// A patch that kustomize reads as JSON where its first byte is "[", and as YAML
// else: a file, and text inside the kustomization; null after a finding.
FilePointer ReadPatchFile(Layer& layer, const Node& holder, std::string_view text);
FilePointer ReadInlinePatch(Layer& layer, const Node& holder, InlineEnd end);
// For generators: any bytes. Errors are in the words for the user.
Result<FilePointer> ReadBytes(Layer& layer, std::string_view text);

enum class Entry : std::uint8_t { kNothing, kFile, kDirectory, kOther };
// What stands at a path; kOther is a link or a submodule.
Entry EntryAt(Layer& layer, const RepoPath& path);

// The findings of a file that could not be read as YAML, as of this build.
bool FailUnreadable(Layer& layer, const SourceFile& file);

}  // namespace sluice::manifests::render
