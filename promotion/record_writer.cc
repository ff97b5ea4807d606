// In this order, each on the disk before the next: objects, ref, what was written
// last (`sluice/recorded/CHAIN`). The last is a witness of our own: a chain that
// ends before it was cut off. After a crash it may be one record behind.
// Tested by tests/push/ledger.sh and kill.sh.
#include "promotion/record_writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <thread>

#include "base/crash_point.h"
#include "base/write_all.h"
#include "crypto/sign.h"
#include "git/ref_update.h"
#include "promotion/chain_head.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

constexpr const char* kWho = "Sluice <sluice>";
constexpr std::chrono::milliseconds kPoll{10};
constexpr std::size_t kKeyBytes = 64u << 10;

Status CheckOwner(const RecorderPlace& place) {
  struct stat status;
  if (stat(place.git_dir.c_str(), &status) != 0) return SystemError("cannot look at " + place.git_dir, errno);
  if (status.st_uid == geteuid()) return Ok{};
  return Usage("records are written by the owner of " + place.git_dir + " alone (uid " +
               std::to_string(status.st_uid) + ")");
}

Status CheckKey(const RecorderPlace& place) {
  struct stat status;
  const std::string path = place.KeyFile();
  if (stat(path.c_str(), &status) != 0)
    return Usage("there is no recorder's key at " + path + ": ssh-keygen -t ed25519 -N '' -f " + path);
  if (!S_ISREG(status.st_mode)) return Usage(path + " is no file");
  if (status.st_uid != geteuid()) return Usage(path + " belongs to somebody else");
  if ((status.st_mode & 077) != 0) return Usage(path + " may be read by others: chmod 600 " + path);
  return Ok{};
}

// flock() has no bound of its own. The kernel lets go when the holder dies.
Result<git::File> TakeLock(const RecorderPlace& place) {
  const std::string path = place.Own() + "/recorder.lock";
  git::File file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return SystemError("cannot open " + path, errno);
  const auto end = std::chrono::steady_clock::now() + place.wait;
  while (flock(file.fd(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return SystemError("cannot lock " + path, errno);
    if (std::chrono::steady_clock::now() >= end)
      return LimitPassed("another recorder holds " + path + " for longer than " +
                         std::to_string(place.wait.count()) + " ms");
    std::this_thread::sleep_for(kPoll);
  }
  return file;
}

// Whole under its name, and on the disk.
Status Replace(const std::string& directory, const std::string& name, std::string_view text) {
  mkdir(directory.c_str(), 0700);
  const git::File at(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::string fresh = ".new-" + name;
  const git::File file(
      openat(at.fd(), fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  const bool placed = file && WriteAll(file.fd(), text) && fsync(file.fd()) == 0 &&
                      renameat(at.fd(), fresh.c_str(), at.fd(), name.c_str()) == 0 && fsync(at.fd()) == 0;
  return placed ? Status(Ok{}) : Status(SystemError("cannot write " + directory + "/" + name, errno));
}

std::string RecordedDirectory(const RecorderPlace& place) { return place.Own() + "/recorded"; }

}  // namespace

Result<RecordWriter> RecordWriter::Open(const RecorderPlace& place) {
  if (Status owner = CheckOwner(place); !owner) return owner.error();
  if (Status key = CheckKey(place); !key) return key.error();
  Result<git::File> lock = TakeLock(place);
  if (!lock) return lock.error();
  return RecordWriter(place, *std::move(lock));
}

// The key is held against the signature itself, so that none can come in between.
Result<std::string> RecordWriter::SignAs(PayloadType type, const std::string& payload, const Trust& trust,
                                         const std::string& chain, std::uint64_t sequence) const {
  const Result<std::string> signature = crypto::Sign(
      SignedBytes(type, payload),
      {.program = place_.ssh_keygen, .key_file = place_.KeyFile(), .ns = std::string(NamespaceOf(type))});
  if (!signature) return signature.error();
  const Status may = MaySign(*signature, trust, chain, sequence);
  if (!may) return may.error();
  return EnvelopeText(type, payload, *signature);
}

// By the key itself, whatever lies beside it: what it signs with is what counts.
Result<std::string> RecordWriter::SignNothing() const {
  return crypto::Sign("whose key is this",
                      {.program = place_.ssh_keygen, .key_file = place_.KeyFile(), .ns = "sluice-key"});
}

Result<std::string> RecordWriter::PublicKey() const {
  const Result<std::string> signature = SignNothing();
  if (!signature) return signature.error();
  const Result<crypto::Signature> read = crypto::ReadSignature(*signature);
  if (!read) return read.error();
  return crypto::PublicKeyLine(read->key);
}

// A record by any other key ends the chain for good: no verifier goes past it.
Status RecordWriter::MaySign(const std::string& signature, const Trust& trust, const std::string& chain,
                             std::uint64_t sequence) const {
  const Result<crypto::Signature> read = crypto::ReadSignature(signature);
  if (!read) return read.error();
  const Status may = MayRecord(trust, read->key, chain, sequence);
  if (may) return Ok{};
  return Usage("record " + std::to_string(sequence) + " of " + chain +
               " is not written: " + may.error().message + "; put the recorder's key back at " +
               place_.KeyFile() + ", the one that trust.json of refs/sluice/ledger/policy names");
}

Status RecordWriter::CheckSigner(const Trust& trust, const std::string& chain, std::uint64_t sequence) const {
  const Result<std::string> signature = SignNothing();
  return signature ? MaySign(*signature, trust, chain, sequence) : Status(signature.error());
}

Status RecordWriter::CheckRemembered(const std::string& chain, const std::optional<ChainEnd>& end_now) const {
  const Result<std::string> text =
      git::ReadFileAt(AT_FDCWD, RecordedDirectory(place_) + "/" + chain, kKeyBytes);
  if (!text && text.error().kind == ErrorKind::kNotFound) return Ok{};
  if (!text) return text.error();
  std::uint64_t sequence = 0;
  const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), sequence);
  const std::string digest(end == text->data() + text->size() ? "" : end + 1, text->data() + text->size());
  if (code != std::errc() || !IsDigest(digest.substr(0, 64)))
    return Failed(RecordedDirectory(place_) + "/" + chain + " is damaged");
  const std::string last = digest.substr(0, 64);
  const ChainEnd none;
  const ChainEnd& found = end_now ? *end_now : none;
  if (found.sequence == sequence && found.digest == last) return Ok{};
  // It ended before it could remember the last one.
  if (found.sequence == sequence + 1 && found.previous == last)
    return Remember(chain, found.sequence, found.digest);
  return Failed("the ledger of " + chain + " was cut off or rewritten: record " + std::to_string(sequence) +
                " was written here with another digest than what is there now; "
                "nothing is recorded until the right chain is back");
}

Status RecordWriter::Remember(const std::string& chain, std::uint64_t sequence,
                              const std::string& digest) const {
  return Replace(RecordedDirectory(place_), chain, std::to_string(sequence) + " " + digest + "\n");
}

Result<WrittenRecord> RecordWriter::Append(NewRecord record) const {
  if (Status remembered = CheckRemembered(record.chain, record.before); !remembered)
    return remembered.error();
  if (record.policy)
    if (Status remembered = CheckRemembered("policy", record.policy); !remembered) return remembered.error();
  CrashPoint("record-before-signature");
  const Result<std::string> envelope =
      SignAs(PayloadType::kStatement, record.payload, record.trust, record.chain, record.head.sequence);
  if (!envelope) return envelope.error();
  CrashPoint("record-signed");
  git::NewCommit& commit = record.content;
  if (record.before) commit.parent = record.before->commit;
  commit.who = kWho;
  commit.seconds = record.head.recorded;
  commit.message = "record " + std::to_string(record.head.sequence) + " of " + record.chain + "\n";
  commit.files.push_back({"envelope.json", *envelope});
  const Result<Oid> written = git::WriteCommit(place_.git_dir, commit);
  if (!written) return written.error();
  CrashPoint("record-objects-written");
  std::vector<git::RefChange> moves = {
      {LedgerRef(record.chain), record.before ? record.before->commit : Oid(), *written}};
  if (record.policy) moves.push_back({LedgerRef("policy"), record.policy->commit, record.policy->commit});
  const Result<git::RefOutcome> moved = git::UpdateRefs(place_.git_dir, moves);
  if (!moved) return moved.error();
  if (*moved == git::RefOutcome::kOvertaken)
    return Failed("the ledger of " + record.chain + " was moved by somebody who is not the recorder");
  CrashPoint("record-ref-moved");
  WrittenRecord out{*written, DigestOf(*envelope)};
  if (Status kept = Remember(record.chain, record.head.sequence, out.digest); !kept) return kept.error();
  CrashPoint("record-remembered");
  return out;
}

}  // namespace sluice::promotion
