// The portable compression functions, straight from FIPS 180-4 §6.1.2, §6.2.2.
// Tested against `git hash-object` for every length around a block border.
#include "git/sha.h"

#include <bit>

#include "git/bytes.h"

namespace sluice::git {

const std::uint32_t kSha256Constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

namespace {

struct Sha1Words {
  std::uint32_t a, b, c, d, e;

  void Step(std::uint32_t f, std::uint32_t constant, std::uint32_t word) {
    const std::uint32_t next = std::rotl(a, 5) + f + e + constant + word;
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
};

void Sha1Block(std::uint32_t* state, const std::uint8_t* data) {
  std::uint32_t w[80];
  for (int t = 0; t < 16; ++t) w[t] = Be32(data + 4 * t);
  for (int t = 16; t < 80; ++t) w[t] = std::rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
  Sha1Words s{state[0], state[1], state[2], state[3], state[4]};
  for (int t = 0; t < 20; ++t) s.Step((s.b & s.c) | (~s.b & s.d), 0x5a827999, w[t]);
  for (int t = 20; t < 40; ++t) s.Step(s.b ^ s.c ^ s.d, 0x6ed9eba1, w[t]);
  for (int t = 40; t < 60; ++t) s.Step((s.b & s.c) | (s.b & s.d) | (s.c & s.d), 0x8f1bbcdc, w[t]);
  for (int t = 60; t < 80; ++t) s.Step(s.b ^ s.c ^ s.d, 0xca62c1d6, w[t]);
  state[0] += s.a;
  state[1] += s.b;
  state[2] += s.c;
  state[3] += s.d;
  state[4] += s.e;
}

void Sha256Block(std::uint32_t* state, const std::uint8_t* data) {
  std::uint32_t w[64];
  for (int t = 0; t < 16; ++t) w[t] = Be32(data + 4 * t);
  for (int t = 16; t < 64; ++t) {
    const std::uint32_t s0 = std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ (w[t - 15] >> 3);
    const std::uint32_t s1 = std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ (w[t - 2] >> 10);
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  std::uint32_t h[8];
  for (int i = 0; i < 8; ++i) h[i] = state[i];
  for (int t = 0; t < 64; ++t) {
    const std::uint32_t e1 = std::rotr(h[4], 6) ^ std::rotr(h[4], 11) ^ std::rotr(h[4], 25);
    const std::uint32_t choice = (h[4] & h[5]) ^ (~h[4] & h[6]);
    const std::uint32_t first = h[7] + e1 + choice + kSha256Constants[t] + w[t];
    const std::uint32_t e0 = std::rotr(h[0], 2) ^ std::rotr(h[0], 13) ^ std::rotr(h[0], 22);
    const std::uint32_t majority = (h[0] & h[1]) ^ (h[0] & h[2]) ^ (h[1] & h[2]);
    for (int i = 7; i > 0; --i) h[i] = h[i - 1];
    h[4] += first;
    h[0] = first + e0 + majority;
  }
  for (int i = 0; i < 8; ++i) state[i] += h[i];
}

}  // namespace

void Sha1Blocks(std::uint32_t* state, const std::uint8_t* data, std::size_t blocks) {
  for (std::size_t i = 0; i < blocks; ++i) Sha1Block(state, data + 64 * i);
}

void Sha256Blocks(std::uint32_t* state, const std::uint8_t* data, std::size_t blocks) {
  for (std::size_t i = 0; i < blocks; ++i) Sha256Block(state, data + 64 * i);
}

}  // namespace sluice::git
