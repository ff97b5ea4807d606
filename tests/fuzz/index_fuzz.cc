// A damaged whole-tree index. Odd first byte: the file as it stands. Even: a
// sound header, and behind it the bytes of the input over those of a real one.
#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "git/index.h"

namespace sluice::git {
namespace {

const std::string& Path() {
  static const std::string path = "/dev/shm/sluice-index-fuzz." + std::to_string(getpid());
  static const int registered = std::atexit([] { unlink(Path().c_str()); });
  (void)registered;
  return path;
}

// A real index of a few records, made once.
const std::string& Sound() {
  static const std::string bytes = [] {
    std::vector<IndexRecord> records;
    for (int i = 0; i < 12; ++i) {
      records.push_back({static_cast<std::uint16_t>(i % 3), "key" + std::to_string(i), "file", "value"});
    }
    if (!WriteIndex(Path(), "e", Oid(), records)) std::abort();
    std::ifstream stream(Path(), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  }();
  return bytes;
}

void Run(const std::string& bytes) {
  const int file = open(Path().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0 || write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::abort();
  close(file);
  const auto index = OpenIndex(Path(), "e");
  if (!index) return;
  std::size_t sum = 0;
  const auto visit = [&](const IndexRecordView& record) {
    for (const std::string_view text : {record.key, record.file, record.value}) {
      for (const char c : text) sum += static_cast<unsigned char>(c);
    }
  };
  for (const std::uint16_t kind : std::initializer_list<std::uint16_t>{0, 1, 2, 300}) {
    (*index)->ForEach(kind, visit);
    (*index)->Find(kind, "key4", visit);
    (*index)->Find(kind, "", visit);
  }
}

}  // namespace
}  // namespace sluice::git

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::git;
  if (size < 1) return 0;
  const std::string input(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 1) {
    Run(input);
    return 0;
  }
  std::string bytes = Sound();
  constexpr std::size_t kHeader = 128, kTrailer = 12;
  bytes.replace(kHeader, std::min(input.size(), bytes.size() - kHeader - kTrailer), input, 0,
                bytes.size() - kHeader - kTrailer);
  Run(bytes);
  return 0;
}
