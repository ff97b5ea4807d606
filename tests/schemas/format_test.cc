// The formats, as Go reads them. The odd ones were tried on a real API server.
#include "schemas/format.h"

#include "tests/catch.h"

namespace sluice::schemas {
namespace {

struct Table {
  Format format;
  std::vector<std::string> bad;
  std::vector<std::string> good;
};

}  // namespace

TEST_CASE("each format refuses and takes what Go does") {
  const Table tables[] = {
      {Format::kQuantity,
       {"",    " ", "a",   "1GB", "1gi", "1 Gi",  "1,5", "0x10", "1.2.3",    "--1",
        "+-1", "e", "e5e", "1e",  "1e+", "1e1.5", "1mm", "1Mib", "Infinity", "1\n"},
       {"0",   "1",   "-1",  "+1", "1.5",  ".5",   "1.",  ".",  "-",   "500m",  "1Gi", "Gi",
        ".Gi", "1e3", "1E3", "1E", "1e-3", "1e+3", "12n", "3u", " 1 ", "100Ei", "1k"}},
      {Format::kGoDuration,
       {"", "1", "-", "1x", "1 h", "h", "1hh", ".s", "1.s.", "10000000000000000000h", "1d"},
       {"0", "+0", "1h", "1.5h", "-1h30m", ".5s", "1.s", "100ns", "2us", "2\u00b5s", "2\u03bcs", "1h1h"}},
      {Format::kTime,
       {"", "2026-01-01", "2026-01-01T00:00:00", "2026-1-01T00:00:00Z", "2026-01-01t00:00:00Z",
        "2026-01-01T00:00:00z", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+25:00", "2026-01-01 00:00:00Z",
        "2026-01-01T00:00:00ZZ"},
       {"2026-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "2026-01-01T00:00:00.123456789Z",
        "2026-01-01T00:00:00,5Z", "2026-01-01T5:00:00Z", "2026-01-01T00:00:00+01:00",
        "2026-01-01T00:00:00-24:60"}},
      {Format::kMicroTime,
       {"2026-01-01T00:00:00Z", "2026-01-01T00:00:00.123Z", "2026-01-01T00:00:00.1234567Z"},
       {"2026-01-01T00:00:00.123456Z", "2026-01-01T5:00:00.000000+01:00"}},
      {Format::kBytes,
       {"a", "YQ", "YQ=", "YQ===", "=", "Y=Q=", "YQ==YQ==", "a b=", "-_==", "ä"},
       {"", "YQ==", "YWI=", "YWJj", "YQ=\n=", "\nYQ==\r\n"}},
      {Format::kDateTime,
       {"", "2026", "2026-01-01", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "2026-02-30T00:00:00Z"},
       {"2026-01-01T00:00:00Z", "2026-01-01t00:00:00z", "2026-01-01T00:00:00.5+01:00",
        "2026-01-01T00:00:00+99:99"}},
      {Format::kDate,
       {"", "2026-1-1", "2026-02-30", "2026-01-01T", "01-01-2026"},
       {"2026-01-31", "2024-02-29"}},
      {Format::kDuration, {"", "5", "five days", "5 lightyears"}, {"1h", "5 days", "2 weeks", "3 min", "5d"}},
      {Format::kBase64, {"", "YQ", "YQ=\n="}, {"YQ==", "YWJj"}},
      {Format::kIpv4,
       {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "a.b.c.d", "1..2.3", "::1", "1.2.3.4 "},
       {"1.2.3.4", "001.2.3.4", "::ffff:1.2.3.4"}},
      {Format::kIpv6, {"", "1.2.3.4", ":::", "12345::", "::g"}, {"::", "::1", "fd00::1", "::ffff:1.2.3.4"}},
      {Format::kCidr,
       {"", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "/8"},
       {"10.0.0.0/8", "::/0", "10.1.2.3/32"}},
      {Format::kMac,
       {"", "01:23:45:67:89", "01:23:45:67:89:zz", "01-23:45:67:89:ab", "0123.4567", "01:23:45:67:89:ab:cd"},
       {"01:23:45:67:89:ab", "01-23-45-67-89-AB", "0123.4567.89ab", "01:23:45:67:89:ab:cd:ef"}},
      {Format::kUri,
       {"", "a", "a/b", "//a b/c", "http://a b/", "http://a:port/", "http://a/%zz", "1http://a", ":a", "a\n"},
       {"http://a", "https://a:8080/b?c=d#e", "/a/b", "urn:a:b", "mailto:a@b", "http://[::1]/",
        "http://u:p@h/%20"}},
      {Format::kEmail, {"", "a", "@a", "a@"}, {"a@b", "\"A B\" <a@b.c>"}},
      {Format::kHostname, {"", "-a", "a-", "a..b", "a_b", ".a"}, {"a", "a.b", "A-1.example.org", "1a"}},
      {Format::kUuid,
       {"", "0123", "01234567-89ab-cdef-0123-456789abcdeg", "01234567--89ab-cdef-0123-456789abcdef"},
       {"01234567-89ab-cdef-0123-456789abcdef", "0123456789ABCDEF0123456789ABCDEF"}},
      {Format::kUuid3, {"01234567-89ab-4def-8123-456789abcdef"}, {"01234567-89ab-3def-0123-456789abcdef"}},
      {Format::kUuid4,
       {"01234567-89ab-4def-0123-456789abcdef", "01234567-89ab-5def-8123-456789abcdef"},
       {"01234567-89ab-4def-8123-456789abcdef"}},
      {Format::kUuid5, {"01234567-89ab-4def-8123-456789abcdef"}, {"01234567-89ab-5def-b123-456789abcdef"}},
      {Format::kHexColor, {"", "#12", "#gggggg", "#1234567"}, {"#fff", "a0b0c0"}},
      {Format::kRgbColor,
       {"", "rgb", "rgb(1,2)", "rgb(1,2,256)", "rgb(1,2,3"},
       {"rgb(1,2,3)", "rgb(0, 128, 255)"}},
      {Format::kSsn, {"", "123456789", "123-45-678a", "12-345-6789"}, {"123-45-6789", "123 45 6789"}},
      {Format::kBsonObjectId, {"", "0123"}, {"0123456789abcdef01234567"}},
      {Format::kShortName, {"", "A", "a.b", "-a", std::string(64, 'a')}, {"a", "a-1", std::string(63, 'a')}},
      {Format::kLongName, {"", "A.b", "a..b", ".a"}, {"a.b", "a-1.b"}},
      {Format::kNone, {}, {"", "anything"}},
  };
  for (const Table& table : tables) {
    for (const std::string& text : table.bad) {
      CAPTURE(FormatName(table.format), text);
      CHECK_FALSE(FitsFormat(table.format, text));
    }
    for (const std::string& text : table.good) {
      CAPTURE(FormatName(table.format), text);
      CHECK(FitsFormat(table.format, text));
    }
  }
}

TEST_CASE("format names are those of the API server, hyphens left out") {
  CHECK(FormatFromName("date-time") == Format::kDateTime);
  CHECK(FormatFromName("datetime") == Format::kDateTime);
  CHECK(FormatFromName("byte") == Format::kBase64);
  CHECK(FormatFromName("k8s-short-name") == Format::kShortName);
  for (const char* unknown : {"", "-", "quantity", "string", "int-or-string", "Date-Time", "utime"}) {
    CAPTURE(unknown);
    CHECK(FormatFromName(unknown) == Format::kNone);
  }
  for (int i = 1; i <= static_cast<int>(Format::kLast); ++i) {
    CHECK(FormatFromToken(FormatName(static_cast<Format>(i))) == static_cast<Format>(i));
    CHECK_FALSE(FormatWords(static_cast<Format>(i)).empty());
  }
}

}  // namespace sluice::schemas
