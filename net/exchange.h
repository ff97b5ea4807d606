// One request and its answer on one connection.
#pragma once

#include "net/http.h"
#include "net/stream.h"

namespace sluice::net {

// What the connection is after an exchange.
struct Exchanged {
  bool reusable = false;      // in order, for the next request
  bool nothing_came = false;  // it ended before a byte of the answer
};

// `head` is the request's head as it goes out.
Exchanged Exchange(Stream& stream, const Request& request, const std::string& head, const Wait& wait,
                   Answer& answer);

}  // namespace sluice::net
