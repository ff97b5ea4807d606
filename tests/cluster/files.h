// A directory of files for one test, gone with its object.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace sluice::cluster {

class Directory {
 public:
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-cluster-XXXXXX").string();
    if (!mkdtemp(name.data())) std::abort();
    root_ = name;
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() { std::filesystem::remove_all(root_); }

  std::string path(const std::string& name) const { return root_ + "/" + name; }
  void Write(const std::string& name, const std::string& bytes, bool executable = false) const {
    const std::filesystem::path file = path(name);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
    if (executable) std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }

 private:
  std::string root_;
};

}  // namespace sluice::cluster
