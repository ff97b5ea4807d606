#include "hooks/places.h"

#include <fcntl.h>
#include <stdlib.h>

#include <algorithm>
#include <memory>

#include "git/file.h"
#include "git/layout.h"
#include "git/object_store.h"

namespace sluice::hooks {
namespace {

constexpr std::size_t kMaxProject = 4096;

// Empty where there is nothing at `path`.
std::string RealPath(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(realpath(path.c_str(), nullptr), free);
  return real == nullptr ? std::string() : std::string(real.get());
}

std::string Directory(std::string_view path) { return std::string(path.substr(0, path.rfind('/'))); }

// Git keeps its quarantine in the object directory. Gitaly has one of its own
// for what its web pages do: STORAGE/+gitaly/tmp/… beside the repositories.
bool MayBeQuarantine(std::string_view path, std::string_view platform, const Places& places) {
  if (Directory(path) == places.objects) return true;
  const std::size_t own = path.find("/+gitaly/tmp/");
  if (platform != "gitlab" || own == path.npos) return false;
  return places.git_dir.starts_with(std::string(path.substr(0, own)) + "/");
}

std::string_view WithoutSuffix(std::string_view text, std::string_view suffix) {
  if (text.ends_with(suffix)) text.remove_suffix(suffix.size());
  return text;
}

}  // namespace

Result<Places> PlacesAt(const std::string& directory) {
  Places places;
  places.git_dir = RealPath(directory);
  if (places.git_dir.empty()) return NotFound("no such repository: " + directory);
  Result<git::RepositoryLayout> layout = git::ReadLayout(places.git_dir);
  if (!layout) return layout.error();
  const bool linked = layout->common_dir != layout->git_dir;
  places.common_dir = linked ? RealPath(layout->common_dir) : places.git_dir;
  places.objects = RealPath(layout->Objects());
  if (places.common_dir.empty() || places.objects.empty()) return NotFound("no repository: " + directory);
  places.hash = layout->format.hash;
  return places;
}

Result<Places> FindRepository(const std::string& directory) {
  Result<Places> places = PlacesAt(directory);
  if (places) return places;
  Result<Places> within = PlacesAt(directory + "/.git");
  return within ? within : Usage(places.error().message);
}

Result<Places> PlacesOf(const Call& call, const std::string& directory) {
  Result<Places> places = PlacesAt(directory);
  if (!places) return places;
  const std::optional<std::string_view> named = call.Variable("GIT_DIR");
  if (named && RealPath(std::string(*named)) != places->git_dir)
    return Failed("GIT_DIR names another repository than the one that git stands in");
  return places;
}

Status FindQuarantine(const Call& call, std::string_view platform, Places& places) {
  const std::string quarantine(call.Variable("GIT_QUARANTINE_PATH").value_or(""));
  const std::string objects(call.Variable("GIT_OBJECT_DIRECTORY").value_or(quarantine));
  if (quarantine.empty() && objects.empty()) return Ok{};
  const std::string real = RealPath(objects);
  // Without a quarantine the variable may name what is there anyway.
  if (quarantine.empty() && real == places.objects) return Ok{};
  const bool agree = quarantine.empty() || quarantine == objects || RealPath(quarantine) == real;
  if (real.empty() || !agree || !MayBeQuarantine(real, platform, places))
    return Failed(
        "what was pushed does not lie where git keeps it (GIT_QUARANTINE_PATH, GIT_OBJECT_DIRECTORY)");
  places.quarantine = real;
  return Ok{};
}

std::vector<std::string> ReadableOf(const Places& places) {
  std::vector<std::string> readable = {places.git_dir};
  // What lies beneath one that may be read needs no rule of its own.
  const auto add = [&readable](const std::string& path) {
    if (std::none_of(readable.begin(), readable.end(), [&](const std::string& above) {
          return path == above || path.starts_with(above + "/");
        }))
      readable.push_back(path);
  };
  add(places.common_dir);
  bool understood = true;
  for (const auto& directory : git::OpenDirectories(places.objects, places.hash, &understood))
    add(directory->path());
  if (!places.quarantine.empty()) add(places.quarantine);
  return readable;
}

std::string ProjectOf(const Places& places) {
  const Result<std::string> written = git::ReadFileAt(AT_FDCWD, places.Own() + "/project", kMaxProject);
  if (!written) return ProjectFromPath(places.git_dir);
  return written->substr(0, written->find('\n'));
}

std::string ProjectFromPath(std::string_view git_dir) {
  git_dir = WithoutSuffix(WithoutSuffix(git_dir, "/.git"), ".git");
  for (const std::string_view root : {"/repositories/", "/srv/git/"}) {
    const std::size_t at = git_dir.rfind(root);
    if (at != git_dir.npos) return std::string(git_dir.substr(at + root.size()));
  }
  return std::string(git_dir.substr(git_dir.rfind('/') + 1));
}

}  // namespace sluice::hooks
