#include "cluster/credentials.h"

#include <algorithm>

#include "crypto/base64.h"

namespace sluice::cluster {
namespace {

constexpr std::size_t kMaxToken = 64u << 10;
constexpr auto kTokenPeriod = std::chrono::minutes(1);
constexpr auto kLeeway = std::chrono::seconds(10);  // a token that ends now is not sent

std::string Trimmed(const std::string& text) {
  constexpr const char* kWhite = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kWhite);
  return begin == text.npos ? std::string() : text.substr(begin, text.find_last_not_of(kWhite) - begin + 1);
}

}  // namespace

Status Credentials::ReadTokenFile(Now now) {
  Result<std::string> bytes = ReadConfigurationFile(access_.token_file, kMaxToken);
  std::string token = bytes ? Trimmed(*bytes) : std::string();
  if (token.empty() && access_.token.empty() && token_.empty())
    return bytes ? Error{ErrorKind::kConfiguration, "holds no token", access_.token_file, {}} : bytes.error();
  if (token.empty()) token = token_.empty() ? access_.token : token_;  // the last one may still be good
  token_ = std::move(token);
  until_ = now + kTokenPeriod;
  return Ok{};
}

Status Credentials::RunPlugin(Now now, Deadline end) {
  ExecOptions options = options_;
  if (end != Deadline::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    options.deadline = std::clamp(left, std::chrono::milliseconds(1), options.deadline);
  }
  Result<ExecCredential> given = RunExecPlugin(access_, options);
  if (!given) return given.error();
  if (given->expires && *given->expires <= now)
    return Failed("the exec plugin \"" + access_.exec->command + "\" gave credentials that are expired");
  given_ = std::move(*given);
  token_ = given_.token;
  until_ = given_.expires ? *given_.expires - kLeeway : Now::max();
  return Ok{};
}

Status Credentials::Refresh(Now now, Deadline end) {
  if (fresh_ && now < until_) return Ok{};
  until_ = Now::max();
  token_ = access_.token_file.empty() ? access_.token : token_;
  Status done = Ok{};
  if (access_.exec) done = RunPlugin(now, end);
  if (!access_.exec && !access_.token_file.empty()) done = ReadTokenFile(now);
  fresh_ = static_cast<bool>(done);
  ++refresh_;
  return done;
}

Result<Presented> Credentials::Present(Now now, Deadline end) {
  const std::unique_lock lock(mutex_, end);
  if (!lock) return LimitPassed("the time was over while an exec plugin was asked for credentials");
  if (Status done = Refresh(now, end); !done) return done.error();
  Presented presented{ImpersonationHeaders(access_.as), given_.certificate_pem, given_.key_pem, refresh_};
  if (!token_.empty()) {
    presented.headers.push_back({"Authorization", "Bearer " + token_});
  } else if (!access_.username.empty() || !access_.password.empty()) {
    presented.headers.push_back(
        {"Authorization", "Basic " + crypto::ToBase64(access_.username + ":" + access_.password)});
  }
  for (const net::Header& header : presented.headers)
    if (!net::IsHeaderValue(header.value) || !net::IsToken(header.name))
      return Error{ErrorKind::kConfiguration,
                   "the credentials of the context \"" + access_.context +
                       "\" hold a line end or another byte that no header may",
                   {},
                   {}};
  return presented;
}

bool Credentials::Refused(const Presented& presented) {
  if (!access_.exec && access_.token_file.empty()) return false;
  const std::lock_guard lock(mutex_);
  if (presented.refresh == refresh_) fresh_ = false;
  return true;
}

}  // namespace sluice::cluster
