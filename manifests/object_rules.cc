// The words of the object/ rules. Their examples are run by
// tests/manifests/rules_test.cc.
#include <array>

#include "manifests/rules.h"

namespace sluice::manifests {
namespace {

// A manifest whose aliases make a little text into more than 3 MiB: the values
// are 20 strings of 2,000 letters, 80 times.
constexpr std::size_t kLetters = 2000;
constexpr std::size_t kTimes = 80;

constexpr auto kLargeManifest = [] {
  std::array<char, kLetters + 20 * 4 + kTimes * 4 + 200> text{};
  std::size_t at = 0;
  const auto append = [&](std::string_view piece, std::size_t times) {
    for (; times > 0; --times) {
      for (const char c : piece) text[at++] = c;
    }
  };
  append("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\nletters: &a ", 1);
  append("x", kLetters);
  append("\nlines: &b [", 1);
  append("*a,", 20);
  append("]\nblocks: [", 1);
  append("*b,", kTimes);
  append("]\n", 1);
  while (at < text.size()) text[at++] = '\n';
  return text;
}();

}  // namespace

const Rule kNotAMappingRule = {
    .id = "object/not-a-mapping",
    .title = "a document or list item that is not an object",
    .why = "A file of manifests, and a List, may hold nothing but objects; kubectl stops at anything else.",
    .remedy = "make it an object with apiVersion and kind, or take it away",
    .fails = "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n---\n- a list\n",
    .passes = "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n---\n# nothing\n",
};

const Rule kNoApiVersionRule = {
    .id = "object/no-api-version",
    .title = "an object without a usable apiVersion",
    .why = "Without \"group/version\" or \"version\" the API server does not know what the object is.",
    .remedy = "write apiVersion as a string, such as v1 or apps/v1",
    .fails = "kind: Namespace\nmetadata:\n  name: web\n",
    .passes = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: web\n",
};

const Rule kNoKindRule = {
    .id = "object/no-kind",
    .title = "an object without a usable kind",
    .why = "Without a kind the API server does not know what the object is.",
    .remedy = "write kind as a string, such as ConfigMap",
    .fails = "apiVersion: v1\nmetadata:\n  name: web\n",
    .passes = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: web\n",
};

const Rule kMisspeltKeyRule = {
    .id = "object/misspelt-key",
    .title = "apiVersion, kind or metadata in other letters",
    .why =
        "Names of fields are case-sensitive: the API server does not see \"Kind\", while some tools take it "
        "for kind.",
    .remedy = "write apiVersion, kind and metadata exactly so",
    .fails = "apiVersion: v1\nkind: ConfigMap\nKind: Secret\nmetadata: {name: web}\n",
    .passes = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n",
};

const Rule kListRule = {
    .id = "object/list",
    .title = "a list that tools take apart differently",
    .why =
        "kubectl takes every object with a list \"items\" apart, whatever its kind, and gives items without "
        "apiVersion and kind those of the list; other tools do neither.",
    .remedy = "write the objects as documents of their own",
    .fails = "apiVersion: v1\nkind: ConfigMapList\nitems: {name: web}\n",
    .passes =
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: web}}\n",
};

const Rule kTooLargeRule = {
    .id = "object/too-large",
    .title = "an object that is larger than the API server takes",
    .why = "A request of more than 3 MiB is refused, and etcd's own limit is 1.5 MiB by default.",
    .remedy = "split the object, or move its data out of the cluster's configuration",
    .fails = {kLargeManifest.data(), kLargeManifest.size()},
    .passes = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {letters: xxx}\n",
};

}  // namespace sluice::manifests
