// The expressions of envsubst, read and worked out in one pass over the text.
// The reader takes exactly what the Go scanner takes, oddities included: blanks
// belong to arguments, "//" and longer may divide a pattern from what replaces
// it, ${A-x} without a colon is an error. Tested by
// tests/manifests/render/envsubst_test.cc, whose table the Go module confirms
// (tests/oracles/envsubst).
#include "manifests/render/envsubst.h"

#include <array>
#include <vector>

#include "manifests/render/expansion.h"
#include "manifests/utf8.h"

namespace sluice::manifests::render {
namespace {

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

constexpr const char* kOpen = "no } closes this ${";

struct Value {
  std::string text;
  bool known = true;
};

// The arguments that an operator takes: where each ends, and whether "$$", "\/"
// and "\\" are escapes in it.
struct ArgumentForm {
  std::string_view ends;
  bool escapes = false;
};
constexpr ArgumentForm kWord = {"}"};
constexpr ArgumentForm kOffset = {":}"};
constexpr ArgumentForm kPattern = {"/", true};
constexpr ArgumentForm kReplacement = {"}", true};

class Reader {
 public:
  Reader(std::string_view text, const LookUp& look_up, const EnvsubstOptions& options)
      : text_(text), look_up_(look_up), options_(options), budget_{options.most_bytes, options.most_steps} {}

  EnvsubstResult Run();

 private:
  using Arguments = std::vector<Value>;

  bool Opens() const { return text_.substr(at_, 2) == "${"; }
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool Take(char c) { return Peek() == c && c != '\0' ? (++at_, true) : false; }
  bool Fail(std::string problem);
  bool Append(std::string_view piece);

  bool Expression(Value& value);
  bool Length(Value& value);
  bool Name(std::string& name);
  bool Operator(std::string& name, Arguments& arguments);
  bool Default(std::string& name, Arguments& arguments);
  bool Substring(std::string& name, Arguments& arguments);
  bool Replace(std::string& name, Arguments& arguments);
  bool Remove(std::string& name, Arguments& arguments);
  bool Argument(const ArgumentForm& form, Arguments& arguments);
  bool Word(const ArgumentForm& form, std::string& word);
  bool Close();
  bool Evaluate(const std::string& variable, std::string_view name, const Arguments& arguments, Value& value);
  // One or two of `first`, then of `second`.
  void TakeOperator(std::string_view first, std::string_view second, std::string& name);

  std::string_view text_;
  const LookUp& look_up_;
  const EnvsubstOptions& options_;
  ExpansionBudget budget_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t expression_ = 0;  // where the outermost open one begins
  EnvsubstResult result_;
};

bool Reader::Fail(std::string problem) {
  result_.problem = std::move(problem);
  result_.begin = expression_;
  return false;
}

bool Reader::Append(std::string_view piece) {
  if (result_.text.size() + piece.size() > options_.most_bytes) {
    return Fail("the text is longer than " + std::to_string(options_.most_bytes) +
                " bytes after the variables are put in");
  }
  result_.text += piece;
  return true;
}

EnvsubstResult Reader::Run() {
  while (at_ < text_.size()) {
    const std::size_t dollar = std::min(text_.find('$', at_), text_.size());
    if (!Append(text_.substr(at_, dollar - at_))) break;
    at_ = dollar;
    expression_ = at_;
    if (Opens()) {
      at_ += 2;
      Value value;
      if (!Expression(value)) break;
      result_.unknown |= !value.known;
      if (!Append(value.known ? value.text : text_.substr(expression_, at_ - expression_))) break;
    } else if (at_ < text_.size()) {
      at_ += text_.substr(at_, 2) == "$$" ? 2 : 1;
      if (!Append("$")) break;
    }
  }
  result_.steps = options_.most_steps - budget_.steps;
  return std::move(result_);
}

// After "${", up to and with the "}" that closes it.
bool Reader::Expression(Value& value) {
  if (++depth_ > options_.depth) {
    return Fail("more than " + std::to_string(options_.depth) + " expressions inside each other");
  }
  bool good = false;
  if (Take('#')) {
    good = Length(value);
  } else {
    std::string variable, name;
    Arguments arguments;
    good = Name(variable) && Operator(name, arguments) && Evaluate(variable, name, arguments, value);
  }
  --depth_;
  return good;
}

bool Reader::Length(Value& value) {
  std::string variable;
  return Name(variable) && Close() && Evaluate(variable, "#", {}, value);
}

bool Reader::Name(std::string& name) {
  while (IsNameByte(Peek())) name += text_[at_++];
  if (static_cast<unsigned char>(Peek()) >= 0x80) {
    return Fail("a variable with other than ASCII letters in its name");
  }
  if (!name.empty()) return true;
  return at_ >= text_.size() ? Fail(kOpen) : Fail("no name of a variable after ${");
}

bool Reader::Close() {
  if (Take('}')) return true;
  if (at_ >= text_.size()) return Fail(kOpen);
  return Fail("bad substitution: } must follow here");
}

bool Reader::Operator(std::string& name, Arguments& arguments) {
  switch (Peek()) {
    case ':': {
      const std::string_view next = text_.substr(at_ + 1, 1);
      const bool is_default =
          !next.empty() && std::string_view("=-?+").find(next[0]) != std::string_view::npos;
      return is_default ? Default(name, arguments) : Substring(name, arguments);
    }
    case '=':
      return Default(name, arguments);
    case ',':
    case '^':
      TakeOperator(",^", ",^", name);
      return Close();
    case '/':
      return Replace(name, arguments);
    case '#':
    case '%':
      return Remove(name, arguments);
    default:
      return Close();
  }
}

void Reader::TakeOperator(std::string_view first, std::string_view second, std::string& name) {
  for (const std::string_view set : {first, second}) {
    if (at_ >= text_.size() || set.find(text_[at_]) == std::string_view::npos) return;
    name += text_[at_++];
  }
}

// ${A:-…} and ${A=…}: any number of words and expressions, joined.
bool Reader::Default(std::string& name, Arguments& arguments) {
  TakeOperator(":=", name.empty() && Peek() == ':' ? "=-?+" : "", name);
  while (Peek() != '}') {
    if (!Argument(kWord, arguments)) return false;
  }
  return Close();
}

bool Reader::Substring(std::string& name, Arguments& arguments) {
  name += text_[at_++];
  // Go's scanner steps back too far over a longer character and finds no ":".
  if (at_ < text_.size() && DecodeUtf8(text_, at_).size > 1)
    return Fail("bad substitution: no number after :");
  if (!Argument(kOffset, arguments)) return false;
  if (Peek() != ':') return Close();
  while (Take(':')) {
  }
  return Argument(kWord, arguments) && Close();
}

bool Reader::Replace(std::string& name, Arguments& arguments) {
  TakeOperator("/", "/#%", name);
  if (!Argument(kPattern, arguments)) return false;
  if (at_ >= text_.size()) return Fail(kOpen);
  if (Peek() != '/') return Fail("bad substitution: no / after the pattern");
  while (Take('/')) {
  }
  if (Peek() == '}') return Close();
  return Argument(kReplacement, arguments) && Close();
}

bool Reader::Remove(std::string& name, Arguments& arguments) {
  const std::string_view sign = text_.substr(at_, 1);
  TakeOperator(sign, sign, name);
  return Argument(kWord, arguments) && Close();
}

// One expression, or one word that is not empty.
bool Reader::Argument(const ArgumentForm& form, Arguments& arguments) {
  Value value;
  if (Opens()) {
    at_ += 2;
    if (!Expression(value)) return false;
  } else if (!Word(form, value.text)) {
    return false;
  }
  arguments.push_back(std::move(value));
  return true;
}

bool Reader::Word(const ArgumentForm& form, std::string& word) {
  const std::size_t begin = at_;
  while (at_ < text_.size() && !Opens()) {
    const std::string_view pair = text_.substr(at_, 2);
    if (form.escapes && (pair == "$$" || pair == "\\/" || pair == "\\\\")) {
      word += pair[1];
      at_ += 2;
      continue;
    }
    if (form.ends.find(text_[at_]) != std::string_view::npos) break;
    word += text_[at_++];
  }
  if (at_ > begin) return true;
  return Fail(at_ >= text_.size() ? kOpen : "bad substitution: an argument is empty");
}

bool Reader::Evaluate(const std::string& variable, std::string_view name, const Arguments& arguments,
                      Value& value) {
  Variable found = look_up_(variable);
  const bool is_default = IsDefaultOperator(name);
  if (options_.defaults && is_default && found.kind == VariableKind::kUnknown) {
    found = {};
    result_.defaulted = true;
  }
  if (found.kind == VariableKind::kUnset && options_.strict && !is_default) {
    return Fail("the variable " + variable + " is not set and has no default (strict substitution)");
  }
  value.known = found.kind != VariableKind::kUnknown;
  const bool needs_arguments = !is_default || found.value.empty();
  std::vector<std::string> words;
  for (const Value& argument : arguments) {
    words.push_back(argument.text);
    if (needs_arguments) value.known &= argument.known;
  }
  if (!value.known) return true;
  Expansion expansion = Expand(name, std::string(found.value), words, budget_);
  if (!expansion.problem.empty()) return Fail(std::move(expansion.problem));
  value.text = std::move(expansion.text);
  return true;
}

}  // namespace

bool IsVariableName(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name) {
    if (!IsNameByte(c)) return false;
  }
  return true;
}

EnvsubstResult Envsubst(std::string_view text, const LookUp& look_up, const EnvsubstOptions& options) {
  EnvsubstResult result;
  if (text.find('\0') != std::string_view::npos) {
    result.problem = "a NUL byte";
    result.begin = text.find('\0');
    return result;
  }
  return Reader(text, look_up, options).Run();
}

}  // namespace sluice::manifests::render
