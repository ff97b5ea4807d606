// The words of the yaml/ and text/ rules. Their examples are run by
// tests/manifests/rules_test.cc.
#include "manifests/rules.h"

namespace sluice::manifests {

const Rule kSyntaxRule = {
    .id = "yaml/syntax",
    .title = "text that is not the YAML or JSON that Kubernetes reads",
    .why =
        "kubectl and the API server refuse the file, and everything in it would be missing from the cluster.",
    .remedy = "fix the YAML here, usually indentation or a quote",
    .fails = "metadata:\n\tname: web\n",
    .passes = "metadata:\n  name: web\n",
};

const Rule kJsonRule = {
    .id = "yaml/json",
    .title = "a file that begins like JSON and is none",
    .why =
        "kubectl reads a file whose first character is \"{\" as JSON. What is not JSON it refuses, or in "
        "later "
        "versions reads as YAML; JSON and YAML documents in one file are cut differently by other tools.",
    .remedy = "mend the JSON, or write the file in YAML's block style",
    .fails = "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\",}\n",
    .passes = "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"web\"}}\n",
};

const Rule kEncodingRule = {
    .id = "yaml/encoding",
    .title = "bytes that are not plain UTF-8 text",
    .why =
        "UTF-16, broken UTF-8, control characters and byte order marks inside a file are refused by some "
        "readers "
        "and skipped or replaced by others, so that a check and the cluster can see different text.",
    .remedy = "save the file as UTF-8 and write control characters as escapes in double quotes",
    .fails = "name: web\x07\n",
    .passes = "name: \"web\\a\"\n",
};

const Rule kLineBreakRule = {
    .id = "yaml/line-break",
    .title = "a line break that only some readers know",
    .why =
        "A lone carriage return and the characters U+0085, U+2028 and U+2029 end a line for Kubernetes, and "
        "are "
        "part of the line for most other tools and for the eye: a comment can hide a field behind one.",
    .remedy =
        "end lines with a line feed, and write the character as an escape in double quotes where it is data",
    .fails = "metadata:\n  name: web # note\xE2\x80\xA8  labels: {team: shop}\n",
    .passes = "metadata:\n  name: web # note\n  labels: {team: \"a\\u2028b\"}\n",
};

const Rule kDocumentRule = {
    .id = "yaml/ambiguous-document",
    .title = "a file that tools cut into documents differently",
    .why =
        "kubectl cuts a file at each line that begins with \"---\" before it reads any YAML, other tools "
        "drop the "
        "rest of such a line, and directives are known to some only: documents appear, vanish or change.",
    .remedy =
        "write \"---\" on a line of its own, never at the beginning of a line of text, and use no directives",
    .fails = "name: one\n--- {name: two}\n",
    .passes = "name: one\n--- # the second\nname: two\n",
};

const Rule kValueRule = {
    .id = "yaml/ambiguous-value",
    .title = "a value that tools read differently or JSON cannot hold",
    .why =
        "The cluster stores JSON, which has no infinities; and some spellings are known to one reader of "
        "YAML only.",
    .remedy = "put the value in quotes, or spell it in a plainer way",
    .fails = "ratio: .inf\n",
    .passes = "ratio: \".inf\"\n",
};

const Rule kDuplicateKeyRule = {
    .id = "yaml/duplicate-key",
    .title = "a key that stands twice in one mapping",
    .why =
        "Some readers take the first value, some the last, and strict ones refuse the file. Keys that are "
        "equal only after Kubernetes has made strings of them (1 and \"1\") even give a random winner.",
    .remedy = "keep one of the two",
    .fails = "metadata:\n  name: web\n  name: shop\n",
    .passes = "metadata:\n  name: web\n",
};

const Rule kKeyRule = {
    .id = "yaml/key",
    .title = "a key that has no name in JSON",
    .why =
        "The keys of objects are strings; null, lists and mappings cannot be made one, and Kubernetes "
        "refuses the "
        "file. An unquoted template (\"{{ … }}\") is a mapping as a key.",
    .remedy = "write the key as a string; put templates in quotes",
    .fails = "name: {{ .Values.name }}\n",
    .passes = "name: \"{{ .Values.name }}\"\n",
};

const Rule kAliasRule = {
    .id = "yaml/alias",
    .title = "an alias that leads nowhere, into itself, or to far too much",
    .why = "Kubernetes refuses such files; a reader that follows them may never end.",
    .remedy = "define the anchor above its use in the same document, or write the value out",
    .fails = "first: &base\n  again: *base\n",
    .passes = "first: &base\n  size: 1\nsecond: *base\n",
};

const Rule kMergeRule = {
    .id = "yaml/merge",
    .title = "a merge key (\"<<\") that tools resolve differently",
    .why =
        "Kubernetes lets a merge key override the members above it, other readers do not; and it merges only "
        "mappings, aliases of them, and lists of these.",
    .remedy = "put \"<<\" first in its mapping, once, with mappings that do not overlap",
    .fails = "base: &base {replicas: 1}\nspec:\n  replicas: 3\n  <<: *base\n",
    .passes = "base: &base {replicas: 1}\nspec:\n  <<: *base\n  replicas: 3\n",
};

const Rule kTagRule = {
    .id = "yaml/tag",
    .title = "a tag that tools read differently",
    .why = "Kubernetes ignores the tags that it does not know, other tools act on them or refuse them.",
    .remedy = "take the tag away, or use quotes to make a string",
    .fails = "password: !vault secret/web\n",
    .passes = "port: !!str 8080\n",
};

const Rule kLimitRule = {
    .id = "yaml/limit",
    .title = "a file that passes one of the limits on size",
    .why =
        "What is pushed is read within bounded time and memory; the message names the limit, which an "
        "operator "
        "can change.",
    .remedy = "split the file, or ask the operator to raise the limit",
    .fails =
        "value: "
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
        "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
        "\n",
    .passes = "value: [[[[[[[[[[[[1]]]]]]]]]]]]\n",
};

const Rule kBidirectionalRule = {
    .id = "text/bidirectional",
    .title = "a character that reorders the text around it",
    .why =
        "Bidirectional controls show a line in another order than it is read in, so that a reviewer approves "
        "something else (CVE-2021-42574). In values, and marks and isolates in texts that are no manifest, "
        "they are a warning, elsewhere an error.",
    .remedy = "take the character away, or write it as an escape in double quotes where a value needs it",
    .fails = "name: web # \xE2\x80\xAEnimda\n",
    .passes = "name: web # admin\n",
};

const Rule kInvisibleRule = {
    .id = "text/invisible",
    .title = "a character that nobody can see",
    .why =
        "Two names that look alike can differ by a zero-width character. In values, and in texts that are no "
        "manifest, they are a warning, elsewhere an error; joiners between emoji pass.",
    .remedy = "take the character away",
    .fails = "na\xE2\x80\x8Bme: web\n",
    .passes = "name: \xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80\n",
};

}  // namespace sluice::manifests
