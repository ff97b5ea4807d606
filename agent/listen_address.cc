#include "agent/listen_address.h"

#include <algorithm>
#include <charconv>

namespace sluice::agent {

Result<net::ListenerOptions> ListenAddress(const std::string& key, const std::string& at) {
  const std::size_t colon = at.rfind(':');
  std::uint16_t port = 0;
  const char* const last = at.data() + at.size();
  const auto [end, error] = std::from_chars(at.data() + std::min(colon + 1, at.size()), last, port);
  if (colon == at.npos || error != std::errc() || end != last)
    return Usage(key + ": \"" + at + "\" is no address and port");
  std::string address = at.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  net::ListenerOptions options;
  options.address = std::move(address);
  options.port = port;
  return options;
}

}  // namespace sluice::agent
