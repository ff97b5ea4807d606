// JSON straight into a string: what is written is always valid UTF-8, and
// nothing in it steers a terminal (controls, bidirectional and other hidden
// characters are \u escapes, bytes that are not UTF-8 become U+FFFD).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::report {

// The caller keeps the order: Key() before each member's value, Begin and End
// in pairs. Commas are placed here.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& BeginObject() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& BeginArray() { return Open('['); }
  JsonWriter& EndArray() { return Close(']'); }
  JsonWriter& Key(std::string_view name);  // a name of ours, never escaped
  JsonWriter& String(std::string_view text);
  JsonWriter& Number(std::uint64_t number);
  JsonWriter& Decimal(double number);  // three decimals
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  JsonWriter& Raw(std::string_view json);  // a whole value, written before; printable as it is
  JsonWriter& Member(std::string_view name, std::string_view text) { return Key(name).String(text); }
  JsonWriter& Member(std::string_view name, std::uint64_t number) { return Key(name).Number(number); }
  // The next element begins on a line of its own.
  JsonWriter& Line();

 private:
  JsonWriter& Open(char bracket);
  JsonWriter& Close(char bracket);
  void Separate();

  std::string& out_;
  bool comma_ = false;
};

}  // namespace sluice::report
