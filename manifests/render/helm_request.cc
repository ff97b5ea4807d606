// What helm may be asked, checked where the request is made and again where helm
// is started. Names by Helm's own patterns (pkg/chart/v2/util/validate_name.go):
// none can begin with a dash, none can leave a directory.
#include <algorithm>
#include <set>

#include "manifests/render/helm.h"

namespace sluice::manifests::render {
namespace {

constexpr std::size_t kMaxReleaseName = 53, kMaxNamespace = 63;  // Helm's and Kubernetes'
constexpr std::size_t kMaxApiVersion = 256;

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlphanumeric(char c) { return IsLower(c) || IsDigit(c); }

bool IsLabel(std::string_view text) {
  return !text.empty() && IsAlphanumeric(text.front()) && IsAlphanumeric(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return IsAlphanumeric(c) || c == '-'; });
}

// Labels with points between them.
bool IsReleaseName(std::string_view text) {
  if (text.size() > kMaxReleaseName) return false;
  for (;;) {
    const std::size_t point = text.find('.');
    if (!IsLabel(text.substr(0, point))) return false;
    if (point == text.npos) return true;
    text.remove_prefix(point + 1);
  }
}

// "1.34", "v1.34.2"; empty is helm's own.
bool IsKubeVersion(std::string_view text) {
  if (text.empty()) return true;
  if (text.front() == 'v') text.remove_prefix(1);
  return text.size() <= 20 && !text.empty() && IsDigit(text.front()) && IsDigit(text.back()) &&
         text.find("..") == text.npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return IsDigit(c) || c == '.'; });
}

std::string WhyNotThisChart(const std::vector<ChartFile>& chart) {
  if (chart.size() > ChartLimits::kFiles)
    return "the chart has more than " + std::to_string(ChartLimits::kFiles) + " files";
  std::size_t bytes = 0;
  std::set<std::string_view> paths;
  for (const ChartFile& file : chart) {
    bytes += file.bytes.size();
    if (file.path.IsRoot() || !paths.insert(file.path.text()).second)
      return "the chart has two files of one name";
  }
  if (bytes > ChartLimits::kBytes) return "the chart is larger than 32 MiB";
  return paths.count("Chart.yaml") == 0 ? "the chart has no Chart.yaml" : "";
}

}  // namespace

bool IsApiVersion(std::string_view text) {
  const auto fits = [](char c) {
    return IsAlphanumeric(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '/';
  };
  return !text.empty() && text.size() <= kMaxApiVersion && IsAlphanumeric(text.front()) &&
         std::all_of(text.begin(), text.end(), fits);
}

std::string WhyRefused(const HelmRequest& request) {
  if (!IsReleaseName(request.release))
    return "the release's name must be lower case letters, digits, \"-\" and \".\", at most 53";
  if (request.ns.size() > kMaxNamespace || !IsLabel(request.ns))
    return "the release's namespace must be lower case letters, digits and \"-\", at most 63";
  if (!IsKubeVersion(request.kube_version)) return "the version of Kubernetes must be like 1.34";
  if (request.api_versions.size() > ChartLimits::kApiVersions ||
      !std::all_of(request.api_versions.begin(), request.api_versions.end(), IsApiVersion))
    return "an API version must be like example.com/v1/Widget";
  if (request.values.size() > ChartLimits::kValuesBytes) return "the values are larger than 4 MiB";
  return WhyNotThisChart(request.chart);
}

}  // namespace sluice::manifests::render
