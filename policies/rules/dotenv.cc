#include "policies/rules/dotenv.h"

namespace sluice::policies {
namespace {

std::string_view TrimLeft(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\f\v\r");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

std::string_view Unquote(std::string_view text) {
  const bool quoted = text.size() >= 2 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0];
  return quoted ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

bool SplitPair(std::string_view text, EnvLine& pair) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return false;
  pair.key = text.substr(0, equals);
  pair.value = Unquote(text.substr(equals + 1));
  return true;
}

std::vector<EnvLine> ParseEnvFile(std::string_view bytes) {
  std::vector<EnvLine> lines;
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  for (std::uint32_t number = 1; !bytes.empty(); ++number) {
    const auto end = bytes.find('\n');
    std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = TrimLeft(line);
    EnvLine pair{.line = number, .key = {}, .value = {}};
    if (!line.starts_with('#') && SplitPair(line, pair)) lines.push_back(pair);
  }
  return lines;
}

}  // namespace sluice::policies
