// A chart is in the cache once its list of digests is: that file comes last, by
// a rename. Reading takes the files of the list alone. Tested by
// tests/manifests/render/chart_cache_test.cc.
#include "manifests/render/chart_cache.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/file_tree.h"
#include "crypto/digest.h"

namespace sluice::manifests::render {
namespace {

constexpr std::size_t kMaxName = 100, kMaxVersion = 100, kMaxAddress = 150, kMaxEncoded = 250;
constexpr std::size_t kMaxList = 1u << 20, kMaxFile = 32u << 20;
constexpr std::size_t kDigits = 64;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlphanumeric(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsOneOf(char c, std::string_view more) { return IsAlphanumeric(c) || more.find(c) != more.npos; }

bool IsMadeOf(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [&](char c) { return IsOneOf(c, more); });
}

bool IsChartName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxName && IsAlphanumeric(name.front()) && IsMadeOf(name, "._-");
}

bool IsAddress(std::string_view address) {
  const std::size_t scheme = address.find("://");
  if (scheme == address.npos || address.size() > kMaxAddress) return false;
  const std::string_view name = address.substr(0, scheme), rest = address.substr(scheme + 3);
  if (name != "https" && name != "http" && name != "oci") return false;
  return !rest.empty() && IsAlphanumeric(rest.front()) && IsMadeOf(rest, "._-~/:+");
}

std::string_view WithoutSlashes(std::string_view address) {
  while (address.ends_with('/')) address.remove_suffix(1);
  return address;
}

std::string Encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = IsDigit(c) || (c >= 'a' && c <= 'z') || c == '-' || (c == '.' && !out.empty());
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Error Spoilt(const ChartSource& source, std::string_view what) {
  return Failed(
      fmt::format("{} in the chart cache {}: remove it there and fetch it again", CachePath(source), what));
}

// One line of the list: a digest, two blanks, a path below the list's directory.
struct Listed {
  std::string_view digest;
  RepoPath path;
};
Result<Listed> ReadLine(std::string_view line) {
  if (line.size() < kDigits + 3 || line.substr(kDigits, 2) != "  ") return Failed("malformed line");
  Result<RepoPath> path = RepoPath::Parse(line.substr(kDigits + 2));
  if (!path) return path.error();
  return Listed{line.substr(0, kDigits), std::move(*path)};
}

}  // namespace

bool IsExactVersion(std::string_view version) {
  if (version.empty() || version.size() > kMaxVersion) return false;
  if (version.front() == 'v') version.remove_prefix(1);
  for (int part = 0; part < 3; ++part) {
    const std::size_t digits = std::min(version.find_first_not_of("0123456789"), version.size());
    if (digits == 0) return false;
    version.remove_prefix(digits);
    if (part == 2) break;
    if (version.empty() || version.front() != '.') return false;
    version.remove_prefix(1);
  }
  return version.empty() || ((version.front() == '-' || version.front() == '+') && version.size() > 1 &&
                             IsMadeOf(version, ".-+"));
}

std::string WhyNotFetchable(const ChartSource& source) {
  if (!IsChartName(source.name)) return "the chart's name is none";
  if (!IsExactVersion(source.version))
    return fmt::format("version \"{}\" of chart {} is not an exact one, like 1.2.3: the cluster chooses",
                       source.version.substr(0, kMaxVersion), source.name);
  if (!IsAddress(source.repository) || Encoded(WithoutSlashes(source.repository)).size() > kMaxEncoded)
    return fmt::format(
        "the repository of chart {} is not an address like https://HOST/PATH or oci://HOST/PATH",
        source.name);
  return {};
}

std::string CachePath(const ChartSource& source) {
  return Encoded(WithoutSlashes(source.repository)) + "/" + source.name + "-" + source.version;
}

std::string FetchCommand(const ChartSource& source) {
  return fmt::format("sluice render fetch {} {} {}", WithoutSlashes(source.repository), source.name,
                     source.version);
}

Result<std::vector<ChartFile>> ReadCachedChart(const std::string& cache, const ChartSource& source) {
  if (const std::string why = WhyNotFetchable(source); !why.empty()) return Usage(why);
  const DirectoryTree tree(cache);
  const RepoPath root = *RepoPath::Parse(CachePath(source));
  const Result<std::string> list = tree.Read(*RepoPath::Parse(root.text() + ".sha256"), kMaxList);
  if (!list)
    return list.error().kind == ErrorKind::kNotFound ? NotFound("it is not in the cache") : list.error();

  std::vector<ChartFile> files;
  for (std::string_view rest = *list; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const Result<Listed> listed = ReadLine(line);
    const Result<RepoPath> path = listed ? root.Parent().Resolve(listed->path.text()) : listed.error();
    if (!path || !path->IsInside(root) || *path == root)
      return Spoilt(source, "has a malformed list of digests");
    Result<std::string> bytes = tree.Read(*path, kMaxFile);
    if (!bytes || crypto::Hex(crypto::DigestSha256(*bytes)) != listed->digest)
      return Spoilt(source, "is not what was fetched");
    files.push_back({*RepoPath::Parse(path->text().substr(root.text().size() + 1)), std::move(*bytes)});
  }
  return files;
}

}  // namespace sluice::manifests::render
