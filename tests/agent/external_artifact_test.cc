#include "agent/external_artifact.h"

#include "agent/notice.h"
#include "crypto/digest.h"
#include "tests/catch.h"
#include "tests/cluster/fake_server.h"

namespace sluice::agent {
namespace {

const std::string kDigest(64, 'a'), kOther(64, 'b');
const std::string kAt = "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/externalartifacts/shop";
constexpr const char* kNotFound = R"({"kind":"Status","reason":"NotFound","code":404,"message":"not found"})";

Configuration ForFlux() {
  Configuration configuration;
  configuration.environment = "production";
  configuration.flux = FluxSettings{"flux-system", "shop", "127.0.0.1:0", "http://agent:9403"};
  return configuration;
}

OrderedObject ConfigMap(const std::string& name, const std::string& value = "1") {
  return {"core/ConfigMap/shop/" + name,
          {"v1", "ConfigMap", "shop", name},
          R"({"apiVersion":"v1","data":{"a":")" + value + R"("},"kind":"ConfigMap"})",
          ""};
}

// The ExternalArtifact as it is once those objects were published.
std::string Told(const std::vector<OrderedObject>& objects, const std::string& url = "http://agent:9403") {
  const std::string digest = crypto::Hex(crypto::DigestSha256(*ArchiveOf(objects)));
  const std::string path = "externalartifact/flux-system/shop/" + digest + ".tar.gz";
  return R"({"kind":"ExternalArtifact","status":{"artifact":{"digest":"sha256:)" + digest + R"(","path":")" +
         path + R"(","revision":"production/3@sha256:)" + kDigest + R"(","url":")" + url + "/" + path +
         R"("}}})";
}

TEST_CASE("it is told once, and put back where somebody changed it") {
  const Configuration configuration = ForFlux();
  cluster::FakeServer server({{kAt, {404, {}, kNotFound}}, {kAt + "/status", {200, {}, "{}"}}});
  const auto client = server.Client({.tries = 1});
  ExternalArtifact artifact(*client, configuration);
  const std::vector<OrderedObject> objects{ConfigMap("a")};
  server.Set(kAt + "?fieldManager=sluice-agent&force=true", {201, {}, "{}"});
  Result<Publication> published = artifact.Publish({3, kDigest}, objects);
  REQUIRE(published);
  CHECK(*published == Publication::kNew);
  CHECK(server.TakeRequests() ==
        std::vector<std::string>{"GET " + kAt, "PATCH " + kAt + "?fieldManager=sluice-agent&force=true",
                                 "PATCH " + kAt + "/status?fieldManager=sluice-agent&force=true"});
  server.Set(kAt, {200, {}, Told(objects)});
  published = artifact.Publish({3, kDigest}, objects);
  REQUIRE(published);
  CHECK(*published == Publication::kThere);
  CHECK(server.TakeRequests() == std::vector<std::string>{"GET " + kAt});
  server.Set(kAt, {200, {}, Told(objects, "http://evil:80")});
  published = artifact.Publish({3, kDigest}, objects);
  REQUIRE(published);
  CHECK(*published == Publication::kPutBack);
  CHECK(server.TakeRequests().size() == 3);
}

TEST_CASE("what could not be written is said once it is, though the record moved before") {
  const Configuration configuration = ForFlux();
  cluster::FakeServer server({{kAt, {404, {}, kNotFound}}, {kAt + "/status", {200, {}, "{}"}}});
  const auto client = server.Client({.tries = 1});
  ExternalArtifact artifact(*client, configuration);
  server.Set(kAt + "?fieldManager=sluice-agent&force=true", {500, {}, "{}"});
  CHECK_FALSE(artifact.Publish({3, kDigest}, {ConfigMap("a")}));
  server.Set(kAt + "?fieldManager=sluice-agent&force=true", {201, {}, "{}"});
  const Result<Publication> published = artifact.Publish({3, kDigest}, {ConfigMap("a")});
  REQUIRE(published);
  CycleReport report;
  report.applied = promotion::RememberedRecord{3, kDigest};
  report.published = "flux-system/shop";
  report.publication = *published;
  const auto said = [&] {
    std::string reasons;
    for (const Notice& notice : NoticesOf(report)) reasons += notice.reason + " ";
    return reasons;
  };
  CHECK(said() == "RecordPublished ");
  report.publication = Publication::kThere;
  CHECK(said().empty());
  report.publication = Publication::kPutBack;
  CHECK(said() == "ArtifactPutBack ");
}

TEST_CASE("what it says is served before it is said") {
  const Configuration configuration = ForFlux();
  cluster::FakeServer server({{kAt, {500, {}, "{}"}}});
  const auto client = server.Client({.tries = 1});
  ExternalArtifact artifact(*client, configuration);
  CHECK_FALSE(artifact.Publish({3, kDigest}, {ConfigMap("a")}));
  const std::string digest = crypto::Hex(crypto::DigestSha256(*ArchiveOf({ConfigMap("a")})));
  CHECK(artifact.shelf().Find("/externalartifact/flux-system/shop/" + digest + ".tar.gz"));
}

TEST_CASE("a cluster without Flux, or without the right") {
  const Configuration configuration = ForFlux();
  const std::pair<net::ServedAnswer, std::string> cases[] = {
      {{404, {}, "404 page not found"}, "Flux 2.7 and newer serve the kind"},
      {{403,
        {},
        R"({"kind":"Status","reason":"Forbidden","code":403,"message":"externalartifacts is forbidden"})"},
       "externalartifacts is forbidden"},
  };
  for (const auto& [answer, words] : cases) {
    cluster::FakeServer server({{kAt, answer}});
    const auto client = server.Client({.tries = 1});
    ExternalArtifact artifact(*client, configuration);
    const Result<Publication> published = artifact.Publish({3, kDigest}, {ConfigMap("a")});
    REQUIRE_FALSE(published);
    CHECK(published.error().Text().find(words) != std::string::npos);
  }
}

TEST_CASE("another object is another archive, the same objects are the same") {
  CHECK(*ArchiveOf({ConfigMap("a")}) == *ArchiveOf({ConfigMap("a")}));
  CHECK(*ArchiveOf({ConfigMap("a")}) != *ArchiveOf({ConfigMap("b")}));
  CHECK(*ArchiveOf({ConfigMap("a")}) != *ArchiveOf({ConfigMap("a", "2")}));
  CHECK(ArchiveOf({ConfigMap("a")})->find(R"("core/ConfigMap/shop/a.json")") != std::string::npos);
}

TEST_CASE("a path that is too long for an archive has a file nevertheless") {
  const Result<std::string> archive = ArchiveOf({ConfigMap(std::string(200, 'n'))});
  REQUIRE(archive);
  CHECK(archive->find(R"("resources":["objects/)") != std::string::npos);
}

TEST_CASE("more than Flux is handed") {
  CHECK_FALSE(ArchiveOf({ConfigMap("a", std::string(25u << 20, 'x'))}));
  CHECK(ArchiveOf({ConfigMap("a", std::string(23u << 20, 'x'))}));
  // Many small ones cost more than their bytes.
  CHECK_FALSE(ArchiveOf(std::vector<OrderedObject>(23u << 10, ConfigMap("a"))));
}

TEST_CASE("revisions") { CHECK(RevisionOf("production", {12, kOther}) == "production/12@sha256:" + kOther); }

}  // namespace
}  // namespace sluice::agent
