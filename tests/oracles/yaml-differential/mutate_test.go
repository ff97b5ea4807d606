package main

import (
	"bytes"
	"testing"
)

var someSeeds = [][]byte{
	[]byte("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  a: \"1\"\n"),
	[]byte("a: &x {b: c}\nd: *x\n"),
	[]byte(""),
	[]byte("\n"),
	[]byte("x"),
}

func TestCaseFollowsFromSeedAndIndexAlone(t *testing.T) {
	differing := 0
	for index := range uint64(20000) {
		first := mutant(7, index, someSeeds)
		if !bytes.Equal(first, mutant(7, index, someSeeds)) {
			t.Fatalf("case %d changed between two calls", index)
		}
		if !bytes.Equal(first, mutant(8, index, someSeeds)) {
			differing++
		}
	}
	if differing < 10000 {
		t.Errorf("only %d of 20000 cases depend on the seed", differing)
	}
}

func TestMutatingLeavesTheSeedsAlone(t *testing.T) {
	before := bytes.Join(someSeeds, []byte("|"))
	for index := range uint64(5000) {
		mutant(1, index, someSeeds)
	}
	if !bytes.Equal(before, bytes.Join(someSeeds, []byte("|"))) {
		t.Error("a seed was changed")
	}
}
