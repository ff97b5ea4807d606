// Keys may hold dots and slashes, so of the keys that fit the longest is taken.
// Tested by tests/cluster/server_field_test.cc.
#include "cluster/server_field.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

namespace sluice::cluster {
namespace {

using manifests::FieldStep;
using manifests::Node;
using manifests::NodeKind;

std::string_view Unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

std::optional<std::size_t> Number(std::string_view text) {
  std::size_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Up to `stop`, which is left out; quotes may hold it.
std::string_view Take(std::string_view& rest, char stop) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != stop); ++end) {
    if (rest[end] == '\\' && quoted)
      ++end;
    else
      quoted ^= rest[end] == '"';
  }
  const std::string_view taken = rest.substr(0, std::min(end, rest.size()));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

// `text` is a scalar as server-side apply prints it: quoted where it is a string.
bool IsScalar(const Node* node, std::string_view text) {
  return node != nullptr && node->text == Unquoted(text) && node->IsString() == text.starts_with('"');
}

// `keys` are `name="x"` or `port=80,protocol="TCP"`; `="x"` is an element itself.
bool HasKeys(const Node& element, std::string_view keys) {
  while (!keys.empty()) {
    std::string_view pair = Take(keys, ',');
    const std::string_view key = Take(pair, '=');
    if (!IsScalar(key.empty() ? &element : element.Find(key), pair)) return false;
  }
  return true;
}

// What elements of lists are called by, in keyed lists of Kubernetes.
constexpr std::array<std::string_view, 7> kKeys = {"name", "key", "mountPath", "containerPort",
                                                   "port", "ip",  "type"};

std::string_view KeyOf(const Node& element) {
  for (const std::string_view key : kKeys) {
    if (const Node* const member = element.Find(key)) return member->text;
  }
  return {};
}

// The server keeps the order of what was sent and puts the elements of others
// between; up to the first place where they differ, numbers mean the same.
bool MeansTheSame(const Node& sent, const Node* live, std::size_t index) {
  if (live == nullptr || live->kind != NodeKind::kSequence) return true;
  bool same = index < sent.children.size() && index < live->children.size();
  for (std::size_t i = 0; same && i <= index; ++i) same = KeyOf(sent.children[i]) == KeyOf(live->children[i]);
  if (same) return true;
  return std::all_of(live->children.begin(), live->children.end(), [&](const Node& element) {
    const std::string_view key = KeyOf(element);
    return key.empty() || std::any_of(sent.children.begin(), sent.children.end(),
                                      [&](const Node& other) { return KeyOf(other) == key; });
  });
}

// Of the live list, the element that is called as `sent` is.
const Node* SameIn(const Node* live, const Node* sent) {
  if (live == nullptr || sent == nullptr || live->kind != NodeKind::kSequence) return nullptr;
  const std::string_view key = KeyOf(*sent);
  const auto found = std::find_if(live->children.begin(), live->children.end(),
                                  [&](const Node& element) { return !key.empty() && KeyOf(element) == key; });
  return found == live->children.end() ? nullptr : &*found;
}

class Way {
 public:
  Way(const Node& root, const Node* live) : node_(&root), live_(live) {}

  void Follow(std::string_view rest) {
    while (!rest.empty() && !ended_) {
      if (rest.front() == '.') {
        rest.remove_prefix(1);
      } else if (rest.front() == '[') {
        rest.remove_prefix(1);
        Bracket(Take(rest, ']'));
      } else {
        Name(rest);
      }
    }
  }
  ServerField Found() const { return {manifests::FieldPath(steps_), node_}; }

 private:
  void Go(FieldStep step, const Node* node) {
    if (live_ != nullptr) live_ = step.key.empty() ? SameIn(live_, node) : live_->Find(step.key);
    steps_.push_back(step);
    node_ = node;
  }

  void Bracket(std::string_view inside) {
    const std::optional<std::size_t> index = Number(inside);
    const bool list = node_ != nullptr && node_->kind == NodeKind::kSequence;
    if (index && list && !MeansTheSame(*node_, live_, *index)) {
      ended_ = true;
    } else if (index && (list || node_ == nullptr)) {
      Go({{}, *index}, list && *index < node_->children.size() ? &node_->children[*index] : nullptr);
    } else if (list) {
      Element(inside);
    } else if (inside.find('=') == inside.npos || (node_ != nullptr && node_->Find(inside) != nullptr)) {
      const std::string_view key = Unquoted(inside);
      Go({key}, node_ == nullptr ? nullptr : node_->Find(key));
    } else {
      ended_ = true;
    }
  }

  void Element(std::string_view keys) {
    for (std::size_t i = 0; i < node_->children.size(); ++i) {
      if (!HasKeys(node_->children[i], keys)) continue;
      return Go({{}, i}, &node_->children[i]);
    }
    ended_ = true;
  }

  void Name(std::string_view& rest) {
    const Node* found = nullptr;
    for (const Node& member : node_ == nullptr ? std::span<const Node>() : node_->children) {
      const std::string_view key = member.key;
      const bool fits = !key.empty() && rest.starts_with(key) &&
                        (rest.size() == key.size() || rest[key.size()] == '.' || rest[key.size()] == '[');
      if (fits && (found == nullptr || key.size() > found->key.size())) found = &member;
    }
    const std::string_view key = found != nullptr ? found->key : rest.substr(0, rest.find_first_of(".["));
    rest.remove_prefix(key.size());
    Go({key}, found);
  }

  const Node* node_;
  const Node* live_;
  std::vector<FieldStep> steps_{};
  bool ended_ = false;
};

}  // namespace

ServerField FindServerField(const Node& sent, std::string_view path, const Node* live) {
  Way way(sent, live);
  if (path != "<nil>") way.Follow(path);
  return way.Found();
}

}  // namespace sluice::cluster
