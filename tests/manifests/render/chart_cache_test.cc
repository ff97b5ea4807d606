#include "manifests/render/chart_cache.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "crypto/digest.h"
#include "tests/catch.h"

namespace sluice::manifests::render {
namespace {

namespace fs = std::filesystem;

const ChartSource kRedis{
    .name = "redis", .version = "20.1.0", .repository = "https://charts.example.com/stable/"};

// A cache that holds redis 20.1.0, as FetchChart leaves it.
class Cache {
 public:
  Cache() {
    std::string path = (fs::temp_directory_path() / "charts-XXXXXX").string();
    REQUIRE(mkdtemp(path.data()) != nullptr);
    path_ = path;
    std::string list;
    for (const auto& [name, bytes] :
         {std::pair{"Chart.yaml", "name: redis\n"}, std::pair{"templates/a.yaml", "a: 1\n"}}) {
      Write(kDirectory + "/redis-20.1.0/" + name, bytes);
      list += crypto::Hex(crypto::DigestSha256(bytes)) + "  redis-20.1.0/" + name + "\n";
    }
    Write(kDirectory + "/redis-20.1.0.sha256", list);
    list_ = list;
  }
  ~Cache() { fs::remove_all(path_); }
  const std::string& path() const { return path_; }
  const std::string& list() const { return list_; }
  void Write(const std::string& name, const std::string& bytes) const {
    fs::create_directories(fs::path(path_ + "/" + name).parent_path());
    std::ofstream(path_ + "/" + name, std::ios::binary) << bytes;
  }
  void WriteList(const std::string& list) const { Write(kDirectory + "/redis-20.1.0.sha256", list); }
  std::string File(const std::string& name) const {
    return path_ + "/" + kDirectory + "/redis-20.1.0/" + name;
  }

  inline static const std::string kDirectory = "https%3A%2F%2Fcharts.example.com%2Fstable";

 private:
  std::string path_, list_;
};

TEST_CASE("a chart of the cache is read whole, by its repository, name and version") {
  const Cache cache;
  CHECK(CachePath(kRedis) == Cache::kDirectory + "/redis-20.1.0");
  const auto files = ReadCachedChart(cache.path(), kRedis);
  if (!files) FAIL(files.error().Text());
  REQUIRE(files->size() == 2);
  CHECK((*files)[1].path.text() == "templates/a.yaml");
  CHECK((*files)[1].bytes == "a: 1\n");
  CHECK(FetchCommand(kRedis) == "sluice render fetch https://charts.example.com/stable redis 20.1.0");
}

TEST_CASE("what is not in the cache is not taken from beside it") {
  const Cache cache;
  const auto missing = [&](ChartSource source) {
    const auto files = ReadCachedChart(cache.path(), source);
    REQUIRE_FALSE(files);
    CHECK(files.error().kind == ErrorKind::kNotFound);
  };
  missing({.name = "redis", .version = "20.1.1", .repository = kRedis.repository});
  missing({.name = "redi", .version = "20.1.0", .repository = kRedis.repository});
  missing({.name = "redis", .version = "20.1.0", .repository = "https://evil.example.com/stable"});
  missing({.name = "redis", .version = "20.1.0", .repository = "oci://charts.example.com/stable"});
  missing({.name = "redis", .version = "20.1.0", .repository = "https://charts.example.com/Stable"});
  CHECK_FALSE(ReadCachedChart("/nowhere", kRedis));
}

TEST_CASE("a cache that is not what was fetched is refused") {
  const auto spoilt = [](auto change) {
    const Cache cache;
    REQUIRE(ReadCachedChart(cache.path(), kRedis));
    change(cache);
    const auto files = ReadCachedChart(cache.path(), kRedis);
    REQUIRE_FALSE(files);
    CHECK(files.error().kind == ErrorKind::kFailed);
    CHECK(files.error().message.find("fetch it again") != std::string::npos);
  };
  spoilt([](const Cache& cache) { std::ofstream(cache.File("templates/a.yaml")) << "a: 2\n"; });
  spoilt([](const Cache& cache) { fs::remove(cache.File("Chart.yaml")); });
  spoilt([](const Cache& cache) {
    fs::rename(cache.File("Chart.yaml"), cache.path() + "/x");
    fs::create_symlink(cache.path() + "/x", cache.File("Chart.yaml"));
  });
  const std::string digest = crypto::Hex(crypto::DigestSha256("name: redis\n"));
  for (const std::string& line :
       {std::string("x"), std::string(), digest, digest + "  ",
        digest.substr(1) + "  redis-20.1.0/Chart.yaml", digest + " redis-20.1.0/Chart.yaml",
        digest + "  ../redis-20.1.0/Chart.yaml", digest + "  redis-20.1.0/../../x", digest + "  /etc/passwd",
        digest + "  redis-20.1.0", digest + "  other/Chart.yaml"})
    spoilt([&](const Cache& cache) { cache.WriteList(line + "\n"); });
}

TEST_CASE("a file that is not listed is no part of the chart") {
  const Cache cache;
  cache.Write(Cache::kDirectory + "/redis-20.1.0/templates/more.yaml", "b: 1\n");
  CHECK(ReadCachedChart(cache.path(), kRedis)->size() == 2);
}

TEST_CASE("what cannot be fetched, and why") {
  CHECK(WhyNotFetchable(kRedis).empty());
  CHECK(
      WhyNotFetchable({.name = "a", .version = "v1.2.3-rc.1+b.2", .repository = "oci://ghcr.io:443/a_b/c~d"})
          .empty());
  const auto refused = [](ChartSource source) {
    CHECK_FALSE(WhyNotFetchable(source).empty());
    CHECK_FALSE(FetchChart({.program = "/nowhere/helm", .cache = "/nowhere"}, source));
    const auto files = ReadCachedChart("/nowhere", source);
    REQUIRE_FALSE(files);
    CHECK(files.error().kind == ErrorKind::kUsage);
  };
  for (const char* name : {"", "-x", "--repo=x", ".", "..", "../x", "a/b", "a b", "é", ".x", "a\n", "$x"})
    refused({.name = name, .version = "1.2.3", .repository = kRedis.repository});
  for (const char* version :
       {"",          "1",       "1.2",    "1.x",     "^1.2.3",  "~1.2.3",        ">=1.2.3",
        "*",         "latest",  "1.2.3 ", "1.2.3-",  "1.2.3+",  "1.2.3/../x",    "-1.2.3",
        "--version", "1.2.3.4", "1..3",   "vv1.2.3", "1.2.3\n", "1.2.3 || 2.0.0"})
    refused({.name = "redis", .version = version, .repository = kRedis.repository});
  const std::string longest(200, 'a');
  for (const std::string& repository : {std::string(),
                                        std::string("charts.example.com"),
                                        std::string("file:///etc"),
                                        std::string("ftp://x"),
                                        std::string("https://"),
                                        std::string("https:///x"),
                                        std::string("https://user:password@x"),
                                        std::string("https://x?y=z"),
                                        std::string("https://x#y"),
                                        std::string("https://-x"),
                                        std::string("--repo=https://x"),
                                        std::string("s3://bucket"),
                                        std::string("git+https://x"),
                                        std::string("https://x y"),
                                        std::string("https://x\n"),
                                        std::string("https://x%2f"),
                                        std::string("https://[::1]"),
                                        std::string("@stable"),
                                        std::string("alias:stable"),
                                        "https://" + longest,
                                        "https://" + std::string(100, '/') + "x",
                                        "https://a" + std::string(120, '/') + "x"})
    refused({.name = "redis", .version = "1.2.3", .repository = repository});
}

}  // namespace
}  // namespace sluice::manifests::render
