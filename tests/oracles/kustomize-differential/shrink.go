// A case made smaller: files, documents, members and elements are taken away for
// as long as the verdict stays what it was, so that a person can read the rest.
package main

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sluice/tests/oracles/kustomize"
)

// mostAsks bounds the work for one case.
const mostAsks = 1500

type shrinker struct {
	judge    *judge
	wanted   verdict
	smallest testCase
	asks     int
}

func (j *judge) shrink(c testCase, wanted verdict) testCase {
	s := &shrinker{judge: j, wanted: wanted, smallest: c}
	for before := -1; before != len(s.smallest.tree.Text()) && s.asks < mostAsks; {
		before = len(s.smallest.tree.Text())
		for _, path := range slices.Sorted(maps.Keys(s.smallest.tree)) {
			s.withoutFile(path)
			s.withoutNodes(path)
		}
	}
	return s.smallest
}

func (s *shrinker) try(tree kustomize.Tree) bool {
	if s.asks++; s.asks > mostAsks {
		return false
	}
	smaller := s.smallest
	smaller.tree = tree
	v := s.judge.judge(smaller)
	if v.outcome != s.wanted.outcome || v.kind != s.wanted.kind {
		return false
	}
	s.smallest = smaller
	return true
}

func (s *shrinker) withoutFile(path string) {
	tree := maps.Clone(s.smallest.tree)
	delete(tree, path)
	s.try(tree)
}

// withoutNodes tries to take each node of a file away, the outer ones first.
func (s *shrinker) withoutNodes(path string) {
	text, there := s.smallest.tree[path]
	if !there || !strings.HasSuffix(path, ".yaml") {
		return
	}
	documents, ok := parse(text)
	if !ok {
		return
	}
	for i := len(documents) - 1; i >= 0 && len(documents) > 1; i-- {
		rest := slices.Delete(slices.Clone(documents), i, i+1)
		if s.try(s.smallest.tree.With(kustomize.Tree{path: print(rest)})) {
			documents = rest
		}
	}
	for _, document := range documents {
		s.prune(path, documents, document)
	}
}

func (s *shrinker) prune(path string, documents []*yaml.Node, node *yaml.Node) {
	size := 1
	if node.Kind == yaml.MappingNode {
		size = 2
	}
	for i := len(node.Content) - size; i >= 0 && node.Kind != yaml.DocumentNode; i -= size {
		kept := node.Content
		node.Content = slices.Delete(slices.Clone(kept), i, i+size)
		if !s.try(s.smallest.tree.With(kustomize.Tree{path: print(documents)})) {
			node.Content = kept
		}
	}
	for _, child := range node.Content {
		s.prune(path, documents, child)
	}
}

func parse(text string) ([]*yaml.Node, bool) {
	var documents []*yaml.Node
	decoder := yaml.NewDecoder(strings.NewReader(text))
	for {
		var document yaml.Node
		if err := decoder.Decode(&document); err != nil {
			return documents, err.Error() == "EOF" && len(documents) > 0
		}
		documents = append(documents, &document)
	}
}

func print(documents []*yaml.Node) string {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	for _, document := range documents {
		if err := encoder.Encode(document); err != nil {
			return ""
		}
	}
	return out.String()
}
