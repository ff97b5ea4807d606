// Which values are masked, and which are not.
#include "cluster/masking.h"

#include "tests/cluster/nodes.h"

namespace sluice::cluster {
namespace {

const std::string kToken = std::string("ghp_") + "x7Kq2mVb9RtLw4YzNc8JdHs5PfGa3EuTiQo1";

bool Masks(const std::string& yaml) {
  const Text text(yaml);
  return IsMasked(*text, text->children.back());
}

TEST_CASE("values under names of secrets are masked") {
  for (const char* yaml : {"password: x", "DB_PASSWORD: x", "dbPassword: 5", "client-secret: x", "apiKey: x",
                           "api_key: x", "AWS_SECRET_ACCESS_KEY: x", "token: x", "auth.token: x",
                           "name: DB_PASSWORD\nvalue: x", "name: GITHUB_TOKEN\nvalue: x", "passphrase: x"}) {
    CAPTURE(yaml);
    CHECK(Masks(yaml));
  }
  for (const char* yaml :
       {"image: x", "secretName: x", "key: password", "automountServiceAccountToken: false",
        "passwordFile: /x", "name: COLOUR\nvalue: x", "password: {a: b}", "tokenExpirationSeconds: 5",
        "password: null"}) {
    CAPTURE(yaml);
    CHECK_FALSE(Masks(yaml));
  }
}

TEST_CASE("texts that hold credentials are masked, however they are wrapped") {
  CHECK(IsMaskedText(kToken));
  CHECK(IsMaskedText(kToken.substr(0, 20) + "\n  " + kToken.substr(20)));
  CHECK(IsMaskedText("Z2hwX3g3S3EybVZiOVJ0THc0WXpOYzhKZEhzNVBmR2EzRXVUaVFvMQ=="));
  CHECK(IsMaskedText("Z2hwX3g3S3EybVZiOVJ0THc0WXpO\nYzhKZEhzNVBmR2EzRXVUaVFvMQ=="));
  CHECK(IsMaskedText("server: x\npassword: hunter2\n"));
  CHECK(IsMaskedText("{\"password\":\"hunter2\"}"));
  CHECK(IsMaskedText("{\\\"password\\\": \\\"hunter2\\\"}"));
  CHECK(IsMaskedText("DB_PASSWORD=hunter2"));
  CHECK(IsMaskedText("cGFzc3dvcmQ6IGh1bnRlcjI="));  // password: hunter2
  for (const char* text : {"", "plain", "password", "the password is wrong", "a=b", "http://x:80/y", "blue",
                           "=", ":", "aGVsbG8gd29ybGQ=", "password:", "secretName: x"}) {
    CAPTURE(text);
    CHECK_FALSE(IsMaskedText(text));
  }
}

TEST_CASE("a Secret in any state of an object silences all of it") {
  const Text config("apiVersion: v1\nkind: ConfigMap\ndata: {a: b}"),
      secret("apiVersion: v1\nkind: Secret\ndata: {a: YQ==}");
  Discretion discretion;
  discretion.Add(config.get());
  discretion.Add(nullptr);
  CHECK_FALSE(discretion.silent());
  CHECK(discretion.MayTell("a word"));
  discretion.Add(secret.get());
  CHECK(discretion.silent());
  CHECK_FALSE(discretion.MayTell("a word"));
}

}  // namespace
}  // namespace sluice::cluster
