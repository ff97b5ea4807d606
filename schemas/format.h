// The textual formats that the API server reads, each as a pure predicate on
// bytes. Sources: apimachinery (resource.Quantity, metav1.Time), Go's time and
// net packages, kube-openapi's strfmt.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::schemas {

enum class Format : std::uint8_t {
  kNone,
  // Of Go types (Kubernetes' own kinds).
  kInt32,
  kInt64,
  kIntOrString,
  kQuantity,
  kTime,
  kMicroTime,
  kGoDuration,
  kBytes,
  kObjectMeta,  // the metadata of any object: continues in the built-in ObjectMeta
  // Of custom resources: what apiextensions-apiserver checks, as loosely as it does.
  kDateTime,
  kDate,
  kDuration,
  kBase64,
  kIpv4,
  kIpv6,
  kCidr,
  kMac,
  kUri,
  kEmail,
  kHostname,
  kUuid,
  kUuid3,
  kUuid4,
  kUuid5,
  kHexColor,
  kRgbColor,
  kSsn,
  kBsonObjectId,
  kShortName,
  kLongName,
  kFloat,
  kDouble,  // numbers; nothing to check
  kLast = kDouble,
};

// The name in our text form and in messages: "int32", "quantity", "RFC 3339 time".
std::string_view FormatName(Format format);
std::string_view FormatWords(Format format);
// The format of a schema's `format:` of a custom resource; kNone where the API
// server ignores it.
Format FormatFromName(std::string_view name);
// The format of a FormatName(); kNone where there is none.
Format FormatFromToken(std::string_view token);

// Does the text of a string fit? True for formats that say nothing of strings.
bool FitsFormat(Format format, std::string_view text);

bool IsQuantity(std::string_view text);
bool IsGoDuration(std::string_view text);
bool IsRfc3339(std::string_view text);
bool IsMicroTime(std::string_view text);  // RFC 3339 with exactly six digits of fraction
bool IsBase64(std::string_view text);     // as encoding/base64.StdEncoding decodes

}  // namespace sluice::schemas
