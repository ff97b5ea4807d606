// What the OpenAPI document itself finds wrong with an object, apart from types
// and unknown fields, which decoding finds: required fields and enums. It only
// says which words of the server's validation are about shape (see classify.go);
// the server alone decides whether the object is wrong.
package main

import "slices"

// declaredFaults lists them; null counts as absent, a null element as empty.
func (all schemas) declaredFaults(root map[string]any, declared *schema) []fault {
	var faults []fault
	all.addDeclared(root, all.follow(declared), nil, &faults)
	return faults
}

func (all schemas) addDeclared(value any, here *schema, where path, faults *[]fault) {
	if here == nil {
		return
	}
	switch container := value.(type) {
	case map[string]any:
		for _, key := range here.Required {
			if container[key] == nil {
				*faults = append(*faults, fault{field: loose(append(slices.Clone(where), key).String()), required: true, said: "required"})
			}
		}
		for _, key := range sortedKeys(container) {
			all.addDeclared(container[key], all.child(here, key), append(slices.Clone(where), key), faults)
		}
	case []any:
		for i, inner := range container {
			if inner == nil {
				inner = map[string]any{}
			}
			all.addDeclared(inner, all.child(here, i), append(slices.Clone(where), i), faults)
		}
	case string:
		if len(here.Enum) > 0 && !slices.Contains(here.Enum, container) {
			*faults = append(*faults, fault{field: loose(where.String()), said: "not in the enum"})
		}
	}
}
