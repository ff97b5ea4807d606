// Parts of kustomizations, written by hand in text files, and how they are put
// together: fields that are lists in block form grow, any other field can stand
// only once.
package main

import (
	"embed"
	"fmt"
	"strings"

	"sluice/tests/oracles/kustomize"
)

//go:embed world.txt features.txt careless.txt errors.txt explained.txt
var tables embed.FS

// part is some fields of a kustomization and the files that they need.
type part struct {
	name   string // "field: description"
	fields string
	files  kustomize.Tree
}

func (p part) field() string { return strings.SplitN(p.name, ":", 2)[0] }

func table(name string) string {
	text, err := tables.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func readParts(name string) []part {
	var parts []part
	for _, entry := range strings.Split("\n"+table(name), "\n== ")[1:] {
		title, body, _ := strings.Cut(entry, "\n")
		fields, files := kustomize.ParseTree(strings.TrimRight(body, "\n") + "\n")
		parts = append(parts, part{name: title, fields: fields, files: files})
	}
	return parts
}

// world is the base, without its directory.
func world() kustomize.Tree {
	_, files := kustomize.ParseTree(table("world.txt"))
	return files
}

// block is one field of a kustomization as it is written.
type block struct{ key, text string }

func blocks(fields string) []block {
	var list []block
	for line := range strings.Lines(fields) {
		if strings.ContainsRune(" -#\n", rune(line[0])) && len(list) > 0 {
			list[len(list)-1].text += line
			continue
		}
		key, _, _ := strings.Cut(line, ":")
		list = append(list, block{key, line})
	}
	return list
}

// merged is the fields of both; false where one would stand twice.
func merged(fields, others string) (string, bool) {
	list := blocks(fields)
	for _, other := range blocks(others) {
		at := -1
		for i, one := range list {
			if one.key == other.key {
				at = i
			}
		}
		if at < 0 {
			list = append(list, other)
			continue
		}
		_, elements, _ := strings.Cut(other.text, "\n")
		if !strings.HasPrefix(list[at].text, other.key+":\n-") || !strings.HasPrefix(elements, "-") {
			return "", false
		}
		list[at].text += elements
	}
	var text strings.Builder
	for _, one := range list {
		text.WriteString(one.text)
	}
	return text.String(), true
}

// layer is one directory with a kustomization.
type layer struct {
	directory, fields string
	files             kustomize.Tree
}

// add puts a part into a layer; false where it does not fit in.
func (l *layer) add(p part) bool {
	for path := range p.files {
		if _, there := l.files[path]; there {
			return false
		}
	}
	fields, ok := merged(l.fields, p.fields)
	if ok {
		l.fields, l.files = fields, l.files.With(p.files)
	}
	return ok
}

func (l *layer) tree() kustomize.Tree {
	return l.files.With(kustomize.Tree{"kustomization.yaml": l.fields}).Under(l.directory)
}

// testCase is one tree to build with both.
type testCase struct {
	name      string
	tree      kustomize.Tree
	directory string
	refused   bool // by decision of who wrote it
}

// overlays is a case of layers; the last is built.
func overlays(name string, layers ...*layer) testCase {
	tree := kustomize.Tree{"above.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: above}\n", "above.txt": "above\n"}
	for _, one := range layers {
		tree = tree.With(one.tree())
	}
	return testCase{name: name, tree: tree, directory: layers[len(layers)-1].directory}
}

func baseLayer() *layer {
	files := world()
	fields := files["kustomization.yaml"]
	delete(files, "kustomization.yaml")
	return &layer{"base", fields, files}
}

func overlayLayer() *layer { return &layer{"overlay", "resources:\n- ../base\n", kustomize.Tree{}} }

// byHand is every part alone, in pairs of fields in one kustomization, and
// across two.
func byHand() []testCase {
	features := readParts("features.txt")
	var cases []testCase
	for _, one := range features {
		cases = append(cases, single(one, "", false))
	}
	for _, one := range readParts("careless.txt") {
		cases = append(cases, single(one, "careless: ", false))
	}
	for _, one := range readParts("errors.txt") {
		cases = append(cases, single(one, "error: ", true))
	}
	chosen := firstOfEachField(features)
	for i, one := range chosen {
		for j, other := range chosen {
			if i < j {
				cases = append(cases, together(one, other)...)
			}
			if (i+j)%3 == 0 {
				cases = append(cases, across(one, other)...)
			}
		}
	}
	return cases
}

func single(one part, kind string, refused bool) testCase {
	overlay := overlayLayer()
	if !overlay.add(one) {
		overlay.fields += one.fields
	}
	built := overlays(kind+one.name, baseLayer(), overlay)
	built.refused = refused
	return built
}

func together(one, other part) []testCase {
	overlay := overlayLayer()
	if !overlay.add(one) || !overlay.add(other) {
		return nil
	}
	return []testCase{overlays(fmt.Sprintf("%s + %s", one.name, other.name), baseLayer(), overlay)}
}

func across(lower, upper part) []testCase {
	base, overlay := baseLayer(), overlayLayer()
	if !base.add(lower) || !overlay.add(upper) {
		return nil
	}
	return []testCase{overlays(fmt.Sprintf("%s, then %s", lower.name, upper.name), base, overlay)}
}

func firstOfEachField(parts []part) []part {
	var chosen []part
	seen := map[string]bool{}
	for _, one := range parts {
		if !seen[one.field()] {
			chosen = append(chosen, one)
		}
		seen[one.field()] = true
	}
	return chosen
}
