#include "agent/artifact_shelf.h"

#include "tests/catch.h"

namespace sluice::agent {
namespace {

ShelvedArtifact Artifact(const std::string& path, const std::string& bytes) {
  return {path, std::make_shared<const std::string>(bytes)};
}

net::ServedAnswer Ask(const ArtifactShelf& shelf, const std::string& target,
                      const std::string& method = "GET") {
  net::RequestHead head;
  head.method = method;
  head.target = target;
  return AnswerTo(head, shelf);
}

TEST_CASE("the newest and the one before are served") {
  ArtifactShelf shelf;
  shelf.Put(Artifact("/a", "1"));
  shelf.Put(Artifact("/a", "1"));  // as before: the one before is not lost
  shelf.Put(Artifact("/b", "2"));
  CHECK(Ask(shelf, "/a").body == "1");
  CHECK(Ask(shelf, "/b").body == "2");
  shelf.Put(Artifact("/b", "2"));
  CHECK(Ask(shelf, "/a").status == 200);
  shelf.Put(Artifact("/c", "3"));
  CHECK(Ask(shelf, "/a").status == 404);
  CHECK(Ask(shelf, "/b").status == 200);
}

TEST_CASE("nothing is there by another spelling of its path") {
  ArtifactShelf shelf;
  CHECK(Ask(shelf, "").status == 404);
  CHECK(Ask(shelf, "/").status == 404);
  shelf.Put(Artifact("/externalartifact/flux-system/shop/ab.tar.gz", "1"));
  REQUIRE(Ask(shelf, "/externalartifact/flux-system/shop/ab.tar.gz").status == 200);
  for (const char* target : {
           "",
           "/",
           "*",
           "/externalartifact/flux-system/shop",
           "/externalartifact/flux-system/shop/",
           "/externalartifact/flux-system/shop/ab.tar.gz/",
           "/externalartifact/flux-system/shop/ab.tar.gz?a=b",
           "/externalartifact/flux-system/shop/ab.tar.gz#a",
           "/externalartifact/flux-system/shop/ab.tar.gz%00",
           "//externalartifact/flux-system/shop/ab.tar.gz",
           "/./externalartifact/flux-system/shop/ab.tar.gz",
           "/externalartifact/flux-system/../flux-system/shop/ab.tar.gz",
           "/externalartifact/flux-system/shop/..%2fshop/ab.tar.gz",
           "/externalartifact/flux-system/shop/%61b.tar.gz",
           "/EXTERNALARTIFACT/flux-system/shop/ab.tar.gz",
           "/../../../../etc/passwd",
           "/%2e%2e/%2e%2e/etc/passwd",
           "http://host/externalartifact/flux-system/shop/ab.tar.gz",
           "externalartifact/flux-system/shop/ab.tar.gz",
       }) {
    CAPTURE(target);
    CHECK(Ask(shelf, target).status == 404);
    CHECK(Ask(shelf, target).body.empty());
  }
}

TEST_CASE("it is only read") {
  ArtifactShelf shelf;
  shelf.Put(Artifact("/a", "1"));
  for (const char* method : {"HEAD", "POST", "PUT", "DELETE", "OPTIONS", "get"}) {
    CAPTURE(method);
    CHECK(Ask(shelf, "/a", method).status == 405);
  }
}

TEST_CASE("a listener that cannot be") {
  const ArtifactShelf shelf;
  CHECK_FALSE(ServeArtifacts("9403", shelf));
  CHECK_FALSE(ServeArtifacts("localhost:0", shelf));
  CHECK(ServeArtifacts("127.0.0.1:0", shelf));
}

}  // namespace
}  // namespace sluice::agent
