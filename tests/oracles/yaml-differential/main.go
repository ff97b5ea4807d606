// The YAML differential: mutants of real files, each read by Kubernetes' own
// code in this process and by our reader in another.
//
//	yaml-differential -reader PROGRAM [-seed N] [-count N] SEEDS...
//
// SEEDS are directories, files, .tar.xz archives and JSON tables of cases with
// `input_base64`. The reader answers a frame with a file's bytes by
// {"objects":[JSON of each document]} or {"rejected":[{"rule":"...","line":N}]}.
// We may refuse what Kubernetes takes, within a limit. To accept what it
// refuses, or to read something else than it does, is a silent difference: one
// of these, or a reader that crashes or hangs, fails the run (exit 1). Exit 77
// where the seeds are not there.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"sluice/tests/oracles/frames"
)

type options struct {
	reader     string
	seed       uint64
	count      uint64
	only       int64
	workers    int
	show       int
	limit      time.Duration
	deliberate map[string]bool
	flattened  bool
	paths      []string
}

func parseOptions() options {
	var o options
	flag.StringVar(&o.reader, "reader", "", "our reader, a program that speaks frames")
	flag.Uint64Var(&o.seed, "seed", 1, "what the mutants follow from")
	flag.Uint64Var(&o.count, "count", 2000, "how many cases")
	flag.Int64Var(&o.only, "only", -1, "run this case alone and show its text")
	flag.IntVar(&o.workers, "workers", 2, "readers at a time")
	flag.IntVar(&o.show, "shrink", 10, "how many bad cases each worker shrinks")
	flag.DurationVar(&o.limit, "limit", 10*time.Second, "how long one answer may take")
	flag.BoolVar(&o.flattened, "flattened", false, "the reader must take lists apart as kubectl does")
	rules := flag.String("deliberate", "", "rules, separated by commas, that refuse by decision what Kubernetes takes")
	flag.Parse()
	o.paths = flag.Args()
	o.deliberate = map[string]bool{}
	for rule := range strings.SplitSeq(*rules, ",") {
		o.deliberate[rule] = true
	}
	if o.reader == "" || len(o.paths) == 0 {
		fmt.Fprintln(os.Stderr, "usage: yaml-differential -reader PROGRAM [-seed N] [-count N] SEEDS...")
		os.Exit(2)
	}
	return o
}

func main() {
	o := parseOptions()
	if _, err := exec.LookPath(o.reader); err != nil {
		fmt.Fprintln(os.Stderr, "yaml-differential:", err)
		os.Exit(2)
	}
	seeds, err := readSeeds(o.paths)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Println("yaml-differential: skipped:", err)
		os.Exit(77)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "yaml-differential:", err)
		os.Exit(2)
	}
	fmt.Printf("yaml-differential: seed %d, %d cases, %d seed texts\n", o.seed, o.count, len(seeds))
	result := run(o, seeds)
	result.print(os.Stdout)
	if !result.passed() {
		os.Exit(1)
	}
}

// run judges every case, each worker its share.
func run(o options, seeds [][]byte) *report {
	if o.only >= 0 {
		fmt.Printf("case %d: %q\n", o.only, mutant(o.seed, uint64(o.only), seeds))
	}
	found := make([]*report, o.workers)
	var workers sync.WaitGroup
	for worker := range o.workers {
		workers.Add(1)
		go func() {
			defer workers.Done()
			found[worker] = o.judgeShare(uint64(worker), seeds)
		}()
	}
	workers.Wait()
	return merged(found)
}

// judgeShare takes the cases worker, worker+workers, ...
func (o options) judgeShare(worker uint64, seeds [][]byte) *report {
	j := &judge{reader: &frames.Peer{Path: o.reader, Limit: o.limit}, deliberate: o.deliberate, flattened: o.flattened}
	defer j.reader.Close()
	found := newReport()
	for index := worker; index < o.count; index += uint64(o.workers) {
		if o.only >= 0 && index != uint64(o.only) {
			continue
		}
		text := mutant(o.seed, index, seeds)
		v := j.judge(text)
		found.add(v)
		if v.outcome == silent || v.outcome == broken {
			found.bad = append(found.bad, badCase{index: index, verdict: v, text: text})
		}
		if v.outcome == silent && len(found.bad) <= o.show {
			found.bad[len(found.bad)-1].shrunk = j.shrink(text, silent)
		}
	}
	return found
}
