// The rules of this folder; their words and examples stand in the .cc files.
#pragma once

#include "base/rule.h"

namespace sluice::manifests {

// document_rules.cc
extern const Rule kSyntaxRule;         // yaml/syntax
extern const Rule kJsonRule;           // yaml/json
extern const Rule kEncodingRule;       // yaml/encoding
extern const Rule kLineBreakRule;      // yaml/line-break
extern const Rule kDocumentRule;       // yaml/ambiguous-document
extern const Rule kValueRule;          // yaml/ambiguous-value
extern const Rule kDuplicateKeyRule;   // yaml/duplicate-key
extern const Rule kKeyRule;            // yaml/key
extern const Rule kAliasRule;          // yaml/alias
extern const Rule kMergeRule;          // yaml/merge
extern const Rule kTagRule;            // yaml/tag
extern const Rule kLimitRule;          // yaml/limit
extern const Rule kBidirectionalRule;  // text/bidirectional
extern const Rule kInvisibleRule;      // text/invisible

// object_rules.cc
extern const Rule kNotAMappingRule;   // object/not-a-mapping
extern const Rule kNoApiVersionRule;  // object/no-api-version
extern const Rule kNoKindRule;        // object/no-kind
extern const Rule kMisspeltKeyRule;   // object/misspelt-key
extern const Rule kListRule;          // object/list
extern const Rule kTooLargeRule;      // object/too-large

}  // namespace sluice::manifests
