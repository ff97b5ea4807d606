// Tested by tests/promotion/trust_test.cc.
#include "promotion/trust.h"

#include <algorithm>
#include <set>

#include "crypto/signature.h"
#include "promotion/canonical_text.h"
#include "promotion/people.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

using manifests::Node;

constexpr std::size_t kTrustBytes = 1u << 20, kPeople = 1'000, kClusters = 1'000, kRecorders = 1'000;

// "TYPE BASE64" of a bare key, in its one spelling.
bool IsKeyLine(std::string_view text) {
  const Result<crypto::PublicKey> key = crypto::ReadPublicKeyLine(text);
  if (!key || key->certificate != nullptr) return false;
  if (key->algorithm == crypto::KeyAlgorithm::kRsa && key->bits < crypto::kRsaBits) return false;
  return text == crypto::PublicKeyLine(*key);
}

TrustedKey TakeKey(Fields& fields, std::string_view name) {
  TrustedKey taken;
  taken.line =
      fields.Text(name, IsKeyLine, "a public key of at least 2,048 bits where it is RSA, as TYPE BASE64");
  if (const Result<crypto::PublicKey> key = crypto::ReadPublicKeyLine(taken.line); key) taken.key = *key;
  return taken;
}

std::map<std::string, std::uint64_t> TakeLast(const CanonicalText& text, const Node& node, Fields& outer) {
  std::map<std::string, std::uint64_t> last;
  Fields fields(text, node);
  for (const Node& member : node.children) {
    last[std::string(member.key)] = fields.Count(member.key, 1);
    if (!IsLabel(member.key)) fields.Fail(member.key, "the name of a chain should be a DNS label");
  }
  if (const Status end = fields.End(); !end) outer.Fail(end.error());
  return last;
}

Recorder TakeRecorder(const CanonicalText& text, const Node& node, Fields& outer) {
  Fields fields(text, node);
  Recorder recorder;
  recorder.key = TakeKey(fields, "key");
  if (!fields.IsNull("last"))
    if (const Node* last = fields.Member("last")) recorder.last = TakeLast(text, *last, fields);
  if (const Status end = fields.End(); !end) outer.Fail(end.error());
  return recorder;
}

ClusterKey TakeCluster(const CanonicalText& text, const Node& node, Fields& outer) {
  Fields fields(text, node);
  ClusterKey cluster = {fields.Label("name"), TakeKey(fields, "key")};
  if (const Status end = fields.End(); !end) outer.Fail(end.error());
  return cluster;
}

void TakeApprovers(Fields& outer, Trust& trust) {
  Fields fields = outer.Inside("approvals");
  trust.count = fields.Count("count", 1);
  trust.from = fields.SortedTexts("from", IsPersonName, "names of people", kPeople);
  if (trust.count > trust.from.size()) fields.Fail("count", "count should be at most the number of people");
  if (const Status end = fields.End(); !end) outer.Fail(end.error());
}

// One key has one part to play.
void CheckKeys(Fields& fields, const Trust& trust) {
  std::set<std::string> seen;
  const auto take = [&](const TrustedKey& key) {
    if (!seen.insert(key.line).second) fields.Fail("recorders", "a key stands in two places");
  };
  for (const Recorder& recorder : trust.recorders) take(recorder.key);
  for (const ClusterKey& cluster : trust.clusters) take(cluster.key);
  if (trust.operator_key) take(*trust.operator_key);
}

void TakeKeys(const CanonicalText& text, Fields& fields, Trust& trust) {
  for (const Node& node : fields.List("clusters", kClusters)) {
    trust.clusters.push_back(TakeCluster(text, node, fields));
    const std::size_t count = trust.clusters.size();
    if (count > 1 && trust.clusters[count - 2].name >= trust.clusters[count - 1].name)
      fields.Fail("clusters", "clusters should be sorted by name, none twice");
  }
  if (!fields.IsNull("operator")) trust.operator_key = TakeKey(fields, "operator");
  for (const Node& node : fields.List("recorders", kRecorders)) {
    trust.recorders.push_back(TakeRecorder(text, node, fields));
    const std::size_t count = trust.recorders.size();
    if (count > 1 && trust.recorders[count - 2].key.line >= trust.recorders[count - 1].key.line)
      fields.Fail("recorders", "recorders should be sorted by key, none twice");
  }
  const auto in_use = [](const Recorder& recorder) { return !recorder.last; };
  if (std::none_of(trust.recorders.begin(), trust.recorders.end(), in_use))
    fields.Fail("recorders", "one recorder at least should be in use");
}

std::string RecorderJson(const Recorder& recorder) {
  JsonMembers last;
  if (recorder.last)
    for (const auto& [chain, number] : *recorder.last) last.Count(chain, number);
  return JsonMembers().Text("key", recorder.key.line).Json("last", recorder.last ? last.End() : "null").End();
}

const Recorder* FindRecorder(const Trust& trust, const std::string& plain) {
  for (const Recorder& recorder : trust.recorders)
    if (recorder.key.key.plain == plain) return &recorder;
  return nullptr;
}

// Whether no chain got more records than before.
bool GotNoMore(const Recorder& before, const Recorder& next) {
  if (!before.last) return true;
  if (!next.last) return false;
  return std::all_of(next.last->begin(), next.last->end(), [&](const auto& chain) {
    const auto found = before.last->find(chain.first);
    return found != before.last->end() && chain.second <= found->second;
  });
}

}  // namespace

Result<Trust> ReadTrust(const std::string& what, std::string_view bytes) {
  if (bytes.empty() || bytes.back() != '\n') return Failed(what + " should end with one line feed");
  bytes.remove_suffix(1);
  const Result<CanonicalText> text = ReadCanonicalText(what, std::string(bytes), kTrustBytes);
  if (!text) return text.error();
  Fields fields(*text, text->root());
  Trust trust;
  if (fields.VersionUpTo(2) == 2) trust.floor = fields.Digest("floor");
  TakeApprovers(fields, trust);
  TakeKeys(*text, fields, trust);
  trust.repository = fields.Digest("repository");
  CheckKeys(fields, trust);
  if (const Status end = fields.End(); !end) return end.error();
  return trust;
}

Result<std::string> TrustText(const Trust& trust) {
  std::vector<std::string> clusters, recorders;
  for (const ClusterKey& cluster : trust.clusters)
    clusters.push_back(JsonMembers().Text("key", cluster.key.line).Text("name", cluster.name).End());
  for (const Recorder& recorder : trust.recorders) recorders.push_back(RecorderJson(recorder));
  JsonMembers members;
  members.Json("approvals",
               JsonMembers().Count("count", trust.count).Json("from", JsonTexts(trust.from)).End());
  members.Json("clusters", JsonList(clusters));
  if (trust.floor) members.Text("floor", *trust.floor);
  members.TextOrNull("operator", trust.operator_key ? std::optional(trust.operator_key->line) : std::nullopt);
  members.Json("recorders", JsonList(recorders))
      .Text("repository", trust.repository)
      .Count("version", trust.floor ? 2 : 1);
  std::string text = members.End() + "\n";
  if (const Result<Trust> again = ReadTrust("trust.json", text); !again) return again.error();
  return text;
}

Result<crypto::AllowedSigners> ReadPolicySigners(const std::string& what, std::string_view text) {
  Result<crypto::AllowedSigners> signers = crypto::ReadAllowedSigners(text);
  if (!signers) return signers;
  const auto wrong = [&](std::size_t line, const std::string& message) {
    return Failed(what + ", line " + std::to_string(line) + ": " + message);
  };
  if (!signers->problems.empty())
    return wrong(signers->problems.front().line, signers->problems.front().message);
  for (const crypto::AllowedSigner& line : signers->lines)
    if (line.local_time) return wrong(line.line, "a time without Z means something else on each machine");
  return signers;
}

Status MayRecord(const Trust& trust, const crypto::PublicKey& key, const std::string& chain,
                 std::uint64_t sequence) {
  const Recorder* recorder = FindRecorder(trust, key.plain);
  if (recorder == nullptr) return Failed("the key " + Fingerprint(key) + " is not a recorder's");
  if (!recorder->last) return Ok{};
  const auto last = recorder->last->find(chain);
  if (last != recorder->last->end() && sequence <= last->second) return Ok{};
  return Failed("the recorder's key " + Fingerprint(key) + " was retired before this record");
}

Status MayFollow(const Trust& before, const Trust& next) {
  if (next.repository != before.repository) return Failed("the repository's id changed");
  for (const Recorder& recorder : before.recorders) {
    const Recorder* now = FindRecorder(next, recorder.key.key.plain);
    const std::string name = "the recorder's key " + Fingerprint(recorder.key.key);
    if (now == nullptr) return Failed(name + " was dropped; it should be retired");
    if (!GotNoMore(recorder, *now)) return Failed(name + " was retired and may do more again");
  }
  return Ok{};
}

}  // namespace sluice::promotion
