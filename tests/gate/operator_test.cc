// hook.yaml and settings.yaml: what is taken, and the longer list of what is not.
#include "gate/operator.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/catch.h"

namespace sluice::gate {
namespace {

TEST_CASE("without files the defaults hold") {
  const HookSettings settings = *ParseHookSettings("", "", "shop");
  CHECK(settings.mode == Mode::kEnforce);
  CHECK(settings.limits.hook_deadline == std::chrono::seconds(4));
  CHECK(settings.platform == "git");
}

TEST_CASE("a project's entry refines what stands above it") {
  const char* hook =
      "mode: observe\ndeadline: 2s\nlog: syslog\nprojects:\n"
      "  \"platform/*\": {mode: enforce, policy: {repository: /srv/policy.git}}\n"
      "bypass: {by: [ana]}\nlimits: {pushFiles: 10}\n";
  const HookSettings ours = *ParseHookSettings(hook, "", "platform/web");
  CHECK(ours.mode == Mode::kEnforce);
  CHECK(ours.floor.repository == "/srv/policy.git");
  CHECK(ours.floor.ref == "refs/heads/main");
  CHECK(ours.bypass_by == std::vector<std::string>{"ana"});
  CHECK(ours.limits.push_files == 10);
  const HookSettings other = *ParseHookSettings(hook, "", "team/web");
  CHECK(other.mode == Mode::kObserve);
  CHECK(other.floor.repository.empty());
}

TEST_CASE("a project's mode wins over the one above it, in either direction and order") {
  const char* first = "mode: enforce\nprojects:\n  \"sandbox/*\": {mode: observe}\n";
  const char* last = "projects:\n  \"sandbox/*\": {mode: observe}\nmode: enforce\n";
  const char* stricter = "mode: observe\nprojects:\n  \"sandbox/*\": {mode: enforce}\n";
  CHECK(ParseHookSettings(first, "", "sandbox/web")->mode == Mode::kObserve);
  CHECK(ParseHookSettings(first, "mode: enforce\n", "sandbox/web")->mode == Mode::kEnforce);
  CHECK(ParseHookSettings(first, "mode: observe\n", "sandbox/web")->mode == Mode::kObserve);
  CHECK(ParseHookSettings(first, "", "shop/web")->mode == Mode::kEnforce);
  CHECK_FALSE(ParseHookSettings(first, "mode: observe\n", "shop/web"));
  CHECK(ParseHookSettings(last, "", "sandbox/web")->mode == Mode::kEnforce);
  CHECK_FALSE(ParseHookSettings(stricter, "mode: observe\n", "sandbox/web"));
}

// The block of YAML below a heading of docs/configuration.md.
std::string Documented(std::string_view heading) {
  std::ifstream file(std::filesystem::path(SLUICE_SOURCE_DIR) / "docs/configuration.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const std::size_t at = page.find("```yaml\n", page.find("\n" + std::string(heading) + "\n")) + 8;
  REQUIRE(at < page.size());
  return page.substr(at, page.find("```\n", at) - at);
}

TEST_CASE("the documentation's hook.yaml does what its page says") {
  const std::string hook = Documented("## `/etc/sluice/hook.yaml`");
  const Result<HookSettings> sandbox = ParseHookSettings(hook, "", "sandbox/web");
  if (!sandbox) FAIL(sandbox.error().Text());
  CHECK(sandbox->mode == Mode::kObserve);
  const HookSettings other = *ParseHookSettings(hook, "", "shop/web");
  CHECK(other.mode == Mode::kEnforce);
  CHECK(other.log == "syslog");
  CHECK(other.floor.repository == "/srv/git/platform/policy.git");
  CHECK(other.bypass_by == std::vector<std::string>{"ana", "ben"});
  CHECK(other.limits.push_files == 5000);
}

TEST_CASE("an environment is a branch, or a folder of one") {
  const auto read = [](const std::string& words) {
    return ParseHookSettings("", "environments: " + words + "\n", "shop");
  };
  const HookSettings settings = *read("dev production=env/production a=main:envs/a b=main:envs/ab");
  CHECK(EnvironmentAt(settings, "refs/heads/dev")->name == "dev");
  CHECK(EnvironmentAt(settings, "refs/heads/env/production")->name == "production");
  CHECK(EnvironmentAt(settings, "refs/heads/main", "envs/ab")->name == "b");
  CHECK(EnvironmentAt(settings, "refs/heads/main") == nullptr);
  CHECK(EnvironmentAt(settings, "refs/heads/main", "envs") == nullptr);
  for (const char* words : {"a=main:envs b=main:envs/b", "a=main:envs/b b=main:envs", "a=main b=main:envs",
                            "a=main:envs b=main:envs", "a=main:x a=main:y", "a=main:", "a=main:/x",
                            "a=main:../x", "a=main:x//y", "a=:x", "a:x"}) {
    CAPTURE(words);
    CHECK_FALSE(read(words));
  }
}

TEST_CASE("helm and its cache are the operator's") {
  CHECK(ParseHookSettings("", "", "x")->helm.empty());
  const char* hook =
      "helm: /usr/bin/helm\nchartCache: /var/cache/charts\nprojects:\n  \"new/*\": {helm: /opt/helm}\n";
  CHECK(ParseHookSettings(hook, "", "a/b")->helm == "/usr/bin/helm");
  CHECK(ParseHookSettings(hook, "", "new/b")->helm == "/opt/helm");
  CHECK(ParseHookSettings(hook, "", "new/b")->chart_cache == "/var/cache/charts");
}

TEST_CASE("clusters are asked where the operator says so") {
  CHECK_FALSE(ParseHookSettings("", "", "x")->ask_clusters);
  CHECK(ParseHookSettings("clusters: ask\n", "", "x")->ask_clusters);
  for (const char* off : {"clusters: off\n", "clusters: \"off\"\n"})
    CHECK_FALSE(ParseHookSettings(off, "", "x")->ask_clusters);
  const char* hook = "clusters: ask\nprojects:\n  \"new/*\": {clusters: off}\n";
  CHECK(ParseHookSettings(hook, "", "a/b")->ask_clusters);
  CHECK_FALSE(ParseHookSettings(hook, "", "new/b")->ask_clusters);
}

TEST_CASE("a repository may tighten its mode, never loosen what the operator fixed") {
  CHECK(ParseHookSettings("", "mode: observe\n", "x")->mode == Mode::kObserve);
  CHECK(ParseHookSettings("mode: observe\n", "mode: enforce\n", "x")->mode == Mode::kEnforce);
  CHECK_FALSE(ParseHookSettings("mode: enforce\n", "mode: observe\n", "x"));
}

TEST_CASE("a commit of digits alone is still a commit") {
  const std::string digits(40, '1');
  CHECK(ParseHookSettings("", "policyCommit: " + digits + "\n", "x")->policy_commit == digits);
}

TEST_CASE("what is not understood is refused with its place") {
  struct Bad {
    const char* hook;
    const char* settings;
    std::uint32_t line;
  };
  for (const Bad& bad : {Bad{"moed: enforce\n", "", 1},
                         {"clusters: yes\n", "", 1},
                         {"clusters: [prod]\n", "", 1},
                         {"clusters: {prod: ask}\n", "", 1},
                         {"", "clusters: ask\n", 1},
                         {"mode: off\n", "", 1},
                         {"\nmode: [enforce]\n", "", 2},
                         {"deadline: 4\n", "", 1},
                         {"deadline: 0s\n", "", 1},
                         {"deadline: -1s\n", "", 1},
                         {"deadline: 99999999999999999999s\n", "", 1},
                         {"deadline: 11m\n", "", 1},
                         {"log: relative/path\n", "", 1},
                         {"projects: [a]\n", "", 1},
                         {"projects: {\"a\": {mod: x}}\n", "", 1},
                         {"bypass: {by: ana}\n", "", 1},
                         {"bypass: {by: [[ana]]}\n", "", 1},
                         {"limits: {files: 1}\n", "", 1},
                         {"limits: {depth: 5000}\n", "", 1},
                         {"limits: {pushFiles: 0}\n", "", 1},
                         {"policy: {repository: relative}\n", "", 1},
                         {"policy: {repository: /x, ref: main}\n", "", 1},
                         {"helm: helm\n", "", 1},
                         {"helm: ./helm\n", "", 1},
                         {"helm: [/usr/bin/helm]\n", "", 1},
                         {"mode: enforce\nchartCache: charts\n", "", 2},
                         {"projects: {\"a\": {helm: ../helm}}\n", "", 1},
                         {"", "helm: /usr/bin/helm\n", 1},
                         {"", "chartCache: /var/cache\n", 1},
                         {"[a, b]\n", "", 1},
                         {"mode: enforce\nmode: observe\n", "", 2},
                         {"", "policyRef: main\n", 1},
                         {"", "policyCommit: abc\n", 1},
                         {"", "platform: svn\n", 1},
                         {"", "identity: header\n", 1},
                         {"", "deadline: 4s\n", 1}}) {
    CAPTURE(bad.hook, bad.settings);
    const Result<HookSettings> settings = ParseHookSettings(bad.hook, bad.settings, "x");
    REQUIRE_FALSE(settings);
    CHECK(settings.error().kind == ErrorKind::kConfiguration);
    CHECK(settings.error().at.line == bad.line);
    CHECK_FALSE(settings.error().file.empty());
  }
}

TEST_CASE("a setting is set, replaced and removed, others stay") {
  std::string text = *SetSetting("", "platform", "gitea");
  text = *SetSetting(text, "identity", "gitea");
  text = *SetSetting(text, "platform", "forgejo");
  CHECK(text == "identity: \"gitea\"\nplatform: \"forgejo\"\n");
  CHECK(*SetSetting(text, "platform", "") == "identity: \"gitea\"\n");
  CHECK_FALSE(SetSetting(text, "platform", "svn"));
  CHECK_FALSE(SetSetting(text, "colour", "red"));
  CHECK_FALSE(SetSetting(text, "policyRef", "refs/heads/main\"\nmode: \"observe"));
  for (const char* by_hand : {"{mode: observe}\n", "policyRef:\n  refs/heads/main\n", "? mode\n: observe\n",
                              "\"mode\": observe\n---\nmode: observe\n"}) {
    CAPTURE(by_hand);
    const Result<std::string> set = SetSetting(by_hand, "mode", "enforce");
    REQUIRE_FALSE(set);
    CHECK(set.error().message.find("one `key: value` a line") != std::string::npos);
  }
  CHECK(*SetSetting("# by hand\nmode: observe\n", "mode", "enforce") == "# by hand\nmode: \"enforce\"\n");
}

}  // namespace
}  // namespace sluice::gate
