// Starts a throw-away Kubernetes control plane for a test and stops it again.
//
//	up [-controllers] [-scheduler] [-nodes N] DIRECTORY [API-SERVER-FLAG...]
//
// etcd and the API server always run. -controllers adds the controller manager,
// -scheduler the scheduler, -nodes as many simulated nodes; with all three a
// Deployment becomes available and what its owner leaves behind is collected.
//
// The parts are those that `build` left beside this program, or those that
// KUBEBUILDER_ASSETS names. They listen on free loopback ports and write into
// DIRECTORY alone, where a client then finds `server` (the address), `token`
// (an administrator's), `ca.crt` and `kubeconfig`. A file `users.csv` that
// stands there before (lines of `token,user,uid,"groups"`) adds further people.
//
// One line of JSON on standard output says that the API server answers, that the
// service account `default` exists, without which no Pod is accepted, and that
// the nodes are ready. Then the control plane runs until standard input closes
// or a signal comes.
// This program needs nothing but Go's standard library, so it builds at once.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// startLimit bounds the wait for the API server; two seconds are usual.
const startLimit = 2 * time.Minute

func init() {
	// Children die with the thread that made them (see startPart): stay on it.
	runtime.LockOSThread()
}

// wanted is what runs besides etcd and the API server.
type wanted struct {
	controllers, scheduler bool
	nodes                  int
}

func main() {
	var want wanted
	flag.BoolVar(&want.controllers, "controllers", false, "start the controller manager")
	flag.BoolVar(&want.scheduler, "scheduler", false, "start the scheduler")
	flag.IntVar(&want.nodes, "nodes", 0, "simulate so many nodes")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: up [-controllers] [-scheduler] [-nodes N] DIRECTORY [API-SERVER-FLAG...]")
	}
	flag.Parse()
	if flag.NArg() < 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(flag.Arg(0), flag.Args()[1:], want); err != nil {
		fmt.Fprintln(os.Stderr, "control-plane:", err)
		os.Exit(1)
	}
}

// run holds the whole life of a control plane, in order.
func run(directory string, apiServerFlags []string, want wanted) error {
	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()

	plane, err := newPlane(directory)
	if err != nil {
		return err
	}
	defer plane.stopAll()
	if want.nodes > 0 && !want.controllers {
		// Nobody would take the taint away that this plug-in gives to new nodes.
		apiServerFlags = append(apiServerFlags, "--disable-admission-plugins=TaintNodesByCondition")
	}
	if err := plane.startStorageAndServer(apiServerFlags); err != nil {
		return err
	}
	if err := plane.waitUntilReady(stop); err != nil {
		return plane.explain(err)
	}
	if err := plane.startRest(stop, want); err != nil {
		return plane.explain(err)
	}
	announcement := map[string]string{"server": plane.server, "directory": plane.directory}
	if err := json.NewEncoder(os.Stdout).Encode(announcement); err != nil {
		return err
	}
	select {
	case <-stop.Done():
		return nil
	case name := <-plane.ended:
		return plane.explain(errors.New(name + " ended by itself"))
	}
}

// startRest starts what is wanted besides etcd and the API server.
func (p *plane) startRest(stop context.Context, want wanted) error {
	if want.controllers {
		if err := p.startControllers(); err != nil {
			return err
		}
	}
	if want.scheduler {
		if err := p.startScheduler(); err != nil {
			return err
		}
	}
	if want.nodes == 0 {
		return nil
	}
	limit, cancel := context.WithTimeout(stop, startLimit)
	defer cancel()
	return p.startNodes(limit, want.nodes)
}

// assetsDirectory is where the parts' programs are.
func assetsDirectory() (string, error) {
	if named := os.Getenv("KUBEBUILDER_ASSETS"); named != "" {
		return filepath.Abs(named)
	}
	self, err := os.Executable()
	return filepath.Dir(self), err
}
