// The kustomize differential: kustomizations written by hand, field by field and
// in pairs, and random ones, each built by kustomize's own library in this
// process and by our engine in another.
//
//	kustomize-differential -builder PROGRAM [-seed N] [-count N] [-only NAME] [-print]
//
// Both must build equal sets of objects, or both must refuse. What differs by a
// decision of ours stands in explained.txt; anything else fails the run (exit
// 1) and is printed as small as it could be made.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"sluice/tests/oracles/frames"
)

type options struct {
	builder string
	seed    uint64
	count   int
	only    string
	print   bool
	shrink  int
	limit   time.Duration
}

func parseOptions() options {
	var o options
	flag.StringVar(&o.builder, "builder", "", "our builder, a program that speaks frames")
	flag.Uint64Var(&o.seed, "seed", 1, "what the random cases follow from")
	flag.IntVar(&o.count, "count", 1000, "how many cases, the hand-written ones first")
	flag.StringVar(&o.only, "only", "", "run the cases whose names hold this, and no others")
	flag.BoolVar(&o.print, "print", false, "print the files of each case that runs")
	flag.IntVar(&o.shrink, "shrink", 20, "how many bad cases are made small")
	flag.DurationVar(&o.limit, "limit", 20*time.Second, "how long one answer may take")
	flag.Parse()
	if o.builder == "" {
		fmt.Fprintln(os.Stderr, "usage: kustomize-differential -builder PROGRAM [-seed N] [-count N] [-only NAME]")
		os.Exit(2)
	}
	return o
}

// cases are those written by hand, then random ones up to the count.
func cases(o options) []testCase {
	list := byHand()
	written := len(list)
	for i := written; i < o.count; i++ {
		list = append(list, randomCase(o.seed, uint64(i-written)))
	}
	if o.only == "" {
		return list
	}
	var chosen []testCase
	for _, one := range list {
		if strings.Contains(one.name, o.only) {
			chosen = append(chosen, one)
		}
	}
	return chosen
}

func main() {
	o := parseOptions()
	explanations, err := readExplanations(table("explained.txt"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "kustomize-differential:", err)
		os.Exit(2)
	}
	list := cases(o)
	fmt.Printf("kustomize-differential: seed %d, %d cases, %d of them written by hand\n", o.seed, len(list), len(byHand()))
	quiet()
	j := &judge{builder: &frames.Peer{Path: o.builder, Limit: o.limit}, explanations: explanations}
	defer j.builder.Close()
	found := newReport()
	for _, one := range list {
		if o.print {
			fmt.Printf("case %s, builds %s\n%s", one.name, one.directory, one.tree.Text())
		}
		v := j.judge(one)
		found.add(one, v)
	}
	for i := range found.bad {
		if bad := &found.bad[i]; i < o.shrink && bad.verdict.outcome != broken {
			bad.smallest = j.shrink(bad.testCase, bad.verdict)
			bad.verdict = j.judge(bad.smallest)
		}
	}
	found.print(os.Stdout)
	unused(explanations, o)
	if len(found.bad) > 0 {
		os.Exit(1)
	}
}

// quiet sends kustomize's warnings about old fields nowhere.
func quiet() {
	if nowhere, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = nowhere
	}
}

// unused names explanations that a whole run had no use for.
func unused(explanations []*explanation, o options) {
	for _, one := range explanations {
		if one.used == 0 && o.only == "" {
			fmt.Printf("note: no case needs the explanation %q\n", one.pattern)
		}
	}
}
