// A file is the tag, the SHA-256 of the body, and the body, a line each but for
// the last: what a crash or another program left there is seen.
#include "cluster/answer_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/write_all.h"
#include "cluster/kubeconfig.h"
#include "crypto/digest.h"
#include "process/descriptor.h"

namespace sluice::cluster {
namespace {

constexpr std::size_t kMaxBody = 64u << 20;
constexpr std::size_t kMaxTag = 1024;

bool IsOurs(const std::string& directory) {
  struct stat status {};
  return lstat(directory.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
         (status.st_mode & 077) == 0;
}

// `directory` and the two above it, where they are missing.
bool MakeDirectory(const std::string& directory, int levels = 2) {
  if (mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST) return true;
  const std::size_t slash = directory.rfind('/');
  if (errno != ENOENT || levels == 0 || slash == directory.npos || slash == 0) return false;
  return MakeDirectory(directory.substr(0, slash), levels - 1) && mkdir(directory.c_str(), 0700) == 0;
}

std::string PlaceOf(const Access& access) {
  const net::TlsOptions& tls = access.tls;
  const std::string trust = tls.insecure_skip_verify ? "insecure" : tls.ca_pem;
  return crypto::Hex(crypto::DigestSha256(
      {access.server.Origin(), access.server.target, "\n", tls.server_name, "\n", trust}));
}

// The text up to the next line end, which is taken off as well.
std::string TakeLine(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  std::string line(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

}  // namespace

AnswerCache::AnswerCache(const std::string& directory, const Access& access) {
  if (directory.empty() || !MakeDirectory(directory) || !IsOurs(directory)) return;
  const std::string place = directory + "/" + PlaceOf(access);
  if (MakeDirectory(place, 0) && IsOurs(place)) directory_ = place;
}

std::optional<CachedAnswer> AnswerCache::Load(const std::string& name) const {
  if (directory_.empty()) return std::nullopt;
  const Result<std::string> bytes = ReadConfigurationFile(directory_ + "/" + name, kMaxBody + 2 * kMaxTag);
  if (!bytes) return std::nullopt;
  std::string_view rest = *bytes;
  CachedAnswer answer{TakeLine(rest), {}};
  const std::string digest = TakeLine(rest);
  if (answer.tag.empty() || crypto::Hex(crypto::DigestSha256(rest)) != digest) return std::nullopt;
  answer.body = rest;
  return answer;
}

void AnswerCache::Store(const std::string& name, const CachedAnswer& answer) const {
  const bool one_line = answer.tag.find('\n') == answer.tag.npos;
  if (directory_.empty() || answer.tag.empty() || answer.tag.size() > kMaxTag || !one_line) return;
  if (answer.body.size() > kMaxBody) return;
  std::string fresh = directory_ + "/." + name + ".XXXXXX";
  const process::Descriptor file(mkostemp(fresh.data(), O_CLOEXEC));  // with mode 0600
  if (!file) return;
  const std::string head = answer.tag + "\n" + crypto::Hex(crypto::DigestSha256(answer.body)) + "\n";
  const bool whole = WriteAll(file.get(), head) && WriteAll(file.get(), answer.body);
  if (!whole || rename(fresh.c_str(), (directory_ + "/" + name).c_str()) != 0) unlink(fresh.c_str());
}

}  // namespace sluice::cluster
