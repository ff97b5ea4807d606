// The first look at a file's bytes, before any parser sees them: what no two
// readers agree on never reaches one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/range.h"
#include "base/rule.h"

namespace sluice::manifests {

// Why a text cannot be read: becomes one finding.
struct Problem {
  const Rule* rule = nullptr;
  Range range;
  std::string message;
};

struct ByteScan {
  std::optional<Problem> problem;         // not text that every reader reads alike
  std::optional<Problem> separator;       // a "---" line that kubectl and YAML read differently; not for JSON
  std::vector<std::uint32_t> separators;  // lines where kubectl cuts the stream
  bool ascii = true;                      // holds no byte above 0x7F
  bool carriage_return = false;           // some line ends with CR LF
  bool hidden = false;                    // holds bidirectional or invisible characters
  bool backslash = false;                 // holds a backslash, perhaps of an escape
  bool code_escape = false;               // holds "\\x", "\\u" or "\\U"
  bool lone_tag = false;                  // holds a '!' with a blank behind it
};

// One pass, no allocation but for the separators, at most `limit` of them are
// kept plus one.
ByteScan ScanBytes(std::string_view bytes, std::size_t limit);

// True where kubectl would read the file as JSON: the first of its first 4,096
// bytes that is no white space is '{' (apimachinery, util/yaml/decoder.go).
bool LooksLikeJson(std::string_view bytes);

// The bytes of UTF-8's byte order mark, which may stand at the very beginning.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace sluice::manifests
