#include "promotion/words.h"

#include <algorithm>
#include <chrono>

#include "crypto/digest.h"
#include "manifests/byte_scan.h"
#include "manifests/utf8.h"
#include "promotion/moment.h"

namespace sluice::promotion {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); }
bool IsLabelByte(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z') || c == '-'; }

bool IsControl(char32_t value) {
  return value < 0x20 || (value >= 0x7F && value < 0xA0) || value == 0x2028 || value == 0x2029 ||
         value == 0xFEFF || value == 0xFFFE || value == 0xFFFF;
}

// The number that these digits write; nothing where one is no digit.
std::optional<int> Number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    if (!IsDigit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

bool IsDigest(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), IsHex);
}

bool IsObjectId(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) && std::all_of(text.begin(), text.end(), IsHex);
}

bool IsLabel(std::string_view text) {
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), IsLabelByte);
}

bool IsTextLine(std::string_view text) {
  if (text.empty() || text.size() > kTextLineBytes) return false;
  for (std::size_t at = 0; at < text.size();) {
    const manifests::CodePoint point = manifests::DecodeUtf8(text, at);
    if (point.size == 0 || IsControl(point.value)) return false;
    at += point.size;
  }
  return !manifests::ScanBytes(text, 0).hidden;
}

std::optional<std::int64_t> ReadTime(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  if (text.size() != kForm.size()) return std::nullopt;
  for (std::size_t at = 0; at < kForm.size(); ++at)
    if (kForm[at] != '0' && text[at] != kForm[at]) return std::nullopt;
  const auto year = Number(text.substr(0, 4)), month = Number(text.substr(5, 2)),
             day = Number(text.substr(8, 2));
  const auto hour = Number(text.substr(11, 2)), minute = Number(text.substr(14, 2)),
             second = Number(text.substr(17, 2));
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const year_month_day date(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                            std::chrono::day(static_cast<unsigned>(*day)));
  if (*year < 2000 || !date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return sys_days(date).time_since_epoch().count() * std::int64_t{86400} + *hour * 3600 + *minute * 60 +
         *second;
}

std::string TimeText(std::int64_t seconds) { return Text(Moment(std::chrono::seconds(seconds))); }

std::string DigestOf(std::string_view bytes) { return crypto::Hex(crypto::DigestSha256(bytes)); }

}  // namespace sluice::promotion
