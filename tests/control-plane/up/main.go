// Starts a throw-away Kubernetes control plane for a test and stops it again.
//
//	up [-controllers] DIRECTORY [API-SERVER-FLAG...]
//
// The parts are those that `build` left beside this program, or those that
// KUBEBUILDER_ASSETS names. They listen on free loopback ports and write into
// DIRECTORY alone, where a client then finds `server` (the address), `token`
// (an administrator's), `ca.crt` and `kubeconfig`. A file `users.csv` that
// stands there before (lines of `token,user,uid,"groups"`) adds further people.
//
// One line of JSON on standard output says that the API server answers and that
// the service account `default` exists, without which no Pod is accepted. Then
// the control plane runs until standard input closes or a signal comes.
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

func main() {
	controllers := flag.Bool("controllers", false, "start the controller manager and the scheduler too")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: up [-controllers] DIRECTORY [API-SERVER-FLAG...]")
	}
	flag.Parse()
	if flag.NArg() < 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(flag.Arg(0), flag.Args()[1:], *controllers); err != nil {
		fmt.Fprintln(os.Stderr, "control-plane:", err)
		os.Exit(1)
	}
}

// run holds the whole life of a control plane, in order.
func run(directory string, apiServerFlags []string, controllers bool) error {
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
	if err := plane.startStorageAndServer(apiServerFlags); err != nil {
		return err
	}
	if err := plane.waitUntilReady(stop); err != nil {
		return plane.explain(err)
	}
	if controllers {
		if err := plane.startControllers(); err != nil {
			return err
		}
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

// assetsDirectory is where the parts' programs are.
func assetsDirectory() (string, error) {
	if named := os.Getenv("KUBEBUILDER_ASSETS"); named != "" {
		return filepath.Abs(named)
	}
	self, err := os.Executable()
	return filepath.Dir(self), err
}
