// Header fields of HTTP: a list in the order of the wire, names compared
// without case, and the bytes that may stand in them (RFC 9110 §5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::net {

struct Header {
  std::string name;
  std::string value;  // without white space around it

  friend bool operator==(const Header&, const Header&) = default;
};
using Headers = std::vector<Header>;

bool SameName(std::string_view a, std::string_view b);
// The first value of that name, or null.
const std::string* FindHeader(const Headers& headers, std::string_view name);
std::size_t CountHeader(const Headers& headers, std::string_view name);
// Whether a list like "keep-alive, close" in any header of that name holds `word`.
bool ListHolds(const Headers& headers, std::string_view name, std::string_view word);

bool IsToken(std::string_view text);  // a method or a header's name; at most 256 bytes
// No line end, no NUL, no other control byte but tab: nothing in it ends the
// header. At most 64 KiB.
bool IsHeaderValue(std::string_view text);

std::string_view TrimmedWhite(std::string_view text);  // without spaces and tabs around it

}  // namespace sluice::net
