package main

import (
	"bytes"
	"testing"
)

func someObjects() ([]object, [][]object, schemas) {
	all := schemas{"ports": {Type: "array", ListType: "map", ListMapKeys: []string{"port"}, Items: &schema{
		Type: "object", Required: []string{"port"}, Properties: map[string]*schema{"port": {Type: "integer", Format: "int32"}}}}}
	declared := &schema{Type: "object", Properties: map[string]*schema{
		"spec": {Properties: map[string]*schema{"ports": {AllOf: []*schema{{Ref: "#/components/schemas/ports"}}}}}}}
	root := decode([]byte(`{"metadata":{"name":"a"},"spec":{"ports":[{"port":1},{"port":2}]}}`)).(map[string]any)
	one := object{kind: &kind{schema: declared}, name: "a", root: root}
	return []object{one}, [][]object{{one}}, all
}

func TestEveryClassMakesItsMutants(t *testing.T) {
	objects, byKind, all := someObjects()
	original := encode(objects[0].root)
	for index := range uint64(700) {
		first := makeCase(3, index, objects, byKind, all)
		again := makeCase(3, index, objects, byKind, all)
		if !bytes.Equal(encode(first.object.root), encode(again.object.root)) {
			t.Fatalf("case %d changed between two calls", index)
		}
		if changed := !bytes.Equal(encode(first.object.root), original); changed != (first.class != "unmutated") {
			t.Errorf("case %d, %s: %s: changed is %v", index, first.class, first.mutation, changed)
		}
	}
	if !bytes.Equal(encode(objects[0].root), original) {
		t.Error("the corpus was changed")
	}
}

func TestJSONMeansTheSameAsYAML(t *testing.T) {
	text := encode(map[string]any{"a": "\u0085 \u2028 \x7f \ufeff 😀 <&>"})
	if want := `{"a":"\u0085 \u2028 \u007f \ufeff 😀 <&>"}`; string(text) != want {
		t.Errorf("%s, want %s", text, want)
	}
}
