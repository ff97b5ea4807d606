// Random cases: some objects of the world, layers of overlays and components in
// several shapes, parts written by hand and parts made up from the objects. A
// case follows from the seed and its number alone.
package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"sluice/tests/oracles/kustomize"
)

type maker struct {
	*rand.Rand
	features, errors []part
	objects          []map[string]any // that the base of this case holds
	count            int              // of made parts, for names of files
}

func randomCase(seed, index uint64) testCase {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, index)), features: readParts("features.txt"), errors: readParts("errors.txt")}
	diamond := m.chance(20)
	base := m.base(diamond)
	name := fmt.Sprintf("random %d", index)
	if diamond {
		return overlays(name, m.diamond(base)...)
	}
	return overlays(name, pick(m, []func(*layer) []*layer{m.oneOverlay, m.oneOverlay, m.chain, m.component})(base)...)
}

func (m *maker) chance(percent int) bool { return m.IntN(100) < percent }

func pick[T any](m *maker, list []T) T { return list[m.IntN(len(list))] }

// Objects that most parts speak of, and those whose names no prefix changes.
var (
	important = regexp.MustCompile(`kind: (Deployment|ConfigMap|Secret|Bee)\n|kind: (Service|StatefulSet)\nmetadata:\n  name: (web|db)\n`)
	fixed     = regexp.MustCompile(`kind: (Namespace|CustomResourceDefinition|APIService)\n`)
)

// base is some objects of the world.
func (m *maker) base(twice bool) *layer {
	base := &layer{"base", "resources:\n", kustomize.Tree{}}
	files := world()
	delete(files, "kustomization.yaml")
	for _, path := range slices.Sorted(maps.Keys(files)) {
		var kept []string
		for _, document := range strings.Split(files[path], "\n---\n") {
			if (important.MatchString(document) || m.chance(50)) && !(twice && fixed.MatchString(document)) {
				kept = append(kept, document)
			}
		}
		if len(kept) == 0 {
			continue
		}
		base.files[path] = strings.Join(kept, "\n---\n")
		base.fields += "- " + path + "\n"
		for _, document := range kept {
			object := map[string]any{}
			if err := yaml.Unmarshal([]byte(document), &object); err == nil {
				m.objects = append(m.objects, object)
			}
		}
	}
	if m.chance(30) {
		m.addParts(base, 1)
	}
	return base
}

func (m *maker) oneOverlay(base *layer) []*layer {
	overlay := overlayLayer()
	m.addParts(overlay, 1+m.IntN(4))
	return []*layer{base, overlay}
}

func (m *maker) chain(base *layer) []*layer {
	middle := &layer{"middle", "resources:\n- ../base\n", kustomize.Tree{}}
	m.addParts(middle, 1+m.IntN(3))
	top := &layer{"overlay", "resources:\n- ../middle\n", kustomize.Tree{}}
	m.addParts(top, 1+m.IntN(3))
	return []*layer{base, middle, top}
}

// diamond is two overlays over one base, told apart by a prefix, under a third.
func (m *maker) diamond(base *layer) []*layer {
	left := &layer{"left", "resources:\n- ../base\nnamePrefix: left-\n", kustomize.Tree{}}
	right := &layer{"right", "resources:\n- ../base\nnameSuffix: -right\n", kustomize.Tree{}}
	if m.chance(50) {
		right.fields += "namespace: right\n"
	}
	m.addParts(left, m.IntN(3))
	m.addParts(right, m.IntN(3))
	top := &layer{"overlay", "resources:\n- ../left\n- ../right\n", kustomize.Tree{}}
	m.addParts(top, m.IntN(3))
	return []*layer{base, left, right, top}
}

func (m *maker) component(base *layer) []*layer {
	component := &layer{"component", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n", kustomize.Tree{}}
	m.addParts(component, 1+m.IntN(2))
	top := &layer{"overlay", "resources:\n- ../base\ncomponents:\n- ../component\n", kustomize.Tree{}}
	m.addParts(top, 1+m.IntN(3))
	return []*layer{base, component, top}
}

func (m *maker) addParts(to *layer, count int) {
	for range count {
		switch {
		case m.chance(2):
			to.add(pick(m, m.errors))
		case m.chance(45):
			to.add(pick(m, m.features))
		default:
			makers := []func() part{m.mergePatch, m.mergePatch, m.operations, m.operations, m.replacement, m.names, m.labels,
				m.images, m.generator}
			to.add(pick(m, makers)())
		}
	}
}

func (m *maker) names() part {
	fields := []string{"namePrefix: p%d-\n", "nameSuffix: -s%d\n", "namespace: ns%d\n"}
	return part{name: "names", fields: fmt.Sprintf(pick(m, fields), m.IntN(3))}
}

func (m *maker) labels() part {
	entry := map[string]any{"pairs": map[string]any{fmt.Sprintf("l%d", m.IntN(4)): fmt.Sprintf("v%d", m.IntN(3))}}
	for _, option := range []string{"includeSelectors", "includeTemplates"} {
		if m.chance(40) {
			entry[option] = m.chance(70)
		}
	}
	return part{name: "labels", fields: listField("labels", entry)}
}

func (m *maker) images() part {
	entry := map[string]any{"name": pick(m, []string{"nginx", "busybox", "postgres", "registry.example.com/agent", "none"})}
	for _, change := range [][2]string{{"newName", "mirror/one"}, {"newTag", "1.0"}, {"digest", "sha256:" + strings.Repeat("1a", 32)}} {
		if m.chance(50) {
			entry[change[0]] = change[1]
		}
	}
	return part{name: "images", fields: listField("images", entry)}
}

func (m *maker) generator() part {
	field, known := "configMapGenerator", "settings"
	if m.chance(40) {
		field, known = "secretGenerator", "credentials"
	}
	entry := map[string]any{"name": pick(m, []string{"made", "other"}),
		"literals": []any{fmt.Sprintf("k%d=%d", m.IntN(3), m.IntN(9)), "level=" + pick(m, odd)}}
	if m.chance(50) {
		entry["name"], entry["behavior"] = known, pick(m, []string{"merge", "replace"})
	}
	if m.chance(30) {
		entry["options"] = map[string]any{"disableNameSuffixHash": m.chance(50), "labels": map[string]any{"made": "yes"}}
	}
	return part{name: "generator", fields: listField(field, entry)}
}

// listField is one entry of a list in block form.
func listField(field string, entry any) string {
	text, err := yaml.Marshal([]any{entry})
	if err != nil {
		panic(err)
	}
	return field + ":\n" + string(text)
}

// odd are texts that a careless writer of YAML loses.
var odd = []string{"plain", "yes", "1", "0x10", "null", "", "a: b", "#c", "1e3", "- x", "'q'", `"d"`, " lead", "tail ", "é", "on", "=", "a\nb", "0o7", "~"}
