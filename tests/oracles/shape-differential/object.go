// Objects as plain JSON values: copying, changing and sending them, and those
// of the corpus that the server can be asked about.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"sluice/tests/oracles/corpus"
	"sluice/tests/oracles/kubeyaml"
)

// object is one of the corpus, made fit to be sent: in the namespace `default`
// or in none, with a name, without what only a server may write.
type object struct {
	kind *kind
	name string
	root map[string]any
}

// largestObject leaves out documents that nobody could read in a report.
const largestObject = 64 << 10

// readObjects reads the corpus as kubectl does and keeps what the server serves.
func readObjects(paths []string, s *server) ([]object, error) {
	texts, err := corpus.Read(paths)
	if err != nil {
		return nil, err
	}
	var objects []object
	for _, text := range texts {
		documents, err := kubeyaml.Documents(text)
		if err != nil {
			continue // a case of the YAML differential, not of this one
		}
		for _, raw := range documents {
			if made, ok := newObject(raw, s); ok {
				objects = append(objects, made)
			}
		}
	}
	if len(objects) == 0 {
		return nil, fmt.Errorf("no object of a kind that the server serves in %s", strings.Join(paths, ", "))
	}
	return objects, nil
}

func newObject(raw []byte, s *server) (object, bool) {
	root, ok := decode(raw).(map[string]any)
	if !ok || len(raw) > largestObject {
		return object{}, false
	}
	apiVersion, _ := root["apiVersion"].(string)
	kindName, _ := root["kind"].(string)
	group, version, grouped := strings.Cut(apiVersion, "/")
	if !grouped {
		group, version = "", apiVersion
	}
	k := s.kinds[groupVersionKind{group, version, kindName}]
	metadata, ok := root["metadata"].(map[string]any)
	if k == nil || k.schema == nil || !ok {
		return object{}, false
	}
	for _, field := range []string{"resourceVersion", "uid", "managedFields", "generation", "selfLink", "generateName", "namespace"} {
		delete(metadata, field)
	}
	if k.namespaced {
		metadata["namespace"] = "default"
	}
	name, isString := metadata["name"].(string)
	if metadata["name"] == nil || name == "" {
		metadata["name"] = "sluice-test"
	}
	if !isString || name == "" {
		name = "sluice-test"
	}
	return object{kind: k, name: name, root: root}, true
}

// decode keeps the spelling of numbers, and is nil for what is not JSON.
func decode(text []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return nil
	}
	return value
}

// encode writes JSON that means the same when it is read as YAML, which is how
// the server reads apply bodies: no surrogate escapes, no raw line breaks or
// control characters of YAML 1.1.
func encode(value any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // plain JSON values cannot fail
	}
	var out []byte
	for _, r := range strings.TrimSuffix(text.String(), "\n") {
		if r >= 0x7f && r <= 0x9f || r == 0xfeff {
			out = fmt.Appendf(out, "\\u%04x", r)
		} else {
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}

// clone copies a value, so that a mutant leaves its original alone.
func clone(value any) any {
	switch from := value.(type) {
	case map[string]any:
		to := make(map[string]any, len(from))
		for key, inner := range from {
			to[key] = clone(inner)
		}
		return to
	case []any:
		to := make([]any, len(from))
		for i, inner := range from {
			to[i] = clone(inner)
		}
		return to
	default:
		return value
	}
}

// lookup is the value at a place, or nil.
func lookup(value any, where path) any {
	for _, step := range where {
		switch key := step.(type) {
		case string:
			fields, _ := value.(map[string]any)
			value = fields[key]
		case int:
			items, _ := value.([]any)
			if key >= len(items) {
				return nil
			}
			value = items[key]
		}
	}
	return value
}

// assign puts a value at a place whose parent exists.
func assign(root any, where path, value any) {
	parent := lookup(root, where[:len(where)-1])
	switch key := where[len(where)-1].(type) {
	case string:
		parent.(map[string]any)[key] = value
	case int:
		parent.([]any)[key] = value
	}
}

// sortedKeys gives maps one order, so that a case follows from its seed.
func sortedKeys[V any](fields map[string]V) []string {
	return slices.Sorted(maps.Keys(fields))
}
