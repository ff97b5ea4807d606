// A control plane of this run's own, from `tests/control-plane`.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// plane is a running control plane; closing its input ends it.
type plane struct {
	directory string
	process   *exec.Cmd
	input     io.Closer
}

// startPlane runs `up` in a directory of its own until stop is called. Without
// the two plug-ins that are turned off, Pods are not refused for the service
// accounts and priority classes that exist only in the cluster they came from.
func startPlane(up string) (*plane, error) {
	directory, err := os.MkdirTemp("", "control-plane-")
	if err != nil {
		return nil, err
	}
	process := exec.Command(up, directory, "--disable-admission-plugins=ServiceAccount,Priority")
	process.Stderr = os.Stderr
	input, inputErr := process.StdinPipe()
	output, outputErr := process.StdoutPipe()
	if inputErr != nil || outputErr != nil {
		return nil, fmt.Errorf("no pipes to %s", up)
	}
	if err := process.Start(); err != nil {
		_ = os.RemoveAll(directory)
		return nil, err
	}
	started := &plane{directory: directory, process: process, input: input}
	if _, err := bufio.NewReader(output).ReadString('\n'); err != nil {
		started.stop()
		return nil, fmt.Errorf("%s did not start a control plane", up)
	}
	return started, nil
}

func (p *plane) stop() {
	_ = p.input.Close()
	_ = p.process.Wait()
	_ = os.RemoveAll(p.directory)
}
