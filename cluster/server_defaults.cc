// By the last name of a field, with its parent's where that matters.
// What has no one default (imagePullPolicy Always, targetPort) is left out.
// Tested by tests/cluster/managers_test.cc.
#include "cluster/server_defaults.h"

#include <algorithm>
#include <string>

#include "cluster/discovery.h"
#include "manifests/object.h"

namespace sluice::cluster {
namespace {

struct Default {
  std::string_view name;
  std::string_view json;      // empty: whatever it is
  std::string_view parent{};  // empty: any
};

constexpr Default kDefaults[] = {
    // Pods
    {"apiVersion", "\"v1\"", "fieldRef"},
    {"defaultMode", "420"},
    {"dnsPolicy", "\"ClusterFirst\""},
    {"failureThreshold", "3"},
    {"imagePullPolicy", "\"IfNotPresent\""},
    {"periodSeconds", "10"},
    {"protocol", "\"TCP\""},
    {"resources", "{}"},
    {"restartPolicy", "\"Always\"", "spec"},  // of a container it makes a sidecar
    {"schedulerName", "\"default-scheduler\""},
    {"scheme", "\"HTTP\""},
    {"securityContext", "{}"},
    {"serviceAccount", ""},  // follows serviceAccountName
    {"successThreshold", "1"},
    {"terminationGracePeriodSeconds", "30"},
    {"terminationMessagePath", "\"/dev/termination-log\""},
    {"terminationMessagePolicy", "\"File\""},
    {"timeoutSeconds", "1"},
    // Workloads
    {"backoffLimit", "6"},
    {"completionMode", "\"NonIndexed\""},
    {"concurrencyPolicy", "\"Allow\""},
    {"failedJobsHistoryLimit", "1"},
    {"maxSurge", "\"25%\""},
    {"maxUnavailable", "\"25%\""},
    {"partition", "0"},
    {"podManagementPolicy", "\"OrderedReady\""},
    {"podReplacementPolicy", "\"TerminatingOrFailed\""},
    {"progressDeadlineSeconds", "600"},
    {"replicas", "1"},
    {"revisionHistoryLimit", "10"},
    {"successfulJobsHistoryLimit", "3"},
    {"suspend", "false"},
    {"type", "\"RollingUpdate\""},
    {"whenDeleted", "\"Retain\""},
    {"whenScaled", "\"Retain\""},
    // Services, Secrets, volumes
    {"allocateLoadBalancerNodePorts", "true"},
    {"externalTrafficPolicy", "\"Cluster\""},
    {"internalTrafficPolicy", "\"Cluster\""},
    {"ipFamilyPolicy", "\"SingleStack\""},
    {"sessionAffinity", "\"None\""},
    {"type", "\"ClusterIP\""},
    {"type", "\"Opaque\""},
    {"volumeMode", "\"Filesystem\""},
};

// Of any object, below metadata.
constexpr Default kToolsOwn[] = {
    {"app.kubernetes.io/managed-by", "\"Helm\""},
    {"helm.toolkit.fluxcd.io/name", ""},
    {"helm.toolkit.fluxcd.io/namespace", ""},
    {"kubectl.kubernetes.io/last-applied-configuration", ""},
    {"meta.helm.sh/release-name", ""},
    {"meta.helm.sh/release-namespace", ""},
};

}  // namespace

bool IsServerDefault(std::string_view group, std::string_view parent, std::string_view name,
                     const manifests::Node& value) {
  std::string json;
  manifests::CanonicalJson(value, json);
  const auto fits = [&](const Default& each) {
    return each.name == name && (each.json.empty() || each.json == json) &&
           (each.parent.empty() || each.parent == parent);
  };
  return std::any_of(std::begin(kToolsOwn), std::end(kToolsOwn), fits) ||
         (IsOwnGroup(group) && std::any_of(std::begin(kDefaults), std::end(kDefaults), fits));
}

}  // namespace sluice::cluster
