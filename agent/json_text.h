// JSON as the agent writes it: into requests, its state and its log.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::agent {

// `text` in quotation marks, escaped; bytes that are not UTF-8 become "?".
std::string JsonString(std::string_view text);

// One mapping, its members in the order of the calls. Names are ours, never escaped.
class JsonMapping {
 public:
  JsonMapping& Text(std::string_view name, std::string_view text) { return Json(name, JsonString(text)); }
  JsonMapping& Number(std::string_view name, std::uint64_t number) {
    return Json(name, std::to_string(number));
  }
  JsonMapping& Json(std::string_view name, std::string_view json);  // a whole value
  std::string End() const { return out_.empty() ? "{}" : out_ + "}"; }

 private:
  std::string out_;
};

}  // namespace sluice::agent
