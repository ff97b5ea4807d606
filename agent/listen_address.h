// "ADDRESS:PORT" of the configuration, as a listener takes it.
#pragma once

#include <string>

#include "base/result.h"
#include "net/listener.h"

namespace sluice::agent {

// An IP address, one of version 6 in brackets. `key` is for the Error, which is kUsage.
Result<net::ListenerOptions> ListenAddress(const std::string& key, const std::string& at);

}  // namespace sluice::agent
