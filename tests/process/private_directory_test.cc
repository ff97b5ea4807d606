#include "process/private_directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/catch.h"

namespace sluice::process {
namespace {

std::string Content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

unsigned ModeOf(const std::string& path) {
  struct stat status;
  return lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777u : 0u;
}

TEST_CASE("files are ours alone, and gone with the object") {
  std::string path;
  {
    const Result<PrivateDirectory> made = PrivateDirectory::Make();
    REQUIRE(made);
    path = made->path();
    CHECK(made->Write("a/b/c.txt", "hello"));
    CHECK(made->Write("a/empty", ""));
    CHECK(made->MakeDirectory("x/y"));
    CHECK(Content(path + "/a/b/c.txt") == "hello");
    CHECK(ModeOf(path) == 0700);
    CHECK(ModeOf(path + "/a") == 0700);
    CHECK(ModeOf(path + "/a/b/c.txt") == 0600);
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("nothing is replaced and no link is written through") {
  const Result<PrivateDirectory> made = PrivateDirectory::Make();
  REQUIRE(made);
  const std::string& path = made->path();
  REQUIRE(made->Write("one", "first"));
  CHECK_FALSE(made->Write("one", "second"));
  CHECK_FALSE(made->Write("one/below", "x"));
  CHECK_FALSE(made->MakeDirectory("one"));
  CHECK_FALSE(made->Write(std::string(300, 'n'), "x"));
  REQUIRE(symlink("/nowhere/canary", (path + "/link").c_str()) == 0);
  CHECK_FALSE(made->Write("link", "x"));
  CHECK(Content(path + "/one") == "first");
}

TEST_CASE("what a killed process left behind goes after ten minutes, and not before") {
  const std::string base = std::filesystem::exists("/dev/shm") ? "/dev/shm" : "/tmp";
  const auto left = [&](const char* name, long age) {
    const std::string path = base + "/sluice-private-" + name + std::to_string(getpid());
    std::filesystem::create_directory(path);
    std::ofstream(path + "/file") << "x";
    const timespec then{time(nullptr) - age, 0};
    const timespec times[2] = {then, then};
    utimensat(0, path.c_str(), times, 0);
    return path;
  };
  const std::string old = left("old", 700), fresh = left("fresh", 300);
  CHECK(PrivateDirectory::Make());
  CHECK_FALSE(std::filesystem::exists(old));
  CHECK(std::filesystem::exists(fresh));
  std::filesystem::remove_all(fresh);
}

}  // namespace
}  // namespace sluice::process
