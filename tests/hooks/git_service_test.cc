#include "hooks/git_service.h"

#include "tests/hooks/repository.h"

namespace sluice::hooks {
namespace {

// What a judge in its sandbox gets from `work`.
std::string InJudge(const Places& places, const std::function<std::string(const process::Broker&)>& work) {
  GitService service(places, nullptr);
  const process::ShutInOptions options{
      .sandbox = {.readable = ReadableOf(places)},
      .deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60),
      .services = service.Services()};
  Result<process::ShutInResult> result = process::RunShutIn(
      options, [&work](const process::Broker& broker, const process::SandboxLevel&) { return work(broker); });
  REQUIRE(result);
  return result->answered ? result->answer : result->trouble;
}

TEST_CASE("the judge reads a repository by itself") {
  BareRepository repository;
  const std::string commit = repository.Commit("a.yaml", "a: 1\n");
  const Places places = *PlacesAt(repository.path);
  const std::string told = InJudge(places, [&](const process::Broker& broker) {
    auto opened = git::Open(OpenThrough(broker, Asked::kPushed, places));
    if (!opened) return opened.error().Text();
    const Result<Oid> tip = (*opened)->ResolveRef("refs/heads/main");
    return tip ? tip->Hex() : tip.error().Text();
  });
  CHECK(told == commit);
}

TEST_CASE("what our reader does not know the judge gets through its parent's git") {
  BareRepository repository;
  const Oid commit = *Oid::FromHex(repository.Commit("a.yaml", "a: 1\n"));
  // An index of version 1 is one that only git reads.
  Git({"--git-dir=" + repository.path, "-c", "pack.indexVersion=1", "repack", "-adq"});
  const Places places = *PlacesAt(repository.path);
  const auto read = [&](const process::Broker& broker) {
    auto opened = git::Open(OpenThrough(broker, Asked::kPushed, places));
    if (!opened) return opened.error().Text();
    const Result<git::RawObject> object = (*opened)->Read(commit, 1 << 20);
    return object ? object->bytes : object.error().Text();
  };
  CHECK(InJudge(places, read).find("\n\nchange\n") != std::string::npos);
  const auto read_missing = [&](const process::Broker& broker) {
    auto opened = git::Open(OpenThrough(broker, Asked::kPushed, places));
    if (!opened) return opened.error().Text();
    const Result<git::RawObject> object = (*opened)->Read(*Oid::FromHex(std::string(40, 'a')), 1 << 20);
    return std::string(!object && object.error().kind == ErrorKind::kNotFound ? "not found" : "something");
  };
  CHECK(InJudge(places, read_missing) == "not found");
}

TEST_CASE("git is asked for objects and refs of these repositories and nothing else") {
  BareRepository repository;
  const std::string id = repository.Commit("a.yaml", "a: 1\n");
  const Places places = *PlacesAt(repository.path);
  const auto ask = [&](process::FrameKind kind, const std::string& body) {
    return InJudge(places, [&](const process::Broker& broker) {
      const Result<std::string> reply = broker.Ask(kind, body);
      return reply ? "reply" : reply.error().message;
    });
  };
  using process::FrameKind;
  CHECK(ask(FrameKind::kReadObject, "0" + id + " 1000") == "reply");
  CHECK(ask(FrameKind::kResolveRef, "0refs/heads/main") == "reply");
  CHECK(ask(FrameKind::kHeadRef, "0") == "reply");

  for (const std::string& body :
       {std::string(), std::string("0"), "1" + id + " 1000", "9" + id + " 1000", "/" + id + " 1000", "0" + id,
        "0" + id + " ", "0" + id + " x", "0" + id + " -1", "0" + id + " 1 1", "0" + id + "\n 1000",
        std::string("0HEAD 1000"), "0" + id.substr(1) + " 1000", "0" + id + " 1000\n" + id,
        std::string("0--batch-all-objects 1000")})
    CHECK(ask(FrameKind::kReadObject, body) == "malformed request to git");
  for (const std::string& body :
       {std::string(), std::string("0"), std::string("1refs/heads/main"), std::string("0--help"),
        std::string("0refs/heads/../../config"), std::string("0refs/heads/main\n")})
    CHECK(ask(FrameKind::kResolveRef, body) == "malformed request to git");
  for (const std::string& body : {std::string(), std::string("1"), std::string("x")})
    CHECK(ask(FrameKind::kHeadRef, body) == "malformed request to git");
}

}  // namespace
}  // namespace sluice::hooks
