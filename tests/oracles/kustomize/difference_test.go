package kustomize

import "testing"

func TestADifferenceNamesTheField(t *testing.T) {
	const web = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{"a":[1,2]}}`
	cases := []struct {
		theirs, ours Objects
		want         string
	}{
		{Objects{web}, Objects{web}, ""},
		{Objects{}, Objects{}, ""},
		{Objects{web}, Objects{}, "only kustomize builds v1 Pod <nil>/web"},
		{Objects{web}, Objects{web, web}, "only we build v1 Pod <nil>/web"},
		{Objects{web}, Objects{`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{"a":[1,3],"b":null}}`},
			"v1 Pod <nil>/web.spec.a[1]: kustomize 2, we 3\nv1 Pod <nil>/web.spec.b: kustomize nothing, we null"},
		{Objects{web}, Objects{`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{"a":[1]}}`},
			"v1 Pod <nil>/web.spec.a: kustomize [1,2], we [1]"},
	}
	for _, one := range cases {
		if got := Difference(one.theirs, one.ours); got != one.want {
			t.Errorf("%s and %s: %q", one.theirs, one.ours, got)
		}
	}
}

func TestATreeReadsBackFromItsText(t *testing.T) {
	tree := Tree{"a/b.yaml": "a: 1\n", "c.txt": "-- x\n\n"}
	before, again := ParseTree("words\n" + tree.Text())
	if before != "words\n" || again.Text() != tree.Text() || len(again) != 2 {
		t.Errorf("%q %q", before, again)
	}
}

// What kustomize refuses must not be taken for an empty set of objects.
func TestTheirsRefuses(t *testing.T) {
	if objects, err := Theirs(Tree{"a/kustomization.yaml": "resources: [missing.yaml]\n"}, "a"); err == nil {
		t.Errorf("built %s", objects)
	}
	objects, err := Theirs(Tree{"a/kustomization.yaml": "namePrefix: x-\nresources: [b.yaml]\n",
		"a/b.yaml": "{apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {n: yes}}\n"}, "a")
	const want = `{"apiVersion":"v1","data":{"n":"yes"},"kind":"ConfigMap","metadata":{"name":"x-b"}}`
	if err != nil || len(objects) != 1 || objects[0] != want {
		t.Errorf("%s, %v", objects, err)
	}
}
