// What API servers say, as rules. They need a server to be shown, so they have
// no examples here; tests/gate/ask_clusters_test.cc has an answer for each.
#include "gate/rules.h"

namespace sluice::gate {

const Rule kUnverifiedRule = {
    .id = "cluster/unverified",
    .severity = Severity::kOff,
    .title = "a cluster that was asked about an object could not say whether it would take it",
    .why =
        "The verdict on it rests on schemas and rules here. That rejects nothing unless the configuration "
        "says so, as a cluster that cannot be reached must not hold up every change.",
    .remedy = "see to what the message names; `rules: {cluster/unverified: error}` has it reject",
    .fails = {},
    .passes = {},
};
const Rule kRefusedRule = {
    .id = "cluster/refused",
    .title = "the API server of a cluster refuses an object",
    .why = "It would be refused just so when it is applied.",
    .remedy = "correct what the message names",
    .fails = {},
    .passes = {},
};

namespace {

constexpr Rule kInvalidRule = {
    .id = "cluster/invalid",
    .title = "the API server of a cluster finds a value invalid",
    .why = "It checks values and how they fit each other, by its own version and by what is there already.",
    .remedy = "correct the field that the message names",
    .fails = {},
    .passes = {},
};
constexpr Rule kShapeRule = {
    .id = "cluster/shape",
    .title = "the API server of a cluster cannot read an object as its kind",
    .why = "A field is not known there, or holds another type than it has in the schemas of that cluster.",
    .remedy = "correct the field, or move to the API version that the cluster serves",
    .fails = {},
    .passes = {},
};
constexpr Rule kDeniedRule = {
    .id = "cluster/denied",
    .title = "an admission policy or webhook of a cluster denies an object",
    .why = "Whoever applies it will be denied just so.",
    .remedy = "do what the policy asks for; the message names it",
    .fails = {},
    .passes = {},
};
constexpr Rule kForbiddenRule = {
    .id = "cluster/forbidden",
    .title = "a cluster forbids the object to whom it was asked as",
    .why = "Its authorisation, a quota or another admission plugin says no.",
    .remedy = "grant what the message names to who applies the object, or change the object",
    .fails = {},
    .passes = {},
};
constexpr Rule kConflictRule = {
    .id = "cluster/conflict",
    .title = "another field manager of a cluster owns a field that the change sets",
    .why = "Server-side apply refuses to take it over, unless it is forced to.",
    .remedy = "leave the field out, or have its owner give it up; the message names who that is",
    .fails = {},
    .passes = {},
};
constexpr Rule kImmutableRule = {
    .id = "cluster/immutable",
    .title = "a field that cannot be changed is changed",
    .why = "The API server refuses the update; the object would have to be deleted and made anew.",
    .remedy = "keep the value, or give the object another name",
    .fails = {},
    .passes = {},
};
constexpr Rule kNoNamespaceRule = {
    .id = "cluster/no-namespace",
    .title = "the namespace of an object is not in a cluster, and the change does not bring it",
    .why = "The API server makes nothing in a namespace that is not there.",
    .remedy = "add the Namespace to the change, or correct metadata.namespace",
    .fails = {},
    .passes = {},
};
constexpr Rule kUnknownKindRule = {
    .id = "cluster/unknown-kind",
    .title = "a cluster does not serve a kind, and the change does not bring its definition",
    .why = "The operator that defines it is not installed there, or not in this version.",
    .remedy = "install the CustomResourceDefinition first, or add it to the change",
    .fails = {},
    .passes = {},
};
constexpr Rule kWarningRule = {
    .id = "cluster/warning",
    .severity = Severity::kWarning,
    .title = "the API server of a cluster warns of something in an object",
    .why = "It takes the object, and says what will not work or will not be served for long.",
    .remedy = "see what the message says",
    .fails = {},
    .passes = {},
};
constexpr Rule kTakesOverRule = {
    .id = "cluster/takes-over",
    .severity = Severity::kWarning,
    .title = "the change takes a field over from another field manager",
    .why = "Who owned it, an autoscaler say, and who deploys this would set it in turn from then on.",
    .remedy = "leave the field out if its owner is to keep it",
    .fails = {},
    .passes = {},
};

}  // namespace

std::span<const Rule* const> ClusterRules() {
  static constexpr const Rule* kRules[] = {
      &kUnverifiedRule, &kRefusedRule,   &kInvalidRule,     &kShapeRule,       &kDeniedRule,  &kForbiddenRule,
      &kConflictRule,   &kImmutableRule, &kNoNamespaceRule, &kUnknownKindRule, &kWarningRule, &kTakesOverRule,
  };
  return kRules;
}

}  // namespace sluice::gate
