// The compression functions on the SHA extensions of x86-64 (Intel since Ice
// Lake, AMD since Zen). Other processors use the portable ones of sha.cc; a
// test holds both against each other.
#include "git/sha.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#define SLUICE_SHA_TARGET __attribute__((target("sha,sse4.1,ssse3")))
#endif

namespace sluice::git {

#if defined(__x86_64__)
namespace {

// The four schedule vectors hold words t-16 … t-1; W() of FIPS 180-4 for the
// next four steps replaces the oldest.
SLUICE_SHA_TARGET inline void Sha1Schedule(__m128i* w, int group) {
  __m128i& oldest = w[group & 3];
  oldest = _mm_sha1msg1_epu32(oldest, w[(group + 1) & 3]);
  oldest = _mm_xor_si128(oldest, w[(group + 2) & 3]);
  oldest = _mm_sha1msg2_epu32(oldest, w[(group + 3) & 3]);
}

template <int kFunction>
SLUICE_SHA_TARGET inline void Sha1Group(__m128i* abcd, __m128i* e, __m128i words, bool first) {
  const __m128i with_e = first ? _mm_add_epi32(*e, words) : _mm_sha1nexte_epu32(*e, words);
  *e = *abcd;
  *abcd = _mm_sha1rnds4_epu32(*abcd, with_e, kFunction);
}

SLUICE_SHA_TARGET void Sha1Hardware(std::uint32_t* state, const std::uint8_t* data, std::size_t blocks) {
  const __m128i swap = _mm_set_epi64x(0x0001020304050607LL, 0x08090a0b0c0d0e0fLL);
  __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(state)), 0x1b);
  __m128i e = _mm_set_epi32(static_cast<int>(state[4]), 0, 0, 0);
  for (; blocks > 0; --blocks, data += 64) {
    const __m128i abcd_before = abcd, e_before = e;
    __m128i w[4];
    for (int i = 0; i < 4; ++i) {
      w[i] = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data + 16 * i)), swap);
    }
    for (int group = 0; group < 20; ++group) {
      if (group >= 4) Sha1Schedule(w, group);
      const __m128i words = w[group & 3];
      if (group < 5)
        Sha1Group<0>(&abcd, &e, words, group == 0);
      else if (group < 10)
        Sha1Group<1>(&abcd, &e, words, false);
      else if (group < 15)
        Sha1Group<2>(&abcd, &e, words, false);
      else
        Sha1Group<3>(&abcd, &e, words, false);
    }
    e = _mm_sha1nexte_epu32(e, e_before);
    abcd = _mm_add_epi32(abcd, abcd_before);
  }
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state), _mm_shuffle_epi32(abcd, 0x1b));
  state[4] = static_cast<std::uint32_t>(_mm_extract_epi32(e, 3));
}

SLUICE_SHA_TARGET inline void Sha256Schedule(__m128i* w, int group) {
  const __m128i last = w[(group + 3) & 3];
  __m128i& oldest = w[group & 3];
  oldest = _mm_sha256msg1_epu32(oldest, w[(group + 1) & 3]);
  oldest = _mm_add_epi32(oldest, _mm_alignr_epi8(last, w[(group + 2) & 3], 4));
  oldest = _mm_sha256msg2_epu32(oldest, last);
}

SLUICE_SHA_TARGET void Sha256Hardware(std::uint32_t* state, const std::uint8_t* data, std::size_t blocks) {
  const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  // The instructions want the state as (a,b,e,f) and (c,d,g,h).
  __m128i low = _mm_shuffle_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(state)), 0xb1);
  __m128i high = _mm_shuffle_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(state + 4)), 0x1b);
  __m128i abef = _mm_alignr_epi8(low, high, 8);
  __m128i cdgh = _mm_blend_epi16(high, low, 0xf0);
  for (; blocks > 0; --blocks, data += 64) {
    const __m128i abef_before = abef, cdgh_before = cdgh;
    __m128i w[4];
    for (int i = 0; i < 4; ++i) {
      w[i] = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data + 16 * i)), swap);
    }
    for (int group = 0; group < 16; ++group) {
      if (group >= 4) Sha256Schedule(w, group);
      const auto* constants = reinterpret_cast<const __m128i*>(kSha256Constants + 4 * group);
      const __m128i words = _mm_add_epi32(w[group & 3], _mm_loadu_si128(constants));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, words);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(words, 0x0e));
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  low = _mm_shuffle_epi32(abef, 0x1b);
  high = _mm_shuffle_epi32(cdgh, 0xb1);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state), _mm_blend_epi16(low, high, 0xf0));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state + 4), _mm_alignr_epi8(high, low, 8));
}

// CPUID leaf 7: EBX bit 29 is SHA; leaf 1: ECX bit 9 SSSE3, bit 19 SSE4.1.
bool HasShaInstructions() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (b >> 29 & 1) == 0) return false;
  return __get_cpuid(1, &a, &b, &c, &d) && (c >> 9 & 1) != 0 && (c >> 19 & 1) != 0;
}

}  // namespace

ShaBlocks Sha1BlocksInHardware() { return HasShaInstructions() ? Sha1Hardware : nullptr; }
ShaBlocks Sha256BlocksInHardware() { return HasShaInstructions() ? Sha256Hardware : nullptr; }
#else
ShaBlocks Sha1BlocksInHardware() { return nullptr; }
ShaBlocks Sha256BlocksInHardware() { return nullptr; }
#endif

}  // namespace sluice::git
