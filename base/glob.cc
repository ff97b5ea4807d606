// Path globs, by the two-pointer method: `**` matches any run of characters,
// `*` and `?` stop at '/'. No recursion; the work is bounded by the product of
// the two lengths. Tested by tests/base/glob_test.cc.
#include "base/glob.h"

#include <cstddef>
#include <vector>

namespace sluice {
namespace {

struct Token {
  enum Kind : unsigned char { kLiteral, kAny, kPart, kPath } kind;
  char literal = 0;
};

// "**/" also matches nothing, so that "**/x" finds "x" at the top.
std::vector<Token> Tokens(std::string_view glob) {
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < glob.size(); ++i) {
    if (glob.substr(i, 2) == "**") {
      tokens.push_back({Token::kPath, glob.substr(i, 3) == "**/" ? '/' : '\0'});
      i += glob.substr(i, 3) == "**/" ? 2 : 1;
    } else if (glob[i] == '*') {
      tokens.push_back({Token::kPart});
    } else if (glob[i] == '?') {
      tokens.push_back({Token::kAny});
    } else {
      tokens.push_back({Token::kLiteral, glob[i]});
    }
  }
  return tokens;
}

}  // namespace

bool GlobMatches(std::string_view glob, std::string_view path) {
  const std::vector<Token> tokens = Tokens(glob);
  std::vector<char> reachable(path.size() + 1, 0);  // prefixes of `path` that the tokens so far match
  reachable[0] = 1;
  for (const Token& token : tokens) {
    std::vector<char> next(path.size() + 1, 0);
    bool running = false;  // a star that began at or before this place
    for (std::size_t i = 0; i <= path.size(); ++i) {
      const bool at_part = i == 0 || path[i - 1] == '/';
      switch (token.kind) {
        case Token::kLiteral:
          if (i > 0 && reachable[i - 1] && path[i - 1] == token.literal) next[i] = 1;
          break;
        case Token::kAny:
          if (i > 0 && reachable[i - 1] && path[i - 1] != '/') next[i] = 1;
          break;
        case Token::kPart:
          if (i > 0 && path[i - 1] == '/') running = false;
          running = running || reachable[i];
          next[i] = running;
          break;
        case Token::kPath:
          next[i] = reachable[i] || (running && (token.literal == 0 || at_part));
          running = running || reachable[i];
          break;
      }
    }
    reachable = std::move(next);
  }
  return reachable[path.size()] != 0;
}

}  // namespace sluice
