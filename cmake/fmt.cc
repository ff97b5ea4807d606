// What fmt's headers only declare. Debian has fmt as a shared library or as
// headers: the programs here are static, and the headers compiled into every
// file cost it four seconds, most of what a file costs. So it is compiled here,
// once. The templates are those that the headers promise ("extern template")
// or leave undefined.
#include <fmt/format-inl.h>

FMT_BEGIN_NAMESPACE
namespace detail {
template FMT_API auto dragonbox::to_decimal(float x) noexcept -> dragonbox::decimal_fp<float>;
template FMT_API auto dragonbox::to_decimal(double x) noexcept -> dragonbox::decimal_fp<double>;
template FMT_API auto thousands_sep_impl(locale_ref loc) -> thousands_sep_result<char>;
template FMT_API auto decimal_point_impl(locale_ref loc) -> char;
#if FMT_VERSION >= 100000  // Debian 13
template FMT_API void vformat_to(buffer<char>& out, string_view text, vformat_args<>::type args,
                                 locale_ref loc);
#endif
}  // namespace detail
FMT_END_NAMESPACE
