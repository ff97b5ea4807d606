#include "hooks/settings.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "git/file.h"

#ifndef SLUICE_OPERATOR_FILE
#define SLUICE_OPERATOR_FILE "/etc/sluice/hook.yaml"
#endif

namespace sluice::hooks {
namespace {

constexpr std::size_t kMaxBytes = 1u << 20;
constexpr std::chrono::milliseconds kGithubDeadline{2000};

// kNotFound where there is none.
Result<std::string> ReadThere(const std::string& path) {
  const git::File file = git::OpenAt(AT_FDCWD, path);
  if (!file && (errno == ENOENT || errno == ENOTDIR)) return NotFound("there is no " + path);
  if (!file) return SystemError("cannot read " + path, errno);
  struct stat status;
  if (fstat(file.fd(), &status) != 0 || !S_ISREG(status.st_mode)) return Failed(path + " is not a file");
  if ((status.st_mode & S_IWOTH) != 0) return Failed(path + " may be written by anyone: chmod o-w");
  return git::ReadAll(file.fd(), kMaxBytes, path);
}

// Empty where there is none.
Result<std::string> ReadTrusted(const std::string& path) {
  Result<std::string> text = ReadThere(path);
  if (!text && text.error().kind == ErrorKind::kNotFound) return std::string();
  return text;
}

// One that was named has to be there: without it floor, limits and mode would go unsaid.
Result<std::string> ReadNamed(const std::string& path) {
  Result<std::string> text = ReadThere(path);
  if (text || text.error().kind != ErrorKind::kNotFound) return text;
  return Error{ErrorKind::kConfiguration, "the operator's file is not there: " + path, {}, {}};
}

bool Says(std::string_view text, std::string_view mode) {
  for (std::size_t at = 0; (at = text.find("mode:", at)) != text.npos; at += 5) {
    if (at != 0 && text[at - 1] != '\n') continue;  // of one project, or part of a word
    std::string_view value = text.substr(at + 5);
    value = value.substr(0, value.find('\n'));
    value.remove_prefix(std::min(value.find_first_not_of(" \"'"), value.size()));
    if (value.starts_with(mode)) return true;
  }
  return false;
}

}  // namespace

Result<SettingTexts> ReadSettingTexts(const Places& places, const std::string& operator_file) {
  Result<std::string> name = operator_file.empty() ? ReadTrusted(places.Own() + "/operator") : operator_file;
  if (!name) return name.error();
  const bool named = !name->empty();
  const std::string path = named ? name->substr(0, name->find('\n')) : SLUICE_OPERATOR_FILE;
  Result<std::string> hook = named ? ReadNamed(path) : ReadTrusted(path);
  if (!hook) return hook.error();
  Result<std::string> settings = ReadTrusted(places.Own() + "/settings.yaml");
  if (!settings) return settings.error();
  return SettingTexts{std::move(*hook), std::move(*settings), path};
}

Result<gate::HookSettings> EffectiveSettings(const SettingTexts& texts, const Places& places,
                                             std::string_view platform) {
  Result<gate::HookSettings> settings =
      gate::ParseHookSettings(texts.hook_yaml, texts.settings_yaml, ProjectOf(places));
  if (!settings) return settings;
  settings->clusters_file = texts.hook_file.substr(0, texts.hook_file.rfind('/')) + "/clusters.yaml";
  if (!platform.empty()) settings->platform = platform;
  if (settings->platform == "github" && settings->limits.hook_deadline == Limits().hook_deadline)
    settings->limits.hook_deadline = kGithubDeadline;
  return settings;
}

gate::Mode ModeByLine(const SettingTexts& texts) {
  bool observe = false;
  for (const std::string* text : {&texts.hook_yaml, &texts.settings_yaml}) {
    if (Says(*text, "enforce")) return gate::Mode::kEnforce;
    observe = observe || Says(*text, "observe");
  }
  return observe ? gate::Mode::kObserve : gate::Mode::kEnforce;
}

}  // namespace sluice::hooks
