// Either a value or the Error that kept us from it.
//
//   Result<Oid> id = Oid::FromHex(text);
//   if (!id) return id.error();
//   Use(*id);
//
// Thread safety is that of T. Reading the side that is not there ends the
// program (it is a mistake of ours, never of the input).
#pragma once

#include <cstdlib>
#include <utility>
#include <variant>

#include "base/error.h"

namespace sluice {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }

  T& operator*() & { return Value(); }
  const T& operator*() const& { return const_cast<Result*>(this)->Value(); }
  T&& operator*() && { return std::move(Value()); }
  T* operator->() { return &Value(); }
  const T* operator->() const { return &const_cast<Result*>(this)->Value(); }

  const Error& error() const {
    if (const Error* error = std::get_if<1>(&state_)) return *error;
    std::abort();
  }

 private:
  T& Value() {
    if (T* value = std::get_if<0>(&state_)) return *value;
    std::abort();
  }

  std::variant<T, Error> state_;
};

// Success without a value is `Ok{}`.
struct Ok {};
using Status = Result<Ok>;

}  // namespace sluice
