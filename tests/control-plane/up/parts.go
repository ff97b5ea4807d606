// The processes of a control plane: which flags each part gets, how it is
// started, and in which order they are stopped.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// soReusePort is Linux's SO_REUSEPORT, which package syscall does not name.
const soReusePort = 0xf

type part struct {
	name    string
	process *exec.Cmd
	done    chan struct{}
}

type plane struct {
	directory string
	assets    string
	server    string
	etcdPort  int
	peerPort  int
	apiPort   int
	reserved  []int
	parts     []*part
	ended     chan string // the name of a part that ended
}

// newPlane reserves the ports and writes what the parts read when they start.
func newPlane(directory string) (*plane, error) {
	absolute, err := filepath.Abs(directory)
	if err != nil {
		return nil, err
	}
	assets, err := assetsDirectory()
	if err != nil {
		return nil, err
	}
	p := &plane{directory: absolute, assets: assets, ended: make(chan string, 5)}
	for _, port := range []*int{&p.etcdPort, &p.peerPort, &p.apiPort} {
		if *port, err = p.reservePort(); err != nil {
			return nil, fmt.Errorf("no free port: %w", err)
		}
	}
	p.server = fmt.Sprintf("https://127.0.0.1:%d", p.apiPort)
	return p, p.writeCredentials()
}

// reservePort binds a free loopback port and keeps it, without listening. The
// part that gets it binds it too (both say SO_REUSEPORT), so that no other
// program can take the port in between.
func (p *plane) reservePort() (int, error) {
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	p.reserved = append(p.reserved, socket)
	if err := syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, soReusePort, 1); err != nil {
		return 0, err
	}
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, err
	}
	address, err := syscall.Getsockname(socket)
	if err != nil {
		return 0, err
	}
	return address.(*syscall.SockaddrInet4).Port, nil
}

func (p *plane) path(name string) string  { return filepath.Join(p.directory, name) }
func (p *plane) asset(name string) string { return filepath.Join(p.assets, name) }

func (p *plane) startStorageAndServer(apiServerFlags []string) error {
	client := fmt.Sprintf("http://127.0.0.1:%d", p.etcdPort)
	peer := fmt.Sprintf("http://127.0.0.1:%d", p.peerPort)
	err := p.startPart("etcd",
		"--name=test", "--data-dir="+p.path("etcd"), "--unsafe-no-fsync", "--socket-reuse-port",
		"--listen-client-urls="+client, "--advertise-client-urls="+client,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=test="+peer)
	if err != nil {
		return err
	}
	flags := []string{
		"--etcd-servers=" + client,
		fmt.Sprintf("--secure-port=%d", p.apiPort), "--bind-address=127.0.0.1", "--permit-port-sharing=true",
		"--cert-dir=" + p.path("certificates"),
		"--service-account-key-file=" + p.path("service-account.key"),
		"--service-account-signing-key-file=" + p.path("service-account.key"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--token-auth-file=" + p.path("tokens.csv"),
		"--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/24",
	}
	return p.startPart("kube-apiserver", append(flags, apiServerFlags...)...)
}

func (p *plane) startControllers() error {
	return p.startPart("kube-controller-manager",
		"--kubeconfig="+p.path("kubeconfig"), "--leader-elect=false", "--secure-port=0",
		"--service-account-private-key-file="+p.path("service-account.key"),
		"--root-ca-file="+p.path("ca.crt"))
}

func (p *plane) startScheduler() error {
	return p.startPart("kube-scheduler",
		"--kubeconfig="+p.path("kubeconfig"), "--leader-elect=false", "--secure-port=0")
}

// startPart runs a part with its output in NAME.log. The part dies with us,
// even if we are killed.
func (p *plane) startPart(name string, flags ...string) error {
	log, err := os.Create(p.path(name + ".log"))
	if err != nil {
		return err
	}
	defer log.Close()
	process := exec.Command(p.asset(name), flags...)
	process.Stdout, process.Stderr, process.Dir = log, log, p.directory
	process.Env = append(os.Environ(), "HOME="+p.directory) // no settings of the user
	process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := process.Start(); err != nil {
		return err
	}
	started := &part{name: name, process: process, done: make(chan struct{})}
	p.parts = append(p.parts, started)
	go func() {
		_ = process.Wait()
		close(started.done)
		p.ended <- name
	}()
	return nil
}

// stopAll kills the parts, the last first: an API server waits for ever on an
// etcd that went before it. What they wrote is thrown away, so none is asked.
func (p *plane) stopAll() {
	for i := len(p.parts) - 1; i >= 0; i-- {
		_ = p.parts[i].process.Process.Kill()
		<-p.parts[i].done
	}
	for _, socket := range p.reserved {
		_ = syscall.Close(socket)
	}
}

// explain adds the last words of each part's log to an error.
func (p *plane) explain(err error) error {
	var words strings.Builder
	for _, part := range p.parts {
		text, _ := os.ReadFile(p.path(part.name + ".log"))
		last := strings.TrimSpace(string(text))
		last = last[max(0, len(last)-500):]
		fmt.Fprintf(&words, "\n%s: ...%s", part.name, last)
	}
	return fmt.Errorf("%w%s", err, words.String())
}
