// A tar (POSIX.1-1988, ustar) within a gzip (RFC 1952) of stored blocks (RFC 1951,
// section 3.2.4). Tested by tests/agent/archive_test.cc, and by Flux itself in
// tests/agent/flux_test.py.
#include "agent/archive.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>

namespace sluice::agent {
namespace {

constexpr std::size_t kRecord = 512;               // of a tar
constexpr std::size_t kStored = 0xFFFF;            // most bytes of a stored block
constexpr std::uint32_t kPolynomial = 0xEDB88320;  // of CRC-32, reflected

struct Field {
  std::size_t at;
  std::string_view text;
};
// Of every header; what is not here is zero.
constexpr Field kFixed[] = {
    {100, "0000644"},                                           // mode
    {108, "0000000"},                                           // user and group
    {116, "0000000"},  {136, "00000000000"},                    // time
    {148, "        "},                                          // blanks where the sum will stand
    {156, "0"},                                                 // a regular file
    {257, "ustar"},    {263, "00"},          {329, "0000000"},  // device
    {337, "0000000"},
};

std::string Octal(std::size_t number, std::size_t digits) {
  std::string text(digits, '0');
  for (std::size_t at = digits; at > 0; --at, number /= 8) text[at - 1] = static_cast<char>('0' + number % 8);
  return text;
}

std::string Header(const ArchivedFile& file) {
  if (file.name.empty() || file.name.size() > kLongestArchivedName)
    throw std::length_error("a name of an archive");
  std::string header(kRecord, '\0');
  const auto put = [&](std::size_t at, std::string_view text) { text.copy(&header[at], text.size()); };
  put(0, file.name);
  for (const Field& field : kFixed) put(field.at, field.text);
  put(124, Octal(file.bytes.size(), 11));
  std::size_t sum = 0;
  for (const char byte : header) sum += static_cast<unsigned char>(byte);
  put(148, Octal(sum, 6) + std::string("\0 ", 2));
  return header;
}

std::string Tar(const std::vector<ArchivedFile>& files) {
  std::string tar;
  for (const ArchivedFile& file : files) {
    tar += Header(file);
    tar += file.bytes;
    tar.resize((tar.size() + kRecord - 1) / kRecord * kRecord);
  }
  tar.resize(tar.size() + 2 * kRecord);
  return tar;
}

std::uint32_t Crc32(std::string_view bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> rows{};
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      std::uint32_t row = i;
      for (int bit = 0; bit < 8; ++bit) row = (row >> 1) ^ ((row & 1) != 0 ? kPolynomial : 0);
      rows[i] = row;
    }
    return rows;
  }();
  std::uint32_t crc = ~0u;
  for (const char byte : bytes) crc = (crc >> 8) ^ table[(crc ^ static_cast<unsigned char>(byte)) & 0xFF];
  return ~crc;
}

void PutNumber(std::string& out, std::uint32_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((number >> (8 * i)) & 0xFF);
}

}  // namespace

std::string Archive(const std::vector<ArchivedFile>& files) {
  const std::string tar = Tar(files);
  std::string gzip("\x1F\x8B\x08\0\0\0\0\0\0\xFF", 10);  // no name, no time, no system
  gzip.reserve(tar.size() + tar.size() / kStored * 5 + 64);
  for (std::size_t at = 0; at < tar.size(); at += kStored) {
    const std::string_view block = std::string_view(tar).substr(at, kStored);
    const auto size = static_cast<std::uint32_t>(block.size());
    gzip += static_cast<char>(at + kStored >= tar.size() ? 1 : 0);  // the last one
    PutNumber(gzip, size, 2);
    PutNumber(gzip, ~size, 2);
    gzip += block;
  }
  PutNumber(gzip, Crc32(tar), 4);
  PutNumber(gzip, static_cast<std::uint32_t>(tar.size()), 4);
  return gzip;
}

}  // namespace sluice::agent
