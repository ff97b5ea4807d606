// The bytes that a signature of a DSSE envelope is over.
#pragma once

#include <string>
#include <string_view>

namespace sluice::crypto {

// "DSSEv1 LENGTH TYPE LENGTH PAYLOAD": the pre-authentication encoding of
// https://github.com/secure-systems-lab/dsse, protocol.md. No two pairs share one.
inline std::string PreAuthenticationEncoding(std::string_view type, std::string_view payload) {
  std::string bytes = "DSSEv1 ";
  bytes.append(std::to_string(type.size())).append(" ").append(type).append(" ");
  return bytes.append(std::to_string(payload.size())).append(" ").append(payload);
}

}  // namespace sluice::crypto
