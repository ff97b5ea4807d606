// The built-in tables of kustomize 5.7 (api/internal/konfig/builtinpluginconsts),
// with the paths that all kinds with a pod template share written once.
#include <array>

#include "manifests/render/transformer_config.h"

namespace sluice::manifests::render {
namespace {

// A set of kinds whose pods stand below a prefix.
enum PodHost : unsigned {
  kPod = 1,
  kPodTemplate = 2,
  kDeployment = 4,
  kReplicaSet = 8,
  kDaemonSet = 16,
  kStatefulSet = 32,
  kJob = 64,
  kCronJob = 128,
  kReplicationController = 256,
  kAnyPod = 512,  // a Pod of any version
};
struct Host {
  unsigned bit;
  std::string_view kind, version, prefix;
};
constexpr Host kHosts[] = {
    {kPod, "Pod", "v1", "spec/"},
    {kAnyPod, "Pod", "", "spec/"},
    {kPodTemplate, "PodTemplate", "", "template/spec/"},
    {kDeployment, "Deployment", "", "spec/template/spec/"},
    {kReplicaSet, "ReplicaSet", "", "spec/template/spec/"},
    {kDaemonSet, "DaemonSet", "", "spec/template/spec/"},
    {kStatefulSet, "StatefulSet", "", "spec/template/spec/"},
    {kJob, "Job", "", "spec/template/spec/"},
    {kCronJob, "CronJob", "", "spec/jobTemplate/spec/template/spec/"},
    {kReplicationController, "ReplicationController", "", "spec/template/spec/"},
};
constexpr unsigned kReaders =
    kPod | kPodTemplate | kDeployment | kReplicaSet | kDaemonSet | kStatefulSet | kJob | kCronJob;
constexpr unsigned kRunners =
    kAnyPod | kDeployment | kDaemonSet | kStatefulSet | kJob | kCronJob | kReplicationController;
constexpr unsigned kVarHosts =
    kAnyPod | kDeployment | kReplicaSet | kDaemonSet | kStatefulSet | kJob | kCronJob;

struct Row {
  ConfigField field;
  std::string_view group, version, kind, path;
  bool create = false;
};

using enum ConfigField;

constexpr Row kRows[] = {
    {kNamePrefix, "", "", "", "metadata/name"},
    {kNameSuffix, "", "", "", "metadata/name"},
    {kNamespace, "", "", "Namespace", "metadata/name", true},
    {kNamespace, "apiregistration.k8s.io", "", "APIService", "spec/service/namespace", true},
    {kNamespace, "apiextensions.k8s.io", "", "CustomResourceDefinition",
     "spec/conversion/webhook/clientConfig/service/namespace"},
    {kCommonLabels, "", "v1", "Service", "spec/selector", true},
    {kCommonLabels, "", "v1", "ReplicationController", "spec/selector", true},
    {kCommonLabels, "", "", "Deployment", "spec/selector/matchLabels", true},
    {kCommonLabels, "", "", "ReplicaSet", "spec/selector/matchLabels", true},
    {kCommonLabels, "", "", "DaemonSet", "spec/selector/matchLabels", true},
    {kCommonLabels, "apps", "", "StatefulSet", "spec/selector/matchLabels", true},
    {kCommonLabels, "batch", "", "Job", "spec/selector/matchLabels"},
    {kCommonLabels, "batch", "", "CronJob", "spec/jobTemplate/spec/selector/matchLabels"},
    {kCommonLabels, "policy", "", "PodDisruptionBudget", "spec/selector/matchLabels"},
    {kCommonLabels, "networking.k8s.io", "", "NetworkPolicy", "spec/podSelector/matchLabels"},
    {kCommonLabels, "networking.k8s.io", "", "NetworkPolicy", "spec/ingress/from/podSelector/matchLabels"},
    {kCommonLabels, "networking.k8s.io", "", "NetworkPolicy", "spec/egress/to/podSelector/matchLabels"},
    {kCommonAnnotations, "", "", "", "metadata/annotations", true},
    {kCommonAnnotations, "", "v1", "ReplicationController", "spec/template/metadata/annotations", true},
    {kCommonAnnotations, "", "", "Deployment", "spec/template/metadata/annotations", true},
    {kCommonAnnotations, "", "", "ReplicaSet", "spec/template/metadata/annotations", true},
    {kCommonAnnotations, "", "", "DaemonSet", "spec/template/metadata/annotations", true},
    {kCommonAnnotations, "", "", "StatefulSet", "spec/template/metadata/annotations", true},
    {kCommonAnnotations, "batch", "", "Job", "spec/template/metadata/annotations", true},
    {kCommonAnnotations, "batch", "", "CronJob", "spec/jobTemplate/metadata/annotations", true},
    {kCommonAnnotations, "batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/annotations", true},
    {kVarReference, "", "", "CronJob", "spec/jobTemplate/spec/template/volumes/nfs/server"},
    {kVarReference, "", "", "Deployment", "spec/template/metadata/annotations"},
    {kVarReference, "", "", "Ingress", "spec/rules/host"},
    {kVarReference, "", "", "Ingress", "spec/tls/hosts"},
    {kVarReference, "", "", "Ingress", "spec/tls/secretName"},
    {kVarReference, "", "", "Service", "spec/ports/port"},
    {kVarReference, "", "", "Service", "spec/ports/targetPort"},
    {kVarReference, "", "", "StatefulSet", "spec/volumeClaimTemplates/spec/nfs/server"},
    {kVarReference, "", "", "PersistentVolume", "spec/nfs/server"},
    {kVarReference, "", "", "", "metadata/labels"},
    {kVarReference, "", "", "", "metadata/annotations"},
    {kImages, "", "", "", "spec/containers[]/image", true},
    {kImages, "", "", "", "spec/initContainers[]/image", true},
    {kImages, "", "", "", "spec/volumes[]/image/reference", true},
    {kImages, "", "", "", "spec/template/spec/containers[]/image", true},
    {kImages, "", "", "", "spec/template/spec/initContainers[]/image", true},
    {kImages, "", "", "", "spec/template/spec/volumes[]/image/reference", true},
    {kReplicas, "", "", "Deployment", "spec/replicas", true},
    {kReplicas, "", "", "ReplicationController", "spec/replicas", true},
    {kReplicas, "", "", "ReplicaSet", "spec/replicas", true},
    {kReplicas, "", "", "StatefulSet", "spec/replicas", true},
};

// Of commonLabels and templateLabels alike.
constexpr Row kLabelRows[] = {
    {kTemplateLabels, "", "", "", "metadata/labels", true},
    {kTemplateLabels, "", "v1", "ReplicationController", "spec/template/metadata/labels", true},
    {kTemplateLabels, "", "", "Deployment", "spec/template/metadata/labels", true},
    {kTemplateLabels, "", "", "ReplicaSet", "spec/template/metadata/labels", true},
    {kTemplateLabels, "", "", "DaemonSet", "spec/template/metadata/labels", true},
    {kTemplateLabels, "apps", "", "StatefulSet", "spec/template/metadata/labels", true},
    {kTemplateLabels, "apps", "", "StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels", true},
    {kTemplateLabels, "batch", "", "Job", "spec/template/metadata/labels", true},
    {kTemplateLabels, "batch", "", "CronJob", "spec/jobTemplate/metadata/labels", true},
    {kTemplateLabels, "batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/labels", true},
};

// commonLabels below spec.template.spec of Deployment and StatefulSet of apps.
constexpr std::string_view kPodSelectors[] = {
    "affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/"
    "matchLabels",
    "affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/"
    "matchLabels",
    "affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "topologySpreadConstraints/labelSelector/matchLabels",
};

struct PodRow {
  std::string_view path;
  unsigned hosts;
};
constexpr PodRow kVarRows[] = {
    {"containers/args", kVarHosts},
    {"containers/command", kVarHosts},
    {"containers/env/value", kVarHosts},
    {"containers/volumeMounts/mountPath", kVarHosts},
    {"initContainers/args", kVarHosts},
    {"initContainers/command", kVarHosts},
    {"initContainers/env/value", kVarHosts},
    {"initContainers/volumeMounts/mountPath", kVarHosts},
    {"volumes/nfs/server", kAnyPod | kDeployment | kReplicaSet | kDaemonSet | kJob},
};

constexpr Gvk kHpaTargets[] = {{"", "", "Deployment"},
                               {"", "", "ReplicationController"},
                               {"", "", "ReplicaSet"},
                               {"", "", "StatefulSet"}};
constexpr Gvk kConfigMap{"", "v1", "ConfigMap"};
constexpr Gvk kSecret{"", "v1", "Secret"};
constexpr Gvk kService{"", "v1", "Service"};
constexpr Gvk kRole{"rbac.authorization.k8s.io", "", "Role"};
constexpr Gvk kClusterRole{"rbac.authorization.k8s.io", "", "ClusterRole"};
constexpr Gvk kServiceAccount{"", "v1", "ServiceAccount"};
constexpr Gvk kClaim{"", "v1", "PersistentVolumeClaim"};
constexpr Gvk kVolume{"", "v1", "PersistentVolume"};
constexpr Gvk kStorageClass{"storage.k8s.io", "v1", "StorageClass"};
constexpr Gvk kPriorityClass{"scheduling.k8s.io", "v1", "PriorityClass"};
// kustomize has the version in the group, so that it never selects anything.
constexpr Gvk kIngressClass{"networking.k8s.io/v1", "v1", "IngressClass"};
constexpr Gvk kAdmissionPolicy{"admissionregistration.k8s.io", "", "ValidatingAdmissionPolicy"};

struct PodReference {
  Gvk target;
  std::string_view path;
  unsigned hosts;
};
constexpr PodReference kPodReferences[] = {
    {kConfigMap, "volumes/configMap/name", kReaders},
    {kConfigMap, "containers/env/valueFrom/configMapKeyRef/name", kReaders},
    {kConfigMap, "initContainers/env/valueFrom/configMapKeyRef/name", kReaders},
    {kConfigMap, "containers/envFrom/configMapRef/name", kReaders},
    {kConfigMap, "initContainers/envFrom/configMapRef/name", kReaders},
    {kConfigMap, "volumes/projected/sources/configMap/name", kReaders},
    {kSecret, "volumes/secret/secretName", kReaders},
    {kSecret, "containers/env/valueFrom/secretKeyRef/name", kReaders},
    {kSecret, "initContainers/env/valueFrom/secretKeyRef/name", kReaders},
    {kSecret, "containers/envFrom/secretRef/name", kReaders},
    {kSecret, "initContainers/envFrom/secretRef/name", kReaders},
    {kSecret, "imagePullSecrets/name", kReaders},
    {kSecret, "volumes/projected/sources/secret/name", kReaders},
    {kServiceAccount, "serviceAccountName", kRunners},
    {kClaim, "volumes/persistentVolumeClaim/claimName", kRunners},
    {kPriorityClass, "priorityClassName", kRunners},
};

struct ReferenceRow {
  Gvk target;
  std::string_view group, version, kind, path;
};
constexpr std::string_view kRbac = "rbac.authorization.k8s.io";
constexpr std::string_view kAdmission = "admissionregistration.k8s.io";
constexpr ReferenceRow kReferences[] = {
    {kConfigMap, "", "", "Node", "spec/configSource/configMap"},
    {kConfigMap, "", "", "Role", "rules/resourceNames"},
    {kConfigMap, "", "", "ClusterRole", "rules/resourceNames"},
    {kConfigMap, "", "", "Ingress",
     R"(metadata/annotations/nginx.ingress.kubernetes.io\/fastcgi-params-configmap)"},
    {kSecret, "", "", "Ingress", "spec/tls/secretName"},
    {kSecret, "", "", "Ingress", R"(metadata/annotations/ingress.kubernetes.io\/auth-secret)"},
    {kSecret, "", "", "Ingress", R"(metadata/annotations/nginx.ingress.kubernetes.io\/auth-secret)"},
    {kSecret, "", "", "Ingress", R"(metadata/annotations/nginx.ingress.kubernetes.io\/auth-tls-secret)"},
    {kSecret, "", "", "ServiceAccount", "imagePullSecrets/name"},
    {kSecret, "", "", "StorageClass", "parameters/secretName"},
    {kSecret, "", "", "StorageClass", "parameters/adminSecretName"},
    {kSecret, "", "", "StorageClass", "parameters/userSecretName"},
    {kSecret, "", "", "StorageClass", "parameters/secretRef"},
    {kSecret, "", "", "Role", "rules/resourceNames"},
    {kSecret, "", "", "ClusterRole", "rules/resourceNames"},
    {kSecret, "serving.knative.dev", "v1", "Service",
     "spec/template/spec/containers/env/valueFrom/secretKeyRef/name"},
    {kSecret, "", "", "PersistentVolume", "spec/azureFile/secretName"},
    {kService, "apps", "", "StatefulSet", "spec/serviceName"},
    {kService, "", "", "Ingress", "spec/rules/http/paths/backend/serviceName"},
    {kService, "", "", "Ingress", "spec/backend/serviceName"},
    {kService, "", "", "Ingress", "spec/rules/http/paths/backend/service/name"},
    {kService, "", "", "Ingress", "spec/defaultBackend/service/name"},
    {kService, "apiregistration.k8s.io", "", "APIService", "spec/service/name"},
    {kService, kAdmission, "", "ValidatingWebhookConfiguration", "webhooks/clientConfig/service"},
    {kService, kAdmission, "", "MutatingWebhookConfiguration", "webhooks/clientConfig/service"},
    {kRole, kRbac, "", "RoleBinding", "roleRef/name"},
    {kClusterRole, kRbac, "", "RoleBinding", "roleRef/name"},
    {kClusterRole, kRbac, "", "ClusterRoleBinding", "roleRef/name"},
    {kServiceAccount, kRbac, "", "RoleBinding", "subjects"},
    {kServiceAccount, kRbac, "", "ClusterRoleBinding", "subjects"},
    {kVolume, "", "", "PersistentVolumeClaim", "spec/volumeName"},
    {kVolume, "", "", "ClusterRole", "rules/resourceNames"},
    {kStorageClass, "", "", "PersistentVolume", "spec/storageClassName"},
    {kStorageClass, "", "", "PersistentVolumeClaim", "spec/storageClassName"},
    {kStorageClass, "", "", "StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName"},
    {kIngressClass, "", "", "Ingress", "spec/ingressClassName"},
    {kAdmissionPolicy, kAdmission, "", "ValidatingAdmissionPolicyBinding", "spec/policyName"},
};

class Maker {
 public:
  explicit Maker(Arena& arena) : arena_(arena) {}

  TransformerConfig Make() {
    for (const Row& row : kRows) Add(row.field, row);
    for (const Row& row : kLabelRows) Add(kTemplateLabels, row), Add(kCommonLabels, row);
    for (const std::string_view kind : {"Deployment", "StatefulSet"}) {
      for (const std::string_view path : kPodSelectors) {
        config_.Of(kCommonLabels)
            .push_back(MakeFieldSpec(arena_, {"apps", "", kind}, Join("spec/template/spec/", path), false));
      }
    }
    for (const PodRow& row : kVarRows) {
      EachHost(row.hosts, row.path,
               [&](const FieldSpec& spec) { config_.Of(kVarReference).push_back(spec); });
    }
    References();
    return std::move(config_);
  }

 private:
  void Add(ConfigField field, const Row& row) {
    config_.Of(field).push_back(
        MakeFieldSpec(arena_, {row.group, row.version, row.kind}, row.path, row.create));
  }

  void References() {
    for (const Gvk& target : kHpaTargets) {
      Refer(target,
            MakeFieldSpec(arena_, {"", "", "HorizontalPodAutoscaler"}, "spec/scaleTargetRef/name", false));
    }
    for (const PodReference& row : kPodReferences) {
      EachHost(row.hosts, row.path, [&](const FieldSpec& spec) { Refer(row.target, spec); });
    }
    for (const ReferenceRow& row : kReferences) {
      Refer(row.target, MakeFieldSpec(arena_, {row.group, row.version, row.kind}, row.path, false));
    }
  }

  void Refer(const Gvk& target, const FieldSpec& referrer) {
    MergeReference(config_.references, {target, {referrer}});
  }

  template <class Use>
  void EachHost(unsigned hosts, std::string_view path, const Use& use) {
    for (const Host& host : kHosts) {
      if ((hosts & host.bit) == 0) continue;
      use(MakeFieldSpec(arena_, {"", host.version, host.kind}, Join(host.prefix, path), false));
    }
  }

  std::string_view Join(std::string_view prefix, std::string_view path) {
    return arena_.Keep(std::string(prefix).append(path));
  }

  Arena& arena_;
  TransformerConfig config_;
};

}  // namespace

const ConfigPointer& DefaultConfig() {
  static Arena* const arena = new Arena(64 * 1024);  // lives for ever, as the configuration does
  static const ConfigPointer config = std::make_shared<const TransformerConfig>(Maker(*arena).Make());
  return config;
}

}  // namespace sluice::manifests::render
