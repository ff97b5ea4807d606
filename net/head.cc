#include "net/head.h"

#include <algorithm>

#include "net/failure.h"

namespace sluice::net {
namespace {

constexpr std::string_view kEnd = "\r\n";

Failure Malformed(std::string message) { return Fail(Why::kMalformed, std::move(message)); }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes the next line without its end; `text` ends with one.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find(kEnd);
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + kEnd.size());
  return line;
}

// "HTTP/1.1" -> 1; -1 where it is no version that we speak.
int MinorOf(std::string_view version) {
  if (version == "HTTP/1.1") return 1;
  return version == "HTTP/1.0" ? 0 : -1;
}

Failure ParseHeader(std::string_view line, Headers& headers) {
  if (line.front() == ' ' || line.front() == '\t') return Malformed("a folded header line");
  const std::size_t colon = line.find(':');
  if (colon == line.npos || !IsToken(line.substr(0, colon)))
    return Malformed("a header line without a proper name");
  const std::string_view value = TrimmedWhite(line.substr(colon + 1));
  if (!IsHeaderValue(value)) return Malformed("a control byte or too long a value in a header");
  if (headers.size() == kMaxHeaders)
    return Fail(Why::kLimit, "more than " + std::to_string(kMaxHeaders) + " headers");
  headers.push_back({std::string(line.substr(0, colon)), std::string(value)});
  return {};
}

Failure ParseHeaders(std::string_view text, Headers& headers) {
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    if (line.empty()) return text.empty() ? Failure() : Malformed("an empty line in the middle of a head");
    if (Failure failed = ParseHeader(line, headers)) return failed;
  }
  return Malformed("a head without its end");
}

// "HTTP/1.1 200 OK"; the words at its end are nobody's business.
Failure ParseStatusLine(std::string_view line, ResponseHead& head) {
  head.minor = MinorOf(line.substr(0, 8));
  if (head.minor < 0) return Malformed("the first line is not that of an HTTP/1.1 answer");
  const std::string_view rest = line.substr(8);
  const bool has_status = rest.size() >= 4 && rest[0] == ' ' && IsDigit(rest[1]) && IsDigit(rest[2]) &&
                          IsDigit(rest[3]) && (rest.size() == 4 || rest[4] == ' ');
  if (!has_status || !IsHeaderValue(rest)) return Malformed("the first line has no proper status");
  head.status = (rest[1] - '0') * 100 + (rest[2] - '0') * 10 + (rest[3] - '0');
  if (head.status < 100 || head.status > 599)
    return Malformed("a status that is none (" + std::to_string(head.status) + ")");
  return {};
}

bool IsTarget(std::string_view target, std::string_view method) {
  const auto is_plain = [](char c) { return c > ' ' && c < 0x7f; };
  if (target == "*") return method == "OPTIONS";
  return target.starts_with('/') && std::all_of(target.begin(), target.end(), is_plain);
}

Failure ParseRequestLine(std::string_view line, RequestHead& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == line.npos || first == last) return Malformed("the first line is not that of a request");
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  head.minor = MinorOf(line.substr(last + 1));
  if (!IsToken(head.method)) return Malformed("a method that is none");
  if (head.minor < 0) return Malformed("a version other than HTTP/1.0 and HTTP/1.1");
  if (!IsTarget(head.target, head.method)) return Malformed("a target that is not a path");
  return {};
}

}  // namespace

Failure ParseHead(std::string_view text, ResponseHead& head) {
  if (Failure failed = ParseStatusLine(TakeLine(text), head)) return failed;
  return ParseHeaders(text, head.headers);
}

Failure ParseHead(std::string_view text, RequestHead& head) {
  if (Failure failed = ParseRequestLine(TakeLine(text), head)) return failed;
  if (Failure failed = ParseHeaders(text, head.headers)) return failed;
  const std::size_t hosts = CountHeader(head.headers, "Host");
  if (hosts > 1 || (hosts == 0 && head.minor == 1)) return Malformed("not exactly one Host header");
  return {};
}

Failure HeadReader::Take(std::string_view& input) {
  while (!input.empty() && !whole_) {
    const std::size_t end = input.find('\n');
    const std::string_view piece = input.substr(0, end == input.npos ? end : end + 1);
    if (text_.size() + piece.size() > limit_)
      return Fail(Why::kLimit, "a head of more than " + SizeWords(limit_));
    text_ += piece;
    input.remove_prefix(piece.size());
    if (end == std::string_view::npos) continue;
    if (!text_.ends_with(kEnd)) return Malformed("a line that ends without CR LF");
    whole_ = text_.ends_with("\r\n\r\n") || text_ == kEnd;
  }
  return {};
}

}  // namespace sluice::net
