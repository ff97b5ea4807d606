// Charts fetched from a repository on the loopback: our own server of files, an
// index and packages that helm made.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>

#include "manifests/render/chart_cache.h"
#include "process/child.h"
#include "tests/manifests/render/release.h"

namespace sluice::manifests::render {
namespace {

namespace fs = std::filesystem;

std::string Content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// Serves the files of a directory over HTTP, one connection after another.
class FileServer {
 public:
  explicit FileServer(std::string directory)
      : directory_(std::move(directory)), socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(bind(socket_, reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(listen(socket_, 8) == 0);
    REQUIRE(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    address_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { Serve(); });
  }
  ~FileServer() {
    shutdown(socket_, SHUT_RDWR);
    thread_.join();
    close(socket_);
  }
  const std::string& address() const { return address_; }

 private:
  void Serve() {
    for (int one; (one = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0; close(one)) {
      char request[4096] = {};
      if (read(one, request, sizeof request - 1) <= 0) continue;
      std::istringstream words(request);
      std::string verb, path;
      words >> verb >> path;
      const bool known = path.find("..") == path.npos && fs::is_regular_file(directory_ + path);
      const std::string body = known ? Content(directory_ + path) : "none";
      const std::string answer = std::string(known ? "HTTP/1.0 200 OK" : "HTTP/1.0 404 Not Found") +
                                 "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
      std::string_view rest = answer;
      for (ssize_t count; !rest.empty() && (count = send(one, rest.data(), rest.size(), MSG_NOSIGNAL)) > 0;)
        rest.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  std::string directory_, address_;
  int socket_;
  std::thread thread_;
};

// A repository with the chart "web" 1.2.3, and a cache beside it.
class Repository {
 public:
  explicit Repository(const std::string& helm) : helm_(helm) {
    std::string path = (fs::temp_directory_path() / "repository-XXXXXX").string();
    REQUIRE(mkdtemp(path.data()) != nullptr);
    root_ = path;
    fs::create_directories(root_ + "/served");
    Publish("it: first\n");
    server_.emplace(root_ + "/served");
  }
  ~Repository() { fs::remove_all(root_); }

  void Publish(const std::string& data) {
    const std::string chart = root_ + "/web";
    fs::create_directories(chart + "/templates");
    std::ofstream(chart + "/Chart.yaml") << "apiVersion: v2\nname: web\nversion: 1.2.3\n";
    std::ofstream(chart + "/values.yaml") << "replicas: 1\n";
    std::ofstream(chart + "/templates/a.yaml") << "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "
                                                  "a}\ndata:\n  replicas: {{ quote .Values.replicas }}\n  "
                                               << data;
    Helm({"package", chart, "--destination", root_ + "/served"});
    Helm({"repo", "index", root_ + "/served"});
  }
  ChartSource Web() const {
    return {.name = "web", .version = "1.2.3", .repository = server_->address() + "/"};
  }
  FetchOptions Options() const { return {.program = helm_, .cache = root_ + "/cache"}; }
  std::string Served(const std::string& name) const { return root_ + "/served/" + name; }

 private:
  void Helm(std::vector<std::string> words) const {
    words.insert(words.begin(), helm_);
    const auto ran = process::Run({.argv = words, .environment = {"HOME=" + root_}});
    REQUIRE(ran);
    INFO(ran->error_output);
    REQUIRE(ran->exit_code == 0);
  }
  std::string helm_, root_;
  std::optional<FileServer> server_;
};

TEST_CASE("a chart is fetched, pinned, and rendered from the cache") {
  NEEDS_HELM(helm)
  const Repository repository(helm);
  const auto fetched = FetchChart(repository.Options(), repository.Web());
  if (!fetched) FAIL(fetched.error().Text());
  CHECK_FALSE(fetched->was_there);
  CHECK(fetched->digest.size() == 64);
  const auto again = FetchChart(repository.Options(), repository.Web());
  REQUIRE(again);
  CHECK(again->was_there);
  CHECK(again->digest == fetched->digest);

  ReleaseOf release({{"release.yaml", "replicas: 7\n"}}, HelmAt(helm));
  release.release().chart = repository.Web();
  release.context().chart_cache = repository.Options().cache;
  const Built built = release.Build();
  INFO(Told(built));
  REQUIRE(built.objects.size() == 1);
  const Node* data = built.objects[0].object.root->Find("data");
  CHECK(data->Find("it")->String() == "first");
  CHECK(PlaceOf(release.session(), data->Find("replicas")->range) == "release.yaml:1");
  CHECK(PlaceOf(release.session(), data->Find("it")->range) == "release.yaml:1");
  CHECK(built.objects[0].object.file == "release.yaml");
}

TEST_CASE("a version that changed is not taken") {
  NEEDS_HELM(helm)
  Repository repository(helm);
  REQUIRE(FetchChart(repository.Options(), repository.Web()));
  repository.Publish("it: second\n");
  const auto changed = FetchChart(repository.Options(), repository.Web());
  REQUIRE_FALSE(changed);
  CHECK(changed.error().message.find("is not the one that was fetched before") != std::string::npos);
  const auto kept = ReadCachedChart(repository.Options().cache, repository.Web());
  REQUIRE(kept);
  for (const ChartFile& file : *kept) CHECK(file.bytes.find("second") == std::string::npos);
  fs::remove(repository.Options().cache + "/" + CachePath(repository.Web()) + ".sha256");
  CHECK(FetchChart(repository.Options(), repository.Web()));
}

TEST_CASE("a fetch that was killed is made whole by the next") {
  NEEDS_HELM(helm)
  const Repository repository(helm);
  REQUIRE(FetchChart(repository.Options(), repository.Web()));
  const std::string target = repository.Options().cache + "/" + CachePath(repository.Web());
  fs::remove(target + "/Chart.yaml");
  CHECK_FALSE(ReadCachedChart(repository.Options().cache, repository.Web()));
  REQUIRE(FetchChart(repository.Options(), repository.Web()));
  CHECK(ReadCachedChart(repository.Options().cache, repository.Web()));
}

TEST_CASE("what a repository does not give is said, and leaves nothing") {
  NEEDS_HELM(helm)
  const Repository repository(helm);
  const auto fails = [&](const ChartSource& source) {
    const auto fetched = FetchChart(repository.Options(), source);
    REQUIRE_FALSE(fetched);
    CHECK(fetched.error().kind == ErrorKind::kFailed);
    CHECK(fetched.error().message.starts_with("helm pull: "));
    CHECK_FALSE(fs::exists(repository.Options().cache));
  };
  ChartSource other = repository.Web();
  other.version = "9.9.9";
  fails(other);
  other = repository.Web();
  other.name = "none";
  fails(other);
  std::ofstream(repository.Served("web-1.2.3.tgz")) << "no package";
  fails(repository.Web());
  std::ofstream(repository.Served("index.yaml")) << "[";
  fails(repository.Web());
  const auto no_helm = FetchChart({.program = "/nowhere/helm", .cache = "/nowhere"}, repository.Web());
  CHECK_FALSE(no_helm);
}

}  // namespace
}  // namespace sluice::manifests::render
