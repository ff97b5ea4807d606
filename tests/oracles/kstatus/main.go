// Command kstatus says of made-up objects what kstatus (sigs.k8s.io/cli-utils) says of
// them, and fails where Sluice says something else:
//
//	kstatus -judge PROGRAM [-count N] [-seed S]
//
// PROGRAM reads an object a line, JSON, and answers each with a line: its health.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand"
	"os"
	"os/exec"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

var words = map[status.Status]string{
	status.CurrentStatus: "current", status.InProgressStatus: "in progress", status.FailedStatus: "failed",
	status.TerminatingStatus: "terminating",
}

// What kstatus says; an object that it cannot read is unknown.
func expected(object map[string]any) string {
	result, err := status.Compute(&unstructured.Unstructured{Object: object})
	if err != nil {
		return "unknown"
	}
	return words[result.Status]
}

// asked lets the judge say the same of all objects.
func asked(judge string, lines []string) ([]string, error) {
	command := exec.Command(judge)
	command.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	var answers []string
	for in := bufio.NewScanner(output); in.Scan(); {
		answers = append(answers, in.Text())
	}
	_, _ = io.Copy(io.Discard, output)
	if err := command.Wait(); err != nil {
		return nil, err
	}
	if len(answers) != len(lines) {
		return nil, fmt.Errorf("%d answers to %d objects", len(answers), len(lines))
	}
	return answers, nil
}

func run(judge string, count int, seed int64) error {
	maker := maker{rand.New(rand.NewSource(seed))}
	var lines, wanted []string
	seen := map[string]int{}
	for len(lines) < count {
		object := maker.object()
		line, err := json.Marshal(object)
		if err != nil {
			return err
		}
		// As both read it: numbers of JSON.
		read := &unstructured.Unstructured{}
		if err := read.UnmarshalJSON(line); err != nil {
			return err
		}
		lines = append(lines, string(line))
		wanted = append(wanted, expected(read.Object))
		seen[read.GetKind()+" "+wanted[len(wanted)-1]]++
	}
	answers, err := asked(judge, lines)
	if err != nil {
		return err
	}
	wrong := 0
	for i, answer := range answers {
		if answer == wanted[i] {
			continue
		}
		if wrong++; wrong <= 10 {
			fmt.Printf("kstatus says %s, Sluice %s: %s\n", wanted[i], answer, lines[i])
		}
	}
	fmt.Printf("kstatus: %d objects, %d kinds of answer, %d divergences, seed %d\n", count, len(seen), wrong, seed)
	if wrong > 0 {
		return fmt.Errorf("%d divergences", wrong)
	}
	return nil
}

func main() {
	judge := flag.String("judge", "", "the program that says Sluice's health")
	count := flag.Int("count", 20000, "objects")
	seed := flag.Int64("seed", 1, "of what is made up")
	flag.Parse()
	if err := run(*judge, *count, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "kstatus:", err)
		os.Exit(1)
	}
}
