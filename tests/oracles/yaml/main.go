package main

import (
	"fmt"
	_ "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/cli-runtime/pkg/resource"
	"sigs.k8s.io/yaml"
	"strings"
)

func main() {
	for _, s := range []string{"a: &x {b: 1}\nc:\n  <<: *x\n  b: 2\n", "c:\n  b: 2\n  <<: {b: 1}\n", "a: 1\na: 1\n", "1: 2\n\"1\": 3\n","a: 18446744073709551616\nb: 9007199254740993\nc: 1.0\nd: 18446744073709551615\ne: 9007199254740993.0\nf: -0.0"} {
		j, e := yaml.YAMLToJSON([]byte(s))
		k, f := yaml.YAMLToJSONStrict([]byte(s))
		fmt.Printf("%q\n %s %v\n %s %v\n", s, j, e, k, f)
	}
	in, err := resource.NewLocalBuilder().Unstructured().ContinueOnError().Stream(strings.NewReader("apiVersion: v1\nkind: A\nitems: [{apiVersion: v1, kind: B, x: 18446744073709551615}]\n"), "x").Flatten().Do().Infos()
	fmt.Println(len(in), err)
	for _, i := range in { fmt.Printf("%v\n", i.Object) }
}
