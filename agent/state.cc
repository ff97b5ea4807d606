// Tested by tests/agent/state_test.cc.
#include "agent/state.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "agent/json_text.h"
#include "cluster/members.h"
#include "crypto/base64.h"
#include "crypto/digest.h"
#include "promotion/object_path.h"
#include "promotion/words.h"

namespace sluice::agent {
namespace {

using manifests::Node;
using promotion::RememberedRecord;

// An agent that knows no parts does not read a state that has them.
constexpr std::uint64_t kWholeVersion = 1, kDividedVersion = 2;

std::string RememberedText(const std::optional<RememberedRecord>& record) {
  if (!record) return "null";
  return JsonMapping().Number("sequence", record->sequence).Text("sha256", record->digest).End();
}

std::string FreshnessText(const std::optional<promotion::Freshness>& freshness) {
  if (!freshness) return "null";
  const Result<std::string> text = promotion::FreshnessText(*freshness);
  return text ? JsonString(*text) : "null";
}

// Numbers as they were written, without sign and fraction.
std::optional<std::uint64_t> NumberAt(const Node& mapping, std::string_view key) {
  const Node* const node = mapping.Find(key);
  std::uint64_t number = 0;
  if (node == nullptr) return std::nullopt;
  const char* const last = node->text.data() + node->text.size();
  const auto [end, error] = std::from_chars(node->text.data(), last, number);
  return error == std::errc() && end == last ? std::optional(number) : std::nullopt;
}

Status ReadRemembered(const Node& root, std::string_view key, std::optional<RememberedRecord>& out) {
  const Node* const node = root.Find(key);
  if (node == nullptr || node->kind == manifests::NodeKind::kNull) return Ok{};
  const auto sequence = NumberAt(*node, "sequence");
  const std::string digest(cluster::StringAt(node, {"sha256"}));
  if (!sequence || *sequence == 0 || !promotion::IsDigest(digest))
    return Failed(std::string(key) + " names no record");
  out = RememberedRecord{*sequence, digest};
  return Ok{};
}

Status ReadFreshnessOf(const Node& root, Believed& believed) {
  const std::string_view text = cluster::StringAt(&root, {"freshness"});
  if (text.empty()) return Ok{};
  Result<promotion::Freshness> freshness = promotion::ReadFreshness("freshness", std::string(text));
  if (!freshness) return freshness.error();
  believed.freshness = *std::move(freshness);
  return Ok{};
}

// "PATH VERSION UID": none of the three holds a blank.
std::string LineOf(const std::string& path, const Owned& owned) {
  return path + " " + owned.version + " " + owned.uid + "\n";
}

// FNV-1a. It never changes: an object that moved to another part could be in neither for a moment.
std::size_t PartOf(std::string_view path) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : path) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return static_cast<std::size_t>(hash >> 32) % kInventoryParts;
}

Status ReadOwned(std::string_view line, std::map<std::string, Owned>& owned) {
  const std::size_t first = line.find(' '), second = line.find(' ', first + 1);
  const std::string_view path = line.substr(0, first);
  if (first == line.npos || second == line.npos || !promotion::IsObjectPath(path))
    return Failed("the inventory has a line that names no object");
  Owned one{std::string(line.substr(first + 1, second - first - 1)), std::string(line.substr(second + 1))};
  if (one.version.empty()) return Failed("the inventory has an object without a version");
  owned.insert_or_assign(std::string(path), std::move(one));
  return Ok{};
}

}  // namespace

std::string StateText(const State& state) {
  JsonMapping text;
  text.Number("version", state.divided ? kDividedVersion : kWholeVersion);
  if (state.divided) text.Number("parts", kInventoryParts);
  return text.Text("repository", state.believed.repository)
      .Json("record", RememberedText(state.believed.record))
      .Json("policy", RememberedText(state.believed.policy))
      .Json("freshness", FreshnessText(state.believed.freshness))
      .Json("applied", RememberedText(state.applied))
      .Text("outcome", state.outcome)
      .Number("since", static_cast<std::uint64_t>(state.since))
      .End();
}

std::string OwnedText(const State& state) {
  std::string text;
  for (const auto& [path, owned] : state.owned) text += LineOf(path, owned);
  return text;
}

std::array<std::string, kInventoryParts> OwnedTexts(const State& state) {
  std::array<std::string, kInventoryParts> texts;
  for (const auto& [path, owned] : state.owned) texts[PartOf(path)] += LineOf(path, owned);
  return texts;
}

Status ReadOwnedText(std::string_view text, std::map<std::string, Owned>& owned) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (Status read = ReadOwned(line, owned); !read) return read.error();
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return Ok{};
}

Result<State> ReadState(std::string_view text, std::string_view owned) {
  const cluster::JsonObject object = cluster::ReadJsonObject(std::string(text));
  if (object.root == nullptr) return Failed("it is no JSON object");
  const Node& root = *object.root;
  const std::optional<std::uint64_t> version = NumberAt(root, "version"), parts = NumberAt(root, "parts");
  State state;
  state.divided = version == kDividedVersion && parts == kInventoryParts;
  if (!state.divided && version != kWholeVersion)
    return Failed("its version is unknown: a newer agent wrote it");
  state.believed.repository = cluster::StringAt(&root, {"repository"});
  for (const auto& [key, out] :
       {std::pair{"record", &state.believed.record}, std::pair{"policy", &state.believed.policy},
        std::pair{"applied", &state.applied}})
    if (Status read = ReadRemembered(root, key, *out); !read) return read.error();
  if (Status read = ReadFreshnessOf(root, state.believed); !read) return read.error();
  state.outcome = cluster::StringAt(&root, {"outcome"});
  state.since = static_cast<std::int64_t>(NumberAt(root, "since").value_or(0));
  if (Status read = ReadOwnedText(owned, state.owned); !read) return read.error();
  return state;
}

std::string KindsOf(const State& state) {
  std::set<std::string> kinds;
  for (const auto& [path, owned] : state.owned) {
    const Result<promotion::ObjectId> id = promotion::ReadObjectPath(path);
    if (id) kinds.insert(id->kind + (id->group.empty() ? "" : "." + id->group));
  }
  std::string words;
  for (const std::string& kind : kinds) words += (words.empty() ? "" : ",") + kind;
  return words;
}

std::string ApplySetId(std::string_view name, std::string_view ns) {
  const std::string identity = std::string(name) + "." + std::string(ns) + ".ConfigMap.";
  const crypto::Sha256 digest = crypto::DigestSha256(identity);
  std::string text =
      crypto::ToBase64(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return "applyset-" + text + "-v1";
}

}  // namespace sluice::agent
