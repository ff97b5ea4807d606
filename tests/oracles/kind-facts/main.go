// Command kind-facts prints schemas/kubernetes/rendering.inc: what kustomize
// knows of Kubernetes' kinds, read out of the OpenAPI document that is compiled
// into it. Only kinds with a scope or with lists that merge, and only the types
// on the way to such lists.
package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
	"strings"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

type field struct {
	name, target   string
	merge          bool
	key, secondKey string
}

type kind struct {
	group, version, kind, scope, target string
}

// facts are the fields of each definition that matter by themselves or lead on.
type facts map[string][]field

func main() {
	definitions := openapi.Schema().Definitions
	all := facts{}
	for name, definition := range definitions {
		all[name] = fields(definition)
	}
	leads := all.leading()
	kinds := kinds(definitions, leads)

	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	fmt.Fprint(out, "// Kinds as kustomize 5.7 knows them, from the OpenAPI document of Kubernetes 1.21\n"+
		"// that is compiled into it (Apache-2.0, see LICENSE). Made by schemas/refresh; not\n"+
		"// written by hand.\n")
	types := sortedTypes(leads, all, kinds)
	for _, name := range types {
		fmt.Fprintf(out, "RENDERING_TYPE(%s)\n", identifier(name))
	}
	for _, name := range types {
		for _, f := range all[name] {
			if f.merge || leads[f.target] {
				fmt.Fprintf(out, "RENDERING_FIELD(%s, %q, %s, %t, %q, %q)\n", identifier(name), f.name,
					targetOf(f.target, leads), f.merge, f.key, f.secondKey)
			}
		}
	}
	for _, k := range kinds {
		fmt.Fprintf(out, "RENDERING_KIND(%q, %q, %q, %s, %s)\n", k.group, k.version, k.kind,
			targetOf(k.target, leads), k.scope)
	}
}

func fields(definition spec.Schema) []field {
	if definition.AdditionalProperties != nil && definition.AdditionalProperties.Schema != nil {
		// A map that leads to a merged list has no place in the table yet.
		if reference(definition.AdditionalProperties.Schema) != "" {
			panic("a definition is a map of definitions")
		}
	}
	var found []field
	for name, property := range definition.Properties {
		f := field{name: name, target: reference(&property)}
		strategy, keys := (&openapi.ResourceSchema{Schema: &property}).PatchStrategyAndKeyList()
		isList := property.Type.Contains("array")
		for _, part := range strings.Split(strategy, ",") {
			f.merge = f.merge || isList && part == "merge"
		}
		if f.merge && len(keys) > 0 {
			f.key = keys[0]
		}
		if f.merge && len(keys) > 1 {
			f.secondKey = keys[1]
		}
		if len(keys) > 2 {
			panic(name + " has three merge keys")
		}
		found = append(found, f)
	}
	sort.Slice(found, func(i, j int) bool { return found[i].name < found[j].name })
	return found
}

// reference names the definition of a value or of the elements of a list.
func reference(s *spec.Schema) string {
	if ref := s.Ref.String(); ref != "" {
		return ref[strings.LastIndex(ref, "/")+1:]
	}
	if s.Items != nil && s.Items.Schema != nil {
		return reference(s.Items.Schema)
	}
	return ""
}

// leading are the definitions from which a merged list can be reached.
func (all facts) leading() map[string]bool {
	leads := map[string]bool{}
	for changed := true; changed; {
		changed = false
		for name, fields := range all {
			for _, f := range fields {
				if !leads[name] && (f.merge || leads[f.target]) {
					leads[name] = true
					changed = true
				}
			}
		}
	}
	return leads
}

func kinds(definitions spec.Definitions, leads map[string]bool) []kind {
	var found []kind
	for name, definition := range definitions {
		names, _ := definition.Extensions["x-kubernetes-group-version-kind"].([]interface{})
		if len(names) != 1 {
			continue // DeleteOptions and WatchEvent belong to every group
		}
		k := kind{target: name, scope: "kUnknown"}
		parts := names[0].(map[string]interface{})
		k.group, k.version, k.kind = parts["group"].(string), parts["version"].(string), parts["kind"].(string)
		meta := yaml.TypeMeta{APIVersion: strings.TrimPrefix(k.group+"/"+k.version, "/"), Kind: k.kind}
		if namespaced, known := openapi.IsNamespaceScoped(meta); known {
			k.scope = map[bool]string{true: "kNamespaced", false: "kCluster"}[namespaced]
		}
		// Lists are taken apart before anything looks at them.
		if strings.HasSuffix(k.kind, "List") || k.group == "kustomize.config.k8s.io" ||
			k.scope == "kUnknown" && !leads[name] {
			continue
		}
		found = append(found, k)
	}
	sort.Slice(found, func(i, j int) bool {
		a, b := found[i], found[j]
		if a.group != b.group {
			return a.group < b.group
		}
		if a.version != b.version {
			return a.version < b.version
		}
		return a.kind < b.kind
	})
	return found
}

// sortedTypes are the leading types that some kind reaches.
func sortedTypes(leads map[string]bool, all facts, kinds []kind) []string {
	reached := map[string]bool{}
	var reach func(name string)
	reach = func(name string) {
		if reached[name] || !leads[name] {
			return
		}
		reached[name] = true
		for _, f := range all[name] {
			reach(f.target)
		}
	}
	for _, k := range kinds {
		reach(k.target)
	}
	var names []string
	for name := range reached {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func targetOf(name string, leads map[string]bool) string {
	if !leads[name] {
		return "kNone"
	}
	return identifier(name)
}

// "io.k8s.api.apps.v1.DeploymentSpec" is kAppsV1DeploymentSpec.
func identifier(name string) string {
	parts := strings.Split(name, ".")
	if len(parts) > 3 {
		parts = parts[len(parts)-3:]
	}
	result := "k"
	for _, part := range parts {
		result += strings.ToUpper(part[:1]) + part[1:]
	}
	return result
}
