// The published schema has seen to shapes, so what is here takes them for granted;
// what a schema cannot say (a day that is none, a name that nobody has) is told at
// its place. Tested by tests/gate/promotion_keys_test.cc.
#include "promotion/promotion_keys.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace sluice::promotion {
namespace {

using manifests::Node;
using manifests::NodeKind;

// Keys under which a login stands: the providers, and Forgejo by its own name.
std::vector<std::string_view> LoginKeys() {
  std::vector<std::string_view> keys(std::begin(kProviders), std::end(kProviders));
  keys.push_back("forgejo");
  return keys;
}

std::string Text(const Node* node) {
  return std::string(node == nullptr ? std::string_view() : node->String());
}

bool Flag(const Node& mapping, std::string_view key) {
  const Node* node = mapping.Find(key);
  return node != nullptr && node->kind == NodeKind::kBool && node->value.boolean;
}

unsigned Count(const Node* node) {
  const bool fits = node != nullptr && node->kind == NodeKind::kInteger && node->value.integer >= 0;
  return fits ? static_cast<unsigned>(std::min<std::int64_t>(node->value.integer, 1'000'000)) : 0;
}

// A text, or a list of them.
std::vector<Named> Names(const Node* node) {
  std::vector<Named> names;
  if (node == nullptr) return names;
  if (node->IsString()) names.push_back({std::string(node->text), node->range});
  if (node->kind == NodeKind::kSequence)
    for (const Node& item : node->children) names.push_back({std::string(item.String()), item.range});
  return names;
}

std::vector<std::string> Strings(const Node* node) {
  std::vector<std::string> strings;
  for (Named& named : Names(node)) strings.push_back(std::move(named.name));
  return strings;
}

bool Has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class Decoder {
 public:
  DecodedPromotion Run(const Node& root, const std::set<std::string>* clusters) {
    if (const Node* people = root.Find("people")) DecodePeople(*people);
    if (const Node* review = root.Find("review")) DecodeReview(*review);
    if (const Node* bots = root.Find("bots")) DecodeBots(*bots);
    if (const Node* environments = root.Find("environments"))
      for (const Node& node : environments->children) DecodeEnvironment(node);
    Check(clusters);
    return std::move(out_);
  }

 private:
  void Report(Range range, std::string message) { out_.problems.push_back({range, std::move(message)}); }
  void Add(Problems problems) {
    std::move(problems.begin(), problems.end(), std::back_inserter(out_.problems));
  }

  void Check(const std::set<std::string>* clusters) {
    const PromotionSettings& settings = out_.settings;
    const Surroundings around{settings.people, clusters, !settings.review.codeowners.empty()};
    Add(CheckPeople(settings.people));
    Add(CheckEnvironments(settings.environments, around));
    Add(CheckReviewRules(settings.review, settings.environments, around));
    Add(CheckBotRules(settings.bots, settings.environments));
  }

  static std::vector<Login> Logins(const Node& mapping) {
    std::vector<Login> logins;
    for (const std::string_view key : LoginKeys())
      for (Named& named : Names(mapping.Find(key)))
        logins.push_back({std::string(key), std::move(named.name), named.range});
    return logins;
  }

  static Person DecodePerson(const Node& node) {
    return {std::string(node.key), Names(node.Find("emails")), Logins(node), Names(node.Find("key")),
            node.key_range};
  }

  void DecodePeople(const Node& mapping) {
    for (const Node& node : mapping.children) out_.settings.people.people.push_back(DecodePerson(node));
  }

  // A group is a list of people, or a mapping with `members` and the names of its team.
  void DecodeGroups(const Node& mapping) {
    for (const Node& node : mapping.children) {
      const bool plain = node.kind == NodeKind::kSequence;
      out_.settings.people.groups.push_back({std::string(node.key),
                                             Names(plain ? &node : node.Find("members")),
                                             plain ? std::vector<Login>() : Logins(node), node.key_range});
    }
  }

  static Approvals DecodeApprovals(const Node& node) {
    if (node.kind == NodeKind::kInteger) return {Count(&node), {}, false, node.range};
    const Node* count = node.Find("count");
    if (count == nullptr) count = node.Find("approvals");  // as path rules and `policy` call it
    return {Count(count), Names(node.Find("from")), Flag(node, "codeowners"), node.range};
  }

  void DecodeReview(const Node& node) {
    ReviewRules& review = out_.settings.review;
    review.codeowners = Text(node.Find("codeowners"));
    if (const Node* evidence = node.Find("evidence")) {
      review.by_signature = Has(Strings(evidence), "ssh");
      review.by_forge = Has(Strings(evidence), "forge");
      if (!review.by_signature)
        Report(evidence->range, "`evidence` needs ssh: reviews on a forge are not read in this version");
    }
    const std::string authors = Text(node.Find("authors"));
    if (authors == "count") review.authors = Authors::kCount;
    if (authors == "signed") review.authors = Authors::kSigned;
    review.files_signed = Text(node.Find("files")) == "signed";
    if (const Node* groups = node.Find("groups")) DecodeGroups(*groups);
    if (const Node* policy = node.Find("policy")) review.policy = DecodeApprovals(*policy);
    const Node* paths = node.Find("paths");
    if (paths == nullptr) return;
    for (const Node& rule : paths->children)
      review.paths.push_back(
          {std::string(rule.key), DecodeApprovals(rule), Names(rule.Find("in")), rule.key_range});
  }

  void DecodeBots(const Node& mapping) {
    for (const Node& node : mapping.children) {
      out_.settings.people.bots.push_back(DecodePerson(node));
      const std::vector<std::string> may = Strings(node.Find("may"));
      out_.settings.bots.push_back({std::string(node.key), Has(may, "images"), Has(may, "charts"),
                                    Names(node.Find("in")), Strings(node.Find("paths")), node.key_range});
    }
  }

  std::chrono::seconds Duration(const Node* node, std::chrono::seconds otherwise) {
    if (node == nullptr) return otherwise;
    const std::optional<std::chrono::seconds> duration = ParseDuration(node->String());
    if (!duration)
      Report(node->range, "\"" + std::string(node->text) + "\" is not a duration: 30m, 24h, 7d, up to 366d");
    return duration.value_or(otherwise);
  }

  void DecodeEnvironment(const Node& node) {
    Environment environment;
    environment.name = std::string(node.key);
    environment.range = node.key_range;
    environment.branch = Text(node.Find("branch"));
    environment.folder = Text(node.Find("folder"));
    environment.after = Names(node.Find("after"));
    environment.clusters = Names(node.Find("clusters"));
    if (const Node* approvals = node.Find("approvals")) environment.approvals = DecodeApprovals(*approvals);
    environment.soak = Duration(node.Find("soak"), environment.soak);
    const std::string outcome = Text(node.Find("outcome"));
    if (outcome == "applied") environment.outcome = Asked::kApplied;
    if (outcome == "healthy") environment.outcome = Asked::kHealthy;
    DecodeTimes(node, environment);
    DecodeCarry(node.Find("carry"), environment);
    DecodeRest(node, environment);
    out_.settings.environments.push_back(std::move(environment));
  }

  void DecodeRest(const Node& node, Environment& environment) {
    if (const Node* glass = node.Find("breakGlass"))
      environment.break_glass = BreakGlass{Names(glass->Find("by")),
                                           Duration(glass->Find("for"), BreakGlass().lasts), glass->range};
    if (const Node* moved = node.Find("movedBy")) {
      environment.moved_by = moved->String() == "request" ? MovedBy::kRequest : MovedBy::kPush;
      environment.moved_by_range = moved->range;
    }
    const Node* removed = node.Find("maxRemoved");
    if (removed == nullptr) return;
    const std::string_view text = removed->String();  // the schema wants digits and "%"
    std::from_chars(text.data(), text.data() + text.size(), environment.max_removed);
  }

  void DecodeTimes(const Node& node, Environment& environment) {
    if (const Node* windows = node.Find("windows"))
      for (const Node& window : windows->children) DecodeWindow(window, environment);
    if (const Node* freezes = node.Find("freezes"))
      for (const Node& freeze : freezes->children) DecodeFreeze(freeze, environment);
  }

  void DecodeWindow(const Node& node, Environment& environment) {
    Window window;
    window.range = node.range;
    if (const Node* zone = node.Find("zone")) window.zone = Text(zone);
    if (const Node* days = node.Find("days")) DecodeDays(*days, window);
    const Node* hours = node.Find("hours");
    if (hours != nullptr && !ParseHours(hours->String(), window))
      Report(hours->range, "\"" + std::string(hours->text) + "\" are not hours: 09:00-16:00, 22:00-04:00");
    environment.windows.push_back(std::move(window));
  }

  void DecodeDays(const Node& node, Window& window) {
    window.days = 0;
    for (const Named& named : Names(&node)) {
      const std::optional<std::uint8_t> days = ParseDays(named.name);
      if (!days) Report(named.range, "\"" + named.name + "\" are not days: mon, mon-thu, sat,sun");
      window.days = static_cast<std::uint8_t>(window.days | days.value_or(0));
    }
  }

  std::optional<Day> DecodeDay(const Node* node) {
    if (node == nullptr) return std::nullopt;
    std::optional<Day> day = ParseDay(node->String());
    if (!day)
      Report(node->range, "\"" + std::string(node->text) + "\" is not a day: 2026-12-18 or 2026-12-18T16:00");
    return day;
  }

  // A date without a time is the whole day, the last one too.
  void DecodeFreeze(const Node& node, Environment& environment) {
    const std::optional<Day> from = DecodeDay(node.Find("from")), to = DecodeDay(node.Find("to"));
    if (!from || !to) return;
    Freeze freeze;
    freeze.begin = from->begin;
    freeze.end = to->whole ? to->begin + std::chrono::days(1) : to->begin;
    freeze.reason = Text(node.Find("reason"));
    freeze.range = node.range;
    if (const Node* zone = node.Find("zone")) freeze.zone = Text(zone);
    environment.freezes.push_back(std::move(freeze));
  }

  static void DecodeCarry(const Node* node, Environment& environment) {
    if (node == nullptr) return;
    environment.carry.range = node->range;
    for (std::string& word : Strings(node)) {
      if (word == "images") {
        environment.carry.images = true;
      } else if (word == "charts") {
        environment.carry.charts = true;
      } else {
        environment.carry.paths.push_back(std::move(word));
      }
    }
  }

  DecodedPromotion out_;
};

}  // namespace

DecodedPromotion DecodePromotion(const Node& root, const std::set<std::string>* clusters) {
  return Decoder().Run(root, clusters);
}

}  // namespace sluice::promotion
