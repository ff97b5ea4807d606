// What others could still read in a text that we refuse.
#include "manifests/object.h"
#include "tests/catch.h"

namespace sluice::manifests {
namespace {

TEST_CASE("a refused text in which kubectl would find an object may hold objects") {
  const std::string_view texts[] = {
      "apiVersion: v1\nkind: Secret\nkind: Secret\n",
      "a: b\n---\nkind: Secret\ntype: a\ntype: b\n---\n[",      // in front of what nobody reads
      "? !!binary YXBpVmVyc2lvbg==\n: v1\ntype: a\ntype: b\n",  // a key that a tag makes
      "? \"api\\\nVersion\"\n: v1\ntype: a\ntype: b\n",         // folded by its escape
      "\"\\x61piVersion\": v1\ntype: a\ntype: b\n",
      "APIVERSION: v1\na: 1\na: 1\n",           // Go folds case
      "\xE2\x84\xAAind: Secret\na: 1\na: 1\n",  // U+212A, which Go folds to k
      "x: &k kind\n*k : Secret\na: 1\na: 1\n",
      "x: &m {kind: Secret}\n<<: *m\na: 1\na: 1\n",
      "items: []\na: 1\na: 1\n",
      "{\"kind\": \"Secret\", \"a\": 1, \"a\": 2}",
      "[1.2.3.4, 001:db8::]\n---\napiVersion: v1\n",  // go-yaml reads the list
      "a: [\n---\n\"\\u0061piVersion\": v1\n",
  };
  for (const std::string_view text : texts) {
    CAPTURE(text);
    CHECK(MayHoldObjects(text));
  }
}

TEST_CASE("a refused text of another tool holds no objects") {
  const std::string_view texts[] = {
      "stages: [a]\njob:\n  script: !reference [a, b]\n",
      "spec:\n  kind: x\n  kind: y\n",
      "- kind: x\n  kind: y\n",
      "a: 1\na: 2\n---\nb: {kind: c}\n",
      "{{ range .Values.list }}\nname: x\n",
      "\tnot yaml",
      "kind\n",
  };
  for (const std::string_view text : texts) {
    CAPTURE(text);
    CHECK_FALSE(MayHoldObjects(text));
  }
}

}  // namespace
}  // namespace sluice::manifests
