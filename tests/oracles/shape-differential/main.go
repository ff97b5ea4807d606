// The shape differential: objects of a corpus and mutants of them, each sent to
// a real API server as a strict dry run, by POST and by server-side apply, and
// each given to our shape check, in another process.
//
//	shape-differential -checker PROGRAM (-up PROGRAM | -server DIRECTORY)
//	                   [-seed N] [-count N] CORPUS...
//	shape-differential -write DIRECTORY (-up PROGRAM | -server DIRECTORY) ...
//
// The second form judges nothing: it writes each case for other judges, as
// N.json, and the object that it was made of as N.before.json.
// `-up` is the program that `tests/control-plane/build` makes; `-server` names
// the directory of a control plane that runs already. The checker is started
// with the server's minor version as its argument ("1.34"), gets frames with one
// object as JSON each, and answers {"findings":[{"rule","field","message"}]}.
// classify.go says which rejections count. Exit 1 below the least agreement,
// 77 where the corpus or the control plane is not there.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"sluice/tests/oracles/frames"
)

// connections is how many requests are under way at a time.
const connections = 6

type options struct {
	checker, up, server, write string
	seed, count                uint64
	only                       int64
	corpus                     []string
}

func parseOptions() options {
	var o options
	flag.StringVar(&o.checker, "checker", "", "our shape check, a program that speaks frames")
	flag.StringVar(&o.up, "up", "", "the program that starts a control plane")
	flag.StringVar(&o.server, "server", "", "the directory of a control plane that runs")
	flag.StringVar(&o.write, "write", "", "write the cases into this directory and judge nothing")
	flag.Uint64Var(&o.seed, "seed", 1, "what the mutants follow from")
	flag.Uint64Var(&o.count, "count", 300, "how many cases")
	flag.Int64Var(&o.only, "only", -1, "run this case alone and show it")
	flag.Parse()
	o.corpus = flag.Args()
	if (o.checker == "") == (o.write == "") || (o.up == "") == (o.server == "") || len(o.corpus) == 0 {
		fmt.Fprintln(os.Stderr, "usage: shape-differential (-checker PROGRAM | -write DIRECTORY) (-up PROGRAM | -server DIRECTORY) [-seed N] [-count N] CORPUS...")
		os.Exit(2)
	}
	return o
}

func main() {
	o := parseOptions()
	passed, err := o.run()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		fmt.Println("shape-differential: skipped:", err)
		os.Exit(77)
	case err != nil:
		fmt.Fprintln(os.Stderr, "shape-differential:", err)
		os.Exit(2)
	case !passed:
		os.Exit(1)
	}
}

// run holds the whole of it, in order.
func (o options) run() (bool, error) {
	if _, err := exec.LookPath(o.checker); err != nil && o.write == "" {
		return false, fmt.Errorf("the checker: %v", err)
	}
	for _, path := range o.corpus {
		if _, err := os.Stat(path); err != nil {
			return false, err
		}
	}
	if o.up != "" {
		started, err := startPlane(o.up)
		if err != nil {
			return false, err
		}
		defer started.stop()
		o.server = started.directory
	}
	s, err := connect(o.server)
	if err != nil {
		return false, err
	}
	objects, err := readObjects(o.corpus, s)
	if err != nil {
		return false, err
	}
	fmt.Printf("shape-differential: seed %d, %d cases, %d objects, Kubernetes %s\n", o.seed, o.count, len(objects), s.minor)
	if o.write != "" {
		return true, o.writeAll(s, objects)
	}
	results, err := o.judgeAll(s, objects)
	if err != nil {
		return false, err
	}
	return report(os.Stdout, results), nil
}

// writeAll writes each case and what it was made of.
func (o options) writeAll(s *server, objects []object) error {
	byKind := groupByKind(objects)
	for index := range o.count {
		c := makeCase(o.seed, index, objects, byKind, s.schemas)
		for name, root := range map[string]any{"json": c.object.root, "before.json": c.source.root} {
			path := filepath.Join(o.write, fmt.Sprintf("%d.%s", index, name))
			if err := os.WriteFile(path, encode(root), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// judgeAll divides the cases among the connections.
func (o options) judgeAll(s *server, objects []object) ([]result, error) {
	byKind := groupByKind(objects)
	found := make([][]result, connections)
	failed := make([]error, connections)
	var workers sync.WaitGroup
	for worker := range connections {
		workers.Add(1)
		go func() {
			defer workers.Done()
			j := judge{s, &frames.Peer{Path: o.checker, Arguments: []string{s.minor}, Limit: 10 * time.Second}}
			defer j.checker.Close()
			for index := uint64(worker); index < o.count && failed[worker] == nil; index += connections {
				if o.only >= 0 && index != uint64(o.only) {
					continue
				}
				var one result
				one, failed[worker] = j.judge(makeCase(o.seed, index, objects, byKind, s.schemas))
				found[worker] = append(found[worker], one)
			}
		}()
	}
	workers.Wait()
	var all []result
	for _, results := range found {
		all = append(all, results...)
	}
	if o.only >= 0 {
		for _, r := range all {
			printDisagreement(os.Stdout, r)
		}
	}
	return all, errors.Join(failed...)
}

// groupByKind orders the kinds by name, so that a case follows from its seed.
func groupByKind(objects []object) [][]object {
	named := map[string][]object{}
	for _, one := range objects {
		name := one.kind.apiVersion() + " " + one.kind.Kind
		named[name] = append(named[name], one)
	}
	var groups [][]object
	for _, name := range sortedKeys(named) {
		groups = append(groups, named[name])
	}
	return groups
}

// judge asks the server and our check about the same bytes.
type judge struct {
	server  *server
	checker *frames.Peer
}

func (j judge) judge(c testCase) (result, error) {
	r := result{testCase: c, body: encode(c.object.root)}
	var err error
	if r.create, r.apply, err = j.server.dryRun(c.object.kind, c.object.name, r.body); err != nil {
		return r, fmt.Errorf("case %d: the server: %w", c.index, err)
	}
	if r.findings, err = j.ask(r.body); err != nil {
		r.agreement, r.why = missed, "the checker failed: "+err.Error()
		return r, nil
	}
	all, declared := j.server.schemas, c.object.kind.schema
	r.verdict = rule(r.create, r.apply, all.declaredFaults(c.object.root, declared))
	r.agreement, r.why = compare(r.verdict, r.findings, declared, all)
	return r, nil
}

func (j judge) ask(body []byte) ([]finding, error) {
	reply, err := j.checker.Ask(body)
	if err != nil {
		return nil, err
	}
	var parsed struct{ Findings *[]finding }
	if err := json.Unmarshal(reply, &parsed); err != nil || parsed.Findings == nil {
		return nil, fmt.Errorf("the answer has no findings: %.200q", reply)
	}
	return *parsed.Findings, nil
}
