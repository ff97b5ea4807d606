#include "net/cancellation.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace sluice::net {

Cancellation::Cancellation() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Cancellation::~Cancellation() {
  if (event_ >= 0) close(event_);
}

void Cancellation::Cancel() const { eventfd_write(event_, 1); }

bool Cancellation::IsCancelled() const {
  pollfd watched{event_, POLLIN, 0};
  return poll(&watched, 1, 0) > 0 && (watched.revents & POLLIN) != 0;
}

}  // namespace sluice::net
