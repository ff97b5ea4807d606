// The bytes of SSH's formats (RFC 4251, section 5): numbers of big end first,
// strings with their length before them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::crypto {

// Reads one value after another. After something that is not there, everything
// is empty or zero and ok() is false. Views point into the bytes that were given.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t Byte();
  std::uint32_t Number();  // uint32
  std::uint64_t Long();    // uint64
  std::string_view String();
  // A string without NUL; OpenSSH drops one at the end, and so do we.
  std::string_view Text();
  // A number that is not negative, of at most 16,384 bits, without its zeros in front.
  std::string_view BigNumber();

  bool ok() const { return ok_; }
  bool Done() const { return ok_ && rest_.empty(); }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view Take(std::size_t count);

  std::string_view rest_;
  bool ok_ = true;
};

std::string WireNumber(std::uint32_t value);
std::string WireString(std::string_view bytes);

}  // namespace sluice::crypto
