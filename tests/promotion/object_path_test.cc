// Where objects lie in a record, and what lies nowhere.
#include "promotion/object_path.h"

#include "tests/catch.h"

namespace sluice::promotion {
namespace {

TEST_CASE("an object has one path and a path one object") {
  const struct {
    ObjectId object;
    const char* path;
  } cases[] = {
      {{"", "ConfigMap", "shop", "web"}, "core/ConfigMap/shop/web"},
      {{"apps", "Deployment", "shop", "web"}, "apps/Deployment/shop/web"},
      {{"rbac.authorization.k8s.io", "ClusterRole", "", "system:x"},
       "rbac.authorization.k8s.io/ClusterRole/_cluster/system%3Ax"},
      {{"core", "Odd", "", "x"}, "%63ore/Odd/_cluster/x"},
      {{"", "ConfigMap", "_cluster", "core"}, "core/ConfigMap/%5Fcluster/core"},
      {{"", "ConfigMap", "shop", ".git"}, "core/ConfigMap/shop/%2Egit"},
      {{"", "ConfigMap", "shop", ".."}, "core/ConfigMap/shop/%2E."},
      {{"", "ConfigMap", "shop", "a/b"}, "core/ConfigMap/shop/a%2Fb"},
      {{"", "ConfigMap", "shop", "Web"}, "core/ConfigMap/shop/%57eb"},
      {{"", "ConfigMap", "shop", "a%b"}, "core/ConfigMap/shop/a%25b"},
      {{"", "ConfigMap", "shop", "\xc3\xa9\n"}, "core/ConfigMap/shop/%C3%A9%0A"},
      {{"", "Config_Map", "shop", std::string("a\0", 2)}, "core/Config_Map/shop/a%00"},
  };
  for (const auto& [object, path] : cases) {
    const Result<std::string> written = ObjectPath(object);
    REQUIRE(written);
    CHECK(*written == path);
    const Result<ObjectId> read = ReadObjectPath(path);
    REQUIRE(read);
    CHECK(*read == object);
  }
}

TEST_CASE("a path that no object has is none") {
  for (const char* path : {"",
                           "core",
                           "core/ConfigMap/shop",
                           "core/ConfigMap/shop/web/x",
                           "/core/ConfigMap/shop/web",
                           "core/ConfigMap/shop/web/",
                           "core//shop/web",
                           "core/ConfigMap//web",
                           "core/ConfigMap/shop/",
                           "core/ConfigMap/shop/Web",
                           "core/ConfigMap/shop/%77eb",
                           "core/ConfigMap/shop/%3a",
                           "core/ConfigMap/shop/%3",
                           "core/ConfigMap/shop/%",
                           "core/ConfigMap/shop/%zz",
                           "core/ConfigMap/shop/.git",
                           "core/ConfigMap/shop/..",
                           "core/ConfigMap/../web",
                           "./ConfigMap/shop/web",
                           "core/ConfigMap/shop/a b",
                           "core/ConfigMap/shop/a\\b",
                           "core/ConfigMap/shop/a\n",
                           "_cluster/ConfigMap/shop/web",
                           "core/_cluster/ConfigMap/web\xff",
                           "%63ore/ConfigMap/%5fcluster/web",
                           "%43ore/ConfigMap/_cluster/%2e"})
    CHECK_FALSE(ReadObjectPath(path));
}

TEST_CASE("a part has a bound as it is written") {
  CHECK(EscapePart(std::string(255, 'a'), PartOf::kName));
  CHECK_FALSE(EscapePart(std::string(256, 'a'), PartOf::kName));
  CHECK(EscapePart(std::string(85, ':'), PartOf::kName));
  CHECK_FALSE(EscapePart(std::string(86, ':'), PartOf::kName));
  CHECK_FALSE(EscapePart("", PartOf::kName));
  CHECK_FALSE(ObjectPath({"", "ConfigMap", "shop", ""}));
  CHECK_FALSE(ObjectPath({"", "", "shop", "web"}));
}

TEST_CASE("paths of a repository are escaped part by part") {
  const Result<std::string> path = EscapePath(".sluice/policies/My File.yaml");
  REQUIRE(path);
  CHECK(*path == "%2Esluice/policies/My%20File.yaml");
  CHECK(IsEscapedPath(*path));
  CHECK_FALSE(IsEscapedPath(".sluice/sluice.yaml"));
  CHECK_FALSE(EscapePath("a//b"));
  CHECK_FALSE(EscapePath(std::string(5000, '/')));
  std::string deep = "a";
  while (deep.size() < 5000) deep += "/a";
  CHECK_FALSE(EscapePath(deep));
}

}  // namespace
}  // namespace sluice::promotion
