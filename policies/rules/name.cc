// native/name and native/missing-name. Kubernetes gives every kind a function
// that its names must pass (the argument of ValidateObjectMeta in each
// pkg/apis/*/validation, read in 1.34.4 and 1.37.2); almost all are DNS
// subdomains, the table holds the others. Custom resources are subdomains
// (apiextensions-apiserver, customresource/validator.go).
#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include "policies/placeholder.h"
#include "policies/rules/name_syntax.h"
#include "policies/rules/rules.h"
#include "policies/rules/words.h"

namespace sluice::policies {

constexpr Rule kNameRule{
    .id = "native/name",
    .title = "a name that the kind cannot have",
    .why =
        "The API server refuses the object. Most names become parts of DNS names and of URLs, so they "
        "follow DNS's rules; some kinds are stricter, some follow their spec.",
    .remedy = "use lower-case letters, digits and '-', beginning and ending with a letter or digit",
    .fails = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: Web_Settings
  namespace: shop
data:
  colour: blue
)",
    .passes = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: web-settings
  namespace: shop
data:
  colour: blue
)",
};

constexpr Rule kMissingNameRule{
    .id = "native/missing-name",
    .title = "an object without a name",
    .why =
        "Nothing can apply an object that has no name: there is nothing to compare it with, so kubectl, "
        "Flux and Argo CD refuse it.",
    .remedy = "set metadata.name",
    .fails = R"(apiVersion: v1
kind: ConfigMap
metadata:
  namespace: shop
data:
  colour: blue
)",
    .passes = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: web-settings
  namespace: shop
data:
  colour: blue
)",
};

namespace {

using manifests::Node;
using manifests::Object;

// Gives what is wrong with the object's name, or nothing.
using NameCheck = std::string (*)(const NativeContext&, const Object&);

std::string_view Text(const Node* node, std::string_view field) {
  const Node* member = node == nullptr ? nullptr : node->Find(field);
  return member == nullptr ? std::string_view() : member->String();
}

std::string Subdomain(const NativeContext&, const Object& object) {
  return std::string(DnsSubdomainProblem(object.name));
}
std::string Label(const NativeContext&, const Object& object) {
  return std::string(DnsLabelProblem(object.name));
}
std::string PathSegment(const NativeContext&, const Object& object) {
  return std::string(PathSegmentProblem(object.name));
}
std::string ConfigKey(const NativeContext&, const Object& object) {
  return std::string(ConfigKeyProblem(object.name));
}
std::string Address(const NativeContext&, const Object& object) {
  return std::string(AddressProblem(object.name));
}

// "1.9" is older than "1.36"; a minor that cannot be read counts as old.
bool IsBefore(std::string_view minor, unsigned limit) {
  unsigned number = 0;
  const auto dot = minor.find('.');
  if (dot == std::string_view::npos) return true;
  const char* end = minor.data() + minor.size();
  return std::from_chars(minor.data() + dot + 1, end, number).ec != std::errc() || number < limit;
}

// KEP-5311: a Service's name may begin with a digit from 1.36 on (feature gate
// RelaxedServiceNameValidation, on by default there and locked on in 1.37).
std::string ServiceName(const NativeContext& context, const Object& object) {
  if (const std::string_view problem = DnsLabelProblem(object.name); !problem.empty()) {
    return std::string(problem);
  }
  const std::string_view problem = DnsLabel1035Problem(object.name);
  if (problem.empty()) return {};
  std::string minors;
  for (const std::string& minor : context.catalog->minors()) {
    if (IsBefore(minor, 36)) minors.append(minors.empty() ? "" : ", ").append(minor);
  }
  return minors.empty() ? std::string()
                        : std::string(problem) + ", which Kubernetes " + minors + " asks of a Service";
}

// The controller adds 11 characters and the Job's name must fit in 63
// (pkg/apis/batch/validation, ValidateCronJobCreate).
std::string CronJobName(const NativeContext& context, const Object& object) {
  if (object.name.size() > 52) return "is longer than 52 characters, and the names of its Jobs add 11";
  return Subdomain(context, object);
}

// Pods of an indexed Job are called NAME-INDEX, as a DNS label
// (pkg/apis/batch/validation, ValidateJob).
std::string JobName(const NativeContext& context, const Object& object) {
  const Node* spec = object.root->Find("spec");
  const Node* completions = spec == nullptr ? nullptr : spec->Find("completions");
  if (Text(spec, "completionMode") == "Indexed" && completions != nullptr &&
      completions->kind == manifests::NodeKind::kInteger && completions->value.integer > 0) {
    const std::string host = std::string(object.name) + '-' + std::to_string(completions->value.integer - 1);
    const std::string_view problem = DnsLabelProblem(host);
    if (!problem.empty()) return std::string(problem) + " with the index of its pods";
  }
  return Subdomain(context, object);
}

std::string MustBe(const Object& object, const std::string& wanted, std::string_view from) {
  if (object.name == wanted) return {};
  return "must be " + Quoted(wanted) + ", from its " + std::string(from);
}

std::string CrdName(const NativeContext& context, const Object& object) {
  const Node* spec = object.root->Find("spec");
  const Node* names = spec == nullptr ? nullptr : spec->Find("names");
  const std::string_view plural = Text(names, "plural"), group = Text(spec, "group");
  if (plural.empty() || group.empty()) return Subdomain(context, object);  // schema/ says what is missing
  return MustBe(object, std::string(plural) + '.' + std::string(group), "spec.names.plural and spec.group");
}

std::string ApiServiceName(const NativeContext& context, const Object& object) {
  const Node* spec = object.root->Find("spec");
  const std::string_view version = Text(spec, "version");
  if (version.empty()) return PathSegment(context, object);
  return MustBe(object, std::string(version) + '.' + std::string(Text(spec, "group")),
                "spec.version and spec.group");
}

// signer.example/path makes the prefix "signer.example:path:"
// (pkg/apis/core/validation/names.go).
std::string TrustBundleName(const NativeContext& context, const Object& object) {
  std::string prefix(Text(object.root->Find("spec"), "signerName"));
  if (prefix.empty()) return Subdomain(context, object);
  std::replace(prefix.begin(), prefix.end(), '/', ':');
  prefix += ':';
  if (!object.name.starts_with(prefix)) {
    return "must begin with " + Quoted(prefix) + ", from its spec.signerName";
  }
  return std::string(DnsSubdomainProblem(object.name.substr(prefix.size())));
}

std::string StorageVersionName(const NativeContext&, const Object& object) {
  const auto dot = object.name.rfind('.');
  const bool fits = dot != std::string_view::npos &&
                    DnsSubdomainProblem(object.name.substr(0, dot)).empty() &&
                    DnsLabel1035Problem(object.name.substr(dot + 1)).empty();
  return fits ? std::string() : "is not of the form GROUP.RESOURCE";
}

struct NameForm {
  std::string_view group;
  std::string_view kind;
  NameCheck check;
};

// What is not here is a DNS subdomain.
constexpr std::array kNameForms = {
    NameForm{"", "Namespace", Label},
    NameForm{"", "Service", ServiceName},
    NameForm{"apps", "StatefulSet", Label},
    NameForm{"batch", "CronJob", CronJobName},
    NameForm{"batch", "Job", JobName},
    NameForm{"rbac.authorization.k8s.io", "Role", PathSegment},
    NameForm{"rbac.authorization.k8s.io", "ClusterRole", PathSegment},
    NameForm{"rbac.authorization.k8s.io", "RoleBinding", PathSegment},
    NameForm{"rbac.authorization.k8s.io", "ClusterRoleBinding", PathSegment},
    NameForm{"certificates.k8s.io", "CertificateSigningRequest", PathSegment},
    NameForm{"certificates.k8s.io", "ClusterTrustBundle", TrustBundleName},
    NameForm{"coordination.k8s.io", "LeaseCandidate", ConfigKey},
    NameForm{"networking.k8s.io", "IPAddress", Address},
    NameForm{"apiextensions.k8s.io", "CustomResourceDefinition", CrdName},
    NameForm{"apiregistration.k8s.io", "APIService", ApiServiceName},
    NameForm{"internal.apiserver.k8s.io", "StorageVersion", StorageVersionName},
};

NameCheck CheckOf(const Object& object) {
  for (const NameForm& form : kNameForms) {
    if (form.kind == object.kind && form.group == object.group) return form.check;
  }
  return Subdomain;
}

// Questions to the API server: it answers them and keeps nothing.
bool HasNoName(const Object& object) {
  return object.group == "authorization.k8s.io" || object.group == "authentication.k8s.io";
}

void ReportMissing(const Object& object, const Node* metadata, Findings& findings) {
  if (Text(metadata, "generateName").empty() && !HasNoName(object)) {
    findings.push_back(FindingIn(kMissingNameRule, object, PlaceOf(object), "metadata.name",
                                 std::string(object.kind) + " has no metadata.name"));
  }
}

}  // namespace

void CheckName(const NativeContext& context, const Object& object, Findings& findings) {
  const Node* metadata = object.root->Find("metadata");
  const Node* name = metadata == nullptr ? nullptr : metadata->Find("name");
  if (name == nullptr || name->kind == manifests::NodeKind::kNull ||
      (name->IsString() && name->text.empty())) {
    return ReportMissing(object, metadata, findings);
  }
  if (!name->IsString() || HoldsPlaceholder(name->text) || IsSopsValue(name->text)) return;
  const std::string problem = CheckOf(object)(context, object);
  if (problem.empty()) return;
  findings.push_back(FindingIn(kNameRule, object, name->range, "metadata.name",
                               "name " + Quoted(name->text) + ' ' + problem));
}

}  // namespace sluice::policies
