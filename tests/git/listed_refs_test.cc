#include "git/listed_refs.h"

#include <vector>

#include "tests/catch.h"

namespace sluice::git {
namespace {

const std::string kId(40, '1'), kLong(64, '2');

TEST_CASE("refs that git lists are read with their ids") {
  CHECK(ReadListedRefs("")->empty());
  const auto refs = ReadListedRefs(kId + " refs/heads/main\n" + kLong + " refs/tags/v1\n");
  REQUIRE(refs);
  REQUIRE(refs->size() == 2);
  CHECK(refs->front().name == "refs/heads/main");
  CHECK(refs->front().id.Hex() == kId);
  CHECK(refs->back().name == "refs/tags/v1");
  CHECK(refs->back().id.Hex() == kLong);
  CHECK(ReadListedRefs(kId + " refs/heads/main")->size() == 1);
}

TEST_CASE("what is no list of refs is refused") {
  const std::vector<std::string> odd_ones = {"\n",
                                             kId,
                                             kId + "\n",
                                             kId + " \n",
                                             " refs/heads/main\n",
                                             "1 refs/heads/main\n",
                                             kId + "1 refs/heads/main\n",
                                             "g" + kId.substr(1) + " refs/heads/main\n",
                                             kId + "  refs/heads/main\n",
                                             kId + " refs/heads/a b\n",
                                             kId + " refs/../x\n",
                                             kId + "\trefs/heads/main\n",
                                             kId + " refs/heads/main\n\n",
                                             "fatal: no\n"};
  for (const std::string& odd : odd_ones) {
    CAPTURE(odd);
    CHECK_FALSE(ReadListedRefs(odd));
  }
}

}  // namespace
}  // namespace sluice::git
