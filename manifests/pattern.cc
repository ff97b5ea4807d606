#include "manifests/pattern.h"

#include <re2/re2.h>

#include <string>
#include <utility>

namespace sluice::manifests {
namespace {

// RE2 repeats what it cannot read, which may be the whole of a hostile pattern.
constexpr std::size_t kMaxWords = 200;

std::string Cut(std::string words) {
  if (words.size() <= kMaxWords) return words;
  std::size_t end = kMaxWords;
  while (end > 0 && (static_cast<unsigned char>(words[end]) & 0xC0) == 0x80) --end;  // whole code points
  return words.substr(0, end) + "…";
}

}  // namespace

struct Pattern::Impl {
  Impl(std::string_view text, const re2::RE2::Options& options)
      : expression(re2::StringPiece(text.data(), text.size()), options) {}
  re2::RE2 expression;
};

Result<Pattern> Pattern::Compile(std::string_view text, std::size_t max_bytes) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(static_cast<std::int64_t>(max_bytes));
  auto impl = std::make_unique<Impl>(text, options);
  if (!impl->expression.ok()) return Usage("the pattern is not usable: " + Cut(impl->expression.error()));
  return Pattern(std::move(impl));
}

Pattern::Pattern(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

bool Pattern::Search(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), impl_->expression);
}

}  // namespace sluice::manifests
