#include "hooks/import.h"

#include "gate/gate.h"
#include "tests/hooks/repository.h"

namespace sluice::hooks {
namespace {

ImportWords InText() {
  ImportWords words;
  words.options.rule = gate::FindRule;
  return words;
}

TEST_CASE("what is there is judged in a child, and told in words") {
  BareRepository repository;
  repository.Commit("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n");
  Result<Imported> imported = Import(repository.path, InText());
  if (!imported) FAIL(imported.error().Text());
  CHECK(imported->outcome == Outcome::kAccepted);
  CHECK(Exists(repository.path + "/sluice/index"));

  repository.Commit("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndate: {}\n");
  imported = Import(repository.path, InText());
  REQUIRE(imported);
  CHECK(imported->outcome == Outcome::kRejected);
  CHECK(imported->text.find("a.yaml:5:1") != std::string::npos);
}

TEST_CASE("an error of the judge keeps its kind") {
  BareRepository repository;
  const Result<Imported> imported = Import(repository.path, InText());
  REQUIRE_FALSE(imported);
  CHECK(imported.error().kind == ErrorKind::kUsage);
  CHECK(imported.error().message.find("nothing to import") != std::string::npos);
}

TEST_CASE("whoever judges what is there may read the repositories and write nothing") {
  BareRepository repository;
  Task task;
  task.places = *PlacesAt(repository.path);
  task.settings.helm = "/usr/bin/helm";
  const process::Sandbox sandbox = ImportSandbox(task);
  CHECK(sandbox.writable.empty());
  CHECK(sandbox.file_bytes == 0);
  CHECK_FALSE(sandbox.may_execute);
  CHECK_FALSE(sandbox.may_network);
  CHECK(sandbox.memory_bytes > 0);
  CHECK(sandbox.cpu.count() > 0);
  for (const std::string& path : sandbox.readable) {
    const bool known = path.starts_with(repository.path) || path == "/usr/share/zoneinfo";
    CHECK(known);
  }
}

TEST_CASE("what a judge answers is checked") {
  const Result<Imported> good = ReadImported("v1\x1b[1mfine\x1b[1;31m\n\tgood\xc3\xa9\n");
  REQUIRE(good);
  CHECK(good->outcome == Outcome::kRejected);
  CHECK(good->text == "\x1b[1mfine\x1b[1;31m\n\tgood\xc3\xa9\n");
  const Result<Imported> refused = ReadImported("e2name one");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kUsage);
  CHECK(refused.error().message == "name one");
  for (const char* odd : {"", "v", "e", "x0", "v3", "v9", "v/", "va", "e5", "e9", "e:", " v0"}) {
    CAPTURE(odd);
    const Result<Imported> read = ReadImported(odd);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::kFailed);
  }
  for (const char* steers : {"\x1b]0;title\x07", "\x1b[2J", "\x1b[?25l", "\x1b[1", "\x1b[1;", "\x1b", "\r",
                             "\x08", "\x1b[1\x1b[2J", "\x1b[8m", "\x1b[1;8m", "\x1b[31;m",
                             "\xc2\x9b"
                             "2J",
                             "\xc2\x9d"
                             "0;t",
                             "\x9b"
                             "2J",
                             "\xe2\x80\xae",
                             "\x1b[1m\x1b"
                             "c"}) {
    CAPTURE(steers);
    const Result<Imported> read = ReadImported(std::string("v0") + steers);
    REQUIRE(read);
    for (std::size_t at = 0; (at = read->text.find('\x1b', at)) != std::string::npos; ++at)
      CHECK(read->text.substr(at).starts_with("\x1b[1m"));
    CHECK(read->text.find_first_of("\r\x07\x08\x9b\x9d\xae") == std::string::npos);
  }
}

}  // namespace
}  // namespace sluice::hooks
