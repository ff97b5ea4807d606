// Tested by tests/promotion/intent_test.cc with what the gate writes.
#include "promotion/intent.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <memory>

#include "git/file.h"
#include "manifests/object.h"
#include "promotion/object_path.h"
#include "promotion/people.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr std::size_t kBeginning = 16u << 10, kDigestDigits = 64;

Error Wrong(const std::string& name, std::string_view message) {
  return Failed("intent " + name + ": " + std::string(message));
}

std::string TextOf(const Node& node, std::string_view member) {
  const Node* found = node.Find(member);
  return std::string(found == nullptr ? std::string_view() : found->String());
}

Limits LimitsOfIntent() {
  Limits limits;
  limits.file_bytes = kIntentBytes;
  limits.depth += 8;
  limits.mapping_keys = 1'000'000;
  limits.expansion_nodes = 1u << 30;
  return limits;
}

ObjectId IdOf(const Node& object) {
  const std::string version = TextOf(object, "apiVersion");
  const std::size_t slash = version.find('/');
  const Node* const metadata = object.Find("metadata");
  ObjectId id{slash == version.npos ? "" : version.substr(0, slash), TextOf(object, "kind"), {}, {}};
  if (metadata == nullptr) return id;
  id.ns = TextOf(*metadata, "namespace");
  id.name = TextOf(*metadata, "name");
  return id;
}

Result<IntentObject> TakeObject(const std::string& name, const Node& node) {
  constexpr std::array<std::string_view, 3> kWords = {"cluster", "offline", "unverified"};
  constexpr std::array<std::string_view, 3> kSecrets = {"none", "plain", "stand-in"};
  const Node* const object = node.Find("object");
  const Node* const unknown = node.Find("unknown");
  const auto word = std::find(kWords.begin(), kWords.end(), TextOf(node, "evidence"));
  const auto secret = std::find(kSecrets.begin(), kSecrets.end(), TextOf(node, "secret"));
  if (object == nullptr || unknown == nullptr || unknown->kind != NodeKind::kBool || word == kWords.end() ||
      secret == kSecrets.end())
    return Wrong(name, "an object lacks a member");
  IntentObject out;
  const ObjectId id = IdOf(*object);
  Result<std::string> path = ObjectPath(id);
  if (!path) return Wrong(name, id.kind + " " + id.name + ": " + path.error().message);
  out.path = *std::move(path);
  manifests::CanonicalJson(*object, out.canonical);
  out.digest = DigestOf(out.canonical);
  if (out.digest != TextOf(node, "digest"))
    return Wrong(name, out.path + " has not the digest that was judged");
  out.vouched = static_cast<Vouched>(word - kWords.begin());
  out.unknown = unknown->value.boolean;
  out.plain_secret = *secret == "plain";
  out.stand_in = *secret == "stand-in";
  return out;
}

Status TakeObjects(const Node& list, Intent& intent) {
  for (const Node& node : list.children) {
    Result<IntentObject> object = TakeObject(intent.head.name, node);
    if (!object) return object.error();
    intent.objects.push_back(*std::move(object));
  }
  std::vector<IntentObject>& objects = intent.objects;
  const auto by_path = [](const IntentObject& a, const IntentObject& b) { return a.path < b.path; };
  std::stable_sort(objects.begin(), objects.end(), by_path);
  for (std::size_t i = 1; i < objects.size(); ++i)
    if (objects[i - 1].path == objects[i].path && objects[i - 1].digest != objects[i].digest)
      return Wrong(intent.head.name, "it holds two different objects " + objects[i].path);
  objects.erase(std::unique(objects.begin(), objects.end(),
                            [](const IntentObject& a, const IntentObject& b) { return a.path == b.path; }),
                objects.end());
  return Ok{};
}

Status TakeRemoved(const Node& list, Intent& intent) {
  for (const Node& node : list.children) {
    const Result<std::string> path = ObjectPath(
        {TextOf(node, "group"), TextOf(node, "kind"), TextOf(node, "namespace"), TextOf(node, "name")});
    if (path) intent.removed.push_back(*path);  // what has no path was never recorded
  }
  std::sort(intent.removed.begin(), intent.removed.end());
  return Ok{};
}

std::int64_t TimeOf(int file) {
  struct stat status;
  if (fstat(file, &status) != 0) return 0;
  return std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
}

Status TakeApprovals(const Node& list, Intent& intent) {
  const std::span<const std::string_view> names = ApprovalKindNames();
  for (const Node& node : list.children) {
    const Node* const received = node.Find("received");
    const auto kind = std::find(names.begin(), names.end(), TextOf(node, "kind"));
    ReceivedApproval approval;
    approval.person = TextOf(node, "person");
    approval.digest = TextOf(node, "sha256");
    const bool in_order = intent.approvals.empty() || intent.approvals.back().digest < approval.digest;
    if (kind == names.end() || received == nullptr || received->kind != NodeKind::kInteger ||
        !IsDigest(approval.digest) || !IsPersonName(approval.person) || !in_order)
      return Wrong(intent.head.name, "an approval is not as it should be");
    approval.kind = static_cast<ApprovalKind>(kind - names.begin());
    approval.received = received->value.integer;
    intent.approvals.push_back(std::move(approval));
  }
  return Ok{};
}

// What kind of move it was; an intent of an earlier version says nothing.
Status TakeKind(const Node& root, Intent& intent) {
  const std::span<const std::string_view> names = RecordKindNames();
  const Node* const named = root.Find("kind");
  const Node* const restores = root.Find("restores");
  if (named == nullptr) return Ok{};
  const auto kind = std::find(names.begin(), names.end(), named->String());
  if (kind == names.end() || restores == nullptr || restores->kind != NodeKind::kInteger)
    return Wrong(intent.head.name, "its kind is not as it should be");
  intent.kind = static_cast<RecordKind>(kind - names.begin());
  if (restores->value.integer > 0) intent.restores = static_cast<std::uint64_t>(restores->value.integer);
  return Ok{};
}

// The JSON string that follows `key`; keys stand in this order and are escaped in values.
std::string_view After(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == text.npos) return {};
  text.remove_prefix(at + key.size());
  return text.substr(0, text.find('"'));
}

// NAME, or NAME.1 and so on.
bool IsIntentName(std::string_view name) {
  if (!IsDigest(name.substr(0, kDigestDigits))) return false;
  name.remove_prefix(kDigestDigits);
  return name.empty() ||
         (name.size() <= 3 && name.front() == '.' && name.find_first_not_of("0123456789", 1) == name.npos);
}

}  // namespace

Result<IntentHead> ReadIntentHead(const std::string& name, std::string_view beginning) {
  const std::string_view text = beginning.substr(0, kBeginning);
  const std::string ref(After(text, "\"ref\":\"")), old(After(text, "\"old\":\"")),
      now(After(text, "\"new\":\""));
  if (DigestOf(ref + "\n" + old + "\n" + now + "\n") != name.substr(0, kDigestDigits))
    return Wrong(name, "its name is not that of the update that it speaks of");
  const Result<Oid> before = Oid::FromHex(old), after = Oid::FromHex(now);
  if (!before || !after) return Wrong(name, "it names no commits");
  const std::string_view target = After(text, "\"target\":\"");
  return IntentHead{name, target.empty() ? ref : std::string(target), *before, *after, 0};
}

Result<Intent> ReadIntent(const std::string& name, std::string text) {
  Intent intent;
  Result<IntentHead> head = ReadIntentHead(name, text);
  if (!head) return head.error();
  intent.head = *std::move(head);
  const manifests::ParsedFile file = manifests::Parse("intent.json", std::move(text), LimitsOfIntent());
  if (!file.Readable() || file.documents.size() != 1) return Wrong(name, "it is no JSON");
  const Node& root = *file.documents.front().root;
  const Node* const objects = root.Find("objects");
  const Node* const removed = root.Find("removed");
  const Node* const judged = root.Find("judged");
  intent.tree = TextOf(root, "tree");
  intent.base = TextOf(root, "base");
  intent.policy_commit = TextOf(root, "policyCommit");
  intent.floor_commit = TextOf(root, "floorCommit");
  intent.bundle = TextOf(root, "bundle");
  intent.reason = TextOf(root, "reason");
  intent.engine = TextOf(root, "engine");
  intent.actor = TextOf(root, "actor");
  if (objects == nullptr || removed == nullptr || judged == nullptr || judged->kind != NodeKind::kInteger ||
      !IsDigest(intent.bundle) || !IsObjectId(intent.tree) || !IsObjectId(intent.policy_commit))
    return Wrong(name, "it was written for a branch that was no environment's then");
  intent.judged = judged->value.integer;
  if (const Node* const clusters = root.Find("clusters"))
    for (const Node& cluster : clusters->children) intent.clusters.emplace_back(cluster.String());
  const Node* const approvals = root.Find("approvals");
  if (approvals != nullptr)
    if (const Status taken = TakeApprovals(*approvals, intent); !taken) return taken.error();
  if (const Status taken = TakeKind(root, intent); !taken) return taken.error();
  if (const Status taken = TakeObjects(*objects, intent); !taken) return taken.error();
  if (const Status taken = TakeRemoved(*removed, intent); !taken) return taken.error();
  return intent;
}

Result<std::vector<IntentHead>> ListIntents(const std::string& directory) {
  std::vector<IntentHead> heads;
  const std::unique_ptr<DIR, int (*)(DIR*)> opened(opendir(directory.c_str()), closedir);
  if (opened == nullptr) return heads;
  while (const dirent* entry = readdir(opened.get())) {
    const std::string name = entry->d_name;
    if (!IsIntentName(name)) continue;
    const git::File file = git::OpenAt(dirfd(opened.get()), name);
    std::string beginning(kBeginning, '\0');
    beginning.resize(file ? git::ReadAt(file.fd(), 0, beginning.data(), beginning.size()) : 0);
    Result<IntentHead> head = ReadIntentHead(name, beginning);
    if (!head) continue;
    head->placed = TimeOf(file.fd());
    heads.push_back(*std::move(head));
  }
  return heads;
}

}  // namespace sluice::promotion
