// Files as a tar.gz whose bytes depend on nothing but them: no times, no owners, and
// nothing compressed, so that no version of a library makes other bytes of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::agent {

// The header of a tar (POSIX ustar, without its prefix) has room for so much.
inline constexpr std::size_t kLongestArchivedName = 100;

struct ArchivedFile {
  std::string name;  // relative, 1 to kLongestArchivedName bytes
  std::string_view bytes;
};

// In the order given. A name that is too long ends the program's belief in itself: it throws.
std::string Archive(const std::vector<ArchivedFile>& files);

}  // namespace sluice::agent
