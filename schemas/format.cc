#include "schemas/format.h"

#include <algorithm>
#include <array>
#include <string>

#include "schemas/format_text.h"

// One table says all there is to say of a format. Test: tests/schemas/format_test.cc.

namespace sluice::schemas {
namespace {

bool Anything(std::string_view) { return true; }

struct FormatEntry {
  Format format;
  std::string_view token;  // in our text form
  std::string_view name;   // `format:` of a custom resource, hyphens left out; empty: of Go types alone
  std::string_view words;
  bool (*fits)(std::string_view);
};

constexpr std::array<FormatEntry, static_cast<std::size_t>(Format::kLast) + 1> kFormats{{
    {Format::kNone, "", "", "text", Anything},
    {Format::kInt32, "int32", "int32", "32-bit integer", Anything},
    {Format::kInt64, "int64", "int64", "64-bit integer", Anything},
    {Format::kIntOrString, "ios", "", "integer or string", Anything},
    {Format::kQuantity, "qty", "", "quantity such as 500m or 1Gi", IsQuantity},
    {Format::kTime, "time", "", "RFC 3339 time such as 2026-01-31T12:00:00Z", IsRfc3339},
    {Format::kMicroTime, "utime", "", "RFC 3339 time with six digits of fraction", IsMicroTime},
    {Format::kGoDuration, "gdur", "", "duration such as 1h30m", IsGoDuration},
    {Format::kBytes, "byte", "", "base64 text", IsBase64},
    {Format::kObjectMeta, "meta", "", "object metadata", Anything},
    {Format::kDateTime, "datetime", "datetime", "RFC 3339 time such as 2026-01-31T12:00:00Z",
     IsLooseDateTime},
    {Format::kDate, "date", "date", "date such as 2026-01-31", IsDate},
    {Format::kDuration, "dur", "duration", "duration such as 1h30m", IsLooseDuration},
    {Format::kBase64, "b64", "byte", "base64 text", IsPaddedBase64},
    {Format::kIpv4, "ipv4", "ipv4", "IPv4 address", IsIpv4},
    {Format::kIpv6, "ipv6", "ipv6", "IPv6 address", IsIpv6},
    {Format::kCidr, "cidr", "cidr", "network such as 10.0.0.0/8", IsCidr},
    {Format::kMac, "mac", "mac", "MAC address", IsMac},
    {Format::kUri, "uri", "uri", "URI", IsRequestUri},
    {Format::kEmail, "email", "email", "e-mail address", IsEmail},
    {Format::kHostname, "hostname", "hostname", "host name", IsHostname},
    {Format::kUuid, "uuid", "uuid", "UUID", IsUuid},
    {Format::kUuid3, "uuid3", "uuid3", "version 3 UUID", IsUuid3},
    {Format::kUuid4, "uuid4", "uuid4", "version 4 UUID", IsUuid4},
    {Format::kUuid5, "uuid5", "uuid5", "version 5 UUID", IsUuid5},
    {Format::kHexColor, "hexcolor", "hexcolor", "colour such as #a0b0c0", IsHexColor},
    {Format::kRgbColor, "rgbcolor", "rgbcolor", "colour such as rgb(1,2,3)", IsRgbColor},
    {Format::kSsn, "ssn", "ssn", "social security number", IsSsn},
    {Format::kBsonObjectId, "bson", "bsonobjectid", "object id of 24 hexadecimal digits", IsBsonObjectId},
    {Format::kShortName, "shortname", "k8sshortname", "DNS label", IsDnsLabel},
    {Format::kLongName, "longname", "k8slongname", "DNS name", IsDnsName},
    {Format::kFloat, "float", "float", "number", Anything},
    {Format::kDouble, "double", "double", "number", Anything},
}};

const FormatEntry& EntryOf(Format format) { return kFormats[static_cast<std::size_t>(format)]; }

}  // namespace

std::string_view FormatName(Format format) { return EntryOf(format).token; }
std::string_view FormatWords(Format format) { return EntryOf(format).words; }

Format FormatFromName(std::string_view name) {
  std::string plain;  // the API server's registry leaves hyphens out
  std::copy_if(name.begin(), name.end(), std::back_inserter(plain), [](char c) { return c != '-'; });
  const auto* entry = std::find_if(kFormats.begin(), kFormats.end(), [&](const FormatEntry& each) {
    return !each.name.empty() && each.name == plain;
  });
  return entry == kFormats.end() ? Format::kNone : entry->format;
}

Format FormatFromToken(std::string_view token) {
  const auto* entry = std::find_if(kFormats.begin(), kFormats.end(),
                                   [&](const FormatEntry& each) { return each.token == token; });
  return entry == kFormats.end() ? Format::kNone : entry->format;
}

bool FitsFormat(Format format, std::string_view text) { return EntryOf(format).fits(text); }

}  // namespace sluice::schemas
