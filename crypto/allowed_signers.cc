// The file's grammar is what sshsig.c does with it: words are cut first, then a
// key is tried, and only where there is none are there options. Tested by
// tests/crypto/allowed_signers_test.cc and, against ssh-keygen, agreement_test.cc.
#include "crypto/allowed_signers.h"

#include <strings.h>

#include <algorithm>
#include <ctime>

#include "crypto/ssh_pattern.h"

namespace sluice::crypto {
namespace {

constexpr std::string_view kBlanks = " \t";

void SkipBlanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
}

bool BeginsWith(std::string_view text, std::string_view word) {  // whatever the case
  return text.size() >= word.size() && strncasecmp(text.data(), word.data(), word.size()) == 0;
}

// The first word, in which a part may be quoted; nothing where there is no other after it.
std::optional<std::string> TakeWord(std::string_view& text) {
  constexpr std::string_view kEnds = " \t\r\n";
  const std::size_t end = text.find_first_of(" \t\r\n\"");
  if (end == std::string_view::npos) return std::nullopt;
  std::string word(text.substr(0, end));
  std::size_t after = end + 1;
  if (text[end] == '"') {
    const std::size_t quote = text.find('"', after);
    if (quote == std::string_view::npos) return std::nullopt;
    word += text.substr(after, quote - after);
    after = quote + 1;
  }
  text.remove_prefix(after);
  text.remove_prefix(std::min(text.find_first_not_of(kEnds), text.size()));
  return word;
}

// Where the options end: the first blank outside quotes; npos where a quote is not closed.
std::size_t EndOfOptions(std::string_view text) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size() && (quoted || kBlanks.find(text[at]) == std::string_view::npos); ++at) {
    if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '"') {
      ++at;
    } else if (text[at] == '"') {
      quoted = !quoted;
    }
  }
  return quoted ? std::string_view::npos : at;
}

// YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS; UTC with Z or UTC behind it, else local. The
// calendar is strptime's and mktime's, so 31 February is 3 March, as in OpenSSH.
std::optional<std::uint64_t> ReadTime(std::string_view text, bool& local) {
  bool utc = false;
  for (const std::string_view zone : {std::string_view("Z"), std::string_view("UTC")}) {
    if (utc || text.size() <= zone.size() || !BeginsWith(text.substr(text.size() - zone.size()), zone))
      continue;
    text.remove_suffix(zone.size());
    utc = true;
  }
  if (text.size() != 8 && text.size() != 12 && text.size() != 14) return std::nullopt;
  std::string parts(text.substr(0, 4));
  constexpr std::string_view kBefore = "--T::";
  for (std::size_t at = 4; at < text.size(); at += 2)
    (parts += kBefore[at / 2 - 2]).append(text.substr(at, 2));
  const char* format = text.size() == 8    ? "%Y-%m-%d"
                       : text.size() == 12 ? "%Y-%m-%dT%H:%M"
                                           : "%Y-%m-%dT%H:%M:%S";
  std::tm calendar{};
  const char* end = strptime(parts.c_str(), format, &calendar);
  if (end == nullptr || *end != '\0') return std::nullopt;
  const std::time_t time = utc ? timegm(&calendar) : mktime(&calendar);
  if (time <= 0) return std::nullopt;
  local |= !utc;
  return static_cast<std::uint64_t>(time);
}

// Reads options into a line; message() says what is wrong after a false.
class OptionReader {
 public:
  OptionReader(std::string_view text, AllowedSigner& line) : rest_(text), line_(line) {}
  const char* message() const { return message_; }

  bool Run() {
    while (!rest_.empty()) {
      if (!ReadOne()) return false;
      if (rest_.empty()) break;
      if (rest_.front() != ',') return Fail("an unknown option");
      rest_.remove_prefix(1);
      if (rest_.empty()) return Fail("a comma behind the last option");
    }
    if (line_.valid_after != 0 && line_.valid_before != 0 && line_.valid_before <= line_.valid_after)
      return Fail("valid-before is not after valid-after");
    return true;
  }

 private:
  bool Fail(const char* message) {
    message_ = message;
    return false;
  }

  bool TakeName(std::string_view name) {
    if (!BeginsWith(rest_, name) || rest_.substr(name.size(), 1) != "=") return false;
    rest_.remove_prefix(name.size() + 1);
    return true;
  }

  std::optional<std::string> TakeQuoted() {
    if (rest_.empty() || rest_.front() != '"') return std::nullopt;
    std::string value;
    for (std::size_t at = 1; at < rest_.size(); ++at) {
      if (rest_[at] == '"') return rest_.remove_prefix(at + 1), value;
      if (rest_[at] == '\\' && rest_.substr(at + 1, 1) == "\"") ++at;
      value += rest_[at];
    }
    return std::nullopt;
  }

  bool ReadTimeInto(std::uint64_t& time) {
    if (time != 0) return Fail("a time given twice");
    const std::optional<std::string> value = TakeQuoted();
    if (!value) return Fail("a value without quotes");
    const std::optional<std::uint64_t> read = ReadTime(*value, line_.local_time);
    if (!read) return Fail("not a time: write YYYYMMDDZ or YYYYMMDDHHMMSSZ");
    time = *read;
    return true;
  }

  bool ReadOne() {
    constexpr std::string_view kAuthority = "cert-authority";
    if (BeginsWith(rest_, kAuthority)) {
      rest_.remove_prefix(kAuthority.size());
      return line_.authority = true;
    }
    if (TakeName("valid-after")) return ReadTimeInto(line_.valid_after);
    if (TakeName("valid-before")) return ReadTimeInto(line_.valid_before);
    if (!TakeName("namespaces")) return true;  // Run says what it is
    if (line_.namespaces) return Fail("namespaces given twice");
    line_.namespaces = TakeQuoted();
    return line_.namespaces ? true : Fail("a value without quotes");
  }

  std::string_view rest_;
  AllowedSigner& line_;
  const char* message_ = "";
};

// Options, where there are some, and the key.
Status ReadRest(std::string_view rest, AllowedSigner& line) {
  Result<PublicKey> key = ReadPublicKeyLine(rest);
  if (!key) {
    const std::size_t end = EndOfOptions(rest);
    if (end == std::string_view::npos) return Failed("a quote that is not closed");
    if (end == rest.size()) return Failed("no key: " + key.error().message);
    OptionReader options(rest.substr(0, end), line);
    rest.remove_prefix(end);
    SkipBlanks(rest);
    key = ReadPublicKeyLine(rest);
    if (!key) return key.error();
    if (!options.Run()) return Failed(options.message());
  }
  line.key = std::move(*key);
  return Ok{};
}

void ReadLine(std::string_view text, std::size_t number, AllowedSigners& into) {
  text = text.substr(0, text.find('\0'));
  SkipBlanks(text);
  if (text.empty() || text.front() == '#' || text == "\n" || text == "\r\n") return;
  AllowedSigner line;
  line.line = number;
  const std::optional<std::string> principals = TakeWord(text);
  Status read = principals && !principals->empty() ? ReadRest(text, line)
                                                   : Failed("a line is PRINCIPALS [OPTIONS] KEY");
  if (!read) return into.problems.push_back({number, read.error().message});
  line.principals = *principals;
  into.lines.push_back(std::move(line));
}

bool IsItsKey(const AllowedSigner& line, const PublicKey& key) {
  if (line.authority) return key.certificate != nullptr && key.certificate->authority == line.key.plain;
  return line.key.blob == key.blob;
}

// Why a certificate does not speak for the principal now; empty where it does.
const char* CertificateProblem(const Certificate& certificate, std::string_view principal,
                               std::uint64_t time) {
  if (!certificate.user) return "its certificate is one of a host";
  if (time < certificate.valid_after) return "its certificate is not yet valid";
  if (time >= certificate.valid_before) return "its certificate has expired";
  const auto& names = certificate.principals;
  return std::find(names.begin(), names.end(), principal) == names.end()
             ? "its certificate does not name the principal"
             : "";
}

// Why this line does not let the key sign; empty where it does.
const char* LineProblem(const AllowedSigner& line, const SignerQuestion& question) {
  if (!IsItsKey(line, question.key)) return "it has another key";
  const auto time = static_cast<std::uint64_t>(question.time);
  if (line.authority) {
    const char* problem = CertificateProblem(*question.key.certificate, question.principal, time);
    if (*problem != '\0') return problem;
  }
  if (line.namespaces && !MatchesPatternList(question.ns, *line.namespaces))
    return "the key may not be used for this namespace";
  if (line.valid_after != 0 && time < line.valid_after) return "the key was not yet valid";
  if (line.valid_before != 0 && time > line.valid_before) return "the key was no longer valid";
  return "";
}

}  // namespace

Result<AllowedSigners> ReadAllowedSigners(std::string_view text) {
  if (text.size() > kAllowedSignersBytes) return LimitPassed("a file of allowed signers of more than 1 MiB");
  AllowedSigners signers;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    ReadLine(text.substr(0, end), number, signers);
    text.remove_prefix(end);
  }
  return signers;
}

Result<const AllowedSigner*> FindSigner(const AllowedSigners& signers, const SignerQuestion& question) {
  if (question.time < 0) return Usage("a time before 1970");
  std::string nearest;
  for (const AllowedSigner& line : signers.lines) {
    if (!MatchesPatternList(question.principal, line.principals)) continue;
    const std::string problem = LineProblem(line, question);
    if (problem.empty()) return &line;
    nearest = "; line " + std::to_string(line.line) + ": " + problem;
  }
  return Failed("the key " + Fingerprint(question.key) + " is not allowed to sign as " +
                std::string(question.principal) + nearest);
}

}  // namespace sluice::crypto
