// One case: what kustomize builds, what we build, and what to call the pair.
package main

import (
	"fmt"
	"regexp"
	"strings"

	"sluice/tests/oracles/frames"
	"sluice/tests/oracles/kustomize"
)

type outcome string

const (
	equal      outcome = "both build, equal sets of objects"
	bothRefuse outcome = "both refuse"
	explained  outcome = "different, explained"
	weRefuse   outcome = "WE REFUSE, kustomize builds"
	theyRefuse outcome = "KUSTOMIZE REFUSES, we build"
	different  outcome = "DIFFERENT OBJECTS"
	noError    outcome = "NO ERROR where one was meant"
	broken     outcome = "BUILDER FAILED"
)

type verdict struct {
	outcome outcome
	why     string // in words, one line a difference
	kind    string // what stays the same while a case is made smaller
}

// explanation is a difference that is a decision of ours.
type explanation struct {
	outcome outcome
	pattern *regexp.Regexp // of a line of `why`
	used    int
}

var outcomeOf = map[string]outcome{"we-refuse": weRefuse, "kustomize-refuses": theyRefuse, "different": different}

// readExplanations reads lines of `OUTCOME PATTERN`, each below comments that
// give the reason.
func readExplanations(text string) ([]*explanation, error) {
	var list []*explanation
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, pattern, _ := strings.Cut(line, " ")
		compiled, err := regexp.Compile(pattern)
		if err != nil || outcomeOf[name] == "" {
			return nil, fmt.Errorf("explained.txt: %q: %v", line, err)
		}
		list = append(list, &explanation{outcome: outcomeOf[name], pattern: compiled})
	}
	return list, nil
}

type judge struct {
	builder      *frames.Peer
	explanations []*explanation
}

func (j *judge) judge(c testCase) verdict {
	v := j.compare(c)
	if outcomeIsBad(v.outcome) && v.outcome != broken && v.outcome != noError && j.explains(v) {
		v.outcome = explained
	}
	return v
}

func (j *judge) compare(c testCase) verdict {
	ours, err := kustomize.Ours(j.builder, c.tree, c.directory)
	if err != nil {
		return verdict{outcome: broken, why: err.Error()}
	}
	theirs, err := kustomize.Theirs(c.tree, c.directory)
	switch refused := ours.Refused() || len(ours.NotBuilt) > 0; {
	case err != nil && refused:
		return verdict{outcome: bothRefuse}
	case err != nil:
		return verdict{theyRefuse, err.Error(), lastWords(err.Error())}
	case c.refused:
		return verdict{outcome: noError, why: "kustomize builds this"}
	case refused:
		return verdict{weRefuse, ours.Why(), ruleOf(ours)}
	}
	if why := kustomize.Difference(theirs, ours.Objects); why != "" {
		return verdict{outcome: different, why: why}
	}
	return verdict{outcome: equal}
}

func outcomeIsBad(o outcome) bool { return o != equal && o != bothRefuse && o != explained }

// explains asks that each line of a difference has a reason.
func (j *judge) explains(v verdict) bool {
	for line := range strings.Lines(v.why) {
		found := false
		for _, one := range j.explanations {
			if one.outcome == v.outcome && one.pattern.MatchString(strings.TrimSuffix(line, "\n")) {
				found = true
				one.used++
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

func ruleOf(answer kustomize.Answer) string {
	if len(answer.Findings) > 0 {
		return answer.Findings[0].Rule
	}
	return "not built"
}

var specifics = regexp.MustCompile(`["'][^"']*["']|[0-9]+|/\S+`)

// lastWords is the end of an error without names and numbers.
func lastWords(text string) string {
	plain := specifics.ReplaceAllString(text, "…")
	return plain[strings.LastIndex(plain, ": ")+1:]
}
