// An approval counts once, so the records have to be asked for it. They are read from
// the newest back to the first that is older than the oldest envelope: none before
// that can name it. `made` is its signer's own claim, and one who lies about it could
// as well sign a second one. Tested by tests/promotion/given_approvals_test.cc.
#include "promotion/given_approvals.h"

#include <algorithm>
#include <set>

#include "promotion/chain_head.h"
#include "promotion/envelope.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

constexpr std::string_view kApprovals = "refs/sluice/approvals/";
constexpr std::size_t kMostRecords = 100'000;  // looked at for one change

Moment MomentOf(std::int64_t seconds) { return Moment(std::chrono::seconds(seconds)); }

struct Opened {
  VerifiedApproval verified;
  std::int64_t made = 0;
};

Result<Opened> Open(std::string_view ref, std::string_view envelope, const Trusted& trusted, Moment now) {
  const Result<SignedApproval> opened =
      OpenApproval(std::string(ref), envelope, trusted, now.time_since_epoch().count());
  if (!opened) return opened.error();
  if (ApprovalRef(opened->approval, opened->digest) != ref)
    return Failed("it should lie behind " + ApprovalRef(opened->approval, opened->digest));
  if (MomentOf(opened->approval.made) > now + kSignersClock)
    return Failed("it was made in the future, at " + Text(MomentOf(opened->approval.made)));
  return Opened{VerifiedOf(*opened, now), opened->approval.made};
}

// A record keeps each envelope that it names as approvals/DIGEST.json.
Status AddNamed(const git::Repository& repository, const Oid& tree, std::set<std::string>& named) {
  constexpr std::string_view kEnding = ".json";
  const Result<std::vector<git::TreeEntry>> files = git::ReadTree(repository, tree);
  if (!files) return files.error();
  for (const git::TreeEntry& file : *files) {
    if (file.name != "approvals") continue;
    const Result<std::vector<git::TreeEntry>> envelopes = git::ReadTree(repository, file.id);
    if (!envelopes) return envelopes.error();
    for (const git::TreeEntry& envelope : *envelopes)
      if (envelope.name.ends_with(kEnding))
        named.insert(envelope.name.substr(0, envelope.name.size() - kEnding.size()));
  }
  return Ok{};
}

// What was given to stop something goes on doing so when its signer's key is retired: the
// push that brought it was held to the time of that day, and the ref never moves.
Result<Opened> OpenAsGiven(const git::ListedRef& ref, std::string_view envelope, const Trusted& trusted,
                           Moment now) {
  Result<Opened> opened = Open(ref.name, envelope, trusted, now);
  if (opened) return opened;
  const Result<Approval> said = ReadUnproven(ref.name, envelope);
  const bool stops = said && (said->kind == ApprovalKind::kFreeze || said->kind == ApprovalKind::kHold ||
                              said->kind == ApprovalKind::kRevocation);
  if (!stops || MomentOf(said->made) > now) return opened;
  Result<Opened> then = Open(ref.name, envelope, trusted, MomentOf(said->made));
  if (then) then->verified.received = now;
  return then ? then : opened;
}

class Reader {
 public:
  explicit Reader(const GivenQuestion& question) : question_(question) {}

  Result<Given> Run() {
    for (const ApprovalKind kind : kKindsWithoutChange)
      if (const Status taken = Take(NameOf(kind), false); !taken) return taken.error();
    if (!question_.change.empty()) {
      if (const Status taken = Take(question_.change, true); !taken) return taken.error();
    }
    if (const Status taken = TakeRevocations(); !taken) return taken.error();
    if (const Status marked = MarkSpent(); !marked) return marked.error();
    std::sort(given_.approvals.begin(), given_.approvals.end(),
              [](const VerifiedApproval& a, const VerifiedApproval& b) { return a.digest < b.digest; });
    return std::move(given_);
  }

 private:
  Status Take(std::string_view what, bool of_change) {
    const Result<std::vector<git::ListedRef>> refs =
        question_.repository.ListRefs(GivenDirectory(question_.environment, what), kMostRead);
    if (!refs) return refs.error();
    for (const git::ListedRef& ref : *refs)
      if (const Status taken = TakeOne(ref, of_change); !taken) return taken;
    return Ok{};
  }

  // Of what was given, and of the newest record, which a rollback's release names.
  Status TakeRevocations() {
    std::set<std::string> revocable;
    for (const VerifiedApproval& approval : given_.approvals) revocable.insert(approval.digest);
    const Result<std::string> newest = NewestRecord();
    if (!newest) return newest.error();
    if (!newest->empty()) revocable.insert(*newest);
    for (const std::string& digest : revocable)
      if (const Status taken = Take(digest, false); !taken) return taken;
    return Ok{};
  }

  // The digest of its envelope; empty where there is none.
  Result<std::string> NewestRecord() const {
    const git::Repository& repository = question_.repository;
    const Result<Oid> tip = repository.ResolveRef(LedgerRef(question_.environment));
    if (!tip) return tip.error().kind == ErrorKind::kNotFound ? Result<std::string>("") : tip.error();
    const Result<Oid> tree = git::TreeOf(repository, *tip);
    if (!tree) return tree.error();
    const Result<std::vector<git::TreeEntry>> files = git::ReadTree(repository, *tree);
    if (!files) return files.error();
    for (const git::TreeEntry& file : *files) {
      if (file.name != "envelope.json") continue;
      const Result<git::RawObject> blob = repository.Read(file.id, LimitOf(PayloadType::kStatement));
      return blob ? Result<std::string>(DigestOf(blob->bytes)) : blob.error();
    }
    return std::string();
  }

  // Said before its signature is asked for: nobody has to be told of a freeze that is over.
  bool HasExpired(const std::string& ref, std::string_view envelope) const {
    const Result<Approval> given = ReadUnproven(ref, envelope);
    return given && given->expires != 0 && MomentOf(given->expires) <= question_.now;
  }

  Status TakeOne(const git::ListedRef& ref, bool of_change) {
    const Result<git::RawObject> blob = question_.repository.Read(ref.id, LimitOf(PayloadType::kApproval));
    if (!blob && blob.error().kind == ErrorKind::kFailed) return blob.error();
    if (!blob || blob->type != git::ObjectType::kBlob) return Refuse(ref.name, "it is not an envelope");
    if (!of_change && HasExpired(ref.name, blob->bytes)) return Ok{};
    const Result<Opened> opened = OpenAsGiven(ref, blob->bytes, question_.trusted, question_.now);
    if (!opened) return Refuse(ref.name, opened.error().message);
    if (MomentOf(opened->made) < question_.since)
      return Refuse(ref.name, "it was made before " + Text(question_.since));
    if (!opened->verified.change.empty()) oldest_ = std::min(oldest_, opened->made);
    given_.approvals.push_back(opened->verified);
    return Ok{};
  }

  Status Refuse(const std::string& ref, const std::string& why) {
    const std::string named = ref + ": ";
    given_.not_opened.push_back({ref, why.starts_with(named) ? why.substr(named.size()) : why});
    return Ok{};
  }

  Status MarkSpent() {
    if (oldest_ == INT64_MAX) return Ok{};
    const std::int64_t since = oldest_ - std::chrono::seconds(kSignersClock).count();
    const Result<std::set<std::string>> named =
        NamedSince(question_.repository, question_.environment, since);
    if (!named) return named.error();
    for (VerifiedApproval& approval : given_.approvals)
      if (named->contains(approval.digest)) approval.spent = true;
    return Ok{};
  }

  const GivenQuestion& question_;
  std::int64_t oldest_ = INT64_MAX;  // of those that a record may name
  Given given_;
};

}  // namespace

std::string GivenDirectory(std::string_view environment, std::string_view what) {
  return std::string(kApprovals).append(environment).append("/").append(what).append("/");
}

Result<Given> ReadGiven(const GivenQuestion& question) { return Reader(question).Run(); }

Result<std::set<std::string>> NamedSince(const git::Repository& repository, const std::string& environment,
                                         std::int64_t since) {
  std::set<std::string> named;
  const Result<Oid> tip = repository.ResolveRef(LedgerRef(environment));
  if (!tip && tip.error().kind == ErrorKind::kNotFound) return named;
  if (!tip) return tip.error();
  Oid at = *tip;
  for (std::size_t records = 0; records < kMostRecords; ++records) {
    const Result<git::Commit> commit = git::ReadCommit(repository, at);
    if (!commit) return commit.error();
    if (commit->committer_time < since) return named;
    if (const Status added = AddNamed(repository, commit->tree, named); !added) return added.error();
    if (commit->parents.empty()) return named;
    at = commit->parents.front();
  }
  return LimitPassed("an approval is older than " + std::to_string(kMostRecords) + " records");
}

Result<std::size_t> CountGiven(const git::Repository& repository, const std::string& directory,
                               const std::string& person) {
  const Result<std::vector<git::ListedRef>> refs = repository.ListRefs(directory, kMostListed - 1);
  if (!refs) return refs.error();
  std::size_t count = 0;
  for (const git::ListedRef& ref : *refs) {
    const Result<git::RawObject> blob = repository.Read(ref.id, LimitOf(PayloadType::kApproval));
    if (!blob) return blob.error();
    const Result<Approval> given = ReadUnproven(ref.name, blob->bytes);
    count += given && given->person == person;
  }
  return count;
}

Result<VerifiedApproval> OpenGiven(std::string_view ref, std::string_view envelope, const Trusted& trusted,
                                   Moment now) {
  Result<Opened> opened = Open(ref, envelope, trusted, now);
  if (opened && opened->verified.expires && *opened->verified.expires <= now)
    return Failed("it expired " + Text(*opened->verified.expires) + ": sign it anew");
  if (opened && MomentOf(opened->made) < now - kOldestGiven)
    return Failed("it was made on " + Text(MomentOf(opened->made)) + ", more than " +
                  std::to_string(kOldestGiven.count()) + " days ago: sign it anew");
  return opened ? Result<VerifiedApproval>(std::move(opened->verified))
                : Result<VerifiedApproval>(opened.error());
}

}  // namespace sluice::promotion
