// What a run found, in numbers and in full where something is wrong.
package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

type badCase struct {
	testCase
	verdict  verdict
	smallest testCase
}

type report struct {
	counts map[outcome]int
	bad    []badCase
}

func newReport() *report { return &report{counts: map[outcome]int{}} }

func (r *report) add(c testCase, v verdict) {
	r.counts[v.outcome]++
	if outcomeIsBad(v.outcome) {
		r.bad = append(r.bad, badCase{testCase: c, verdict: v, smallest: c})
	}
}

func (r *report) print(to io.Writer) {
	total := 0
	for _, name := range []outcome{equal, bothRefuse, explained, weRefuse, theyRefuse, different, noError, broken} {
		if r.counts[name] > 0 {
			fmt.Fprintf(to, "%6d  %s\n", r.counts[name], name)
		}
		total += r.counts[name]
	}
	fmt.Fprintf(to, "%6d  cases\n", total)
	for _, one := range r.groups() {
		fmt.Fprintf(to, "\n=== %s: %s (and %d more of its kind)\n%s\nbuilds %s of\n%s", one.verdict.outcome, one.name, one.more,
			indented(one.verdict.why), one.smallest.directory, one.smallest.tree.Text())
	}
}

type group struct {
	badCase
	more int
}

// groups puts cases that say the same together, the smallest first.
func (r *report) groups() []group {
	var list []group
	slices.SortStableFunc(r.bad, func(a, b badCase) int {
		return cmp.Compare(len(a.smallest.tree.Text()), len(b.smallest.tree.Text()))
	})
	seen := map[string]int{}
	for _, bad := range r.bad {
		key := string(bad.verdict.outcome) + specifics.ReplaceAllString(bad.verdict.why, "")
		if at, ok := seen[key]; ok {
			list[at].more++
			continue
		}
		seen[key] = len(list)
		list = append(list, group{badCase: bad})
	}
	return list
}

func indented(text string) string {
	return "  " + strings.ReplaceAll(text, "\n", "\n  ")
}
