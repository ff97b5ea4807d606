#include "schemas/tables.h"

#include <utility>

namespace sluice::schemas {

LazyPatterns::LazyPatterns(const Bundle& bundle) : bundle_(bundle), compiled_(bundle.patterns.size()) {}

LazyPatterns::~LazyPatterns() {
  for (auto& pattern : compiled_) delete pattern.load(std::memory_order_relaxed);
}

const manifests::Pattern* LazyPatterns::Get(std::uint32_t index) const {
  std::atomic<const manifests::Pattern*>& slot = compiled_[index];
  if (const manifests::Pattern* ready = slot.load(std::memory_order_acquire)) return ready;
  Result<manifests::Pattern> compiled = manifests::Pattern::Compile(bundle_.Text(bundle_.patterns[index]));
  if (!compiled) return nullptr;
  auto mine = std::make_unique<const manifests::Pattern>(std::move(*compiled));
  const manifests::Pattern* expected = nullptr;
  if (slot.compare_exchange_strong(expected, mine.get(), std::memory_order_acq_rel)) return mine.release();
  return expected;
}

Result<std::unique_ptr<SchemaTables>> SchemaTables::FromBytes(std::string bytes) {
  auto tables = std::make_unique<SchemaTables>();
  tables->bytes = std::move(bytes);
  Result<Bundle> bundle = Bundle::Open(tables->bytes, BundleTrust::kOutside);
  if (!bundle) return bundle.error();
  tables->bundle = *bundle;
  tables->patterns = std::make_unique<LazyPatterns>(tables->bundle);
  return tables;
}

std::unique_ptr<SchemaTables> SchemaTables::BuiltIn() {
  auto tables = std::make_unique<SchemaTables>();
  tables->bundle = BuiltInBundle();
  tables->patterns = std::make_unique<LazyPatterns>(tables->bundle);
  return tables;
}

}  // namespace sluice::schemas
