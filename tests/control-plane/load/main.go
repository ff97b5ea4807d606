// A bare load tool: sends server-side apply dry runs to a control plane as fast
// as so many connections carry them, and looks at nothing but the status.
//
//	load [-manager NAME] PLANE CONNECTIONS [apply] < OBJECTS
//
// They are sent by the field manager NAME, which owns their fields already; without one by
// a new one, with force. An API server works a tenth longer on the former.
// With `apply` they are no dry runs. PLANE is the directory of a running control plane (`up`). Each line of
// standard input is a path and, behind a tab, the object as JSON; it becomes a
// PATCH. One line of JSON says how many requests took how many seconds.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

const query = "?fieldValidation=Strict&fieldManager="

type plane struct {
	server, token, query string
	client               *http.Client
}

func main() {
	manager := flag.String("manager", "", "the field manager")
	flag.Parse()
	applies := flag.NArg() == 3 && flag.Arg(2) == "apply"
	if flag.NArg() != 2 && !applies {
		fmt.Fprintln(os.Stderr, "usage: load [-manager NAME] PLANE CONNECTIONS [apply] < OBJECTS")
		os.Exit(2)
	}
	asked := query + *manager
	if *manager == "" {
		asked += "load&force=true"
	}
	if !applies {
		asked += "&dryRun=All"
	}
	connections, err := strconv.Atoi(flag.Arg(1))
	if err == nil {
		err = run(flag.Arg(0), connections, asked)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(directory string, connections int, asked string) error {
	p, err := open(directory, connections, asked)
	if err != nil {
		return err
	}
	var lines []string
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 16<<20)
	for input.Scan() {
		lines = append(lines, input.Text())
	}
	started := time.Now()
	if err := p.sendAll(lines, connections); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"requests": float64(len(lines)), "seconds": time.Since(started).Seconds()})
}

func open(directory string, connections int, query string) (*plane, error) {
	read := func(name string) (string, error) {
		text, err := os.ReadFile(filepath.Join(directory, name))
		return strings.TrimSpace(string(text)), err
	}
	server, serverErr := read("server")
	token, tokenErr := read("token")
	trusted, trustedErr := read("ca.crt")
	if err := errors.Join(serverErr, tokenErr, trustedErr); err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(trusted))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, MaxIdleConnsPerHost: connections}
	return &plane{server, token, query, &http.Client{Transport: transport, Timeout: time.Minute}}, nil
}

func (p *plane) sendAll(lines []string, connections int) error {
	next := make(chan string)
	failed := make([]error, connections)
	var workers sync.WaitGroup
	for worker := range connections {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for line := range next {
				path, body, _ := strings.Cut(line, "\t")
				failed[worker] = errors.Join(failed[worker], p.patch(path+p.query, body))
			}
		}()
	}
	for _, line := range lines {
		next <- line
	}
	close(next)
	workers.Wait()
	return errors.Join(failed...)
}

func (p *plane) patch(path, body string) error {
	request, err := http.NewRequest(http.MethodPatch, p.server+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+p.token)
	request.Header.Set("Content-Type", "application/apply-patch+yaml")
	response, err := p.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s: %s", path, response.Status)
	}
	return err
}
