// Where mutants come from: the corpus in pieces that a person can read.
package main

import (
	"bytes"
	"errors"

	"sluice/tests/oracles/corpus"
)

// longestSeed keeps cases small; a longer file is cut at the borders of its
// documents, and documents that are longer still are left out.
const longestSeed = 4096

func readSeeds(paths []string) ([][]byte, error) {
	texts, err := corpus.Read(paths)
	if err != nil {
		return nil, err
	}
	var seeds [][]byte
	for _, text := range texts {
		seeds = append(seeds, shorten(text)...)
	}
	if len(seeds) == 0 {
		return nil, errors.New("no document is short enough to be a seed")
	}
	return seeds, nil
}

func shorten(seed []byte) [][]byte {
	if len(seed) <= longestSeed {
		return [][]byte{seed}
	}
	var parts [][]byte
	for part := range bytes.SplitSeq(seed, []byte("\n---\n")) {
		if len(part) <= longestSeed {
			parts = append(parts, part)
		}
	}
	return parts
}
