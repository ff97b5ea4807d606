// Facts about the files of a tree: who defines which object, which CRDs there
// are, who refers to whom, what controllers build. A verdict on one file needs
// them of all files; they come from the index where it speaks of a file that
// did not change, and from the files themselves where it does not.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/range.h"
#include "git/index.h"
#include "manifests/document.h"
#include "manifests/object.h"

namespace sluice::gate {

// The number is written into indexes: add at the end, never renumber.
enum class FactKind : std::uint16_t {
  kIdentity = 1,       // key: IdentityKey; value: "line:column"
  kCrd = 2,            // key: KindKey of what it defines
  kReference = 3,      // key: path that is referred to; value: a Reference letter and "line:column"
  kKustomization = 4,  // key: directory of a file of that name; value: "component" or kGathers
  kRoot = 5,    // key: directory that a controller builds; value: "flux", "flux+substitute", "argo-cd",
                // "argo-cd+files"
  kChart = 6,   // key: directory of a Helm chart
  kCustom = 7,  // key: KindKey of an object of no built-in group
  kSops = 8,    // key: directory that a .sops.yaml governs
  // Besides kRoot's, what a root's build may read: a directory or file, and an
  // IdentityKey without namespace (and without name: any of the kind). A value is
  // such a key too: what has these needs is not a root but what roots need.
  kBuildsBelow = 9,
  kNeeds = 10,
  kPluginInput = 11,  // key: a path that a kustomize plugin names, without "./" and "../" before it
  kGenerates = 12,  // key: directory of a kustomization; value: IdentityKey, without namespace, that it makes
};
constexpr FactKind kLastFactKind = FactKind::kGenerates;

// How a kustomization uses a file.
enum class Reference : char {
  kResource = 'r',       // resources, bases, components: whole objects, or a directory
  kPatch = 'p',          // patches, replacements: parts of objects
  kGenerator = 'g',      // generator input: data
  kConfiguration = 'c',  // generators, transformers, validators, configurations, crds, openapi
  kValues = 'v',         // values of a Helm chart
  kSecretValues = 's',   // lines of "name=value" that become a Secret
};

// Of a kustomization with nothing but `resources`: what it builds are their objects as they stand.
constexpr std::string_view kGathers = "gathers";

// "12:3", as facts keep places.
std::string PlaceText(Position place);
Position ParsePlace(std::string_view text);

struct Fact {
  std::uint16_t kind = 0;  // a FactKind
  std::string key;
  std::string value;
};

// What one file tells: its path stands once, for a large tree has many facts.
struct FileFacts {
  std::string file;
  std::vector<Fact> facts;
};

using FactView = git::IndexRecordView;

// True for facts that say what other files are for.
bool TellsRoles(const Fact& fact);

std::string KindKey(std::string_view group, std::string_view kind);
// Of two objects with the same key the cluster would keep one; versions of a
// group are one kind.
std::string IdentityKey(std::string_view group, std::string_view kind, std::string_view ns,
                        std::string_view name);
std::string IdentityKey(const ObjectName& name);

// The same name in any namespace, as kNeeds has it.
std::string WithoutNamespace(std::string_view identity_key);

// Appends what one file tells; one that cannot be read, or is too large to be, tells by its name alone.
void ExtractFacts(const manifests::ParsedFile& file, const manifests::ObjectList& objects,
                  std::vector<Fact>& out);

// All facts of one tree. Immutable; lookups from many threads.
class Facts {
 public:
  Facts() = default;
  // `stale`: files of which the index no longer speaks the truth.
  Facts(std::shared_ptr<const git::Index> index, std::unordered_set<std::string> stale,
        std::vector<FileFacts> fresh);

  using Visit = std::function<void(const FactView&)>;
  using Test = std::function<bool(const FactView&)>;
  // True where `test` holds for a fact of that kind and key; none is tested behind it.
  bool Any(FactKind kind, std::string_view key, const Test& test) const;
  void Find(FactKind kind, std::string_view key, const Visit& visit) const;
  void ForEach(FactKind kind, const Visit& visit) const;
  bool Has(FactKind kind, std::string_view key) const;
  // False: there is no fact of this kind, whatever its key.
  bool MayHave(FactKind kind) const;

  // The same with the facts of `files` taken away and others added.
  Facts Replaced(const std::unordered_set<std::string>& files, std::vector<FileFacts> added) const;

  // Every fact as a record, for a new index.
  std::vector<git::IndexRecord> All() const;

 private:
  // A fact under the hash of its kind and key: small, so that a search stays in the cache.
  struct Entry {
    std::size_t hash = 0;
    std::uint32_t file = 0;  // in fresh_
    std::uint32_t fact = 0;  // in that file's
  };

  FactView ViewOf(const Entry& entry) const;

  std::shared_ptr<const git::Index> index_;
  std::unordered_set<std::string> stale_;
  std::uint32_t fresh_kinds_ = 0;  // a bit for each kind in fresh_
  std::vector<FileFacts> fresh_;   // as they came
  std::vector<Entry> entries_;     // by hash; of equal hashes by kind, key, file and value
};

}  // namespace sluice::gate
