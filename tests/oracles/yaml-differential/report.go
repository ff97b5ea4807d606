// What a run found, in numbers and in full where something is wrong.
package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
)

// leastShare is how much of what Kubernetes takes we must take too, in percent.
const leastShare = 95.0

type badCase struct {
	index        uint64
	verdict      verdict
	text, shrunk []byte
}

type report struct {
	counts map[outcome]int
	rules  map[string]int // of what we reject and Kubernetes takes
	bad    []badCase
}

func newReport() *report {
	return &report{counts: map[outcome]int{}, rules: map[string]int{}}
}

// merged is the sum of the workers' reports.
func merged(parts []*report) *report {
	sum := newReport()
	for _, part := range parts {
		for name, count := range part.counts {
			sum.counts[name] += count
		}
		for name, count := range part.rules {
			sum.rules[name] += count
		}
		sum.bad = append(sum.bad, part.bad...)
	}
	return sum
}

func (r *report) add(v verdict) {
	r.counts[v.outcome]++
	if v.outcome == overStrict || v.outcome == deliberate {
		r.rules[v.rule]++
	}
}

// share is what we accept, in percent of what Kubernetes takes and we do not
// refuse by decision.
func (r *report) share() float64 {
	accepted := r.counts[equal] + r.counts[documents]
	if accepted+r.counts[overStrict] == 0 {
		return 0
	}
	return 100 * float64(accepted) / float64(accepted+r.counts[overStrict])
}

func (r *report) passed() bool {
	return r.counts[silent] == 0 && r.counts[broken] == 0 && r.share() >= leastShare
}

func (r *report) print(to io.Writer) {
	total := 0
	for _, name := range []outcome{equal, documents, noObjects, bothReject, overStrict, deliberate, silent, broken} {
		if count := r.counts[name]; count > 0 {
			fmt.Fprintf(to, "%8d  %s\n", count, name)
			total += count
		}
	}
	takes := r.counts[equal] + r.counts[documents] + r.counts[overStrict] + r.counts[deliberate]
	fmt.Fprintf(to, "%8d  cases; of the %d that Kubernetes takes, we refuse %.2f %% by decision and %.2f %% of the rest\n",
		total, takes, percent(r.counts[deliberate], takes), 100-r.share())
	r.printRules(to, takes)
	r.printBad(to)
	if r.share() < leastShare {
		fmt.Fprintf(to, "we accept %.2f %%, which is less than %.0f %%\n", r.share(), leastShare)
	}
}

func percent(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * float64(part) / float64(whole)
}

func (r *report) printRules(to io.Writer, takes int) {
	var names []string
	for name := range r.rules {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if r.rules[a] != r.rules[b] {
			return r.rules[b] - r.rules[a]
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		fmt.Fprintf(to, "%8d  %5.2f %%  over-strict by %s\n", r.rules[name], percent(r.rules[name], takes), name)
	}
}

func (r *report) printBad(to io.Writer) {
	slices.SortFunc(r.bad, func(a, b badCase) int { return int(a.index) - int(b.index) })
	for _, bad := range r.bad {
		fmt.Fprintf(to, "\ncase %d: %s: %s\n  text:   %s\n", bad.index, bad.verdict.outcome, bad.verdict.why,
			base64.StdEncoding.EncodeToString(bad.text))
		if bad.shrunk != nil {
			fmt.Fprintf(to, "  shrunk: %s\n  that is %q\n", base64.StdEncoding.EncodeToString(bad.shrunk), bad.shrunk)
		}
	}
}
