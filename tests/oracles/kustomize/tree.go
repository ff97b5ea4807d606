// Package kustomize has kustomizations built twice: by kustomize's own library
// in this process, and by us in another. A case is a tree of files in memory and
// the directory to build; both answers are sets of objects, compared by value.
package kustomize

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Tree is files by path, without a leading slash.
type Tree map[string]string

// Text is the tree as people read and write it: each file after a line
// `-- PATH --`, in the order of the paths.
func (t Tree) Text() string {
	var text strings.Builder
	for _, path := range slices.Sorted(maps.Keys(t)) {
		fmt.Fprintf(&text, "-- %s --\n%s", path, t[path])
		if !strings.HasSuffix(t[path], "\n") {
			text.WriteString("\n")
		}
	}
	return text.String()
}

// ParseTree reads what Text writes. Text before the first file is returned as
// it stands.
func ParseTree(text string) (before string, tree Tree) {
	tree = Tree{}
	path := ""
	for line := range strings.Lines(text) {
		if name, ok := fileLine(line); ok {
			path = name
			tree[path] = ""
		} else if path == "" {
			before += line
		} else {
			tree[path] += line
		}
	}
	return before, tree
}

func fileLine(line string) (string, bool) {
	line = strings.TrimSuffix(line, "\n")
	if !strings.HasPrefix(line, "-- ") || !strings.HasSuffix(line, " --") || len(line) < 7 {
		return "", false
	}
	return line[3 : len(line)-3], true
}

// Under is the tree moved below a directory.
func (t Tree) Under(directory string) Tree {
	moved := Tree{}
	for path, text := range t {
		moved[directory+"/"+path] = text
	}
	return moved
}

// With is the tree and the files of another, which win.
func (t Tree) With(other Tree) Tree {
	sum := maps.Clone(t)
	maps.Copy(sum, other)
	return sum
}
