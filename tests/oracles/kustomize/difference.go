// The difference of two sets of objects in words: which objects only one side
// has, and in which fields those of the same name differ.
package kustomize

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Difference is empty where both sets are equal.
func Difference(theirs, ours Objects) string {
	onlyTheirs, onlyOurs := without(theirs, ours), without(ours, theirs)
	var lines []string
	for name, list := range onlyTheirs {
		for i, object := range list {
			if i < len(onlyOurs[name]) {
				lines = append(lines, fields(name, object, onlyOurs[name][i])...)
			} else {
				lines = append(lines, "only kustomize builds "+name)
			}
		}
	}
	for name, list := range onlyOurs {
		for range list[min(len(list), len(onlyTheirs[name])):] {
			lines = append(lines, "only we build "+name)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// without is the objects of a that b has not, by name.
func without(a, b Objects) map[string][]map[string]any {
	count := map[string]int{}
	for _, text := range b {
		count[text]++
	}
	left := map[string][]map[string]any{}
	for _, text := range a {
		if count[text]--; count[text] >= 0 {
			continue
		}
		object := map[string]any{}
		_ = json.Unmarshal([]byte(text), &object)
		left[nameOf(object)] = append(left[nameOf(object)], object)
	}
	return left
}

func nameOf(object map[string]any) string {
	metadata, _ := object["metadata"].(map[string]any)
	return fmt.Sprintf("%v %v %v/%v", object["apiVersion"], object["kind"], metadata["namespace"], metadata["name"])
}

// fields is one line for each place where two values differ.
func fields(at string, theirs, ours any) []string {
	left, leftIsMap := theirs.(map[string]any)
	right, rightIsMap := ours.(map[string]any)
	if leftIsMap && rightIsMap {
		return members(at, left, right)
	}
	if a, ok := theirs.([]any); ok {
		if b, ok := ours.([]any); ok && len(a) == len(b) {
			var lines []string
			for i := range a {
				lines = append(lines, fields(fmt.Sprintf("%s[%d]", at, i), a[i], b[i])...)
			}
			return lines
		}
	}
	if text(theirs) == text(ours) {
		return nil
	}
	return []string{fmt.Sprintf("%s: kustomize %s, we %s", at, text(theirs), text(ours))}
}

func members(at string, theirs, ours map[string]any) []string {
	keys := maps.Clone(theirs)
	maps.Copy(keys, ours)
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		left, inTheirs := theirs[key]
		right, inOurs := ours[key]
		switch below := at + "." + key; {
		case !inOurs:
			lines = append(lines, fmt.Sprintf("%s: kustomize %s, we nothing", below, text(left)))
		case !inTheirs:
			lines = append(lines, fmt.Sprintf("%s: kustomize nothing, we %s", below, text(right)))
		default:
			lines = append(lines, fields(below, left, right)...)
		}
	}
	return lines
}

func text(value any) string {
	encoded, _ := json.Marshal(value)
	if len(encoded) > 200 {
		return string(encoded[:200]) + "…"
	}
	return string(encoded)
}
