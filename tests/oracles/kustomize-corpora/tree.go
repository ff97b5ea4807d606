// Which directories of a tree can be built, and which differences are explained.
package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var isComponent = regexp.MustCompile(`(?m)^kind:\s*Component\s*$`)

// kustomizations is every directory with one, relative to the root. A component
// is replaced by a directory beside it that uses it and nothing else.
func kustomizations(root string) ([]string, error) {
	var directories []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !slices.Contains([]string{"kustomization.yaml", "kustomization.yml", "Kustomization"}, entry.Name()) {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		directory := filepath.Dir(path)
		if isComponent.Match(text) {
			directory, err = useOf(directory)
		}
		relative, _ := filepath.Rel(root, directory)
		if !strings.HasSuffix(filepath.Dir(path), usedAlone) {
			directories = append(directories, relative)
		}
		return err
	})
	return directories, err
}

const usedAlone = "-used-alone"

// useOf makes the directory that uses a component.
func useOf(component string) (string, error) {
	directory := component + usedAlone
	if err := os.Mkdir(directory, 0o755); err != nil {
		return "", err
	}
	text := "components:\n- ../" + filepath.Base(component) + "\n"
	return directory, os.WriteFile(filepath.Join(directory, "kustomization.yaml"), []byte(text), 0o644)
}

// explanations are differences that are decisions of ours: lines of `WHERE
// PATTERN`, below comments that give the reason.
type explanations struct {
	lines    []string
	patterns []*regexp.Regexp
	used     []bool
}

func readExplained(file string) (*explanations, error) {
	known := &explanations{}
	if file == "" {
		return known, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		_, expression, _ := strings.Cut(line, " ")
		pattern, err := regexp.Compile(expression)
		if err != nil {
			return nil, err
		}
		known.lines, known.patterns = append(known.lines, line), append(known.patterns, pattern)
	}
	known.used = make([]bool, len(known.lines))
	return known, nil
}

// explains asks that each line of a difference is explained for this place.
func (e *explanations) explains(where, why string) bool {
	for line := range strings.Lines(why) {
		found := false
		for i := range e.lines {
			place, _, _ := strings.Cut(e.lines[i], " ")
			if place == where && e.patterns[i].MatchString(strings.TrimSuffix(line, "\n")) {
				e.used[i], found = true, true
			}
		}
		if !found {
			return false
		}
	}
	return true
}

func (e *explanations) unused() []string {
	var lines []string
	for i, used := range e.used {
		if !used {
			lines = append(lines, e.lines[i])
		}
	}
	return lines
}
