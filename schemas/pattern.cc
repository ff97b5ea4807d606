#include "schemas/pattern.h"

#include <re2/re2.h>

#include <string>
#include <utility>

namespace sluice::schemas {

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
  if (!impl->expression.ok()) return Usage("the pattern is not usable: " + impl->expression.error());
  return Pattern(std::move(impl));
}

Pattern::Pattern(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

bool Pattern::Search(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), impl_->expression);
}

}  // namespace sluice::schemas
