// General JSON Schema (draft 7), by valijson: for `sluice.yaml` itself and for
// users' own files (`documents:`). Patterns run in RE2 with bounded memory, so
// no schema and no value can hang or crash us. Nothing is fetched.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/finding.h"
#include "base/result.h"
#include "manifests/document.h"

namespace sluice::schemas {

class JsonSchema {
 public:
  // `text` is JSON. Fails (kConfiguration) on a schema that is not valid, that
  // refers outside itself, or whose patterns RE2 refuses.
  // `shows_values`: findings may quote values of the file, which holds no Secret's.
  static Result<JsonSchema> Parse(std::string_view text, bool shows_values = false);
  JsonSchema(JsonSchema&&) noexcept;
  JsonSchema& operator=(JsonSchema&&) noexcept;
  ~JsonSchema();

  // Findings of rule schema/document, each at its node's place.
  Findings Check(const manifests::ParsedFile& file) const;

 private:
  struct Impl;
  explicit JsonSchema(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::schemas
