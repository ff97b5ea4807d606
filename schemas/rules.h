// The rules of this folder: what each forbids, why, and an example that fails
// beside one that passes.
#pragma once

#include "base/rule.h"

namespace sluice::schemas {

extern const Rule kUnknownField;
extern const Rule kUnknownKind;
extern const Rule kWrongType;
extern const Rule kRequired;
extern const Rule kOutOfRange;
extern const Rule kFormat;
extern const Rule kEnum;
extern const Rule kPattern;
extern const Rule kDuplicate;
extern const Rule kNullElement;
extern const Rule kComposition;
extern const Rule kDocument;
extern const Rule kCrd;
extern const Rule kApiRemoved;
extern const Rule kApiDeprecated;
extern const Rule kApiNotYet;

}  // namespace sluice::schemas
