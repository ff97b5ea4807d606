// Predicates of the formats of custom resources, as loose as kube-openapi's
// strfmt and the Go functions under it. Used by format.cc alone.
#pragma once

#include <string_view>

namespace sluice::schemas {

bool IsLooseDateTime(std::string_view text);
bool IsDate(std::string_view text);
bool IsLooseDuration(std::string_view text);  // Go's, or "2 days" as Scala writes it
bool IsPaddedBase64(std::string_view text);   // at least one group, no line ends

bool IsIpv4(std::string_view text);  // also IPv6 with an IPv4 tail: any address with a dot
bool IsIpv6(std::string_view text);
bool IsCidr(std::string_view text);
bool IsMac(std::string_view text);
bool IsRequestUri(std::string_view text);
bool IsEmail(std::string_view text);
bool IsHostname(std::string_view text);

bool IsUuid(std::string_view text);
bool IsUuid3(std::string_view text);
bool IsUuid4(std::string_view text);
bool IsUuid5(std::string_view text);
bool IsHexColor(std::string_view text);
bool IsRgbColor(std::string_view text);
bool IsSsn(std::string_view text);
bool IsBsonObjectId(std::string_view text);
bool IsDnsLabel(std::string_view text);
bool IsDnsName(std::string_view text);

}  // namespace sluice::schemas
