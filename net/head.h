// The part of a message before its body: HTTP/1.0 and 1.1 (RFC 9112), read
// strictly. Lines end with CR LF; bare CR or LF, folded lines, white space
// before a colon and other leniencies of the RFC, which two readers could take
// in two ways, are refused.
#pragma once

#include <string>
#include <string_view>

#include "net/failure.h"
#include "net/headers.h"

namespace sluice::net {

struct ResponseHead {
  int minor = 1;   // of HTTP/1.x
  int status = 0;  // 100 to 599
  Headers headers;
};

struct RequestHead {
  int minor = 1;
  std::string method{};
  std::string target{};  // as sent, begins with "/" ("*" for OPTIONS); no space, control or non-ASCII byte
  Headers headers{};     // with exactly one Host, but for HTTP/1.0
};

inline constexpr std::size_t kMaxHeaders = 200;

// `text` is the head with the empty line at its end; the caller bounds its size.
Failure ParseHead(std::string_view text, ResponseHead& head);
Failure ParseHead(std::string_view text, RequestHead& head);

// Takes bytes until a head is whole, never looking at one twice.
class HeadReader {
 public:
  explicit HeadReader(std::size_t limit) : limit_(limit) {}
  // Moves bytes from `input` into the head; those behind it stay in `input`.
  Failure Take(std::string_view& input);
  bool IsWhole() const { return whole_; }
  bool IsEmpty() const { return text_.empty(); }
  const std::string& text() const { return text_; }

 private:
  std::size_t limit_;
  std::string text_;
  bool whole_ = false;
};

}  // namespace sluice::net
