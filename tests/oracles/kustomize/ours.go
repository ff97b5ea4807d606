// What we build: the program kustomize_builder, asked by frames. A request is a
// list of fields, each a length of four bytes and its bytes: the directory on
// disk that holds the tree (empty: the files follow), the directory to build,
// then path and content of each file.
package kustomize

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"sluice/tests/oracles/frames"
)

// Finding is why we build nothing.
type Finding struct {
	Rule    string `json:"rule"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Message string `json:"message"`
}

func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s [%s]", f.File, f.Line, f.Message, f.Rule)
}

// Answer is the builder's: objects, or why there are none.
type Answer struct {
	Objects  Objects
	Findings []Finding // errors
	NotBuilt []string  // what was left out by decision
}

// Refused says whether we build nothing of it.
func (a Answer) Refused() bool { return len(a.Findings) > 0 }

// Why is the reason of a refusal in a line.
func (a Answer) Why() string {
	var lines []string
	for _, finding := range a.Findings {
		lines = append(lines, finding.String())
	}
	return strings.Join(append(lines, a.NotBuilt...), "; ")
}

// Ours asks the builder for a tree in memory. An error means that it failed.
func Ours(builder *frames.Peer, tree Tree, directory string) (Answer, error) {
	request := field(field(nil, ""), directory)
	for path, text := range tree {
		request = field(field(request, path), text)
	}
	return ask(builder, request)
}

// OursOnDisk asks it for a directory of a tree on disk.
func OursOnDisk(builder *frames.Peer, root, directory string) (Answer, error) {
	return ask(builder, field(field(nil, root), directory))
}

func field(request []byte, text string) []byte {
	return append(binary.BigEndian.AppendUint32(request, uint32(len(text))), text...)
}

func ask(builder *frames.Peer, request []byte) (Answer, error) {
	reply, err := builder.Ask(request)
	if err != nil {
		return Answer{}, err
	}
	var parsed struct {
		Objects  []json.RawMessage `json:"objects"`
		Findings []Finding         `json:"findings"`
		NotBuilt []string          `json:"not_built"`
	}
	if err := json.Unmarshal(reply, &parsed); err != nil {
		return Answer{}, fmt.Errorf("the answer is not JSON: %w: %.200q", err, reply)
	}
	objects, err := sorted(parsed.Objects)
	return Answer{Objects: objects, Findings: parsed.Findings, NotBuilt: parsed.NotBuilt}, err
}

func (o Objects) sorted() Objects {
	slices.Sort(o)
	return o
}
