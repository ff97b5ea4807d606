#include "report/fingerprint.h"

#include <cstdint>

namespace sluice::report {
namespace {

__extension__ using Wide = unsigned __int128;

// FNV-1a, 128 bit: offset basis and prime as its authors publish them.
class Fnv {
 public:
  void Add(std::string_view text) {
    for (const char c : text) Byte(static_cast<unsigned char>(c));
    Byte(0);  // parts never run together
  }
  std::string Hex() const {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    for (int shift = 124; shift >= 0; shift -= 4) hex += kDigits[static_cast<unsigned>(hash_ >> shift) & 15];
    return hex;
  }

 private:
  void Byte(std::uint8_t byte) { hash_ = (hash_ ^ byte) * kPrime; }

  static constexpr Wide kPrime = (static_cast<Wide>(1) << 88) + 0x13b;
  Wide hash_ = (static_cast<Wide>(0x6c62272e07bb0142) << 64) | 0x62b821756295c58d;
};

}  // namespace

std::string Fingerprints::Of(const Finding& finding) {
  Fnv fnv;
  const ObjectName& name = finding.object;
  for (const std::string* part : {&finding.rule, &finding.file, &name.api_version, &name.kind, &name.ns,
                                  &name.name, &finding.field, &finding.message}) {
    fnv.Add(*part);
  }
  const std::string first = fnv.Hex();
  const unsigned times = seen_[first]++;
  if (times == 0) return first;
  fnv.Add(std::to_string(times));
  return fnv.Hex();
}

}  // namespace sluice::report
