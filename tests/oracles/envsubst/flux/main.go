// The oracle of Flux Kustomizations: builds each that flux_builder names a second
// way and compares the objects.
//
//	flux -builder flux_builder -kubectl kubectl DIRECTORY...
//
// The directory is copied, the fields of the spec are written into its
// kustomization (or one over all manifests below is made, where there is none),
// the real `kubectl kustomize` builds it, and Flux' own envsubst puts the
// variables in. A spec is taken as flux_builder gives it: where another
// Kustomization patches it, it is one of the objects that are compared.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"

	"github.com/fluxcd/pkg/envsubst"
	"sigs.k8s.io/yaml"
)

type root struct {
	Name      string         `json:"name"`
	Directory string         `json:"directory"`
	Spec      map[string]any `json:"spec"`
	Objects   []any          `json:"objects"`
	Findings  []string       `json:"findings"`
	NotBuilt  []string       `json:"notBuilt"`
}

var names = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

func hasKustomization(directory string) string {
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(directory, name)); err == nil && !info.IsDir() {
			return name
		}
	}
	return ""
}

// generated is a kustomization over all manifests below a directory.
func generated(directory string) (map[string]any, error) {
	resources := []any{}
	err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == directory {
			return err
		}
		relative, _ := filepath.Rel(directory, path)
		if entry.IsDir() {
			if hasKustomization(path) == "" {
				return nil
			}
			resources = append(resources, relative)
			return fs.SkipDir
		}
		if extension := filepath.Ext(path); extension == ".yaml" || extension == ".yml" {
			resources = append(resources, relative)
		}
		return nil
	})
	return map[string]any{"resources": resources}, err
}

func list(value any) []any {
	elements, _ := value.([]any)
	return elements
}

// amend writes the fields of a spec into a kustomization.
func amend(kustomization, spec map[string]any, directory string) {
	for field, name := range map[string]string{
		"targetNamespace": "namespace", "namePrefix": "namePrefix", "nameSuffix": "nameSuffix"} {
		if value, set := spec[field]; set {
			kustomization[name] = value
		}
	}
	for _, field := range []string{"patches", "images"} {
		if more := list(spec[field]); len(more) > 0 {
			kustomization[field] = append(list(kustomization[field]), more...)
		}
	}
	ignore, _ := spec["ignoreMissingComponents"].(bool)
	for _, component := range list(spec["components"]) {
		_, err := os.Stat(filepath.Join(directory, component.(string)))
		if err == nil || !ignore {
			kustomization["components"] = append(list(kustomization["components"]), component)
		}
	}
}

// withFields writes the kustomization of a directory; the result puts it back.
func withFields(directory string, spec map[string]any) (func(), error) {
	name := hasKustomization(directory)
	kustomization := map[string]any{}
	var before []byte
	var err error
	if name == "" {
		name = names[0]
		kustomization, err = generated(directory)
	} else if before, err = os.ReadFile(filepath.Join(directory, name)); err == nil {
		err = yaml.Unmarshal(before, &kustomization)
	}
	if err != nil {
		return nil, err
	}
	if len(list(kustomization["resources"])) == 0 && before != nil {
		kustomization["buildMetadata"] = []any{"originAnnotations"}
	}
	amend(kustomization, spec, directory)
	text, err := yaml.Marshal(kustomization)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(directory, name)
	restore := func() {
		if before == nil {
			os.Remove(path)
		} else {
			os.WriteFile(path, before, 0o644)
		}
	}
	return restore, os.WriteFile(path, text, 0o644)
}

func variablesOf(spec map[string]any) (map[string]string, error) {
	variables := map[string]string{}
	postBuild, _ := spec["postBuild"].(map[string]any)
	if len(list(postBuild["substituteFrom"])) > 0 {
		return nil, fmt.Errorf("substituteFrom is not known here")
	}
	substitute, _ := postBuild["substitute"].(map[string]any)
	for name, value := range substitute {
		variables[name] = strings.ReplaceAll(value.(string), "\n", "")
	}
	return variables, nil
}

func isDisabled(object map[string]any) bool {
	metadata, _ := object["metadata"].(map[string]any)
	for _, field := range []string{"labels", "annotations"} {
		marks, _ := metadata[field].(map[string]any)
		if marks["kustomize.toolkit.fluxcd.io/substitute"] == "disabled" {
			return true
		}
	}
	return false
}

func substitute(document string, variables map[string]string) (any, error) {
	var object map[string]any
	if err := yaml.Unmarshal([]byte(document), &object); err != nil {
		return nil, err
	}
	if len(variables) == 0 || isDisabled(object) {
		return object, nil
	}
	text, err := yaml.Marshal(object)
	if err != nil {
		return nil, err
	}
	put, err := envsubst.Eval(string(text), func(name string) (string, bool) { return variables[name], true })
	if err != nil {
		return nil, err
	}
	var result any
	return result, yaml.Unmarshal([]byte(put), &result)
}

// build is the second way.
func build(kubectl, copied string, asked root) ([]any, error) {
	directory := filepath.Join(copied, asked.Directory)
	restore, err := withFields(directory, asked.Spec)
	if err != nil {
		return nil, err
	}
	defer restore()
	var stderr bytes.Buffer
	command := exec.Command(kubectl, "kustomize", "--load-restrictor=LoadRestrictionsNone", directory)
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, stderr.String())
	}
	variables, err := variablesOf(asked.Spec)
	if err != nil {
		return nil, err
	}
	objects := []any{}
	for _, document := range strings.Split(string(output), "\n---\n") {
		if strings.TrimSpace(document) == "" {
			continue
		}
		object, err := substitute(document+"\n", variables)
		if err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
	return objects, nil
}

func sorted(objects []any) []string {
	texts := []string{}
	for _, object := range objects {
		text, _ := json.Marshal(object)
		texts = append(texts, string(text))
	}
	sort.Strings(texts)
	return texts
}

// check says how the two differ; empty where they do not.
func check(kubectl, copied string, ours root) string {
	theirs, err := build(kubectl, copied, ours)
	switch {
	case err != nil && len(ours.Findings) > 0:
		return ""
	case err != nil:
		return fmt.Sprintf("the second way refuses: %v", err)
	case len(ours.Findings) > 0 || len(ours.NotBuilt) > 0:
		return fmt.Sprintf("we refuse: %v %v", ours.Findings, ours.NotBuilt)
	}
	a, b := sorted(ours.Objects), sorted(theirs)
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] != b[i] {
			return fmt.Sprintf("ours:   %s\ntheirs: %s", a[i], b[i])
		}
	}
	if len(a) != len(b) {
		return fmt.Sprintf("%d objects of ours, %d of theirs", len(a), len(b))
	}
	return ""
}

func roots(builder, directory string) ([]root, error) {
	output, err := exec.Command(builder, directory).Output()
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(bytes.NewReader(output))
	lines.Buffer(nil, 1<<28)
	found := []root{}
	for lines.Scan() {
		var one root
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, lines.Err()
}

func compare(builder, kubectl, directory string) (int, error) {
	found, err := roots(builder, directory)
	if err != nil {
		return 0, err
	}
	copied, err := os.MkdirTemp("", "flux")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(copied)
	if err := os.CopyFS(copied, os.DirFS(directory)); err != nil {
		return 0, err
	}
	objects, refused, different := 0, 0, 0
	for _, one := range found {
		words := check(kubectl, copied, one)
		if words != "" {
			different++
			fmt.Printf("%s (%s):\n%s\n", one.Name, one.Directory, words)
		} else if len(one.Findings) > 0 {
			refused++
		}
		objects += len(one.Objects)
	}
	fmt.Printf("%s: %d Kustomizations, %d refused by both, %d objects, %d different\n", filepath.Base(directory),
		len(found), refused, objects, different)
	if len(found) == 0 {
		return 0, fmt.Errorf("no Flux Kustomization in %s", directory)
	}
	return different, nil
}

func main() {
	builder := flag.String("builder", "flux_builder", "our builder")
	kubectl := flag.String("kubectl", "kubectl", "kubectl 1.35")
	flag.Parse()
	total := 0
	for _, directory := range flag.Args() {
		different, err := compare(*builder, *kubectl, directory)
		if err != nil {
			fmt.Fprintln(os.Stderr, "flux:", err)
			os.Exit(2)
		}
		total += different
	}
	if total > 0 || flag.NArg() == 0 {
		os.Exit(1)
	}
}
