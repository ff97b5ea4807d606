#include "hooks/answer.h"

#include <algorithm>
#include <cstdint>

namespace sluice::hooks {
namespace {

constexpr std::size_t kMaxWords = 1u << 20;
constexpr std::size_t kMaxShort = 4096;
constexpr std::size_t kMaxRules = 50;
constexpr std::size_t kMaxIntents = 200'000;  // one a ref
constexpr std::size_t kNameDigits = 64;

void Put(std::string& out, std::uint32_t number) {
  for (int i = 0; i < 4; ++i) out += static_cast<char>(number >> (8 * i) & 0xff);
}
void Put(std::string& out, std::string_view field) {
  Put(out, static_cast<std::uint32_t>(field.size()));
  out += field;
}

// Reads fields until one does not fit; from then on everything is empty.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : rest_(bytes) {}

  std::uint32_t Number(std::size_t most) {
    std::uint32_t number = 0;
    if (rest_.size() < 4) return Fail();
    for (std::size_t i = 0; i < 4; ++i)
      number |= std::uint32_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
    rest_.remove_prefix(4);
    return number > most ? Fail() : number;
  }
  std::string Field(std::size_t most) {
    const std::uint32_t size = Number(most);
    if (size > rest_.size()) return std::string(Fail(), ' ');
    std::string field(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return field;
  }
  bool AtEnd() const { return !failed_ && rest_.empty(); }
  bool failed() const { return failed_; }

 private:
  std::uint32_t Fail() {
    failed_ = true;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool failed_ = false;
};

bool IsName(std::string_view name) {
  return name.size() == kNameDigits && name.find_first_not_of("0123456789abcdef") == name.npos;
}

bool IsVerdict(std::string_view word) {
  return word == "accepted" || word == "rejected" || word == "unjudged";
}

void RemoveControl(std::string& text) {
  std::erase_if(text, [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t') || c == 0x7f;
  });
}

}  // namespace

std::string Encode(const Answer& answer) {
  std::string out;
  Put(out, answer.accepted ? 1u : 0u);
  Put(out, answer.index_behind ? 1u : 0u);
  Put(out, answer.verdict);
  Put(out, std::string_view(answer.words).substr(0, kMaxWords));
  Put(out, std::string_view(answer.bypass).substr(0, kMaxShort));
  const std::size_t rules = std::min(answer.rules.size(), kMaxRules);
  Put(out, static_cast<std::uint32_t>(rules));
  for (std::size_t i = 0; i < rules; ++i) Put(out, answer.rules[i]);
  Put(out, static_cast<std::uint32_t>(answer.intents.size()));
  for (const Intent& intent : answer.intents) {
    Put(out, intent.name);
    Put(out, intent.text);
  }
  return out;
}

Result<Answer> Decode(std::string_view bytes) {
  FieldReader reader(bytes);
  Answer answer;
  answer.accepted = reader.Number(1) == 1;
  answer.index_behind = reader.Number(1) == 1;
  answer.verdict = reader.Field(kMaxShort);
  answer.words = reader.Field(kMaxWords);
  answer.bypass = reader.Field(kMaxShort);
  for (std::uint32_t left = reader.Number(kMaxRules); left > 0 && !reader.failed(); --left)
    answer.rules.push_back(reader.Field(kMaxShort));
  bool named = true;
  for (std::uint32_t left = reader.Number(kMaxIntents); left > 0 && !reader.failed(); --left) {
    Intent intent{reader.Field(kNameDigits), {}};
    intent.text = reader.Field(bytes.size());
    named = named && IsName(intent.name);
    answer.intents.push_back(std::move(intent));
  }
  if (!reader.AtEnd() || !named || !IsVerdict(answer.verdict))
    return Failed("the judge's answer is malformed");
  RemoveControl(answer.words);
  return answer;
}

}  // namespace sluice::hooks
