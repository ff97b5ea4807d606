// The record before and an intent give the next record's objects, or nothing.
#include "promotion/next_record.h"

#include "promotion/words.h"
#include "tests/catch.h"

namespace sluice::promotion {
namespace {

const std::string kTree(40, '3');

IntentObject Object(const std::string& path, const std::string& text) {
  IntentObject object;
  object.path = path;
  object.canonical = text;
  object.digest = DigestOf(text);
  object.vouched = Vouched::kOffline;
  return object;
}

RecordHeadOf Before() {
  RecordHeadOf head;
  head.record.source.tree = kTree;
  head.record.head.sequence = 4;
  head.record.not_applied = {"core/Secret/a/s"};
  head.record.not_held = {{"core/Secret/a/t", NotHeldReason::kPlainSecret}};
  head.objects = {{"objects/core/A/a/x", DigestOf("x")},
                  {"objects/core/A/a/y", DigestOf("y")},
                  {"objects/core/Secret/a/s", DigestOf("s")}};
  return head;
}

Intent After(std::vector<IntentObject> objects, std::vector<std::string> removed = {}) {
  Intent intent;
  intent.base = kTree;
  intent.objects = std::move(objects);
  intent.removed = std::move(removed);
  return intent;
}

TEST_CASE("what an intent says is added to what is recorded, and nothing else changes") {
  const RecordHeadOf before = Before();
  const Intent intent =
      After({Object("core/A/a/x", "X"), Object("core/A/a/z", "z")}, {"core/A/a/y", "core/A/a/never"});
  const auto next = ApplyIntent(&before, intent);
  REQUIRE(next);
  CHECK(next->objects == DigestList{{"objects/core/A/a/x", DigestOf("X")},
                                    {"objects/core/A/a/z", DigestOf("z")},
                                    {"objects/core/Secret/a/s", DigestOf("s")}});
  CHECK(next->gone == std::vector<std::string>{"objects/core/A/a/y"});
  CHECK(next->put.size() == 2);
  CHECK(next->offline == 2);
  CHECK(next->not_applied == std::vector<std::string>{"core/Secret/a/s"});
  CHECK(next->not_held.size() == 1);
  CHECK(next->change == DigestOf("core/A/a/x " + DigestOf("x") + " " + DigestOf("X") + "\ncore/A/a/y " +
                                 DigestOf("y") + " -\ncore/A/a/z - " + DigestOf("z") + "\n"));
}

TEST_CASE("plain Secrets and unknown values are never held, and leave the record where they were") {
  const RecordHeadOf before = Before();
  IntentObject plain = Object("core/Secret/a/s", "plain"), unknown = Object("core/A/a/x", "${X}");
  plain.plain_secret = true;
  unknown.unknown = true;
  const Intent intent = After({unknown, plain});
  const auto next = ApplyIntent(&before, intent);
  REQUIRE(next);
  CHECK(next->objects == DigestList{{"objects/core/A/a/y", DigestOf("y")}});
  CHECK(next->put.empty());
  CHECK(next->not_applied.empty());
  REQUIRE(next->not_held.size() == 3);
  CHECK(next->not_held[0].object == "core/A/a/x");
  CHECK(next->not_held[0].reason == NotHeldReason::kUnknownValue);
  CHECK(next->not_held[1].reason == NotHeldReason::kPlainSecret);

  IntentObject mended = Object("core/Secret/a/t", "encrypted");
  mended.stand_in = true;
  const Intent later = After({mended});
  const auto held = ApplyIntent(&before, later);
  CHECK(held->not_held.empty());
  CHECK(held->not_applied == std::vector<std::string>{"core/Secret/a/s", "core/Secret/a/t"});
}

TEST_CASE("an intent over another content than the record's is refused") {
  const RecordHeadOf before = Before();
  Intent intent = After({Object("core/A/a/x", "X")});
  intent.base = std::string(40, '9');
  CHECK_FALSE(ApplyIntent(&before, intent));
  intent.base.clear();
  CHECK(ApplyIntent(nullptr, intent));
  intent.base = kTree;
  CHECK_FALSE(ApplyIntent(nullptr, intent));
}

TEST_CASE("what was judged whole takes the place of all that is recorded") {
  const RecordHeadOf before = Before();
  Intent intent = After({Object("core/A/a/x", "X")});
  intent.base.clear();
  const auto next = ApplyIntent(&before, intent);
  REQUIRE(next);
  CHECK(next->objects == DigestList{{"objects/core/A/a/x", DigestOf("X")}});
  CHECK(next->gone == std::vector<std::string>{"objects/core/A/a/y", "objects/core/Secret/a/s"});
  CHECK(next->not_applied.empty());
  CHECK(next->not_held.empty());
}

TEST_CASE("a record stays within the sizes of the format") {
  Intent intent;
  for (int i = 0; i <= 50'000; ++i) intent.objects.push_back(Object("core/A/a/" + std::to_string(i), "x"));
  CHECK(ApplyIntent(nullptr, intent).error().kind == ErrorKind::kLimit);
  intent.objects.pop_back();
  CHECK(ApplyIntent(nullptr, intent));
  intent.objects = {Object("core/A/a/x", std::string((3u << 20) + 1, 'x'))};
  CHECK(ApplyIntent(nullptr, intent).error().kind == ErrorKind::kLimit);
}

}  // namespace
}  // namespace sluice::promotion
