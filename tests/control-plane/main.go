// A whole Kubernetes control plane in one program, for tests alone: etcd, the
// API server, the controller manager and the scheduler, each with the flags of
// the program it stands for. They are the very packages that the official
// binaries are made of, so what the tests learn here is what a cluster does.
// Which part to play is the first argument, or the name it was called by:
// `build` links it under all four names. `up/` starts and stops the parts.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

// run gives a component its flags and waits for its end.
func run(part *cobra.Command, arguments []string) int {
	part.SetArgs(arguments[1:])
	return cli.Run(part)
}

func main() {
	arguments := os.Args
	if filepath.Base(arguments[0]) == "control-plane" && len(arguments) > 1 {
		arguments = arguments[1:]
	}
	switch filepath.Base(arguments[0]) {
	case "etcd":
		etcdmain.Main(arguments)
	case "kube-apiserver":
		os.Exit(run(apiserver.NewAPIServerCommand(), arguments))
	case "kube-controller-manager":
		os.Exit(run(controllers.NewControllerManagerCommand(), arguments))
	case "kube-scheduler":
		os.Exit(run(scheduler.NewSchedulerCommand(), arguments))
	default:
		fmt.Fprintln(os.Stderr, "usage: control-plane etcd|kube-apiserver|kube-controller-manager|kube-scheduler FLAGS")
		os.Exit(2)
	}
}
