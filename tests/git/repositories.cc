#include "tests/git/repositories.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "process/child.h"
#include "tests/catch.h"
#ifdef SLUICE_TEST_LIBGIT2
#include "git/libgit2.h"
#endif

namespace sluice::git {
namespace fs = std::filesystem;

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (fs::temp_directory_path() / "sluice-git-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  path_ = fs::canonical(name).string();
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

GitRun TryGit(const std::string& directory, const std::vector<std::string>& arguments,
              const std::string& input, const std::vector<std::string>& environment) {
  process::ChildOptions options;
  options.argv = {"/usr/bin/git", "-C", directory};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.environment = {"PATH=/usr/bin:/bin",
                         "HOME=/nonexistent",
                         "LC_ALL=C",
                         "GIT_CONFIG_NOSYSTEM=1",
                         "GIT_CONFIG_GLOBAL=/dev/null",
                         "GIT_AUTHOR_NAME=Ana",
                         "GIT_AUTHOR_EMAIL=ana@example.com",
                         "GIT_AUTHOR_DATE=1700000000 +0100",
                         "GIT_COMMITTER_NAME=Ben",
                         "GIT_COMMITTER_EMAIL=ben@example.com",
                         "GIT_COMMITTER_DATE=1700000000 +0100"};
  options.environment.insert(options.environment.end(), environment.begin(), environment.end());
  options.input = input;
  options.output_limit = std::size_t{1} << 30;
  options.deadline = std::chrono::minutes(4);
  const Result<process::ChildResult> ran = process::Run(options);
  REQUIRE(ran);
  return {ran->exit_code, ran->output, ran->error_output};
}

std::string Git(const std::string& directory, const std::vector<std::string>& arguments,
                const std::string& input) {
  const GitRun run = TryGit(directory, arguments, input);
  INFO("git " << arguments.front() << ": " << run.error_output);
  REQUIRE(run.exit_code == 0);
  return run.output;
}

std::string Git1(const std::string& directory, const std::vector<std::string>& arguments,
                 const std::string& input) {
  std::string output = Git(directory, arguments, input);
  if (!output.empty() && output.back() == '\n') output.pop_back();
  return output;
}

std::vector<std::string> Lines(const std::string& text, char separator) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line, separator);) lines.push_back(line);
  return lines;
}

void WriteTextFile(const std::string& path, const std::string& bytes) {
  fs::create_directories(fs::path(path).parent_path());
  fs::remove(path);  // objects are read-only
  std::ofstream stream(path, std::ios::binary);
  stream << bytes;
  REQUIRE(stream.flush().good());
}

std::string ReadTextFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  REQUIRE(stream.good());
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> FilesBelow(const std::string& directory, const std::string& suffix) {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file() && entry.path().string().ends_with(suffix))
      found.push_back(entry.path().string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string InitBare(const std::string& directory, const std::string& name, HashKind hash) {
  Git(directory, {"init", "--quiet", "--bare", "--initial-branch=main",
                  hash == HashKind::kSha1 ? "--object-format=sha1" : "--object-format=sha256", name});
  return directory + "/" + name;
}

namespace {

// "100755|text" → its mode and its text.
std::pair<std::string, std::string> ModeAndText(const std::string& value) {
  if (value.size() > 6 && value[6] == '|') return {value.substr(0, 6), value.substr(7)};
  return {"100644", value};
}

std::string Quoted(const std::string& path) {
  std::ostringstream quoted;
  quoted << '"';
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 32 || byte > 126 || c == '"' || c == '\\') {
      quoted << '\\' << char('0' + (byte >> 6)) << char('0' + (byte >> 3 & 7)) << char('0' + (byte & 7));
    } else {
      quoted << c;
    }
  }
  quoted << '"';
  return quoted.str();
}

void WriteFile(std::ostream& stream, const std::string& path, const std::string& value) {
  const auto [mode, text] = ModeAndText(value);
  if (mode == "160000") {
    stream << "M 160000 " << text << ' ' << Quoted(path) << '\n';
  } else {
    stream << "M " << mode << " inline " << Quoted(path) << "\ndata " << text.size() << '\n' << text << '\n';
  }
}

}  // namespace

std::vector<Oid> ImportHistory(const std::string& repository, const std::vector<PlannedCommit>& commits) {
  std::ostringstream stream;
  for (std::size_t i = 0; i < commits.size(); ++i) {
    const PlannedCommit& commit = commits[i];
    stream << "commit refs/commits/" << i << "\nmark :" << i + 1 << "\ncommitter Ben <ben@example.com> "
           << commit.seconds << " +0000\ndata 7\ncommit\n";
    for (std::size_t p = 0; p < commit.parents.size(); ++p) {
      stream << (p == 0 ? "from :" : "merge :") << commit.parents[p] + 1 << '\n';
    }
    stream << "deleteall\n";
    for (const auto& [path, value] : commit.files) WriteFile(stream, path, value);
    stream << '\n';
  }
  stream << "reset refs/heads/main\nfrom :" << commits.size() << "\n\ndone\n";
  Git(repository, {"-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--force", "--done"},
      stream.str());
  std::vector<Oid> ids(commits.size());
  for (const std::string& line :
       Lines(Git(repository, {"for-each-ref", "--format=%(refname) %(objectname)", "refs/commits"}))) {
    const std::size_t space = line.find(' ');
    const std::size_t number = std::stoul(line.substr(13, space - 13));
    if (number < ids.size()) ids[number] = MustOid(line.substr(space + 1));  // else of an import before
  }
  return ids;
}

namespace {

std::string RandomName(std::mt19937& random) {
  // Names that sort differently as files and as directories, and odd ones.
  static const std::vector<std::string> kNames = {"a",      "a-b", "a.b",   "a0",  "ab",    "b",
                                                  "b.yaml", "c",   "größe", "x y", "z\x01", "lib"};
  return kNames[random() % kNames.size()];
}

std::string RandomText(std::mt19937& random) {
  std::string text;
  for (std::size_t i = random() % 40; i > 0; --i) text += "line " + std::to_string(random() % 50) + "\n";
  switch (random() % 12) {
    case 0:
      return "100755|" + text;
    case 1:
      return "120000|../" + std::to_string(random() % 9);
    default:
      return text;
  }
}

// Adds a file; what stands in its way (a file where a directory is needed, a
// directory of its name) goes.
void Put(Files* files, const std::string& path, const std::string& text) {
  for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    files->erase(path.substr(0, slash));
  }
  for (auto below = files->lower_bound(path + "/");
       below != files->end() && below->first.starts_with(path + "/");) {
    below = files->erase(below);
  }
  (*files)[path] = text;
}

std::string RandomPath(std::mt19937& random) {
  std::string path = RandomName(random);
  for (std::size_t depth = random() % 4; depth > 0; --depth) path += "/" + RandomName(random);
  return path;
}

}  // namespace

Files RandomFiles(std::mt19937& random, std::size_t count) {
  Files files;
  for (std::size_t i = 0; i < count; ++i) Put(&files, RandomPath(random), RandomText(random));
  return files;
}

void MutateFiles(std::mt19937& random, Files* files) {
  for (std::size_t i = 1 + random() % 4; i > 0; --i) {
    if (random() % 3 != 0 || files->empty()) {
      Put(files, RandomPath(random), RandomText(random));
    } else {
      auto gone = files->begin();
      std::advance(gone, random() % files->size());
      files->erase(gone);
    }
  }
}

std::vector<Reader> Readers() {
  std::vector<Reader> readers = {{"own reader", Open}};
#ifdef SLUICE_TEST_LIBGIT2
  readers.push_back({"libgit2", OpenWithLibgit2});
#endif
  return readers;
}

std::shared_ptr<const Repository> MustOpen(const std::string& git_dir, Opener open) {
  const auto repository = open({.git_dir = git_dir});
  INFO((repository ? "" : repository.error().message));
  REQUIRE(repository);
  return *repository;
}

Oid MustOid(const std::string& hex) {
  const Result<Oid> id = Oid::FromHex(hex);
  INFO(hex);
  REQUIRE(id);
  return *id;
}

}  // namespace sluice::git
