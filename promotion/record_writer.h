// Writes one record at the end of a chain: signed, as one commit, durable, and
// only where the end is still where it was. For recorder.h alone: the recorder's
// key is used here and nowhere else.
#pragma once

#include <optional>
#include <string>

#include "git/file.h"
#include "git/object_writer.h"
#include "promotion/envelope.h"
#include "promotion/record.h"
#include "promotion/recorder.h"
#include "promotion/trust.h"

namespace sluice::promotion {

// The record before, as the next one names it.
struct ChainEnd {
  Oid commit;
  std::string digest;  // of its envelope
  std::uint64_t sequence = 0;
  std::optional<std::string> previous;
};

template <class Head>  // PolicyHead or RecordHeadOf
ChainEnd EndOf(const Head& head) {
  return {head.commit, head.digest, head.record.head.sequence, head.record.head.previous};
}

struct NewRecord {
  std::string chain;  // environment or "policy"
  std::optional<ChainEnd> before;
  RecordHead head;
  Trust trust;  // in force: the key that signs is one of its recorders, in use
  std::string payload;
  git::NewCommit content;          // parent, who, seconds, message and envelope.json are filled in
  std::optional<ChainEnd> policy;  // where ledger/policy must stand all the while
};

struct WrittenRecord {
  Oid commit;
  std::string digest;
};

class RecordWriter {
 public:
  // Takes the lock, which lives as long as the writer and dies with its process.
  // kUsage for anybody but the owner of the repository, and for a key that others
  // may read; kLimit where the lock was not free in time.
  static Result<RecordWriter> Open(const RecorderPlace& place);

  // Nothing is written where the end is not the one that was written here last, or
  // the key may not sign this record (kUsage, with what to do).
  Result<WrittenRecord> Append(NewRecord record) const;
  // The envelope of a payload of ours, whose key may sign that record of the chain.
  Result<std::string> SignAs(PayloadType type, const std::string& payload, const Trust& trust,
                             const std::string& chain, std::uint64_t sequence) const;
  // Whether a chain ends with what was written here last.
  Status CheckRemembered(const std::string& chain, const std::optional<ChainEnd>& end) const;
  Result<std::string> PublicKey() const;  // "TYPE BASE64"
  // Whether our key may sign that record, before people are asked to agree to it.
  Status CheckSigner(const Trust& trust, const std::string& chain, std::uint64_t sequence) const;

 private:
  RecordWriter(const RecorderPlace& place, git::File lock) : place_(place), lock_(std::move(lock)) {}
  Result<std::string> SignNothing() const;
  Status MaySign(const std::string& signature, const Trust& trust, const std::string& chain,
                 std::uint64_t sequence) const;
  Status Remember(const std::string& chain, std::uint64_t sequence, const std::string& digest) const;

  RecorderPlace place_;
  git::File lock_;
};

}  // namespace sluice::promotion
