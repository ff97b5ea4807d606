// Stands before the API server of a test and answers as servers in trouble do.
//
//	fault-proxy PLANE DIRECTORY
//
// PLANE is the directory of a running control plane (`up`). DIRECTORY becomes
// one of the same shape, with `server`, `token`, `ca.crt` and `kubeconfig`, that
// leads here: TLS with a certificate of its own, HTTP/1.1. One line of JSON on
// standard output says that it listens. Then each line of standard input adds a
// fault (see script.go) and is answered by a line `ok` or `error: why`; its end,
// or a signal, ends the program. What came in is written to DIRECTORY/requests,
// a line `METHOD URI FAULT` for each request, FAULT `-` where it passed.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: fault-proxy PLANE DIRECTORY")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "fault-proxy:", err)
		os.Exit(1)
	}
}

// run holds the whole life of a proxy, in order.
func run(plane, directory string) error {
	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	upstream, transport, err := upstreamOf(plane)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	certificate, err := writeClientFiles(plane, directory, "https://"+listener.Addr().String())
	if err != nil {
		return err
	}
	requests, err := os.Create(filepath.Join(directory, "requests"))
	if err != nil {
		return err
	}
	defer requests.Close()

	faults := &script{}
	server := &http.Server{
		Handler:      newProxy(upstream, transport, faults, requests),
		ErrorLog:     log.New(io.Discard, "", 0),
		TLSConfig:    &tls.Config{Certificates: []tls.Certificate{certificate}},
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){}, // no HTTP/2
	}
	defer server.Close()
	go func() { _ = server.ServeTLS(listener, "", "") }()
	if err := json.NewEncoder(os.Stdout).Encode(map[string]string{"directory": directory}); err != nil {
		return err
	}
	go func() {
		takeLines(os.Stdin, os.Stdout, faults)
		cancel()
	}()
	<-stop.Done()
	return nil
}

// takeLines adds faults until the input ends.
func takeLines(input io.Reader, output io.Writer, faults *script) {
	for lines := bufio.NewScanner(input); lines.Scan(); {
		if err := faults.take(lines.Text()); err != nil {
			fmt.Fprintln(output, "error:", err)
			continue
		}
		fmt.Fprintln(output, "ok")
	}
}

// upstreamOf reads where the API server of a control plane is and whom to trust.
func upstreamOf(plane string) (string, *http.Transport, error) {
	server, serverErr := os.ReadFile(filepath.Join(plane, "server"))
	trusted, trustedErr := os.ReadFile(filepath.Join(plane, "ca.crt"))
	if err := errors.Join(serverErr, trustedErr); err != nil {
		return "", nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(trusted) {
		return "", nil, errors.New("no certificate in ca.crt")
	}
	return strings.TrimSpace(string(server)), &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: roots},
		MaxIdleConnsPerHost: 64,
		DisableCompression:  true,
	}, nil
}
