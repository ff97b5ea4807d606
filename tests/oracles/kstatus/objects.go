package main

import (
	"math/rand"
	"time"
)

// A maker makes objects of which each field that kstatus looks at is near enough to the
// others that every rule is met: small numbers, few reasons.
type maker struct{ *rand.Rand }

var kinds = [][2]string{
	{"apps/v1", "Deployment"}, {"apps/v1", "StatefulSet"}, {"apps/v1", "DaemonSet"}, {"apps/v1", "ReplicaSet"},
	{"v1", "Pod"}, {"v1", "PersistentVolumeClaim"}, {"v1", "Service"}, {"v1", "ConfigMap"}, {"v1", "Secret"},
	{"batch/v1", "Job"}, {"batch/v1", "CronJob"}, {"policy/v1", "PodDisruptionBudget"},
	{"apiextensions.k8s.io/v1", "CustomResourceDefinition"}, {"example.com/v1", "Thing"}, {"v1", "Namespace"},
}

// By kind: names of counters in status, of conditions, of their reasons.
var (
	counters = []string{"replicas", "readyReplicas", "updatedReplicas", "availableReplicas", "currentReplicas",
		"fullyLabeledReplicas", "desiredNumberScheduled", "currentNumberScheduled", "updatedNumberScheduled",
		"numberAvailable", "numberReady", "active", "succeeded", "failed"}
	conditions = map[string][]string{
		"Deployment": {"Progressing", "Available"}, "ReplicaSet": {"ReplicaFailure"}, "Pod": {"Ready", "PodScheduled"},
		"Job":                      {"Complete", "Failed"},
		"CustomResourceDefinition": {"NamesAccepted", "Established"}, "Thing": {"Ready"}, "Namespace": {"Ready"},
	}
	reasons  = []string{"NewReplicaSetAvailable", "ProgressDeadlineExceeded", "Unschedulable", "Installing", "Other"}
	statuses = []string{"True", "False", "Unknown"}
	phases   = []string{"Pending", "Running", "Succeeded", "Failed", "Bound", "Lost", "Strange"}
)

func (m maker) chance(percent int) bool { return m.Intn(100) < percent }

func (m maker) one(of []string) string { return of[m.Intn(len(of))] }

func (m maker) condition(kind string) map[string]any {
	types := conditions[kind]
	if len(types) == 0 || m.chance(5) {
		types = []string{"Reconciling", "Stalled", "Ready", "Other"}
	}
	return map[string]any{"type": m.one(types), "status": m.one(statuses), "reason": m.one(reasons), "message": "m"}
}

// At most one condition of a type, as API servers keep them.
func (m maker) conditions(kind string) []any {
	list, seen := []any{}, map[string]bool{}
	for range m.Intn(4) {
		condition := m.condition(kind)
		if name := condition["type"].(string); !seen[name] {
			seen[name] = true
			list = append(list, condition)
		}
	}
	return list
}

func (m maker) status(kind string) map[string]any {
	status := map[string]any{}
	for _, name := range counters {
		switch {
		case m.chance(85):
			status[name] = 2 + m.Intn(6)/5
		case m.chance(10):
			status[name] = []any{"2", 2.5, true, nil}[m.Intn(4)]
		}
	}
	if m.chance(80) {
		status["phase"] = m.one(phases)
	}
	if m.chance(70) {
		status["startTime"] = "2026-01-01T00:00:00Z"
	}
	if m.chance(80) {
		status["currentRevision"], status["updateRevision"] = "a", m.one([]string{"a", "a", "b"})
	}
	if m.chance(75) {
		status["conditions"] = m.conditions(kind)
	}
	if m.chance(70) {
		status["observedGeneration"] = 3 - m.Intn(8)/7
	}
	if m.chance(30) {
		waiting := map[string]any{"waiting": map[string]any{"reason": m.one([]string{"CrashLoopBackOff", "Pulling"})}}
		status["containerStatuses"] = []any{map[string]any{"name": "a", "state": waiting}, map[string]any{"name": "b"}}
	}
	return status
}

func (m maker) spec() map[string]any {
	spec := map[string]any{}
	if m.chance(85) {
		spec["replicas"] = 2
	}
	if m.chance(50) {
		spec["progressDeadlineSeconds"] = []any{600, 2147483647}[m.Intn(2)]
	}
	if m.chance(40) {
		strategy := map[string]any{"type": m.one([]string{"OnDelete", "RollingUpdate", "RollingUpdate"})}
		if m.chance(50) {
			strategy["rollingUpdate"] = map[string]any{"partition": m.Intn(4) - 1}
		}
		spec["updateStrategy"] = strategy
	}
	if m.chance(60) {
		spec["type"] = m.one([]string{"LoadBalancer", "ClusterIP"})
	}
	if m.chance(50) {
		spec["clusterIP"] = "10.0.0.1"
	}
	return spec
}

func (m maker) object() map[string]any {
	kind := kinds[m.Intn(len(kinds))]
	created := time.Now().Add(-time.Duration(m.Intn(2)) * time.Hour).UTC().Format(time.RFC3339)
	meta := map[string]any{"name": "x", "namespace": "y", "creationTimestamp": created}
	if m.chance(90) {
		meta["generation"] = 3
	}
	if m.chance(3) {
		meta["deletionTimestamp"] = created
	}
	object := map[string]any{"apiVersion": kind[0], "kind": kind[1], "metadata": meta, "spec": m.spec()}
	if m.chance(95) {
		object["status"] = m.status(kind[1])
	}
	return object
}
