// Addresses and paths.
#include "manifests/render/remote.h"

#include "tests/catch.h"

namespace sluice::manifests::render {
namespace {

TEST_CASE("addresses are remote, paths are not") {
  for (const char* remote :
       {"https://shop.example/base", "http://a/b.yaml", "HTTPS://a/b", "git::https://a/b", "GH:shop/base",
        "gh:shop/base", "github.com/shop/base", "www.github.com/shop/base", "git@github.com:shop/base",
        "user@host:path", "git@host/path", "ssh://git@host/path", "s3://bucket/x", "oci://a/b"}) {
    CAPTURE(remote);
    CHECK(IsRemote(remote));
  }
  for (const char* local : {"", "a", "../a", "./a", "a/b@c:d", "a:b", "@a:b", "a@b", "github.community/a",
                            "file:///etc/passwd", "FILE://x", "base/github.com/x", "a@:b"}) {
    CAPTURE(local);
    CHECK_FALSE(IsRemote(local));
  }
}

}  // namespace
}  // namespace sluice::manifests::render
