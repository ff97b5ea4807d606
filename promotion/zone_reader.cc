// TZif (RFC 9636): a header and a block of 32-bit data that nobody needs, then
// the same with 64 bits, then a line with the rule for all later years, in the
// form of the variable TZ of POSIX. What does not fit is refused; the file is the
// system's, and yet nothing is read out of bounds.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "git/file.h"
#include "promotion/zone.h"

namespace sluice::promotion {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMaxZoneBytes = 1u << 20;
constexpr std::uint32_t kMaxTransitions = 10'000;
constexpr std::uint32_t kMaxTypes = 256;
constexpr seconds kMaxOffset = std::chrono::hours(26);
constexpr std::string_view kZones = "/usr/share/zoneinfo";

// Bytes from the front, big-endian; `fine` is false from the first that was not there.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  bool fine() const { return fine_; }
  std::string_view Take(std::size_t count) {
    fine_ = fine_ && count <= bytes_.size();
    if (!fine_) return {};
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }
  std::int64_t Number(std::size_t width) {
    const std::string_view taken = Take(width);
    std::uint64_t number = 0;
    for (const char c : taken) number = number << 8 | static_cast<unsigned char>(c);
    return width == 4 ? static_cast<std::int32_t>(static_cast<std::uint32_t>(number))
                      : static_cast<std::int64_t>(number);
  }
  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
  bool fine_ = true;
};

struct Counts {
  std::uint32_t utc = 0, standard = 0, leap = 0, transitions = 0, types = 0, letters = 0;
};

std::optional<Counts> ReadHeader(Bytes& bytes) {
  const std::string_view magic = bytes.Take(5);
  if (!magic.starts_with("TZif") || magic[4] < '2') return std::nullopt;
  bytes.Take(15);
  Counts counts;
  for (std::uint32_t* count :
       {&counts.utc, &counts.standard, &counts.leap, &counts.transitions, &counts.types, &counts.letters})
    *count = static_cast<std::uint32_t>(bytes.Number(4));
  const bool sane = counts.transitions <= kMaxTransitions && counts.types <= kMaxTypes && counts.types > 0 &&
                    counts.utc <= kMaxTypes && counts.standard <= kMaxTypes && counts.letters <= 4096 &&
                    counts.leap <= 1000;
  return bytes.fine() && sane ? std::optional(counts) : std::nullopt;
}

// The text of TZ, from its front.
class RuleText {
 public:
  explicit RuleText(std::string_view text) : text_(text) {}
  bool Done() const { return text_.empty(); }
  bool Skip(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool At(char c) const { return text_.starts_with(c); }

  // "CET" or "<+0330>".
  bool Name() {
    std::size_t end = text_.starts_with('<') ? text_.find('>') : 0;
    if (end == text_.npos) return false;
    if (end > 0) ++end;
    if (end == 0)
      while (end < text_.size() && ((text_[end] | 32) >= 'a' && (text_[end] | 32) <= 'z')) ++end;
    text_.remove_prefix(end);
    return end > 0;
  }

  std::optional<unsigned> Number(unsigned most) {
    unsigned number = 0;
    const auto read = std::from_chars(text_.data(), text_.data() + text_.size(), number);
    if (read.ec != std::errc() || number > most) return std::nullopt;
    text_.remove_prefix(static_cast<std::size_t>(read.ptr - text_.data()));
    return number;
  }

  // "[+-]H[:M[:S]]".
  std::optional<seconds> Time() {
    const bool negative = At('-');
    if (negative || At('+')) text_.remove_prefix(1);
    seconds time{0};
    seconds unit = std::chrono::hours(1);
    for (unsigned most : {167u, 59u, 59u}) {
      const std::optional<unsigned> number = Number(most);
      if (!number) return std::nullopt;
      time += *number * unit;
      unit /= 60;
      if (!Skip(':')) break;
    }
    return negative ? -time : time;
  }

  // "Mm.w.d", "Jn" or "n", and "/TIME".
  std::optional<YearlyRule> Rule() {
    YearlyRule rule;
    if (!Date(rule)) return std::nullopt;
    if (!Skip('/')) return rule;
    const std::optional<seconds> time = Time();
    if (!time) return std::nullopt;
    rule.time = *time;
    return rule;
  }

 private:
  bool Date(YearlyRule& rule) {
    if (Skip('M')) {
      rule.form = YearlyRule::Form::kMonthWeekDay;
      rule.month = Number(12).value_or(0);
      rule.week = Skip('.') ? Number(5).value_or(0) : 0;
      rule.weekday = Skip('.') ? Number(6).value_or(7) : 7;
      return rule.month > 0 && rule.week > 0 && rule.weekday < 7;
    }
    rule.form = Skip('J') ? YearlyRule::Form::kDayWithoutLeap : YearlyRule::Form::kDay;
    const auto day = Number(365);
    rule.day = day.value_or(0);
    return day && (rule.form == YearlyRule::Form::kDay || rule.day > 0);
  }

  std::string_view text_;
};

}  // namespace

class ZoneReader {
 public:
  explicit ZoneReader(std::string_view bytes) : bytes_(bytes) {}

  Result<Zone> Read() {
    const std::optional<Counts> old = ReadHeader(bytes_);
    if (!old) return Bad();
    bytes_.Take(std::size_t{old->transitions} * 5 + std::size_t{old->types} * 6 + old->letters +
                std::size_t{old->leap} * 8 + old->standard + old->utc);
    const std::optional<Counts> counts = ReadHeader(bytes_);
    if (!counts || counts->leap != 0 || !ReadData(*counts) || !ReadFooter()) return Bad();
    return std::move(zone_);
  }

 private:
  static Error Bad() {
    return Failed("this is not a time zone file that can be read (TZif 2, no leap seconds)");
  }

  bool ReadData(const Counts& counts) {
    std::vector<Moment> times;
    for (std::uint32_t i = 0; i < counts.transitions; ++i) times.emplace_back(seconds(bytes_.Number(8)));
    const std::string_view types = bytes_.Take(counts.transitions);
    std::vector<seconds> offsets;
    for (std::uint32_t i = 0; i < counts.types; ++i) {
      offsets.emplace_back(bytes_.Number(4));
      bytes_.Take(2);
      if (offsets.back() > kMaxOffset || offsets.back() < -kMaxOffset) return false;
    }
    bytes_.Take(std::size_t{counts.letters} + counts.standard + counts.utc);
    if (!bytes_.fine() || !std::is_sorted(times.begin(), times.end())) return false;
    zone_.first_ = offsets[0];
    for (std::size_t i = 0; i < times.size(); ++i) {
      const auto type = static_cast<unsigned char>(types[i]);
      if (type >= offsets.size()) return false;
      zone_.transitions_.push_back({times[i], offsets[type]});
    }
    zone_.standard_ = zone_.summer_ = times.empty() ? zone_.first_ : zone_.transitions_.back().offset;
    return true;
  }

  // "\nTZ\n"; empty: as after the last transition, for ever.
  bool ReadFooter() {
    std::string_view footer = bytes_.rest();
    if (!footer.starts_with('\n') || !footer.ends_with('\n') || footer.size() < 2) return false;
    footer = footer.substr(1, footer.size() - 2);
    return footer.empty() || ReadRule(RuleText(footer));
  }

  // POSIX counts offsets westward.
  bool ReadRule(RuleText text) {
    if (!text.Name()) return false;
    const std::optional<seconds> west = text.Time();
    if (!west) return false;
    zone_.standard_ = zone_.summer_ = -*west;
    if (text.Done()) return true;
    if (!text.Name()) return false;
    const std::optional<seconds> summer = text.At(',') ? *west - std::chrono::hours(1) : text.Time();
    if (!summer || !text.Skip(',')) return false;
    zone_.summer_ = -*summer;
    const std::optional<YearlyRule> starts = text.Rule();
    const std::optional<YearlyRule> ends = text.Skip(',') ? text.Rule() : std::nullopt;
    if (!starts || !ends || !text.Done()) return false;
    zone_.starts_ = *starts, zone_.ends_ = *ends;
    return true;
  }

  Bytes bytes_;
  Zone zone_;
};

Result<Zone> Zone::Parse(std::string_view bytes) { return ZoneReader(bytes).Read(); }

bool IsZoneName(std::string_view name) {
  if (name.empty() || name.size() > 64 || name.front() == '/' || name.back() == '/') return false;
  const bool clean = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+' || c == '/';
  });
  return clean && name.find("//") == name.npos;
}

Result<Zone> ReadZone(std::string_view name) {
  if (name == "UTC") return Zone();
  if (!IsZoneName(name)) return NotFound("\"" + std::string(name) + "\" is not a time zone name");
  if (access(std::string(kZones).c_str(), X_OK) != 0)
    return Failed("this machine has no time zones (" + std::string(kZones) + "): install tzdata");
  const Result<std::string> bytes =
      git::ReadFileAt(AT_FDCWD, std::string(kZones) + "/" + std::string(name), kMaxZoneBytes);
  if (!bytes && bytes.error().kind != ErrorKind::kNotFound) return bytes.error();  // where a sandbox hides it
  if (!bytes)
    return NotFound("there is no time zone \"" + std::string(name) + "\" in " + std::string(kZones));
  return Zone::Parse(*bytes);
}

}  // namespace sluice::promotion
