package main

import (
	"os"
	"strings"
	"testing"

	"sluice/tests/oracles/kustomize"
)

func TestMain(m *testing.M) {
	quiet()
	os.Exit(m.Run())
}

// A part that kustomize refuses tests nothing, and neither does an error that it
// takes.
func TestKustomizeTakesEachFeatureAndRefusesEachError(t *testing.T) {
	for _, one := range append(readParts("features.txt"), readParts("careless.txt")...) {
		c := single(one, "", false)
		if _, err := kustomize.Theirs(c.tree, c.directory); err != nil {
			t.Errorf("%s: %v", one.name, err)
		}
	}
	for _, one := range readParts("errors.txt") {
		c := single(one, "", true)
		if _, err := kustomize.Theirs(c.tree, c.directory); err == nil {
			t.Errorf("error %s: kustomize builds it", one.name)
		}
	}
}

// Each feature changes what is built, those apart that kustomize ignores.
func TestEachFeatureChangesSomething(t *testing.T) {
	without, err := kustomize.Theirs(overlays("", baseLayer(), overlayLayer()).tree, "overlay")
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range readParts("features.txt") {
		silent := strings.HasPrefix(one.name, "sortOptions") || strings.HasPrefix(one.name, "metadata") || strings.HasPrefix(one.name, "helmGlobals") ||
			one.name == "openapi: a version" || one.name == "resources: local configuration is left out" ||
			one.name == "patches: targets by namespace that none has"
		with, err := kustomize.Theirs(single(one, "", false).tree, "overlay")
		if err == nil && (kustomize.Difference(without, with) == "") != silent {
			t.Errorf("%s: changes something: %v", one.name, silent)
		}
	}
}

func TestRandomCasesFollowFromTheSeed(t *testing.T) {
	built := 0
	for index := range uint64(100) {
		one, again := randomCase(7, index), randomCase(7, index)
		if one.tree.Text() != again.tree.Text() {
			t.Errorf("case %d is another each time", index)
		}
		if _, err := kustomize.Theirs(one.tree, one.directory); err == nil {
			built++
		}
	}
	if built < 50 {
		t.Errorf("kustomize builds only %d of 100 random cases", built)
	}
	if randomCase(8, 0).tree.Text() == randomCase(7, 0).tree.Text() {
		t.Error("another seed gives the same case")
	}
}
