// Tested by tests/manifests/places_test.cc, through the ranges of block scalars.
#include "manifests/source_cursor.h"

#include <algorithm>

#include "manifests/byte_scan.h"
#include "manifests/utf8.h"

namespace sluice::manifests {

SourceCursor::SourceCursor(std::string_view bytes) : bytes_(bytes) {
  if (bytes.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

std::size_t SourceCursor::Seek(Position position) {
  while (position_.line < position.line && at_ < bytes_.size()) {
    at_ = std::min(bytes_.find('\n', at_), bytes_.size() - 1) + 1;
    position_ = {position_.line + 1, 1};
  }
  while (position_.column < position.column && at_ < bytes_.size()) {
    at_ += std::max<std::size_t>(DecodeUtf8(bytes_, at_).size, 1);
    ++position_.column;
  }
  return at_;
}

std::string_view SourceCursor::Between(Range range) {
  const std::size_t begin = Seek(range.begin);
  return bytes_.substr(begin, Seek(range.end) - begin);
}

Position EndOfBlock(Range range, std::string_view source) {
  if (!source.ends_with('\n')) return range.end;  // the last line of a file
  std::uint32_t line = range.end.line;
  const std::size_t last = source.find_last_not_of(" \r\n");
  line -= static_cast<std::uint32_t>(std::ranges::count(source.substr(last + 1), '\n'));
  source = source.substr(0, last + 1);
  const std::size_t begin = source.rfind('\n') + 1;  // npos + 1 is 0
  const std::uint32_t before = begin == 0 ? range.begin.column : 1;
  return {line, before + CountCodePoints(source.substr(begin))};
}

}  // namespace sluice::manifests
