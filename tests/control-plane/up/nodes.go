// Simulated nodes: kwok plays every kubelet, as `stages.yaml` says, so Pods
// become ready without a container.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

const node = `{"apiVersion": "v1", "kind": "Node", "metadata": {"name": %q, "labels": {
	"kubernetes.io/hostname": %[1]q, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}}}`

// startNodes creates the nodes and returns when Pods can be scheduled to them.
func (p *plane) startNodes(stop context.Context, count int) error {
	err := p.startPart("kwok",
		"--kubeconfig="+p.path("kubeconfig"), "--config="+p.asset("stages.yaml"), "--manage-all-nodes=true",
		"--node-ip=10.1.0.1", "--node-port=0", "--server-address=", "--node-lease-duration-seconds=40")
	if err != nil {
		return err
	}
	for i := 1; i <= count; i++ {
		body := fmt.Sprintf(node, fmt.Sprintf("node-%d", i))
		if _, err := p.request(http.MethodPost, "/api/v1/nodes", body, http.StatusCreated); err != nil {
			return err
		}
	}
	return p.repeat(stop, func() error { return p.nodesAreReady(count) })
}

func (p *plane) nodesAreReady(count int) error {
	text, err := p.request(http.MethodGet, "/api/v1/nodes", "", http.StatusOK)
	if err != nil {
		return err
	}
	var nodes struct {
		Items []struct {
			Spec   struct{ Taints []any }
			Status struct {
				Conditions []struct{ Type, Status string }
			}
		}
	}
	if err := json.Unmarshal(text, &nodes); err != nil {
		return err
	}
	ready := 0
	for _, node := range nodes.Items {
		for _, condition := range node.Status.Conditions {
			if condition.Type == "Ready" && condition.Status == "True" && len(node.Spec.Taints) == 0 {
				ready++
			}
		}
	}
	if ready < count {
		return fmt.Errorf("%d of %d nodes are ready", ready, count)
	}
	return nil
}
