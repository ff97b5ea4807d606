// What an approval names of many files: as many people are asked for by these as by all.
#include "promotion/seen.h"

#include "tests/catch.h"

namespace sluice::promotion {
namespace {

struct Scene {
  ReviewRules rules;
  std::optional<Codeowners> codeowners;
  std::vector<std::string> files;
  std::set<std::string> authors;

  Result<Seen> Run() const {
    return SeenOf(rules, "production", codeowners ? &*codeowners : nullptr, files, authors);
  }
  void Many(std::size_t count, const std::string& directory = "apps/") {
    for (std::size_t i = 0; i < count; ++i)
      files.push_back(directory + std::to_string(100'000 + i) + ".yaml");
  }
};

using Texts = std::vector<std::string>;

TEST_CASE("few files are all named, with their authors") {
  Scene scene;
  CHECK(scene.Run()->files.empty());
  scene.files = {"b.yaml", ".a.yaml"};
  scene.authors = {"dan", "ben"};
  CHECK(scene.Run()->files == Texts{"b.yaml", ".a.yaml"});
  CHECK(scene.Run()->authors == Texts{"ben", "dan"});
  scene.files.clear();
  scene.Many(kSeenFiles);
  CHECK(scene.Run()->files.size() == kSeenFiles);
}

TEST_CASE("of many files one is named for each rule that asks by them") {
  Scene scene;
  scene.rules.paths = {{"apps/**", {1, {}, false, {}}, {}},
                       {"infra/**", {1, {}, false, {}}, {}},
                       {"lib/**", {1, {}, false, {}}, {}},
                       {"apps/100005.yaml", {1, {}, false, {}}, {{"dev"}}}};
  scene.Many(kSeenFiles + 1);
  scene.files.push_back("infra/net.yaml");
  CHECK(scene.Run()->files == Texts{"apps/100000.yaml", "infra/net.yaml"});
  scene.codeowners =
      ParseCodeowners("/apps/ @a\n/apps/100007.yaml @b\n/apps/100008.yaml\n/infra/ @c\n/lib/ @d\n");
  CHECK(scene.Run()->files == Texts{"apps/100000.yaml", "apps/100007.yaml", "infra/net.yaml"});
  scene.rules.paths.clear(), scene.codeowners.reset();
  CHECK(scene.Run()->files.empty());
}

TEST_CASE("names that are long count as many") {
  Scene scene;
  for (const char c : std::string("abcdefghijklmnopqrstuvwxyz")) {
    const std::string part(250, c);
    scene.files.push_back(part + "/" + part + "/" + part + "/" + part + "/" + part + "/" + part);
  }
  scene.rules.paths = {{"b*/**", {1, {}, false, {}}, {}}};
  REQUIRE(scene.Run());
  CHECK(scene.Run()->files == Texts{scene.files[1]});
}

TEST_CASE("what no approval can name is refused, and why is said") {
  Scene scene;
  const std::string odd(100, ' ');  // three bytes each as written
  scene.files = {"a/" + odd, "a/b"};
  CHECK(scene.Run()->files.empty());  // no rule asks by it
  scene.rules.paths = {{"a/**", {1, {}, false, {}}, {}}};
  CHECK(scene.Run()->files == Texts{"a/b"});  // the other one says as much
  scene.files.pop_back();
  CHECK(scene.Run().error().message.find("no approval can name a/ ") == 0);
  CHECK(scene.Run().error().kind == ErrorKind::kLimit);
  scene = Scene();
  scene.Many(kSeenFiles + 1);
  std::string owners;
  for (const std::string& file : scene.files) owners += "/" + file + " @a\n";
  scene.codeowners = ParseCodeowners(owners);
  CHECK(scene.Run().error().message.find("more than 1,000 files differ") == 0);
  scene = Scene();
  for (std::size_t i = 0; i <= kSeenAuthors; ++i) scene.authors.insert(std::to_string(i));
  CHECK(scene.Run().error().message.find("more than 256 people wrote it") == 0);
  scene.authors.erase(scene.authors.begin());
  CHECK(scene.Run());
}

}  // namespace
}  // namespace sluice::promotion
