#include "manifests/render/helm_service.h"

#include "tests/manifests/render/helm_program.h"

namespace sluice::manifests::render {
namespace {

HelmRequest Full() {
  HelmRequest request =
      Ask({FileOf("templates/a b.yaml", std::string("a\0b", 3)), FileOf("values.yaml", "")}, R"({"a":1})");
  request.kube_version = "1.34";
  request.api_versions = {"example.com/v1", "example.com/v1/Widget"};
  request.tests = request.upgrade = true;
  request.include_crds = false;
  return request;
}

TEST_CASE("a request comes out of its frame as it went in") {
  const HelmRequest request = Full();
  const Result<HelmRequest> read = DecodeHelmRequest(Encode(request));
  REQUIRE(read);
  CHECK(Encode(*read) == Encode(request));
  CHECK(read->release == "shop");
  CHECK(read->ns == "store");
  CHECK(read->values == request.values);
  CHECK(read->api_versions == request.api_versions);
  REQUIRE(read->chart.size() == 3);
  CHECK(read->chart[1].path.text() == "templates/a b.yaml");
  CHECK(read->chart[1].bytes.size() == 3);
  CHECK((read->tests && read->upgrade && read->hooks && read->schema && !read->include_crds));
  CHECK(DecodeHelmRequest(Encode(HelmRequest{})));
}

TEST_CASE("a frame that is cut, longer or changed is malformed") {
  const std::string good = Encode(Full());
  for (std::size_t size = 0; size < good.size(); ++size) CHECK_FALSE(DecodeHelmRequest(good.substr(0, size)));
  CHECK_FALSE(DecodeHelmRequest(good + "x"));
  const auto changed = [&](std::string_view from, std::string_view to) {
    std::string bytes = good;
    const std::size_t at = bytes.find(from);
    REQUIRE(at != bytes.npos);
    bytes.replace(at, from.size(), to);
    return DecodeHelmRequest(bytes);
  };
  CHECK_FALSE(changed("templates/a b.yaml", "templates/../../.x"));
  CHECK_FALSE(changed("templates/a b.yaml", "/emplates/a b.yaml"));
  CHECK_FALSE(changed("templates/a b.yaml", "templates//a .yaml"));
  CHECK_FALSE(changed(std::string("thus", 0), std::string("\xff\xff\xff\xff")));
  CHECK_FALSE(changed(std::string("\x04\0\0\0thus", 8), std::string("\x04\0\0\0thux", 8)));
  CHECK_FALSE(changed(std::string("\x01\0\0\0"
                                  "2",
                                  5),
                      std::string("\x01\0\0\0"
                                  "x",
                                  5)));
  CHECK_FALSE(changed(std::string("\x01\0\0\0"
                                  "3",
                                  5),
                      std::string("\x01\0\0\0"
                                  "9",
                                  5)));
}

std::string Through(const std::function<Result<std::string>(const process::Broker&)>& ask,
                    std::chrono::milliseconds time = std::chrono::seconds(20)) {
  const process::ShutInOptions options{.sandbox = {},
                                       .deadline = std::chrono::steady_clock::now() + time,
                                       .services = {HelmService(PRETEND_HELM)}};
  const Result<process::ShutInResult> result =
      process::RunShutIn(options, [&](const process::Broker& broker, const process::SandboxLevel&) {
        const Result<std::string> said = ask(broker);
        return said ? "said " + *said
                    : std::to_string(static_cast<int>(said.error().kind)) + said.error().message;
      });
  REQUIRE(result);
  return result->answered ? result->answer : result->trouble;
}

TEST_CASE("a process that may start nothing has helm started for it") {
  HelmRequest request = Full();
  request.release = "arguments";
  const std::string said =
      Through([&](const process::Broker& broker) { return HelmThrough(broker)(request); });
  CHECK(said.starts_with("said template\n--namespace=store\n"));
  CHECK(said.find("--kube-version=1.34.0\n") != said.npos);
}

TEST_CASE("what the judge may not ask is refused on both sides") {
  HelmRequest request = Full();
  request.release = "--post-renderer=x";
  const auto kind = std::to_string(static_cast<int>(ErrorKind::kUsage));
  CHECK(
      Through([&](const process::Broker& broker) { return HelmThrough(broker)(request); }).starts_with(kind));
  // As somebody who took over the judge would.
  CHECK(Through([&](const process::Broker& broker) {
          return broker.Ask(process::FrameKind::kRunHelm, Encode(request));
        }).starts_with(kind + "the release's name"));
  CHECK(Through([&](const process::Broker& broker) {
          return broker.Ask(process::FrameKind::kRunHelm, "rm -rf /");
        }) == "0malformed request to helm");
}

TEST_CASE("helm ends before the judge's deadline") {
  HelmRequest request = Full();
  request.release = "stay";
  const std::string said =
      Through([&](const process::Broker& broker) { return HelmThrough(broker)(request); },
              std::chrono::milliseconds(500));
  const auto kind = std::to_string(static_cast<int>(ErrorKind::kLimit));
  CHECK(said.starts_with(kind + "helm took longer than "));
}

}  // namespace
}  // namespace sluice::manifests::render
