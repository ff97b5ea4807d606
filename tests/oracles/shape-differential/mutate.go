// Mutants of objects, each with one fault of a known class. Case N of a run
// follows from the seed and N alone; the classes take turns.
package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// site is a place in an object that a class of mutations can change.
type site struct {
	where  path
	schema *schema // nil where the server's document declares nothing
	parent *schema
	value  any
}

// key is the last step where it is a field's or a map's key.
func (s site) key() (string, bool) {
	key, ok := s.where[len(s.where)-1].(string)
	return key, ok
}

// class is a kind of fault: where it can be made, and how. `make` returns what
// it did, in words, or "" if it could not.
type class struct {
	name string
	fits func(site) bool
	make func(r *rand.Rand, root map[string]any, at site) string
}

var classes = []class{
	{"unmutated", nil, nil},
	{"field renamed", isField, renameField},
	{"type changed", isDeclared, changeType},
	{"value out of range", hasRange, leaveRange},
	{"required field dropped", isRequired, dropField},
	{"list key doubled", isKeyedList, doubleElement},
	{"null planted", isDeclared, plantNull},
}

// testCase is an object as it is sent, and what was done to it.
type testCase struct {
	index    uint64
	class    string
	mutation string
	object   object
	source   object // before the mutation
}

// makeCase builds case number index. Half of the cases first choose a kind, so
// that rare kinds get their share.
func makeCase(seed, index uint64, objects []object, byKind [][]object, all schemas) testCase {
	r := rand.New(rand.NewPCG(seed, index))
	wanted := classes[index%uint64(len(classes))]
	for {
		from := objects
		if r.IntN(2) == 0 {
			from = byKind[r.IntN(len(byKind))]
		}
		chosen := from[r.IntN(len(from))]
		root := clone(chosen.root).(map[string]any)
		done := "nothing"
		if wanted.make != nil {
			done = mutate(r, wanted, root, chosen.kind.schema, all)
		}
		if done != "" {
			return testCase{index, wanted.name, done, object{chosen.kind, chosen.name, root}, chosen}
		}
	}
}

func mutate(r *rand.Rand, wanted class, root map[string]any, declared *schema, all schemas) string {
	var sites []site
	all.walk(root, all.follow(declared), nil, func(found site) {
		if !isIdentity(found.where) && wanted.fits(found) {
			sites = append(sites, found)
		}
	})
	if len(sites) == 0 {
		return ""
	}
	return wanted.make(r, root, sites[r.IntN(len(sites))])
}

// walk visits every place of an object below its root, in one fixed order.
func (all schemas) walk(value any, here *schema, where path, visit func(site)) {
	step := func(next any, inner any) {
		there := all.child(here, next)
		inside := append(slices.Clone(where), next)
		visit(site{inside, there, here, inner})
		all.walk(inner, there, inside, visit)
	}
	switch container := value.(type) {
	case map[string]any:
		for _, key := range sortedKeys(container) {
			step(key, container[key])
		}
	case []any:
		for i, inner := range container {
			step(i, inner)
		}
	}
}

// isIdentity guards what decides which object this is: to break it asks the
// server another question than the one about shape.
func isIdentity(where path) bool {
	switch where.String() {
	case "apiVersion", "kind", "metadata", "metadata.name", "metadata.namespace":
		return true
	}
	return false
}

func isField(s site) bool {
	key, ok := s.key()
	return ok && s.parent != nil && s.parent.Properties[key] != nil
}

func isDeclared(s site) bool { return s.schema != nil }

func isRequired(s site) bool {
	key, ok := s.key()
	return ok && s.parent != nil && slices.Contains(s.parent.Required, key)
}

func isKeyedList(s site) bool {
	items, ok := s.value.([]any)
	return ok && len(items) > 0 && s.schema != nil && (s.schema.ListType == "map" || s.schema.ListType == "set")
}

func hasRange(s site) bool { return s.schema != nil && len(outside(s.schema)) > 0 }

func renameField(r *rand.Rand, root map[string]any, at site) string {
	old, _ := at.key()
	middle := r.IntN(len(old))
	renamed := []string{
		old + "x", "x-" + old, old[:middle] + old[middle+1:], strings.ToUpper(old[:1]) + old[1:],
		strings.ToLower(old), old[:middle] + old[middle:middle+1] + old[middle:], old + ".y",
	}[r.IntN(7)]
	fields := lookup(root, at.where[:len(at.where)-1]).(map[string]any)
	if _, taken := fields[renamed]; taken || renamed == "" {
		return ""
	}
	fields[renamed] = fields[old]
	delete(fields, old)
	return fmt.Sprintf("%s renamed to %q", at.where, renamed)
}

func changeType(r *rand.Rand, root map[string]any, at site) string {
	var other []any
	for _, candidate := range []any{"text", "7", json.Number("7"), json.Number("0.5"), true, map[string]any{}, map[string]any{"a": "b"}, []any{}, []any{"text"}} {
		if jsonType(candidate) != jsonType(at.value) {
			other = append(other, candidate)
		}
	}
	changed := other[r.IntN(len(other))]
	assign(root, at.where, changed)
	return fmt.Sprintf("%s set to %s", at.where, encode(changed))
}

func jsonType(value any) string { return fmt.Sprintf("%T", value) }

// outside lists values that a schema does not allow.
func outside(s *schema) []any {
	switch {
	case s.Format == "int32":
		return numbers("2147483648", "-2147483649", "4294967301", "9223372036854775808", "1.5", "1e100")
	case s.Type == "integer":
		return numbers("9223372036854775808", "-9223372036854775809", "18446744073709551617", "0.5", "1e100")
	case s.Format == "int-or-string":
		return numbers("4294967301", "-2147483649", "1.5")
	case s.isScalarUnion(): // a quantity
		return []any{"1x", "1 Gi", "Gi", "1e", "0x10", "--1", "1.2.3"}
	case s.Format == "date-time":
		return []any{"yesterday", "2024-01-01", "2024-13-01T00:00:00Z", "2024-01-01 00:00:00"}
	case s.Format == "byte":
		return []any{"%%%", "abc", "a b c d", "YQ"}
	case len(s.Enum) > 0:
		return []any{"Sluice", strings.ToLower(s.Enum[0]) + "x", s.Enum[0] + " "}
	}
	return nil
}

func numbers(spelt ...string) []any {
	var values []any
	for _, text := range spelt {
		values = append(values, json.Number(text))
	}
	return values
}

func leaveRange(r *rand.Rand, root map[string]any, at site) string {
	choices := outside(at.schema)
	value := choices[r.IntN(len(choices))]
	assign(root, at.where, value)
	return fmt.Sprintf("%s set to %s", at.where, encode(value))
}

func dropField(_ *rand.Rand, root map[string]any, at site) string {
	key, _ := at.key()
	delete(lookup(root, at.where[:len(at.where)-1]).(map[string]any), key)
	return fmt.Sprintf("%s dropped", at.where)
}

func doubleElement(r *rand.Rand, root map[string]any, at site) string {
	items := at.value.([]any)
	doubled := r.IntN(len(items))
	assign(root, at.where, append(slices.Clone(items), clone(items[doubled])))
	return fmt.Sprintf("%s[%d] doubled", at.where, doubled)
}

func plantNull(_ *rand.Rand, root map[string]any, at site) string {
	assign(root, at.where, nil)
	return fmt.Sprintf("%s set to null", at.where)
}
