// The oracle of substitution: reads what envsubst_answers says of texts and asks
// Flux' own module. A line on standard input is, with tabs between, all in hex
// but the first,
//
//	strict|lenient  text  answer|!  [name value]…
//
// where "!" is a refusal; or "object" and two texts of JSON, whose YAML is what
// Flux would put the variables in. Of objects we refuse more by decision. A module of its own: Flux needs a newer Go than the
// other oracles.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/fluxcd/pkg/envsubst"
	"sigs.k8s.io/yaml"
)

type question struct {
	strict    bool
	object    bool
	text      string
	answer    string
	refused   bool
	variables map[string]string
}

func parse(line string) (question, error) {
	fields := strings.Split(line, "\t")
	if len(fields) < 3 || len(fields)%2 == 0 {
		return question{}, fmt.Errorf("a line of %d fields", len(fields))
	}
	q := question{strict: fields[0] == "strict", object: fields[0] == "object", refused: fields[2] == "!", variables: map[string]string{}}
	plain := make([]string, len(fields))
	for i := 1; i < len(fields); i++ {
		if i == 2 && q.refused {
			continue
		}
		bytes, err := hex.DecodeString(fields[i])
		if err != nil {
			return question{}, err
		}
		plain[i] = string(bytes)
	}
	q.text, q.answer = plain[1], plain[2]
	for i := 3; i < len(plain); i += 2 {
		q.variables[plain[i]] = plain[i+1]
	}
	return q, nil
}

// expand is Flux' answer; a panic is a refusal.
func expand(q question) (text string, refused bool) {
	defer func() {
		if recover() != nil {
			refused = true
		}
	}()
	text, err := envsubst.Eval(q.text, func(name string) (string, bool) {
		value, set := q.variables[name]
		return value, set || !q.strict
	})
	return text, err != nil
}

// build does with an object what kustomize and Flux do between them.
func build(q question) (any, bool) {
	text, err := yaml.JSONToYAML([]byte(q.text))
	if err != nil {
		return nil, true
	}
	q.text = string(text)
	text2, refused := expand(q)
	if refused {
		return nil, true
	}
	object, err := yaml.YAMLToJSON([]byte(text2))
	if err != nil {
		return nil, true
	}
	return decode(object)
}

func decode(text []byte) (value any, refused bool) {
	return value, json.Unmarshal(text, &value) != nil
}

func checkObject(q question) string {
	theirs, refused := build(q)
	if q.refused {
		return ""
	}
	ours, _ := decode([]byte(q.answer))
	if !refused && reflect.DeepEqual(ours, theirs) {
		return ""
	}
	return fmt.Sprintf("%s %v: Flux answers %v (refused: %v), we %s", q.text, q.variables, theirs, refused, q.answer)
}

// check says how the answers differ; empty where they are the same.
func check(q question) string {
	if q.object {
		return checkObject(q)
	}
	text, refused := expand(q)
	switch {
	case refused && q.refused:
		return ""
	case refused:
		return fmt.Sprintf("%q: Flux refuses, we answer %q", q.text, q.answer)
	case q.refused:
		return fmt.Sprintf("%q: Flux answers %q, we refuse", q.text, text)
	case text != q.answer:
		return fmt.Sprintf("%q: Flux answers %q, we %q", q.text, text, q.answer)
	}
	return ""
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	var texts, objects struct{ all, refused int }
	stricter, different := 0, 0
	for lines.Scan() {
		q, err := parse(lines.Text())
		if err != nil {
			fmt.Fprintln(os.Stderr, "envsubst:", err)
			os.Exit(2)
		}
		count := &texts
		if q.object {
			count = &objects
		}
		count.all++
		if q.refused {
			count.refused++
		}
		if q.object && q.refused {
			if _, refused := build(q); !refused {
				stricter++
			}
		}
		if words := check(q); words != "" {
			different++
			fmt.Println(words)
		}
	}
	fmt.Printf("%d texts, %d refused; %d objects, %d refused, %d of them by us alone; %d different\n",
		texts.all, texts.refused, objects.all, objects.refused, stricter, different)
	if lines.Err() != nil || texts.all == 0 || different > 0 {
		os.Exit(1)
	}
}
