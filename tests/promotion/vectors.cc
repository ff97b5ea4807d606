#include "tests/promotion/vectors.h"

#include "tests/git/repositories.h"

namespace sluice::promotion {

std::string ReadVector(const std::string& name) {
  return git::ReadTextFile(std::string(SLUICE_SOURCE_DIR) + "/docs/vectors/" + name);
}

std::string ImportLedger(const std::string& directory) {
  const std::string repository = git::InitBare(directory, "ledger.git");
  git::Git(repository, {"fast-import", "--quiet"}, ReadVector("ledger.fast-import"));
  return repository;
}

}  // namespace sluice::promotion
