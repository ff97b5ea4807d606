// Patches and replacements made up from an object that is there: each walks some
// way down the object and changes what stands at its end.
package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"

	"sluice/tests/oracles/kustomize"
)

func nameOf(object map[string]any) string {
	metadata, _ := object["metadata"].(map[string]any)
	name, _ := metadata["name"].(string)
	return name
}

func textOf(value any) string {
	text, err := yaml.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// mergePatch is a strategic merge patch of one object, inline or in a file.
func (m *maker) mergePatch() part {
	object := pick(m, m.objects)
	patch := map[string]any{"apiVersion": object["apiVersion"], "kind": object["kind"],
		"metadata": map[string]any{"name": nameOf(object)}}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if key != "apiVersion" && key != "kind" && key != "metadata" && m.chance(70) {
			patch[key] = m.changed(object[key])
		}
	}
	if m.chance(30) {
		patch["metadata"].(map[string]any)["annotations"] = map[string]any{"patched": pick(m, odd), "note": nil}
	}
	return m.patchPart(textOf(patch), nil)
}

func (m *maker) patchPart(patch string, target map[string]any) part {
	m.count++
	entry := map[string]any{}
	if target != nil {
		entry["target"] = target
	}
	if m.chance(50) {
		entry["patch"] = patch
		return part{name: "patch", fields: listField("patches", entry)}
	}
	file := fmt.Sprintf("made-%d.yaml", m.count)
	entry["path"] = file
	return part{name: "patch", fields: listField("patches", entry), files: kustomize.Tree{file: patch}}
}

// changed is a patch of a value: some way into it.
func (m *maker) changed(value any) any {
	switch v := value.(type) {
	case map[string]any:
		return m.changedMapping(v)
	case []any:
		return m.changedList(v)
	}
	return m.anyScalar()
}

func (m *maker) anyScalar() any {
	return pick(m, []any{pick(m, odd), m.IntN(5), m.chance(50), nil, "text"})
}

func (m *maker) changedMapping(mapping map[string]any) any {
	patch := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(mapping)) {
		switch m.IntN(6) {
		case 0:
			patch[key] = nil
		case 1, 2, 3:
			patch[key] = m.changed(mapping[key])
		}
	}
	if m.chance(30) {
		patch["added"] = pick(m, []any{"x", map[string]any{"a": "b"}, []any{"a"}, map[string]any{}})
	}
	if m.chance(4) {
		patch["$patch"] = pick(m, []any{"replace", "delete", "merge"})
	}
	return patch
}

// keys are by what Kubernetes tells elements apart, often.
var keys = []string{"name", "containerPort", "port", "mountPath", "topologyKey"}

func (m *maker) changedList(list []any) any {
	patch := []any{}
	for _, element := range list {
		mapping, ok := element.(map[string]any)
		if !ok {
			if m.chance(50) {
				patch = append(patch, element)
			}
			continue
		}
		if m.chance(60) {
			patch = append(patch, m.changedElement(mapping))
		}
	}
	if len(list) > 0 && m.chance(25) {
		if mapping, ok := list[0].(map[string]any); ok {
			patch = append(patch, m.renamed(mapping))
		} else {
			patch = append(patch, "added")
		}
	}
	if m.chance(5) {
		patch = append([]any{map[string]any{"$patch": "replace"}}, patch...)
	}
	return patch
}

func (m *maker) changedElement(element map[string]any) any {
	patch, _ := m.changedMapping(element).(map[string]any)
	for _, key := range keys {
		if value, there := element[key]; there {
			patch[key] = value
		}
	}
	if m.chance(10) {
		patch["$patch"] = "delete"
	}
	return patch
}

func (m *maker) renamed(element map[string]any) any {
	patch := maps.Clone(element)
	for _, key := range keys {
		switch patch[key].(type) {
		case string:
			patch[key] = fmt.Sprintf("new%d", m.IntN(3))
		case float64, int64:
			patch[key] = 1000 + m.IntN(3)
		}
	}
	return patch
}

// operations is a JSON 6902 patch for one object or all of its kind.
func (m *maker) operations() part {
	object := pick(m, m.objects)
	var list []any
	for range 1 + m.IntN(3) {
		list = append(list, m.operation(object))
	}
	target := map[string]any{"kind": object["kind"]}
	if m.chance(70) {
		target["name"] = nameOf(object)
	}
	return m.patchPart(textOf(list), target)
}

func (m *maker) operation(object map[string]any) any {
	way := m.way(object, true)
	path := pointer(way)
	switch m.IntN(8) {
	case 0:
		return map[string]any{"op": "remove", "path": path}
	case 1:
		if _, isList := at(object, way).([]any); isList {
			return map[string]any{"op": "add", "path": path + "/-", "value": m.anyScalar()}
		}
	case 2:
		return map[string]any{"op": "copy", "from": path, "path": pointer(m.way(object, true))}
	case 3:
		return map[string]any{"op": "move", "from": path, "path": pointer(m.way(object, true))}
	case 4:
		if _, inMapping := at(object, way[:len(way)-1]).(map[string]any); inMapping || m.chance(10) {
			return map[string]any{"op": "add", "path": pointer(way[:len(way)-1]) + "/added~1key", "value": map[string]any{"a": m.anyScalar()}}
		}
	case 5:
		return map[string]any{"op": "add", "path": path, "value": m.anyScalar()}
	}
	return map[string]any{"op": "replace", "path": path, "value": m.anyScalar()}
}

// at is what stands at the end of a way.
func at(value any, way []string) any {
	for _, step := range way {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			index, err := strconv.Atoi(step)
			if err != nil || index >= len(v) {
				return nil
			}
			value = v[index]
		}
	}
	return value
}

// way is keys and indices down to some value, never of what names the object.
func (m *maker) way(object map[string]any, collections bool) []string {
	var way []string
	var value any = object
	for {
		switch v := value.(type) {
		case map[string]any:
			names := slices.DeleteFunc(slices.Sorted(maps.Keys(v)), func(key string) bool {
				return len(way) == 0 && (key == "apiVersion" || key == "kind") || len(way) == 1 && way[0] == "metadata" && key == "name"
			})
			if len(names) == 0 && len(way) == 1 {
				return append(way, "labels")
			}
			if len(names) == 0 {
				return way
			}
			key := pick(m, names)
			way, value = append(way, key), v[key]
		case []any:
			if len(v) == 0 {
				return way
			}
			index := m.IntN(len(v))
			way, value = append(way, strconv.Itoa(index)), v[index]
		default:
			return way
		}
		if collections && len(way) > 1 && m.chance(15) {
			return way
		}
	}
}

func pointer(way []string) string {
	var path strings.Builder
	for _, step := range way {
		path.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(step))
	}
	return path.String()
}

// replacement copies a scalar of one object to a field of another.
func (m *maker) replacement() part {
	from, to := pick(m, m.objects), pick(m, m.objects)
	source := map[string]any{"kind": from["kind"], "name": nameOf(from), "fieldPath": dotted(m.way(from, m.chance(10)))}
	target := map[string]any{"select": map[string]any{"kind": to["kind"], "name": nameOf(to)},
		"fieldPaths": []any{m.fieldPath(to)}}
	if m.chance(30) {
		source["options"] = map[string]any{"delimiter": pick(m, []string{".", "/", ":", "-"}), "index": m.IntN(3)}
	}
	if options := map[string]any{}; m.chance(40) {
		options["create"] = m.chance(60)
		if m.chance(40) {
			options["delimiter"] = pick(m, []string{".", "/", ":", "-"})
			options["index"] = m.IntN(4) - 1
		}
		target["options"] = options
	}
	return part{name: "replacement", fields: listField("replacements", map[string]any{"source": source, "targets": []any{target}})}
}

func dotted(way []string) string {
	var steps []string
	for _, step := range way {
		steps = append(steps, strings.ReplaceAll(step, ".", `\.`))
	}
	return strings.Join(steps, ".")
}

// fieldPath is a way with elements told by index, by key, or all of them.
func (m *maker) fieldPath(object map[string]any) string {
	way := m.way(object, m.chance(10))
	var value any = object
	for i, step := range way {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			index, _ := strconv.Atoi(step)
			if index >= len(v) {
				break
			}
			value = v[index]
			element, _ := value.(map[string]any)
			if name, ok := element["name"].(string); ok && m.chance(60) {
				way[i] = "[name=" + name + "]"
			} else if m.chance(20) {
				way[i] = "*"
			}
		}
	}
	if m.chance(10) {
		way = append(way[:len(way)-1], "created")
	}
	return dotted(way)
}
