// secret/url-password: SCHEME://USER:PASSWORD@HOST. What stands for a password
// (a placeholder, "password", the user's own name) is none.
#include <algorithm>
#include <array>
#include <string>

#include "policies/rules/credential_shapes.h"
#include "policies/rules/rules.h"

namespace sluice::policies {

constexpr Rule kUrlPasswordRule{
    .id = "secret/url-password",
    .title = "a password in a URL",
    .why =
        "Whoever can read the repository has the password, and URLs are written to logs by whatever opens "
        "them.",
    .remedy = "change the password, keep the new one in a Secret and put the URL together where it is used",
    .fails = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: web-settings
  namespace: shop
data:
  database: postgres://shop:)"
             R"(c0rrecth0rse@db.shop.svc:5432/shop
)",
    .passes = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: web-settings
  namespace: shop
data:
  database: postgres://shop:$(DB_PASSWORD)@db.shop.svc:5432/shop
)",
};

namespace {

constexpr std::size_t kUserBytes = 128;
constexpr std::size_t kPasswordBytes = 256;

// Lower case. What documentation writes where a password would stand.
constexpr std::array<std::string_view, 22> kNoPasswords = {
    "password", "passwd", "pass",     "pwd",     "secret", "mypassword",   "mypass", "mysecret",
    "changeme", "token",  "apikey",   "api_key", "key",    "user",         "test",   "admin",
    "root",     "guest",  "postgres", "foobar",  "bar",    "x-oauth-basic"};

// In the middle of one, too.
constexpr std::array<std::string_view, 7> kNoPasswordWords = {
    "example", "your", "xxxx", "redacted", "placeholder", "password", "changeme"};

// Characters that end a user or a password, and those that only placeholders have.
bool EndsPart(char c) {
  return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\'' || c == '`' || c == '/' || c == '?' ||
         c == '#' || c == '\\' || c == ',' || c == '|' || c == '<' || c == '>' || c == '{' || c == '}' ||
         c == '[' || c == ']' || c == '(' || c == ')';
}

// The part that begins at `at`, up to `stop`; npos where something else ends it.
std::size_t PartEnd(std::string_view bytes, std::size_t at, char stop, std::size_t limit) {
  const std::size_t end = std::min(bytes.size(), at + limit + 1);
  for (std::size_t i = at; i < end; ++i) {
    if (bytes[i] == stop) return i;
    if (EndsPart(bytes[i]) || bytes[i] == '@') return std::string_view::npos;
  }
  return std::string_view::npos;
}

bool IsScheme(char c) { return (SetsOf(c) & kWord) != 0; }

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

bool StandsForAPassword(std::string_view user, std::string_view password) {
  if (password.empty() || password == user) return true;
  if (password[0] == '$' || (password[0] == '%' && password.size() <= 3))
    return true;  // $PASSWORD, %s, %[1]s
  if (std::all_of(password.begin(), password.end(), [&](char c) { return c == password[0]; }))
    return true;  // ***
  const std::string lower = Lower(password);
  if (std::find(kNoPasswords.begin(), kNoPasswords.end(), lower) != kNoPasswords.end()) return true;
  return std::any_of(kNoPasswordWords.begin(), kNoPasswordWords.end(),
                     [&lower](std::string_view word) { return lower.find(word) != std::string::npos; });
}

// After the '@' stands a host; `image:tag@sha256:…` is none.
bool IsHost(std::string_view rest) {
  if (rest.empty() || rest.starts_with("sha256:") || rest.starts_with("sha512:")) return false;
  return (SetsOf(rest[0]) & kWord) != 0 || rest[0] == '[';
}

}  // namespace

bool CheckUrlPassword(std::string_view bytes, std::size_t at, const CredentialShape& shape,
                      CredentialMatch& match) {
  if (at == 0 || !IsScheme(bytes[at - 1])) return false;
  const std::size_t user = at + shape.anchor.size();
  const std::size_t colon = PartEnd(bytes, user, ':', kUserBytes);
  if (colon == std::string_view::npos) return false;
  const std::size_t end = PartEnd(bytes, colon + 1, '@', kPasswordBytes);
  if (end == std::string_view::npos || !IsHost(bytes.substr(end + 1))) return false;
  if (StandsForAPassword(bytes.substr(user, colon - user), bytes.substr(colon + 1, end - colon - 1))) {
    return false;
  }
  match = {.rule = &kUrlPasswordRule, .what = shape.what, .begin = user, .end = end};
  return true;
}

}  // namespace sluice::policies
