// How live objects fare, a line a case: what fits, and the longer list of what does not.
#include "agent/health.h"

#include <map>

#include "agent/conditions.h"
#include "cluster/server_time.h"
#include "tests/cluster/nodes.h"

namespace sluice::agent {
namespace {

using cluster::Text;

const WallTime kNow = *cluster::ParseServerTime("2026-01-01T12:00:00Z");

struct Case {
  const char *what, *live, *health, *reason;  // reason: a part of it
};

// "kind apps/v1 Deployment" without the words that every case would repeat.
std::string Whole(const std::string& live) {
  static const std::map<std::string, std::string> kKinds = {
      {"Deployment", "apps/v1"},
      {"StatefulSet", "apps/v1"},
      {"DaemonSet", "apps/v1"},
      {"ReplicaSet", "apps/v1"},
      {"Pod", "v1"},
      {"PersistentVolumeClaim", "v1"},
      {"Service", "v1"},
      {"Secret", "v1"},
      {"ConfigMap", "v1"},
      {"Job", "batch/v1"},
      {"CronJob", "batch/v1"},
      {"PodDisruptionBudget", "policy/v1"},
      {"CustomResourceDefinition", "apiextensions.k8s.io/v1"},
      {"APIService", "apiregistration.k8s.io/v1"},
      {"Kustomization", "kustomize.toolkit.fluxcd.io/v1"},
      {"HelmRelease", "helm.toolkit.fluxcd.io/v2"},
      {"HelmRepository", "source.toolkit.fluxcd.io/v1"},
      {"Alert", "notification.toolkit.fluxcd.io/v1beta3"},
      {"Receiver", "notification.toolkit.fluxcd.io/v1"},
      {"Application", "argoproj.io/v1alpha1"},
      {"AppProject", "argoproj.io/v1alpha1"},
      {"ApplicationSet", "argoproj.io/v1alpha1"},
      {"Rollout", "argoproj.io/v1alpha1"},
      {"Workflow", "argoproj.io/v1alpha1"},
      {"Provider", "pkg.crossplane.io/v1"},
      {"Lock", "pkg.crossplane.io/v1beta1"},
      {"CompositeResourceDefinition", "apiextensions.crossplane.io/v1"},
      {"Composition", "apiextensions.crossplane.io/v1"},
      {"Bucket", "s3.aws.upbound.io/v1beta1"},
      {"ProviderConfig", "aws.upbound.io/v1beta1"},
      {"Certificate", "cert-manager.io/v1"},
      {"CertificateRequest", "cert-manager.io/v1"},
      {"Issuer", "cert-manager.io/v1"},
      {"Order", "acme.cert-manager.io/v1"},
      {"Thing", "example.com/v1"},
  };
  const std::size_t end = live.find('\n');
  const std::string kind = live.substr(0, end);
  return "apiVersion: " + kKinds.at(kind) + "\nkind: " + kind + "\n" +
         (end == live.npos ? "" : live.substr(end + 1));
}

void CheckAll(std::span<const Case> cases) {
  for (const Case& each : cases) {
    INFO(each.what);
    const Text live(Whole(each.live));
    const ObjectHealth health = HealthOf(live.get(), kNow);
    CHECK(HealthWords(health.health) == each.health);
    INFO(health.reason);
    CHECK(health.reason.find(each.reason) != std::string::npos);
    CHECK(!health.reason.empty());
  }
}

constexpr Case kCurrent[] = {
    {"a Deployment whose replicas are all new, ready and available",
     "Deployment\nmetadata: {generation: 2}\nspec: {replicas: 2, progressDeadlineSeconds: 45}\n"
     "status: {observedGeneration: 2, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: "
     "2, "
     "conditions: [{type: Progressing, status: 'True', reason: NewReplicaSetAvailable}, {type: Available, "
     "status: 'True'}]}",
     "current", "2 replicas"},
    {"a Deployment without a deadline says nothing of progress",
     "Deployment\nstatus: {replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, "
     "conditions: "
     "[{type: Available, status: 'True'}]}",
     "current", "1 replicas"},
    {"a Deployment of no replica",
     "Deployment\nspec: {replicas: 0}\nstatus: {conditions: [{type: Available, status: 'True'}]}", "current",
     "0"},
    {"a ReplicaSet",
     "ReplicaSet\nspec: {replicas: 2}\nstatus: {replicas: 2, fullyLabeledReplicas: 2, readyReplicas: 2, "
     "availableReplicas: 2}",
     "current", "2 replicas"},
    {"a StatefulSet",
     "StatefulSet\nspec: {replicas: 2}\nstatus: {replicas: 2, readyReplicas: 2, currentReplicas: 2, "
     "currentRevision: a, "
     "updateRevision: a}",
     "current", "2 replicas"},
    {"a StatefulSet that keeps one replica of before",
     "StatefulSet\nspec: {replicas: 3, updateStrategy: {rollingUpdate: {partition: 1}}}\nstatus: {replicas: "
     "3, "
     "readyReplicas: 3, updatedReplicas: 2, currentRevision: a, updateRevision: b}",
     "current", "2 replicas are of the new"},
    {"a StatefulSet that people update", "StatefulSet\nspec: {replicas: 3, updateStrategy: {type: OnDelete}}",
     "current", "OnDelete"},
    {"a DaemonSet",
     "DaemonSet\nmetadata: {generation: 1}\nstatus: {observedGeneration: 1, desiredNumberScheduled: 3, "
     "currentNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3, numberReady: 3}",
     "current", "3 nodes"},
    {"a DaemonSet that fits no node",
     "DaemonSet\nmetadata: {generation: 1}\nstatus: {observedGeneration: 1, desiredNumberScheduled: 0}",
     "current", "0 nodes"},
    {"a Pod that is ready", "Pod\nstatus: {phase: Running, conditions: [{type: Ready, status: 'True'}]}",
     "current", "ready"},
    {"a Pod that has done its work", "Pod\nstatus: {phase: Succeeded}", "current", "ended well"},
    {"a Pod that has ended badly is over all the same", "Pod\nstatus: {phase: Failed}", "current",
     "not all of them"},
    {"a claim", "PersistentVolumeClaim\nstatus: {phase: Bound}", "current", "bound"},
    {"a Service", "Service\nspec: {type: ClusterIP}", "current", "ready"},
    {"a load balancer", "Service\nspec: {type: LoadBalancer, clusterIP: 10.0.0.1}", "current", "ready"},
    {"a Secret", "Secret\ndata: {a: b}", "current", "there"},
    {"a ConfigMap", "ConfigMap", "current", "there"},
    {"a Job that runs", "Job\nstatus: {startTime: x, active: 2}", "current", "2 Pods active"},
    {"a Job that is done", "Job\nstatus: {conditions: [{type: Complete, status: 'True'}]}", "current",
     "complete"},
    {"a CronJob", "CronJob", "current", "there"},
    {"a budget", "PodDisruptionBudget\nmetadata: {generation: 1}\nstatus: {observedGeneration: 1}", "current",
     "counted"},
    {"a definition",
     "CustomResourceDefinition\nstatus: {conditions: [{type: NamesAccepted, status: 'True'}, {type: "
     "Established, "
     "status: 'True'}]}",
     "current", "established"},
    {"a kind that says nothing", "Thing\nspec: {a: 1}", "current", "there"},
    {"a kind that is ready", "Thing\nstatus: {conditions: [{type: Ready, status: 'True'}]}", "current",
     "ready"},
    {"what was once at work",
     "Thing\nstatus: {conditions: [{type: Reconciling, status: 'False'}, {type: Stalled, status: 'False'}]}",
     "current", "there"},
    {"an API", "APIService\nstatus: {conditions: [{type: Available, status: 'True'}]}", "current",
     "Available"},
    {"Flux: ready",
     "Kustomization\nmetadata: {generation: 3}\nstatus: {observedGeneration: 3, conditions: [{type: Ready, "
     "status: "
     "'True'}]}",
     "current", "Ready is met"},
    {"Flux: a repository of OCI charts", "HelmRepository\nspec: {type: oci}", "current", "oci"},
    {"Flux: an Alert has no status", "Alert\nspec: {}", "current", "there"},
    {"Argo CD: healthy and in sync",
     "Application\nstatus: {health: {status: Healthy}, sync: {status: Synced}, operationState: {phase: "
     "Succeeded}}",
     "current", "Healthy"},
    {"Argo CD: a project", "AppProject", "current", "there"},
    {"Argo CD: an ApplicationSet",
     "ApplicationSet\nstatus: {conditions: [{type: ErrorOccurred, status: 'False'}, {type: "
     "ResourcesUpToDate, "
     "status: 'True'}]}",
     "current", "ResourcesUpToDate"},
    {"Argo Rollouts", "Rollout\nmetadata: {generation: 4}\nstatus: {observedGeneration: '4', phase: Healthy}",
     "current", "Healthy"},
    {"Argo Rollouts of before 1.0: a hash",
     "Rollout\nmetadata: {generation: 4}\nstatus: {observedGeneration: 5d4c, phase: Healthy}", "current",
     "Healthy"},
    {"Argo Workflows", "Workflow\nstatus: {phase: Succeeded}", "current", "Succeeded"},
    {"Crossplane: a provider",
     "Provider\nstatus: {conditions: [{type: Installed, status: 'True'}, {type: Healthy, status: 'True'}]}",
     "current", "Healthy"},
    {"Crossplane: the lock of its packages", "Lock", "current", "there"},
    {"Crossplane: a definition",
     "CompositeResourceDefinition\nstatus: {conditions: [{type: Established, status: 'True'}]}", "current",
     "Established"},
    {"Crossplane: a composition", "Composition\nspec: {}", "current", "there"},
    {"Crossplane: a managed resource",
     "Bucket\nstatus: {conditions: [{type: Synced, status: 'True'}, {type: Ready, status: 'True'}]}",
     "current", "Ready"},
    {"Crossplane: settings", "ProviderConfig", "current", "there"},
    {"cert-manager: a certificate that is renewed",
     "Certificate\nmetadata: {generation: 1}\nstatus: {conditions: [{type: Issuing, status: 'True'}, {type: "
     "Ready, "
     "status: 'True', observedGeneration: 1}]}",
     "current", "Ready"},
    {"cert-manager: an issuer", "Issuer\nstatus: {conditions: [{type: Ready, status: 'True'}]}", "current",
     "Ready"},
    {"cert-manager: an order", "Order\nstatus: {state: valid}", "current", "valid"},
};

TEST_CASE("objects that are what was asked for") { CheckAll(kCurrent); }

constexpr Case kNotCurrent[] = {
    {"what its controller has not seen",
     "Deployment\nmetadata: {generation: 3}\nstatus: {observedGeneration: 2}", "in progress",
     "has seen generation 2, it is at 3"},
    {"nobody has looked at the Deployment", "Deployment\nspec: {replicas: 1}", "in progress",
     "0 of 1 replicas are there"},
    {"the old replicas serve",
     "Deployment\nspec: {replicas: 3}\nstatus: {replicas: 3, updatedReplicas: 1, readyReplicas: 3, "
     "availableReplicas: 3}",
     "in progress", "1 of 3 replicas are of the new revision"},
    {"the old replicas have not ended",
     "Deployment\nspec: {replicas: 1}\nstatus: {replicas: 2, updatedReplicas: 1, readyReplicas: 2, "
     "availableReplicas: 2}",
     "in progress", "2 replicas where 1 are wanted"},
    {"the new replicas are not available",
     "Deployment\nspec: {replicas: 2}\nstatus: {replicas: 2, updatedReplicas: 2, availableReplicas: 1}",
     "in progress", "1 of 2 new replicas are available"},
    {"the new replicas are not ready",
     "Deployment\nspec: {replicas: 2}\nstatus: {replicas: 2, updatedReplicas: 2, availableReplicas: 2, "
     "readyReplicas: 1}",
     "in progress", "1 of 2 replicas are ready"},
    {"the ReplicaSet is not said to be available",
     "Deployment\nspec: {replicas: 1, progressDeadlineSeconds: 5}\nstatus: {replicas: 1, updatedReplicas: 1, "
     "readyReplicas: 1, availableReplicas: 1, conditions: [{type: Progressing, status: 'True', reason: "
     "ReplicaSetUpdated}, {type: Available, status: 'True'}]}",
     "in progress", "ReplicaSet is not available"},
    {"the Deployment is not available",
     "Deployment\nspec: {replicas: 1}\nstatus: {replicas: 1, updatedReplicas: 1, readyReplicas: 1, "
     "availableReplicas: "
     "1, conditions: [{type: Available, status: 'False'}]}",
     "in progress", "to be available"},
    {"the deadline has passed",
     "Deployment\nspec: {progressDeadlineSeconds: 5}\nstatus: {conditions: [{type: Progressing, status: "
     "'False', "
     "reason: ProgressDeadlineExceeded, message: 'ReplicaSet \"web-1\" has timed out progressing.'}]}",
     "failed", "ProgressDeadlineExceeded: ReplicaSet \"web-1\" has timed out progressing"},
    {"counters of other types are none",
     "Deployment\nspec: {replicas: 1}\nstatus: {replicas: '1', updatedReplicas: 1.0, readyReplicas: [1], "
     "availableReplicas: true}",
     "in progress", "0 of 1 replicas are there"},
    {"a ReplicaSet that cannot make Pods",
     "ReplicaSet\nstatus: {conditions: [{type: ReplicaFailure, status: 'True', reason: FailedCreate, "
     "message: "
     "quota}]}",
     "in progress", "FailedCreate: quota"},
    {"a ReplicaSet without its labels", "ReplicaSet\nstatus: {replicas: 1}", "in progress", "labels"},
    {"a ReplicaSet that is not available", "ReplicaSet\nstatus: {fullyLabeledReplicas: 1}", "in progress",
     "available"},
    {"a ReplicaSet that is not ready", "ReplicaSet\nstatus: {fullyLabeledReplicas: 1, availableReplicas: 1}",
     "in progress", "0 of 1 replicas are ready"},
    {"a ReplicaSet with too many",
     "ReplicaSet\nstatus: {fullyLabeledReplicas: 1, availableReplicas: 1, readyReplicas: 1, replicas: 2}",
     "in progress", "old ones have not ended"},
    {"a StatefulSet that grows", "StatefulSet\nspec: {replicas: 3}\nstatus: {replicas: 1}", "in progress",
     "1 of 3"},
    {"a StatefulSet that is not ready", "StatefulSet\nstatus: {replicas: 1}", "in progress",
     "0 of 1 replicas are ready"},
    {"a StatefulSet that shrinks", "StatefulSet\nspec: {replicas: 0}\nstatus: {replicas: 1}", "in progress",
     "1 replicas where 0"},
    {"a StatefulSet in its partition",
     "StatefulSet\nspec: {replicas: 3, updateStrategy: {rollingUpdate: {partition: 1}}}\nstatus: {replicas: "
     "3, "
     "readyReplicas: 3, updatedReplicas: 1}",
     "in progress", "1 replicas are of the new revision where 2"},
    {"a StatefulSet with replicas of before",
     "StatefulSet\nspec: {replicas: 2}\nstatus: {replicas: 2, readyReplicas: 2, currentReplicas: 1}",
     "in progress", "1 of 2 replicas are current"},
    {"a StatefulSet between revisions",
     "StatefulSet\nstatus: {replicas: 1, readyReplicas: 1, currentReplicas: 1, currentRevision: a, "
     "updateRevision: b}",
     "in progress", "not all of the new revision"},
    {"a DaemonSet that nobody has seen", "DaemonSet\nmetadata: {generation: 1}", "in progress",
     "not seen it"},
    {"a DaemonSet that nobody has counted",
     "DaemonSet\nmetadata: {generation: 1}\nstatus: {observedGeneration: 1}", "in progress", "not counted"},
    {"a DaemonSet that is missing on a node",
     "DaemonSet\nmetadata: {generation: 1}\nstatus: {observedGeneration: 1, desiredNumberScheduled: 2, "
     "currentNumberScheduled: 1}",
     "in progress", "1 of 2 nodes have a Pod"},
    {"a DaemonSet that is old on a node",
     "DaemonSet\nmetadata: {generation: 1}\nstatus: {observedGeneration: 1, desiredNumberScheduled: 2, "
     "currentNumberScheduled: 2, updatedNumberScheduled: 1}",
     "in progress", "1 of 2 nodes have a Pod of the new revision"},
    {"a DaemonSet that is not available on a node",
     "DaemonSet\nmetadata: {generation: 1}\nstatus: {observedGeneration: 1, desiredNumberScheduled: 2, "
     "currentNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1, numberReady: 2}",
     "in progress", "1 of 2 Pods are available"},
    {"a DaemonSet that is not ready on a node",
     "DaemonSet\nmetadata: {generation: 1}\nstatus: {observedGeneration: 1, desiredNumberScheduled: 2, "
     "currentNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2, numberReady: 1}",
     "in progress", "1 of 2 Pods are ready"},
    {"a Pod that nobody has seen", "Pod\nspec: {}", "in progress", "nobody"},
    {"a Pod that pulls its image", "Pod\nstatus: {phase: Pending}", "in progress", "not started"},
    {"a Pod that waits for a node, since ten seconds",
     "Pod\nmetadata: {creationTimestamp: '2026-01-01T11:59:50Z'}\nstatus: {phase: Pending, conditions: "
     "[{type: "
     "PodScheduled, status: 'False', reason: Unschedulable}]}",
     "in progress", "no node"},
    {"a Pod that fits no node",
     "Pod\nmetadata: {creationTimestamp: '2026-01-01T11:59:40Z'}\nstatus: {phase: Pending, conditions: "
     "[{type: "
     "PodScheduled, status: 'False', reason: Unschedulable, message: 0/3 nodes}]}",
     "failed", "Unschedulable: 0/3 nodes"},
    {"a Pod that is not ready", "Pod\nstatus: {phase: Running, conditions: [{type: Ready, status: 'False'}]}",
     "in progress", "not ready"},
    {"a Pod that crashes",
     "Pod\nstatus: {phase: Running, containerStatuses: [{name: web, state: {waiting: {reason: "
     "CrashLoopBackOff}}}, "
     "{name: log, state: {running: {}}}]}",
     "failed", "again and again: web"},
    {"a Pod of a lost node", "Pod\nstatus: {phase: Unknown}", "unknown", "\"Unknown\""},
    {"a claim that waits", "PersistentVolumeClaim\nstatus: {phase: Pending}", "in progress", "it is Pending"},
    {"a claim that lost its volume", "PersistentVolumeClaim\nstatus: {phase: Lost}", "in progress",
     "it is Lost"},
    {"a claim that nobody has seen", "PersistentVolumeClaim", "in progress", "not bound"},
    {"a load balancer without an address", "Service\nspec: {type: LoadBalancer}", "in progress",
     "cluster IP"},
    {"a Job that has not begun", "Job", "in progress", "not started"},
    {"a Job that failed",
     "Job\nstatus: {startTime: x, conditions: [{type: Failed, status: 'True', reason: "
     "BackoffLimitExceeded}]}",
     "failed", "BackoffLimitExceeded"},
    {"a definition whose names are taken",
     "CustomResourceDefinition\nstatus: {conditions: [{type: NamesAccepted, status: 'False', reason: "
     "PluralConflict}, "
     "{type: Established, status: 'True'}]}",
     "failed", "PluralConflict"},
    {"a definition that is installed",
     "CustomResourceDefinition\nstatus: {conditions: [{type: Established, status: 'False', reason: "
     "Installing}]}",
     "in progress", "not established"},
    {"a definition that is refused",
     "CustomResourceDefinition\nstatus: {conditions: [{type: Established, status: 'False', reason: "
     "NotAccepted}]}",
     "failed", "NotAccepted"},
    {"a definition that nobody has seen", "CustomResourceDefinition", "in progress", "not established"},
    {"a budget that nobody has seen again",
     "PodDisruptionBudget\nmetadata: {generation: 2}\nstatus: {observedGeneration: 1}", "in progress",
     "generation 1"},
    {"what ends", "ConfigMap\nmetadata: {deletionTimestamp: '2026-01-01T00:00:00Z'}", "terminating",
     "deleted"},
    {"what cannot end",
     "Thing\nmetadata: {deletionTimestamp: x, finalizers: [example.com/a, example.com/b]}\nstatus: "
     "{conditions: "
     "[{type: Ready, status: 'True'}]}",
     "terminating", "finalizers: example.com/a, example.com/b"},
    {"what works", "Thing\nstatus: {conditions: [{type: Reconciling, status: 'True', reason: Building}]}",
     "in progress", "Building"},
    {"what is stuck, though it says that it is ready",
     "Thing\nstatus: {conditions: [{type: Ready, status: 'True'}, {type: Stalled, status: 'True', reason: "
     "Broken}]}",
     "failed", "Broken"},
    {"what is not ready",
     "Thing\nstatus: {conditions: [{type: Ready, status: 'False', reason: NotYet, message: 'x.'}]}",
     "in progress", "not ready: NotYet: x"},
    {"what may be ready", "Thing\nstatus: {conditions: [{type: Ready, status: Unknown}]}", "in progress",
     "not ready"},
    {"a status of another shape", "Thing\nstatus: fine", "unknown", "another shape"},
    {"conditions of another shape", "Thing\nstatus: {conditions: {Ready: true}}", "unknown", "another shape"},
    {"an API that does not answer",
     "APIService\nstatus: {conditions: [{type: Available, status: 'False', reason: MissingEndpoints}]}",
     "in progress", "Available is False: MissingEndpoints"},
    {"Flux: just made", "Kustomization\nspec: {}", "in progress", "said nothing"},
    {"Flux: its build fails",
     "Kustomization\nstatus: {conditions: [{type: Ready, status: 'False', reason: BuildFailed, message: no "
     "file}]}",
     "in progress", "Ready is False: BuildFailed: no file"},
    {"Flux: out of retries",
     "HelmRelease\nstatus: {conditions: [{type: Stalled, status: 'True', reason: RetriesExceeded}, {type: "
     "Ready, "
     "status: 'False'}]}",
     "failed", "RetriesExceeded"},
    {"Flux: suspended before it saw the change",
     "HelmRelease\nmetadata: {generation: 2}\nspec: {suspend: true}\nstatus: {observedGeneration: 1, "
     "conditions: "
     "[{type: Ready, status: 'True'}]}",
     "unknown", "spec.suspend"},
    {"Flux: not suspended",
     "HelmRelease\nmetadata: {generation: 2}\nspec: {suspend: false}\nstatus: "
     "{observedGeneration: 1}",
     "in progress", "generation 1"},
    {"Flux: a Receiver without a word", "Receiver", "in progress", "said nothing"},
    {"Flux: a repository of HTTP charts", "HelmRepository\nspec: {type: default}", "in progress",
     "said nothing"},
    {"Argo CD: nobody has seen it", "Application\nspec: {}", "in progress", "said nothing"},
    {"Argo CD: out of sync", "Application\nstatus: {health: {status: Healthy}, sync: {status: OutOfSync}}",
     "in progress", "OutOfSync"},
    {"Argo CD: it syncs",
     "Application\nstatus: {health: {status: Healthy}, sync: {status: Synced}, operationState: {phase: "
     "Running}}",
     "in progress", "Running"},
    {"Argo CD: its sync failed",
     "Application\nstatus: {health: {status: Healthy}, sync: {status: Synced}, operationState: {phase: "
     "Failed}}",
     "failed", "operationState.phase is Failed"},
    {"Argo CD: degraded", "Application\nstatus: {health: {status: Degraded}, sync: {status: Synced}}",
     "failed", "Degraded"},
    {"Argo CD: it moves", "Application\nstatus: {health: {status: Progressing}, sync: {status: Synced}}",
     "in progress", "Progressing"},
    {"Argo CD: it cannot tell", "Application\nstatus: {health: {status: Unknown}, sync: {status: Synced}}",
     "unknown", "Unknown"},
    {"Argo CD: it cannot compare",
     "Application\nstatus: {health: {status: Healthy}, sync: {status: Unknown}, conditions: [{type: "
     "ComparisonError, "
     "message: no such path}]}",
     "failed", "ComparisonError: no such path"},
    {"Argo CD: an ApplicationSet with an error",
     "ApplicationSet\nstatus: {conditions: [{type: ErrorOccurred, status: 'True', reason: X}, {type: "
     "ResourcesUpToDate, status: 'True'}]}",
     "failed", "ErrorOccurred is True: X"},
    {"Argo Rollouts: it has not seen it",
     "Rollout\nmetadata: {generation: 4}\nstatus: {observedGeneration: '3', "
     "phase: Healthy}",
     "in progress", "generation 3"},
    {"Argo Rollouts: degraded", "Rollout\nstatus: {phase: Degraded}", "failed", "Degraded"},
    {"Argo Rollouts: it waits for somebody", "Rollout\nstatus: {phase: Paused}", "in progress", "Paused"},
    {"Argo Workflows: failed", "Workflow\nstatus: {phase: Error}", "failed", "Error"},
    {"Argo Workflows: it runs", "Workflow\nstatus: {phase: Running}", "in progress", "Running"},
    {"Crossplane: a provider that is not healthy",
     "Provider\nstatus: {conditions: [{type: Installed, status: 'True'}, {type: Healthy, status: 'False', "
     "reason: "
     "UnhealthyPackageRevision}]}",
     "in progress", "UnhealthyPackageRevision"},
    {"Crossplane: a provider that is not installed",
     "Provider\nstatus: {conditions: [{type: Installed, status: 'False'}, {type: Healthy, status: 'True'}]}",
     "in progress", "Installed is False"},
    {"Crossplane: a definition whose claims are not offered",
     "CompositeResourceDefinition\nstatus: {conditions: [{type: Established, status: 'True'}, {type: "
     "Offered, status: "
     "'False'}]}",
     "in progress", "Offered"},
    {"Crossplane: a resource that is not in sync",
     "Bucket\nstatus: {conditions: [{type: Synced, status: 'False', reason: ReconcileError, message: "
     "denied}, {type: "
     "Ready, status: 'True'}]}",
     "in progress", "ReconcileError: denied"},
    {"Crossplane: a resource that is paused",
     "Bucket\nstatus: {conditions: [{type: Synced, status: 'False', reason: ReconcilePaused}]}", "unknown",
     "ReconcilePaused"},
    {"Crossplane: a resource that is made",
     "Bucket\nstatus: {conditions: [{type: Synced, status: 'True'}, {type: Ready, status: 'False', reason: "
     "Creating}]}",
     "in progress", "Creating"},
    {"Crossplane: a resource that nobody has seen", "Bucket", "in progress", "said nothing"},
    {"cert-manager: ready, of the state before",
     "Certificate\nmetadata: {generation: 2}\nstatus: {conditions: [{type: Ready, status: 'True', "
     "observedGeneration: 1}]}",
     "in progress", "said nothing"},
    {"cert-manager: it issues",
     "Certificate\nstatus: {conditions: [{type: Ready, status: 'False'}, {type: Issuing, status: 'True'}]}",
     "in progress", "Issuing is True"},
    {"cert-manager: it could not be issued",
     "Certificate\nstatus: {conditions: [{type: Ready, status: 'False'}, {type: Issuing, status: 'False', "
     "reason: "
     "Failed, message: refused}]}",
     "failed", "Failed: refused"},
    {"cert-manager: denied", "CertificateRequest\nstatus: {conditions: [{type: Denied, status: 'True'}]}",
     "failed", "Denied"},
    {"cert-manager: invalid",
     "CertificateRequest\nstatus: {conditions: [{type: InvalidRequest, status: 'True'}]}", "failed",
     "InvalidRequest"},
    {"cert-manager: refused",
     "CertificateRequest\nstatus: {conditions: [{type: Ready, status: 'False', reason: "
     "Failed}]}",
     "failed", "Ready is False: Failed"},
    {"cert-manager: an issuer without an account",
     "Issuer\nstatus: {conditions: [{type: Ready, status: 'False', reason: ErrRegisterACMEAccount}]}",
     "in progress", "ErrRegisterACMEAccount"},
    {"cert-manager: an order that lapsed", "Order\nstatus: {state: expired}", "failed", "expired"},
    {"cert-manager: an order under way", "Order\nstatus: {state: pending}", "in progress", "pending"},
};

TEST_CASE("objects that are not, or not yet, what was asked for") { CheckAll(kNotCurrent); }

TEST_CASE("what is not there, or no object") {
  CHECK(HealthOf(nullptr, kNow).health == Health::kNotFound);
  CHECK(HealthOf(Text("[]").get(), kNow).health == Health::kUnknown);
  CHECK(HealthOf(Text("metadata: {name: x}").get(), kNow).health == Health::kUnknown);
}

TEST_CASE("what controllers say is cut, on one line, and never a credential") {
  CHECK(Quoted("two\nlines\x1b[31m.") == "two lines [31m");
  const std::string umlauts = Quoted(std::string(299, 'a') + "ää");
  CHECK(umlauts == std::string(299, 'a') + "…");
  const std::string secret = "cannot log in with password=hunter2-hunter2";
  CHECK(Quoted(secret).find("hunter2") == std::string::npos);
  const Text live(
      "apiVersion: example.com/v1\nkind: Thing\nstatus: {conditions: [{type: Ready, status: 'False', "
      "reason: NotYet, message: '" +
      secret + "'}]}");
  const ObjectHealth health = HealthOf(live.get(), kNow);
  CHECK(health.reason == "it is not ready: NotYet: (its message is withheld: it looks like a credential)");
}

}  // namespace
}  // namespace sluice::agent
