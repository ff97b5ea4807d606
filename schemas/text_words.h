// Words of the text form that reader and writer share.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "schemas/graph.h"

namespace sluice::schemas {

struct TypeWord {
  std::string_view word;
  std::uint8_t types;
};
inline constexpr std::array<TypeWord, 7> kTypeWords{{{"any", kAnyBits},
                                                     {"str", kStringBit},
                                                     {"int", kIntegerBit},
                                                     {"num", kIntegerBit | kNumberBit},
                                                     {"bool", kBoolBit},
                                                     {"obj", kObjectBit},
                                                     {"list", kArrayBit}}};

struct FlagWord {
  std::string_view word;
  NodeFlag flag;
};
inline constexpr std::array<FlagWord, 6> kFlagWords{{{"null", kNullable},
                                                     {"nulls", kNullElements},
                                                     {"unique", kUniqueItems},
                                                     {"xmin", kExclusiveMinimum},
                                                     {"xmax", kExclusiveMaximum},
                                                     {"bare", kTypeless}}};

// Types that a format word implies: "int32" is an integer, "time" a string.
std::uint8_t TypesOfFormat(Format format);

// Names that need no quotes in the text form.
bool IsPlainName(std::string_view name);

}  // namespace sluice::schemas
