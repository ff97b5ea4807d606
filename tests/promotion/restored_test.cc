// What a rollback restores is what that record was.
#include "promotion/restored.h"

#include "tests/catch.h"

namespace sluice::promotion {
namespace {

Record RecordOf(std::uint64_t sequence, char content) {
  Record record;
  record.head.sequence = sequence;
  record.set = std::string(64, content);
  record.source.commit = std::string(40, content);
  record.source.tree = std::string(40, content);
  return record;
}

std::string Why(const Record& record, const Restorables& known) {
  const Status status = CheckRestores(record, record.restores ? known.Find(*record.restores) : nullptr);
  return status ? "" : status.error().message;
}

TEST_CASE("a rollback has the objects and the files of the record that it names") {
  Restorables known;
  for (std::uint64_t i = 1; i <= 3; ++i) known.Add(RecordOf(i, static_cast<char>('a' + i)));
  Record record = RecordOf(4, 'c');
  CHECK(Why(record, known) == "");
  record.restores = 2;
  CHECK(Why(record, known) == "");
  record.source.commit = std::string(40, 'f');  // a commit that a rollback of a branch makes
  CHECK(Why(record, known) == "");
  record.source.folder = "envs/production";
  CHECK(Why(record, known) == "it restores record 2, and is of another commit than that");
  record.source.commit = std::string(40, 'c');
  CHECK(Why(record, known) == "");
  record.source.tree = std::string(40, 'd');
  CHECK(Why(record, known) == "it restores record 2, and its files are not those of that");
  record = RecordOf(4, 'c');
  for (const std::uint64_t other : {1, 3}) {
    record.restores = other;
    CHECK(Why(record, known) ==
          "it restores record " + std::to_string(other) + ", and its objects are not those of that");
  }
  for (const std::uint64_t none : {0, 4, 5}) {
    record.restores = none;
    CHECK(Why(record, known) ==
          "it restores record " + std::to_string(none) + ", which is not among the 256 before it");
  }
}

TEST_CASE("what lies further back than is remembered is not restored") {
  Restorables known;
  for (std::uint64_t i = 1; i <= 300; ++i) known.Add(RecordOf(i, 'a'));
  Record record = RecordOf(301, 'a');
  record.restores = 45;
  CHECK(Why(record, known) == "");
  record.restores = 44;
  CHECK(Why(record, known) != "");
}

TEST_CASE("another record than the one that is named is none") {
  const Restorable other{3, std::string(64, 'c'), std::string(40, 'c'), std::string(40, 'c')};
  Record record = RecordOf(4, 'c');
  record.restores = 2;
  CHECK_FALSE(CheckRestores(record, &other));
}

}  // namespace
}  // namespace sluice::promotion
