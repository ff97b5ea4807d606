#include "hooks/operator_log.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "process/descriptor.h"

namespace sluice::hooks {
namespace {

constexpr const char* kSyslogSocket = "/dev/log";
constexpr int kPriority = 16 * 8 + 6;  // local0.info

// Length of the UTF-8 sequence at the start of `text`; 0 where there is none.
std::size_t SequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned first = byte(0);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xc2 ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool beyond = (first == 0xed && byte(1) > 0x9f) || (first == 0xf4 && byte(1) > 0x8f);
  return overlong || beyond ? 0 : length;
}

void Quote(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = SequenceLength(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      out += "\xef\xbf\xbd";
    } else if (first < ' ' || first == 0x7f) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", first);
      out += escaped;
    } else {
      if (first == '"' || first == '\\') out += '\\';
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

void Member(std::string& out, std::string_view name, std::string_view value) {
  out += out.empty() ? '{' : ',';
  Quote(out, name);
  out += ':';
  Quote(out, value);
}

std::string Now(const char* format, bool local) {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  local ? localtime_r(&now, &parts) : gmtime_r(&now, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

Status ToSyslog(const std::string& text) {
  const process::Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, kSyslogSocket, sizeof address.sun_path - 1);
  const std::string message = "<" + std::to_string(kPriority) + ">" + Now("%b %e %H:%M:%S", true) +
                              " sluice-hook[" + std::to_string(getpid()) + "]: " + text;
  // Never waits: a log that does not drain is not the pusher's trouble.
  const ssize_t sent = sendto(socket.get(), message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (sent < 0) return SystemError("cannot write to syslog", errno);
  return Ok{};
}

Status ToFile(const std::string& text, const std::string& path) {
  const process::Descriptor file(
      open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640));
  const std::string line = text + "\n";
  if (!file || write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()))
    return SystemError("cannot write " + path, errno);
  return Ok{};
}

}  // namespace

std::string LogText(const LogLine& line, std::string_view time) {
  std::string out;
  Member(out, "time", time);
  Member(out, "repository", line.repository);
  Member(out, "project", line.project);
  Member(out, "user", line.user);
  Member(out, "mode", line.mode);
  Member(out, "verdict", line.verdict);
  out += ",\"rules\":[";
  for (const std::string& rule : line.rules) {
    if (out.back() != '[') out += ',';
    Quote(out, rule);
  }
  char milliseconds[32];
  std::snprintf(milliseconds, sizeof milliseconds, "%.1f", line.milliseconds);
  out += "],\"refs\":" + std::to_string(line.refs) + ",\"milliseconds\":" + milliseconds;
  if (!line.bypass.empty()) Member(out, "bypass", line.bypass);
  if (!line.reason.empty()) Member(out, "reason", line.reason);
  return out + "}";
}

Status WriteLog(const LogLine& line, const std::string& log) {
  if (log.empty()) return Ok{};
  const std::string text = LogText(line, Now("%Y-%m-%dT%H:%M:%SZ", false));
  return log == "syslog" ? ToSyslog(text) : ToFile(text, log);
}

}  // namespace sluice::hooks
