// What names, keys and label values may look like, as
// k8s.io/apimachinery/pkg/util/validation and .../api/validation/path decide.
// Each function gives what is wrong with `text`, or an empty view.
#pragma once

#include <string_view>

namespace sluice::policies {

std::string_view DnsLabelProblem(std::string_view text);       // RFC 1123, 63 characters
std::string_view DnsLabel1035Problem(std::string_view text);   // begins with a letter
std::string_view DnsSubdomainProblem(std::string_view text);   // labels and dots, 253 characters
std::string_view PathSegmentProblem(std::string_view text);    // anything that fits in a URL path
std::string_view ConfigKeyProblem(std::string_view text);      // IsConfigMapKey
std::string_view AddressProblem(std::string_view text);        // an IP address in its canonical form
std::string_view QualifiedNameProblem(std::string_view text);  // [subdomain/]name, of labels and annotations
std::string_view LabelValueProblem(std::string_view text);

}  // namespace sluice::policies
