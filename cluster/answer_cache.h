// Answers that stay good for long (discovery under its ETag, OpenAPI under its
// hash), kept in files from one run to the next.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cluster/access.h"

namespace sluice::cluster {

struct CachedAnswer {
  std::string tag;  // the server's word for this content: an ETag or hash
  std::string body;
};

// One server's part of a cache directory: servers are told apart by URL and by
// the authority that they are trusted by, so that none speaks for another.
// Directories are made with mode 0700, files with 0600 and put in place whole; a
// directory that others may write or enter, or that is another's, is not used.
// What fails here costs time alone, so nothing is reported. Thread-safe.
class AnswerCache {
 public:
  AnswerCache() = default;  // keeps nothing
  // `directory` is absolute; empty: keeps nothing.
  AnswerCache(const std::string& directory, const Access& access);

  // `name` is of ours: letters, digits, "-", "_", "." and "%". A file that is not
  // as it was stored is none.
  std::optional<CachedAnswer> Load(const std::string& name) const;
  // In place of what is there. At most 64 MiB; `tag` is one line.
  void Store(const std::string& name, const CachedAnswer& answer) const;

 private:
  std::string directory_;  // of the server; empty: none
};

}  // namespace sluice::cluster
