// Do we and the server agree on one object: rejected for its shape or not, and
// at the same fields?
package main

import (
	"fmt"
	"strings"
)

// finding is ours.
type finding struct {
	Rule    string `json:"rule"`
	Field   string `json:"field"`
	Message string `json:"message"`
}

type agreement string

const (
	agreed     agreement = "agreed"
	missed     agreement = "MISSED"      // the server rejects, we do not, or elsewhere
	falseAlarm agreement = "FALSE ALARM" // we reject, the server does not
	undecided  agreement = "undecided"   // we reject for what the server did not get to
)

// compare gives the agreement and, where there is none, why in words.
func compare(verdict ruling, findings []finding, declared *schema, all schemas) (agreement, string) {
	if len(verdict.faults) > 0 {
		for _, f := range verdict.faults {
			if !anyMatches(f, findings, declared, all) {
				return missed, fmt.Sprintf("nothing at %q: %s", f.field, f.said)
			}
		}
		return agreed, ""
	}
	for _, ours := range findings {
		if !isOpen(ours, verdict.open) {
			return falseAlarm, fmt.Sprintf("%s at %q", ours.Rule, ours.Field)
		}
	}
	if len(findings) > 0 {
		return undecided, ""
	}
	return agreed, ""
}

func isOpen(ours finding, open []fault) bool {
	where := loose(ours.Field)
	for _, f := range open {
		if where == f.field || f.required && where == parent(f.field) {
			return true
		}
	}
	return false
}

func anyMatches(f fault, findings []finding, declared *schema, all schemas) bool {
	for _, ours := range findings {
		if matches(f, loose(ours.Field), declared, all) {
			return true
		}
	}
	return false
}

// matches allows for what the server leaves out: the field of a value with a
// text form of its own, the key in a map, the key by which elements are doubled, or that one lacks.
func matches(f fault, where string, declared *schema, all schemas) bool {
	switch {
	case f.field == "":
		return hasTextForm(all.loosely(declared, where), all)
	case where == f.field:
		return true
	case f.required && where == parent(f.field):
		return true
	case isBelow(where, f.field):
		at := all.loosely(declared, f.field)
		return at.isMap() || at != nil && at.ListType == "map" && (strings.Contains(f.said, "duplicate") || strings.Contains(f.said, "omits all key fields"))
	}
	return false
}

// hasTextForm is true where Go decodes a value by code of its own, whose errors
// do not name the field. Nothing declared: the place may be such a one.
func hasTextForm(s *schema, all schemas) bool {
	switch {
	case s == nil:
		return true
	case s.isMap():
		return hasTextForm(all.follow(s.AdditionalProperties), all)
	case s.Items != nil:
		return hasTextForm(all.follow(s.Items), all)
	}
	return s.isScalarUnion() || s.Format != "" || s.Type == "" || s.Type == "object" && len(s.Properties) == 0
}

// loosely is the schema at a loose path, in which lists have no step.
func (all schemas) loosely(root *schema, where string) *schema {
	here := all.follow(root)
	for where != "" && here != nil {
		for here != nil && here.Items != nil {
			here = all.follow(here.Items)
		}
		if here.isMap() {
			return all.follow(here.AdditionalProperties) // the rest is one key
		}
		var step string
		step, where, _ = strings.Cut(where, ".")
		here = all.child(here, step)
	}
	return here
}
