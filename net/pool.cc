#include "net/pool.h"

#include <algorithm>

namespace sluice::net {

// The youngest of that place; those that waited too long go to `dead`.
std::unique_ptr<Stream> Pool::TakeAny(const std::string& place, IdleList& dead) {
  const std::lock_guard lock(mutex_);
  const auto oldest = Clock::now() - limits_.idle;
  while (!idle_.empty() && idle_.back().since < oldest)
    dead.splice(dead.end(), idle_, std::prev(idle_.end()));
  const auto found =
      std::find_if(idle_.begin(), idle_.end(), [&](const Idle& one) { return one.place == place; });
  if (found == idle_.end()) return nullptr;
  auto stream = std::move(found->stream);
  idle_.erase(found);
  return stream;
}

std::unique_ptr<Stream> Pool::Take(const std::string& place) {
  for (;;) {
    IdleList dead;
    auto stream = TakeAny(place, dead);
    if (!stream || IsSilent(*stream)) return stream;
  }
}

void Pool::Give(const std::string& place, std::unique_ptr<Stream> stream) {
  IdleList dead;
  const std::lock_guard lock(mutex_);
  idle_.push_front({place, std::move(stream), Clock::now()});
  std::size_t same = 0;
  for (auto one = idle_.begin(); one != idle_.end();) {
    const auto next = std::next(one);
    if (one->place == place && ++same > limits_.of_one_place) dead.splice(dead.end(), idle_, one);
    one = next;
  }
  while (idle_.size() > limits_.in_all) dead.splice(dead.end(), idle_, std::prev(idle_.end()));
}

std::size_t Pool::size() const {
  const std::lock_guard lock(mutex_);
  return idle_.size();
}

}  // namespace sluice::net
