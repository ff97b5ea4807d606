// Applying one delta. Invariant: nothing is written past the result's size,
// which was checked against the limit before memory was taken, and nothing is
// read past the base. Tested by tests/git/bytes_test.cc and tests/fuzz/pack_fuzz.cc.
#include "git/delta.h"

#include <algorithm>

namespace sluice::git {
namespace {

constexpr std::uint64_t kFirstStep = 1u << 20;  // taken on the word of the delta alone

bool TakeSize(std::string_view* bytes, std::uint64_t* size) {
  *size = 0;
  for (unsigned shift = 0; shift < 63; shift += 7) {
    if (bytes->empty()) return false;
    const auto byte = static_cast<unsigned char>(bytes->front());
    bytes->remove_prefix(1);
    *size |= std::uint64_t{byte & 127u} << shift;
    if (byte < 128) return true;
  }
  return false;
}

// The offset and size of a copy: a byte of each is there where its bit is set.
bool TakeCopy(std::string_view* delta, unsigned bits, std::size_t* offset, std::size_t* size) {
  std::size_t fields[2] = {0, 0};
  for (unsigned bit = 0; bit < 7; ++bit) {
    if ((bits >> bit & 1) == 0) continue;
    if (delta->empty()) return false;
    const std::size_t byte = static_cast<unsigned char>(delta->front());
    delta->remove_prefix(1);
    fields[bit / 4] |= byte << 8 * (bit % 4);
  }
  *offset = fields[0];
  *size = fields[1] == 0 ? 0x10000 : fields[1];
  return true;
}

Error Malformed() { return Failed("its delta is malformed"); }

}  // namespace

bool TakeDeltaSizes(std::string_view* delta, DeltaSizes* sizes) {
  return TakeSize(delta, &sizes->base) && TakeSize(delta, &sizes->result);
}

Result<std::string> ApplyDelta(std::string_view base, std::string_view delta, std::size_t limit) {
  DeltaSizes sizes;
  if (!TakeDeltaSizes(&delta, &sizes)) return Malformed();
  if (sizes.base != base.size()) return Failed("its delta is of another base");
  if (sizes.result > limit) return LimitPassed("it is larger than " + std::to_string(limit) + " bytes");
  std::string result;
  result.reserve(std::min(sizes.result, kFirstStep));
  while (!delta.empty()) {
    const auto code = static_cast<unsigned char>(delta.front());
    delta.remove_prefix(1);
    std::string_view piece;
    if (code >= 128) {
      std::size_t offset, size;
      if (!TakeCopy(&delta, code & 127u, &offset, &size)) return Malformed();
      if (offset > base.size() || size > base.size() - offset) return Malformed();
      piece = base.substr(offset, size);
    } else {
      if (code == 0 || code > delta.size()) return Malformed();
      piece = delta.substr(0, code);
      delta.remove_prefix(code);
    }
    if (piece.size() > sizes.result - result.size()) return Malformed();
    result += piece;
  }
  if (result.size() != sizes.result) return Malformed();
  return result;
}

}  // namespace sluice::git
