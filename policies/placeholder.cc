// Placeholders are told by their first and last characters and by the
// characters that may stand between, all in one table. The invariant: nothing
// that carries a value of its own passes (a default after `:=`, a text in a
// template action that is no argument of what fetches, a second placeholder
// glued on with text between).
// Tested by placeholder_test.cc.
#include "policies/placeholder.h"

#include <algorithm>
#include <array>
#include <vector>

namespace sluice::policies {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWord(char c) { return IsLetter(c) || IsDigit(c) || c == '_'; }
bool IsPathCharacter(char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\'' && c != '<' && c != '>'; }

template <class Predicate>
bool All(std::string_view text, Predicate holds) {
  return !text.empty() && std::all_of(text.begin(), text.end(), holds);
}

std::string_view Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool IsVariable(std::string_view inner) {
  return All(inner, [](char c) { return IsWord(c) || c == '.' || c == '-'; }) && !IsDigit(inner[0]);
}

// `NAME`, or `NAME` with an empty default: `NAME:=`, `NAME:-`. Flux reads more
// operators (bash's), each of which brings text of its own.
bool IsShellVariable(std::string_view inner) {
  for (const std::string_view empty_default : {":=", ":-", "=", "-"}) {
    if (inner.ends_with(empty_default)) {
      return IsVariable(inner.substr(0, inner.size() - empty_default.size()));
    }
  }
  return IsVariable(inner);
}

// Functions of templates that fetch a value, so that texts among their
// arguments are names, keys or a message.
constexpr std::array<std::string_view, 9> kFetching = {
    "index", "get", "lookup", "required", "include", "template", "env", ".Files.Get", "$.Files.Get"};
constexpr std::size_t kShortNumber = 4;  // an index or a length; longer ones may be a value

// Reads the words of one template action. A call begins at the head, behind
// '(' and behind '|'; its first word is the function.
class ActionReader {
 public:
  explicit ActionReader(std::string_view text) : text_(text) {}

  // False where some text or number in it may be the value itself.
  bool IsHarmless() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '`' || c == '\'') {
        if (!Literal(c)) return false;
      } else if (c == '(') {
        calls_.emplace_back();
        ++at_;
      } else if (c == ')') {
        if (calls_.size() > 1) calls_.pop_back();
        ++at_;
      } else if (c == '|') {
        calls_.back() = {};
        ++at_;
      } else if (IsBlank(c)) {
        ++at_;
      } else if (!Word()) {
        return false;
      }
    }
    return true;
  }

 private:
  static bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ','; }
  static bool EndsWord(char c) {
    return IsBlank(c) || c == '(' || c == ')' || c == '|' || c == '"' || c == '`' || c == '\'';
  }

  bool Literal(char quote) {
    const std::size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != quote) at_ += text_[at_] == '\\' && quote != '`' ? 2 : 1;
    if (at_ >= text_.size()) return false;
    const bool empty = at_++ == begin;
    return empty || std::find(kFetching.begin(), kFetching.end(), calls_.back()) != kFetching.end();
  }

  bool Word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && !EndsWord(text_[at_])) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (calls_.back().empty()) calls_.back() = word;
    return !IsDigit(word[word[0] == '-' && word.size() > 1 ? 1 : 0]) || word.size() <= kShortNumber;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string_view> calls_ = {{}};  // functions of the open calls, innermost last
};

// One template action that fetches its value.
bool IsTemplateAction(std::string_view inner) {
  inner = Trim(inner);
  if (inner.starts_with('-')) inner = Trim(inner.substr(1));
  if (inner.empty() || !(IsLetter(inner[0]) || inner[0] == '.' || inner[0] == '$' || inner[0] == '(')) {
    return false;
  }
  if (inner.find("}}") != std::string_view::npos || inner.find("{{") != std::string_view::npos) return false;
  return ActionReader(inner).IsHarmless();
}

bool IsAngle(std::string_view inner) {
  return All(inner, [](char c) { return c >= ' ' && c < 0x7f && c != '<' && c != '>'; });
}
// Vaults and items of 1Password have names with spaces.
bool IsVaultPath(std::string_view rest) {
  return All(rest, [](char c) { return c == ' ' || IsPathCharacter(c); }) &&
         rest.find('/') != std::string_view::npos;
}
bool IsReference(std::string_view rest) { return All(rest, IsPathCharacter); }
bool IsKeyedReference(std::string_view rest) {
  return IsReference(rest) && rest.find('#') != std::string_view::npos;
}
bool IsSchemeReference(std::string_view rest) {
  return IsReference(rest) && rest.find("://") != std::string_view::npos;
}

struct Placeholder {
  std::string_view begin;
  std::string_view end;
  bool (*inner)(std::string_view);  // of what stands between
};

constexpr std::array kPlaceholders = {
    Placeholder{"${", "}", IsShellVariable},           // Flux postBuild, envsubst
    Placeholder{"$(", ")", IsVariable},                // kustomize vars, Kubernetes env
    Placeholder{"#{", "}#", IsVariable},               // Azure DevOps token replacement
    Placeholder{"#{", "}", IsVariable},                // Octopus Deploy
    Placeholder{"<", ">", IsAngle},                    // argocd-vault-plugin: <path:…>, <key>
    Placeholder{"{{", "}}", IsTemplateAction},         // Helm, External Secrets, Argo Workflows
    Placeholder{"op://", "", IsVaultPath},             // 1Password
    Placeholder{"ref+", "", IsSchemeReference},        // vals
    Placeholder{"secretref+", "", IsSchemeReference},  // vals, in helmfile
    Placeholder{"secretref:", "", IsReference},
    Placeholder{"vault:", "", IsKeyedReference},  // bank-vaults: vault:path#key
    Placeholder{">>vault:", "", IsKeyedReference},
    Placeholder{"berglas://", "", IsReference},
    Placeholder{"sm://", "", IsReference},      // berglas on Google Secret Manager
    Placeholder{"keeper://", "", IsReference},  // Keeper Secrets Manager
    Placeholder{"arn:aws:secretsmanager:", "", IsReference},
};

}  // namespace

bool IsPlaceholder(std::string_view text) {
  text = Trim(text);
  if (text.empty()) return false;
  return std::any_of(kPlaceholders.begin(), kPlaceholders.end(), [text](const Placeholder& p) {
    if (text.front() != p.begin.front() || text.size() <= p.begin.size() + p.end.size()) return false;
    if (!text.starts_with(p.begin) || !text.ends_with(p.end)) return false;
    return p.inner(text.substr(p.begin.size(), text.size() - p.begin.size() - p.end.size()));
  });
}

bool HoldsPlaceholder(std::string_view text) {
  const auto dollar = text.find("${");
  if (dollar != std::string_view::npos && text.find('}', dollar) != std::string_view::npos) return true;
  const auto braces = text.find("{{");
  return (braces != std::string_view::npos && text.find("}}", braces) != std::string_view::npos) ||
         IsPlaceholder(text);
}

bool IsSopsValue(std::string_view text) {
  if (!text.starts_with("ENC[AES256_GCM,data:") || !text.ends_with("]")) return false;
  std::size_t at = 0;
  for (const std::string_view part : {",iv:", ",tag:", ",type:"}) {
    at = text.find(part, at);
    if (at == std::string_view::npos) return false;
    at += part.size();
  }
  return text.find(']') == text.size() - 1;
}

}  // namespace sluice::policies
