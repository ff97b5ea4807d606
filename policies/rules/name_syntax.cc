// The regular expressions of Kubernetes' name validation, written as loops:
// they run over every name and label of a push. Tested by name_test.cc against
// tables of what the API server takes and refuses.
#include "policies/rules/name_syntax.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string>

namespace sluice::policies {
namespace {

constexpr std::size_t kLabelBytes = 63;
constexpr std::size_t kSubdomainBytes = 253;

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLowerAlnum(char c) { return IsLower(c) || IsDigit(c); }
bool IsAlnum(char c) { return IsLowerAlnum(c) || (c >= 'A' && c <= 'Z'); }

// [A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?, of label values and of the name part of a key.
std::string_view NamePartProblem(std::string_view text) {
  if (text.size() > kLabelBytes) return "is longer than 63 characters";
  for (const char c : text) {
    if (!IsAlnum(c) && c != '-' && c != '_' && c != '.') {
      return "has a character other than letters, digits, '-', '_' and '.'";
    }
  }
  if (!IsAlnum(text.front()) || !IsAlnum(text.back())) return "does not begin and end with a letter or digit";
  return {};
}

}  // namespace

std::string_view DnsLabelProblem(std::string_view text) {
  if (text.empty()) return "is empty";
  if (text.size() > kLabelBytes) return "is longer than 63 characters";
  for (const char c : text) {
    if (!IsLowerAlnum(c) && c != '-') return "has a character other than a-z, 0-9 and '-'";
  }
  if (text.front() == '-' || text.back() == '-') return "does not begin and end with a letter or digit";
  return {};
}

std::string_view DnsLabel1035Problem(std::string_view text) {
  if (const std::string_view problem = DnsLabelProblem(text); !problem.empty()) return problem;
  return IsLower(text.front()) ? std::string_view() : "does not begin with a letter";
}

std::string_view DnsSubdomainProblem(std::string_view text) {
  if (text.empty()) return "is empty";
  if (text.size() > kSubdomainBytes) return "is longer than 253 characters";
  char before = '.';  // as if a label had just ended
  for (const char c : text) {
    if (!IsLowerAlnum(c) && c != '-' && c != '.') return "has a character other than a-z, 0-9, '-' and '.'";
    const bool edge = c == '.' || before == '.';
    if (edge && !IsLowerAlnum(c == '.' ? before : c)) {
      return "has a part that does not begin and end with a letter or digit";
    }
    before = c;
  }
  return IsLowerAlnum(before) ? std::string_view() : "does not end with a letter or digit";
}

std::string_view PathSegmentProblem(std::string_view text) {
  if (text.empty()) return "is empty";
  if (text == "." || text == "..") return "is a name of a directory";
  if (text.find_first_of("/%") != std::string_view::npos) return "has a '/' or '%'";
  return {};
}

std::string_view ConfigKeyProblem(std::string_view text) {
  if (text.empty()) return "is empty";
  if (text.size() > kSubdomainBytes) return "is longer than 253 characters";
  const bool fits = std::all_of(text.begin(), text.end(),
                                [](char c) { return IsAlnum(c) || c == '-' || c == '_' || c == '.'; });
  if (!fits) return "has a character other than letters, digits, '-', '_' and '.'";
  if (text == "." || text.starts_with("..")) return "is a name of a directory, or begins with '..'";
  return {};
}

std::string_view AddressProblem(std::string_view text) {
  const std::string address(text);
  const int family = address.find(':') == std::string::npos ? AF_INET : AF_INET6;
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (address.find('\0') != std::string::npos || inet_pton(family, address.c_str(), bytes.data()) != 1) {
    return "is not an IP address";
  }
  std::array<char, INET6_ADDRSTRLEN> canonical{};
  inet_ntop(family, bytes.data(), canonical.data(), canonical.size());
  const bool mapped = address.starts_with("::ffff:");  // Go prints these as IPv4
  return address == canonical.data() && !mapped ? std::string_view()
                                                : "is not the canonical form of its IP address";
}

std::string_view QualifiedNameProblem(std::string_view text) {
  if (text.empty()) return "is empty";
  std::string_view name = text;
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    name = text.substr(slash + 1);
    if (name.find('/') != std::string_view::npos) return "has more than one '/'";
    if (!DnsSubdomainProblem(text.substr(0, slash)).empty()) {
      return "has a prefix that is not a DNS subdomain";
    }
    if (name.empty()) return "has no name after its prefix";
  }
  return NamePartProblem(name);
}

std::string_view LabelValueProblem(std::string_view text) {
  return text.empty() ? std::string_view() : NamePartProblem(text);
}

}  // namespace sluice::policies
