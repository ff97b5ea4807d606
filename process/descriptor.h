// Descriptors that close themselves, and the one call that keeps a child from
// inheriting what it was not given.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace sluice::process {

// Owns one descriptor; -1 owns none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { Close(); }

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  void Close();

 private:
  int number_ = -1;
};

// All above standard input and output, closed on exec, never 0 to 2 (a program
// may be started with those closed).
struct Pipe {
  Descriptor read, write;
};
Result<Pipe> MakePipe();
struct SocketPair {
  Descriptor ours, theirs;
};
Result<SocketPair> MakeSocketPair();
// A file in memory that holds `bytes`, at its beginning: standard input that
// can be given whole, without a writer that might block.
Result<Descriptor> MakeInput(const std::string& bytes);

// Closes every descriptor from 3 up but `keep`; async-signal-safe.
void CloseAllBut(int keep);
// Standard input, output and error become /dev/null; async-signal-safe.
bool SilenceStandardStreams();

}  // namespace sluice::process
