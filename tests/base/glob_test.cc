// Globs of configuration files.
#include "base/glob.h"

#include "tests/catch.h"

namespace sluice {
namespace {

struct Case {
  const char* glob;
  const char* path;
};

TEST_CASE("globs match what people mean") {
  for (const Case& c : {Case{"apps/**", "apps/a.yaml"},
                        {"apps/**", "apps/x/y/z.yaml"},
                        {"**", "a/b"},
                        {"**/testdata/**", "testdata/x"},
                        {"**/testdata/**", "a/b/testdata/c/d"},
                        {"*.yaml", "a.yaml"},
                        {"apps/*/values.yaml", "apps/shop/values.yaml"},
                        {"a?c", "abc"},
                        {"main", "main"},
                        {"env/*", "env/prod"},
                        {"**/*.yaml", "a.yaml"},
                        {"**/*.yaml", "a/b.yaml"},
                        {"a**b", "a/x/b"},
                        {"a[1]", "a[1]"}}) {
    CAPTURE(c.glob, c.path);
    CHECK(GlobMatches(c.glob, c.path));
  }
}

TEST_CASE("globs match nothing else") {
  for (const Case& c : {Case{"apps/**", "apps"},
                        {"apps/**", "xapps/a"},
                        {"*.yaml", "a/b.yaml"},
                        {"*", "a/b"},
                        {"apps/*/values.yaml", "apps/a/b/values.yaml"},
                        {"a?c", "a/c"},
                        {"a?c", "ac"},
                        {"main", "main2"},
                        {"main", "xmain"},
                        {"env/*", "env/a/b"},
                        {"env/*", "env"},
                        {"**/testdata/**", "mytestdata/x"},
                        {"**/testdata/**", "testdata"},
                        {"", "a"},
                        {"a", ""},
                        {"**/x", "yx"}}) {
    CAPTURE(c.glob, c.path);
    CHECK_FALSE(GlobMatches(c.glob, c.path));
  }
}

TEST_CASE("a glob of many stars costs no more than its length") {
  const std::string glob(200, '*');
  CHECK(GlobMatches(glob + "b", std::string(2000, 'a') + "b"));
  CHECK_FALSE(GlobMatches(glob + "c", std::string(2000, 'a') + "b"));
}

}  // namespace
}  // namespace sluice
