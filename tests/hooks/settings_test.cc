#include "hooks/settings.h"

#include "tests/hooks/repository.h"

namespace sluice::hooks {
namespace {

Places InRepository(const BareRepository& repository) {
  Result<Places> places = PlacesAt(repository.path);
  REQUIRE(places);
  Git({"--git-dir=" + repository.path, "config", "core.bare", "true"});
  mkdir(places->Own().c_str(), 0755);
  return *places;
}

Result<gate::HookSettings> Read(const Places& places, std::string_view platform = {}) {
  const Result<SettingTexts> texts = ReadSettingTexts(places);
  if (!texts) return texts.error();
  return EffectiveSettings(*texts, places, platform);
}

TEST_CASE("without files the defaults hold") {
  const BareRepository repository;
  const Result<gate::HookSettings> settings = Read(InRepository(repository));
  REQUIRE(settings);
  CHECK(settings->mode == gate::Mode::kEnforce);
  CHECK(settings->platform == "git");
}

TEST_CASE("the operator's file may lie elsewhere, and the repository's file adds to it") {
  const BareRepository repository;
  const Places places = InRepository(repository);
  WriteFile(places.Own() + "/operator", repository.directory.path + "/hook.yaml\n");
  WriteFile(repository.directory.path + "/hook.yaml",
            "deadline: 3s\nprojects:\n  \"team/*\": {mode: observe}\n");
  WriteFile(places.Own() + "/settings.yaml", "platform: gitea\n");
  Result<gate::HookSettings> settings = Read(places);
  REQUIRE(settings);
  CHECK(settings->limits.hook_deadline == std::chrono::seconds(3));
  CHECK(settings->platform == "gitea");
  CHECK(settings->mode == gate::Mode::kEnforce);
  WriteFile(places.Own() + "/project", "team/shop\n");
  settings = Read(places);
  REQUIRE(settings);
  CHECK(settings->mode == gate::Mode::kObserve);
}

TEST_CASE("an operator's file that is named has to be there") {
  const BareRepository repository;
  const Places places = InRepository(repository);
  const std::string file = repository.directory.path + "/hook.yaml";
  WriteFile(places.Own() + "/operator", file + "\n");
  Result<gate::HookSettings> settings = Read(places);
  REQUIRE_FALSE(settings);
  CHECK(settings.error().kind == ErrorKind::kConfiguration);
  CHECK(settings.error().message == "the operator's file is not there: " + file);
  WriteFile(file, "");
  CHECK(Read(places));
}

TEST_CASE("a file that anyone may write, or that is none, is not believed") {
  const BareRepository repository;
  const Places places = InRepository(repository);
  const std::string file = places.Own() + "/settings.yaml";
  WriteFile(file, "mode: observe\n", 0666);
  Result<gate::HookSettings> settings = Read(places);
  REQUIRE_FALSE(settings);
  CHECK(settings.error().message == file + " may be written by anyone: chmod o-w");
  REQUIRE(chmod(file.c_str(), 0664) == 0);
  CHECK(Read(places));
  REQUIRE(remove(file.c_str()) == 0);
  REQUIRE(mkdir(file.c_str(), 0755) == 0);
  CHECK_FALSE(Read(places));
}

TEST_CASE("GitHub's hooks have two seconds unless another time was written") {
  const BareRepository repository;
  const Places places = InRepository(repository);
  CHECK(Read(places, "github")->limits.hook_deadline == std::chrono::seconds(2));
  CHECK(Read(places, "github")->platform == "github");
  WriteFile(places.Own() + "/operator", repository.directory.path + "/hook.yaml");
  WriteFile(repository.directory.path + "/hook.yaml", "deadline: 3s\n");
  CHECK(Read(places, "github")->limits.hook_deadline == std::chrono::seconds(3));
}

TEST_CASE("where the files are not understood only a whole line makes the mode observe") {
  struct Case {
    const char* hook;
    const char* settings;
    gate::Mode mode;
  };
  using gate::Mode;
  const Case cases[] = {
      {"", "", Mode::kEnforce},
      {"nonsense: [", "", Mode::kEnforce},
      {"mode: enforce\n", "mode: observe\n", Mode::kEnforce},
      {"mode: observe\n", "mode: enforce\n", Mode::kEnforce},
      {"projects:\n  x: {mode: observe}\n", "", Mode::kEnforce},
      {"projects:\n  mode: observe\n", "", Mode::kEnforce},
      {"# mode: observe\n", "", Mode::kEnforce},
      {"somemode: observe\n", "", Mode::kEnforce},
      {"mode: observed: [\n", "", Mode::kObserve},
      {"mode: observe\nnonsense: [", "", Mode::kObserve},
      {"nonsense: [\nmode: \"observe\"\n", "", Mode::kObserve},
      {"", "mode: observe\nnonsense: 1\n", Mode::kObserve},
  };
  for (const Case& one : cases) {
    INFO(one.hook << "|" << one.settings);
    CHECK(ModeByLine({one.hook, one.settings}) == one.mode);
  }
}

}  // namespace
}  // namespace sluice::hooks
