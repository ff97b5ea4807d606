// What kustomize's own library builds: with the options of `kubectl kustomize`,
// on a file system in memory, read back as kubectl would read its output.
package kustomize

import (
	"fmt"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"sluice/tests/oracles/kubeyaml"
	"sluice/tests/oracles/values"
)

// root is where the tree stands in the file system, so that a way upwards out
// of it leads somewhere.
const root = "/outside/tree"

// Objects are what a build gives, as canonical JSON, sorted.
type Objects []string

// Theirs builds with kustomize. A panic of the library counts as a refusal. Not
// for use by several goroutines at a time: kustomize keeps the schema in use in
// global state.
func Theirs(tree Tree, directory string) (objects Objects, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
		}
	}()
	system := filesys.MakeFsInMemory()
	for name, text := range tree {
		if err := system.WriteFile(path.Join(root, name), []byte(text)); err != nil {
			return nil, err
		}
	}
	forgetSchema(tree)
	defer forgetSchema(tree)
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(system, path.Join(root, directory))
	if err != nil {
		return nil, shortened(err)
	}
	text, err := built.AsYaml()
	if err != nil {
		return nil, shortened(err)
	}
	return ReadObjects([]byte(strings.ReplaceAll(string(text), thisBuild, released)))
}

// What the label of buildMetadata says of the library in this program, and in
// kubectl 1.35.
const (
	thisBuild = "app.kubernetes.io/managed-by: kustomize-(devel)"
	released  = "app.kubernetes.io/managed-by: kustomize-v5.7.1"
)

// forgetSchema makes sure that a schema that a case brings is alone, as in a new
// process, and is not there for the next case; to read the built-in one again
// takes long.
func forgetSchema(tree Tree) {
	for _, text := range tree {
		if strings.Contains(text, "openapi") {
			openapi.ResetOpenAPI()
			return
		}
	}
}

// ReadObjects is the objects of a stream of YAML as kubectl reads it.
func ReadObjects(text []byte) (Objects, error) {
	documents, err := kubeyaml.Documents(text)
	if err != nil {
		return nil, err
	}
	return sorted(documents)
}

func sorted[T ~[]byte](texts []T) (Objects, error) {
	objects := Objects{}
	for _, text := range texts {
		canonical, err := values.Canonical(text)
		if err != nil {
			return nil, err
		}
		objects = append(objects, canonical)
	}
	return objects.sorted(), nil
}

// shortened takes what changes from run to run out of an error.
func shortened(err error) error {
	return fmt.Errorf("%s", strings.ReplaceAll(err.Error(), root, ""))
}
