// What a run found: numbers for each class of mutation, and every disagreement.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// The least agreement, in percent of the cases that somebody decided.
const (
	leastTotal = 99.5
	leastClass = 97.0
)

// result is one judged case.
type result struct {
	testCase
	body          []byte
	create, apply answer
	verdict       ruling
	findings      []finding
	agreement     agreement
	why           string
}

func (r result) isBad() bool { return r.agreement == missed || r.agreement == falseAlarm }

// tally counts the results of one class, or of all.
type tally struct {
	cases, rejected, shape, agreed, undecided, missed, falseAlarms int
}

func (t *tally) add(r result) {
	t.cases++
	if !r.create.accepted() || r.apply.Code != 0 && !r.apply.accepted() {
		t.rejected++
	}
	if len(r.verdict.faults) > 0 {
		t.shape++
	}
	switch r.agreement {
	case agreed:
		t.agreed++
	case undecided:
		t.undecided++
	case missed:
		t.missed++
	case falseAlarm:
		t.falseAlarms++
	}
}

func (t *tally) share() float64 {
	decided := t.cases - t.undecided
	if decided == 0 {
		return 100
	}
	return 100 * float64(t.agreed) / float64(decided)
}

func (t *tally) print(to io.Writer, name string) {
	fmt.Fprintf(to, "%-24s %6d cases, %6d rejected, %6d for shape; %7.2f %% agreed (%d missed, %d false alarms, %d undecided)\n",
		name, t.cases, t.rejected, t.shape, t.share(), t.missed, t.falseAlarms, t.undecided)
}

// report prints a run and says whether it passed.
func report(to io.Writer, results []result) bool {
	total, byClass := &tally{}, map[string]*tally{}
	for _, class := range classes {
		byClass[class.name] = &tally{}
	}
	slices.SortFunc(results, func(a, b result) int { return int(a.index) - int(b.index) })
	for _, r := range results {
		total.add(r)
		byClass[r.class].add(r)
		if r.isBad() {
			printDisagreement(to, r)
		}
	}
	passed := total.share() >= leastTotal
	for _, class := range classes {
		byClass[class.name].print(to, class.name)
		passed = passed && byClass[class.name].share() >= leastClass
	}
	total.print(to, "total")
	fmt.Fprintf(to, "the server rejected %.2f %% of the cases for their shape\n", 100*float64(total.shape)/float64(max(1, total.cases)))
	if !passed {
		fmt.Fprintf(to, "agreement must be %.1f %% in total and %.0f %% in each class\n", leastTotal, leastClass)
	}
	return passed
}

func printDisagreement(to io.Writer, r result) {
	findings, _ := json.Marshal(r.findings)
	fmt.Fprintf(to, "case %d: %s: %s\n  %s %s, %s: %s\n  create: %d %s\n  apply:  %d %s\n  ours:   %s\n  object: %s\n\n",
		r.index, r.agreement, r.why, r.object.kind.apiVersion(), r.object.kind.Kind, r.class, r.mutation,
		r.create.Code, r.create.Message, r.apply.Code, r.apply.Message, findings, r.body)
}
