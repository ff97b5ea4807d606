// Every bound on what a hostile repository may cost the readers, in one table.
// Past one there is an Error that names it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice::git {

// Objects.
constexpr std::size_t kMaxCommitBytes = 16u << 20;  // also of a tag
constexpr std::size_t kMaxTreeBytes = 32u << 20;    // some 900,000 entries
constexpr int kMaxTagDepth = 8;                     // tags of tags

// Deltas. `git repack --depth` takes at most 4,095.
constexpr std::size_t kMaxDeltaDepth = 4'095;
constexpr std::size_t kMaxBaseBytes = 64u << 20;    // of one base, where the caller's limit is lower
constexpr std::size_t kMaxChainBytes = 512u << 20;  // written while one chain is resolved
constexpr std::size_t kCacheBytes = 16u << 20;      // of objects kept for the next reader
constexpr std::size_t kMaxCachedBytes = 1u << 20;   // of one of them

// Where objects are kept.
constexpr std::size_t kMaxPacks = 200;  // opened by us; git looks after the rest
constexpr std::size_t kMaxObjectDirectories = 64;
constexpr int kMaxAlternateDepth = 5;  // as git
constexpr std::size_t kMaxConfigBytes = 1u << 20;
constexpr std::size_t kMaxShallowBytes = 16u << 20;

// Refs.
constexpr int kMaxSymbolicDepth = 5;  // as git
constexpr std::size_t kMaxRefNameBytes = 1'024;
constexpr std::size_t kMaxUnsortedRefsBytes = 64u << 20;

// Walks.
constexpr std::size_t kMaxTreeDepth = 256;
constexpr std::size_t kMaxTreesRead = 100'000;         // in one comparison
constexpr std::size_t kMaxLiveTreeBytes = 256u << 20;  // held at a time in one comparison
constexpr std::size_t kMaxPathBytes = 4'096;           // as RepoPath
constexpr std::size_t kMaxCommitsWalked = 500'000;     // for one merge base
constexpr std::size_t kMaxMergeBases = 16;             // looked at to find the best

// How long one answer of `git cat-file` may take.
constexpr int kGitAnswerMilliseconds = 10'000;

}  // namespace sluice::git
