#include "schemas/json_schema.h"
namespace sluice::schemas {
struct JsonSchema::Impl {};
Result<JsonSchema> JsonSchema::Parse(std::string_view) { return JsonSchema(std::make_unique<Impl>()); }
JsonSchema::JsonSchema(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JsonSchema::JsonSchema(JsonSchema&&) noexcept = default;
JsonSchema& JsonSchema::operator=(JsonSchema&&) noexcept = default;
JsonSchema::~JsonSchema() = default;
Findings JsonSchema::Check(const manifests::ParsedFile&) const { return {}; }
}  // namespace sluice::schemas
