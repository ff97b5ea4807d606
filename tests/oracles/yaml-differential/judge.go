// One case: what Kubernetes reads, what we read, and what to call the pair.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"sluice/tests/oracles/frames"
	"sluice/tests/oracles/kubeyaml"
	"sluice/tests/oracles/values"
)

type outcome string

const (
	equal      outcome = "both accept, same objects"
	documents  outcome = "both accept, same documents, lists left whole"
	noObjects  outcome = "same documents, of which kubectl makes no objects"
	bothReject outcome = "both reject"
	overStrict outcome = "we reject, Kubernetes takes"
	deliberate outcome = "we reject by decision, Kubernetes takes"
	silent     outcome = "SILENT DIFFERENCE"
	broken     outcome = "READER FAILED"
)

// answer is the reader's: objects, one JSON text each, or why it has none.
type answer struct {
	Objects  []json.RawMessage `json:"objects"`
	Rejected []struct {
		Rule string `json:"rule"`
		Line int    `json:"line"`
	} `json:"rejected"`
}

// verdict is the judgement of one case.
type verdict struct {
	outcome outcome
	rule    string // ours, where we reject
	why     string // in words, where something is wrong
}

type judge struct {
	reader     *frames.Peer
	deliberate map[string]bool
	flattened  bool
}

func (j *judge) judge(text []byte) verdict {
	reply, err := j.reader.Ask(text)
	if err != nil {
		return verdict{outcome: broken, why: err.Error()}
	}
	ours, err := parseAnswer(reply)
	if err != nil {
		return verdict{outcome: broken, why: err.Error()}
	}
	theirs := kubeyaml.Read(text)
	if len(ours.Rejected) > 0 {
		return j.weRejected(theirs, ours)
	}
	return j.weAccepted(theirs, ours)
}

func parseAnswer(reply []byte) (answer, error) {
	var parsed answer
	if err := json.Unmarshal(reply, &parsed); err != nil {
		return parsed, fmt.Errorf("the answer is not JSON: %w: %.200q", err, reply)
	}
	if len(parsed.Rejected) == 0 && parsed.Objects == nil {
		return parsed, fmt.Errorf("the answer has neither objects nor a rejection: %.200q", reply)
	}
	return parsed, nil
}

// weRejected is never an error: a gate may refuse what it finds ambiguous. It
// is counted, since a gate that refuses too much is of no use.
func (j *judge) weRejected(theirs kubeyaml.Reading, ours answer) verdict {
	rule := ours.Rejected[0].Rule
	switch {
	case theirs.DocumentsError != "" || theirs.ObjectsError != "" || theirs.Duplicate != "":
		return verdict{outcome: bothReject, rule: rule}
	case j.deliberate[rule]:
		return verdict{outcome: deliberate, rule: rule}
	default:
		return verdict{outcome: overStrict, rule: rule}
	}
}

// weAccepted must mean that Kubernetes reads the same.
func (j *judge) weAccepted(theirs kubeyaml.Reading, ours answer) verdict {
	if theirs.DocumentsError != "" {
		return verdict{outcome: silent, why: "Kubernetes rejects: " + theirs.DocumentsError}
	}
	if theirs.Duplicate != "" {
		return verdict{outcome: silent, why: "a strict reader rejects: " + theirs.Duplicate}
	}
	read := withoutNull(ours.Objects)
	switch sameDocuments := values.SameList(read, theirs.Documents); {
	case theirs.ObjectsError == "" && values.SameList(read, theirs.Objects):
		return verdict{outcome: equal}
	case theirs.ObjectsError != "" && sameDocuments:
		return verdict{outcome: noObjects}
	case theirs.ObjectsError == "" && sameDocuments && !j.flattened:
		return verdict{outcome: documents}
	}
	expected := theirs.Objects
	if theirs.ObjectsError != "" {
		expected = theirs.Documents
	}
	return verdict{outcome: silent, why: fmt.Sprintf("read differently\n  Kubernetes: %s %s\n  we:         %s",
		list(expected), theirs.ObjectsError, list(read))}
}

func withoutNull(texts []json.RawMessage) []json.RawMessage {
	kept := []json.RawMessage{}
	for _, text := range texts {
		if !bytes.Equal(bytes.TrimSpace(text), []byte("null")) {
			kept = append(kept, text)
		}
	}
	return kept
}

func list(texts []json.RawMessage) string {
	joined, _ := json.Marshal(texts)
	return string(joined)
}

// shrink takes lines, then bytes, away from a text that has a bad outcome for
// as long as it keeps that outcome, so that a person can read what is left.
func (j *judge) shrink(text []byte, wanted outcome) []byte {
	asks := 400
	for _, unit := range []func([]byte) [][]byte{bytesToLines, bytesToBytes} {
		parts := unit(text)
		for i := len(parts) - 1; i >= 0 && asks > 0; i-- {
			asks--
			smaller := bytes.Join([][]byte{bytes.Join(parts[:i], nil), bytes.Join(parts[i+1:], nil)}, nil)
			if j.judge(smaller).outcome == wanted {
				parts = append(parts[:i:i], parts[i+1:]...)
			}
		}
		text = bytes.Join(parts, nil)
	}
	return text
}

func bytesToLines(text []byte) [][]byte { return bytes.SplitAfter(text, []byte("\n")) }
func bytesToBytes(text []byte) [][]byte { return bytes.Split(text, nil) }
