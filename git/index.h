// The whole-tree index, `$GIT_DIR/sluice/index`: facts about every manifest of
// one tree, kept from push to push so that a hook reads only what differs.
// What the facts mean is the gate's affair; here they are keyed records.
//
// A file of the index is mapped read-only and checked before use: another
// version, another engine, a truncated or torn file are kNotFound, never a
// crash. Written whole to a temporary file and renamed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/oid.h"
#include "base/result.h"

namespace sluice::git {

// One fact: `kind` and `key` are looked up, `file` says which file told it.
struct IndexRecord {
  std::uint16_t kind = 0;
  std::string key;    // "apps/Deployment/shop/web", a path, a CRD's group/kind…
  std::string file;   // path of the file that the fact was read from
  std::string value;  // anything more
};

// As read: views into the mapped file, valid while the Index lives.
struct IndexRecordView {
  std::uint16_t kind;
  std::string_view key, file, value;
};

class Index {
 public:
  virtual ~Index() = default;
  virtual Oid tree() const = 0;  // the tree that the facts speak of
  // Calls `visit` for each record of that kind and key, or of that kind.
  virtual void Find(std::uint16_t kind, std::string_view key,
                    const std::function<void(const IndexRecordView&)>& visit) const = 0;
  virtual void ForEach(std::uint16_t kind,
                       const std::function<void(const IndexRecordView&)>& visit) const = 0;
};

// `engine` names the version of the engine that wrote the facts.
Result<std::shared_ptr<const Index>> OpenIndex(const std::string& path, std::string_view engine);
Status WriteIndex(const std::string& path, std::string_view engine, const Oid& tree,
                  std::vector<IndexRecord> records);

}  // namespace sluice::git
