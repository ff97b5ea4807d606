// configMapGenerator and secretGenerator, as kustomize 5.7 runs them
// (api/internal/generators, api/kv, api/hasher): ConfigMaps and Secrets made of
// literals, files and env files, and the hash of their content that becomes part
// of their name. A value points at the literal, the line of the env file or the
// file that it came from.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/arena.h"
#include "manifests/document.h"
#include "manifests/render/problem.h"
#include "manifests/render/sources.h"

namespace sluice::manifests::render {

enum class GeneratorKind : std::uint8_t { kConfigMap, kSecret };
enum class GeneratorBehavior : std::uint8_t { kCreate, kReplace, kMerge };

// Reads a file that an entry names, relative to its kustomization, under the
// build's rules of what may be read: Sources::ReadText behind them. What it
// gives must live as long as the arena.
using ReadGeneratorFile = std::function<Result<std::shared_ptr<const SourceFile>>(std::string_view path)>;

struct Generated {
  Node object;  // a whole object, without the suffix
  GeneratorBehavior behavior = GeneratorBehavior::kCreate;
  bool hash_suffix = true;              // its name gets "-" + NameSuffixHash, after all transformers
  std::vector<RenderProblem> problems;  // not empty: nothing else counts
};

// `entry`: one element of configMapGenerator or secretGenerator, a mapping;
// `options`: generatorOptions of the same kustomization, or null.
Generated Generate(Arena& arena, GeneratorKind kind, const Node& entry, const Node* options,
                   const ReadGeneratorFile& read);

// What becomes of `existing`, an object of the same id, when `generated` (its
// behavior kReplace or kMerge) meets it. Name and namespace are those of
// `existing`, labels and annotations are united; kMerge unites the data too.
Node Absorb(Arena& arena, const Node& existing, const Generated& generated);

// The ten characters that kustomize appends for the content of a ConfigMap or a
// Secret, computed over its present data. nullopt for other kinds:
// only plugins ask for their hash.
std::optional<std::string> NameSuffixHash(const Node& object);

}  // namespace sluice::manifests::render
