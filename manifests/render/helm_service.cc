// Each field is a length (32 bits, little endian) and bytes; files are two
// fields each, after their count; the flags are one field of letters. Tested by
// tests/manifests/render/helm_service_test.cc.
#include "manifests/render/helm_service.h"

#include <algorithm>
#include <utility>

namespace sluice::manifests::render {
namespace {

constexpr std::size_t kMaxShort = 4096;  // a path is the longest
constexpr std::size_t kMaxCount = std::max(ChartLimits::kFiles, ChartLimits::kApiVersions);
constexpr std::size_t kMaxLong = ChartLimits::kBytes;

void Put(std::string& out, std::string_view field) {
  for (int i = 0; i < 4; ++i) out += static_cast<char>(field.size() >> (8 * i) & 0xff);
  out += field;
}

// Reads fields until one does not fit; from then on everything is empty.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : rest_(bytes) {}

  std::string Field(std::size_t most) {
    std::size_t size = 0;
    if (rest_.size() < 4) return Fail();
    for (std::size_t i = 0; i < 4; ++i) size |= std::size_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
    if (size > most || size > rest_.size() - 4) return Fail();
    std::string field(rest_.substr(4, size));
    rest_.remove_prefix(4 + size);
    return field;
  }
  // A count, as decimal digits.
  std::size_t Count() {
    const std::string text = Field(4);
    std::size_t count = 0;
    for (const char c : text)
      count = c >= '0' && c <= '9' ? count * 10 + static_cast<std::size_t>(c - '0') : kMaxCount + 1;
    if (text.empty() || count > kMaxCount) Fail();
    return failed_ ? 0 : count;
  }
  std::string Fail() {
    failed_ = true;
    rest_ = {};
    return {};
  }
  bool AtEnd() const { return !failed_ && rest_.empty(); }
  bool failed() const { return failed_; }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

struct Flag {
  char letter;
  bool HelmRequest::*set;
};
constexpr Flag kFlags[] = {{'c', &HelmRequest::include_crds},
                           {'t', &HelmRequest::tests},
                           {'h', &HelmRequest::hooks},
                           {'u', &HelmRequest::upgrade},
                           {'s', &HelmRequest::schema}};

void ReadFlags(FieldReader& reader, HelmRequest& request) {
  const std::string letters = reader.Field(std::size(kFlags));
  for (const Flag& flag : kFlags) request.*flag.set = letters.find(flag.letter) != letters.npos;
  for (const char letter : letters)
    if (std::none_of(std::begin(kFlags), std::end(kFlags),
                     [&](const Flag& flag) { return flag.letter == letter; }))
      reader.Fail();
}

void ReadFiles(FieldReader& reader, HelmRequest& request) {
  const std::size_t count = reader.Count();
  for (std::size_t i = 0; i < count && !reader.failed(); ++i) {
    Result<RepoPath> path = RepoPath::Parse(reader.Field(kMaxShort));
    if (!path) return void(reader.Fail());
    request.chart.push_back({std::move(*path), reader.Field(kMaxLong)});
  }
}

}  // namespace

std::string Encode(const HelmRequest& request) {
  std::string out, letters;
  for (const std::string* field : {&request.release, &request.ns, &request.kube_version}) Put(out, *field);
  for (const Flag& flag : kFlags)
    if (request.*flag.set) letters += flag.letter;
  Put(out, letters);
  Put(out, request.values);
  Put(out, std::to_string(request.api_versions.size()));
  for (const std::string& version : request.api_versions) Put(out, version);
  Put(out, std::to_string(request.chart.size()));
  for (const ChartFile& file : request.chart) {
    Put(out, file.path.text());
    Put(out, file.bytes);
  }
  return out;
}

Result<HelmRequest> DecodeHelmRequest(std::string_view bytes) {
  FieldReader reader(bytes);
  HelmRequest request;
  for (std::string* field : {&request.release, &request.ns, &request.kube_version})
    *field = reader.Field(kMaxShort);
  ReadFlags(reader, request);
  request.values = reader.Field(kMaxLong);
  const std::size_t versions = reader.Count();
  for (std::size_t i = 0; i < versions && !reader.failed(); ++i)
    request.api_versions.push_back(reader.Field(kMaxShort));
  ReadFiles(reader, request);
  if (!reader.AtEnd()) return Failed("malformed request to helm");
  return request;
}

process::Service HelmService(std::string program, HelmLimits limits) {
  const auto serve = [program = std::move(program), limits](
                         std::string_view body, process::Deadline deadline) -> Result<std::string> {
    const Result<HelmRequest> request = DecodeHelmRequest(body);
    if (!request) return request.error();
    // A tenth of what is left is the judge's, to say what it could not do.
    const auto left = (deadline - std::chrono::steady_clock::now()) / 10 * 9;
    HelmLimits most = limits;
    most.wall = std::min(most.wall, std::chrono::duration_cast<std::chrono::milliseconds>(left));
    if (most.wall.count() <= 0) return LimitPassed("the deadline passed");
    return RunHelmTemplate(program, *request, most);
  };
  return {process::FrameKind::kRunHelm, serve};
}

RunHelm HelmThrough(const process::Broker& broker) {
  return [&broker](const HelmRequest& request) -> Result<std::string> {
    if (const std::string why = WhyRefused(request); !why.empty()) return Usage(why);
    return broker.Ask(process::FrameKind::kRunHelm, Encode(request));
  };
}

}  // namespace sluice::manifests::render
