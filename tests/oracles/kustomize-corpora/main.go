// The corpora oracle: every kustomization of real repositories, built by the
// real kubectl and by our engine.
//
//	kustomize-corpora -builder PROGRAM -kubectl PROGRAM [-explained FILE] ROOT...
//
// Each ROOT is a tree of its own. Both must build equal sets of objects, or both
// must refuse; components are built through a kustomization that holds nothing
// else. The builder keeps one session for a whole tree, so what one build leaves
// behind would show in the next. Exit 77 where a root or kubectl is not there.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"sluice/tests/oracles/frames"
	"sluice/tests/oracles/kustomize"
)

type options struct {
	builder, kubectl, decisions string
	roots                       []string
}

func parseOptions() options {
	var o options
	flag.StringVar(&o.builder, "builder", "", "our builder, a program that speaks frames")
	flag.StringVar(&o.kubectl, "kubectl", "", "kubectl 1.35")
	flag.StringVar(&o.decisions, "explained", "", "a file of explained differences")
	flag.Parse()
	o.roots = flag.Args()
	if o.builder == "" || o.kubectl == "" || len(o.roots) == 0 {
		fmt.Fprintln(os.Stderr, "usage: kustomize-corpora -builder PROGRAM -kubectl PROGRAM [-explained FILE] ROOT...")
		os.Exit(2)
	}
	for _, needed := range append([]string{o.kubectl}, o.roots...) {
		if _, err := os.Stat(needed); err != nil {
			fmt.Println("kustomize-corpora: skipped:", err)
			os.Exit(77)
		}
	}
	return o
}

// tally is what came of the kustomizations of all roots.
type tally struct {
	equal, refused, explained, wrong, objects int
}

func main() {
	o := parseOptions()
	known, err := readExplained(o.decisions)
	if err != nil {
		fmt.Fprintln(os.Stderr, "kustomize-corpora:", err)
		os.Exit(2)
	}
	c := &comparison{options: o, known: known, builder: &frames.Peer{Path: o.builder, Limit: time.Minute}}
	defer c.builder.Close()
	for _, root := range o.roots {
		if err := c.compareTree(root); err != nil {
			fmt.Fprintln(os.Stderr, "kustomize-corpora:", err)
			os.Exit(2)
		}
	}
	stale := known.unused()
	fmt.Printf("%d equal (%d objects), %d refused by both, %d explained, %d different\n", c.equal, c.objects, c.refused, c.explained, c.wrong)
	for _, line := range stale {
		fmt.Println("explained, but no longer different:", line)
	}
	if c.wrong > 0 || len(stale) > 0 || c.equal == 0 {
		os.Exit(1)
	}
}

type comparison struct {
	options
	tally
	known   *explanations
	builder *frames.Peer
}

// compareTree works on a copy, where it can add a kustomization for each
// component.
func (c *comparison) compareTree(root string) error {
	scratch, err := os.MkdirTemp("", "kustomize-corpora-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if err := os.CopyFS(scratch, os.DirFS(root)); err != nil {
		return err
	}
	directories, err := kustomizations(scratch)
	if err != nil {
		return err
	}
	before := c.tally
	for _, directory := range directories {
		c.compare(filepath.Base(root), scratch, directory)
	}
	fmt.Printf("%s: %d kustomizations, %d objects\n", filepath.Base(root), len(directories), c.objects-before.objects)
	return nil
}

// compare builds one directory with both.
func (c *comparison) compare(name, root, directory string) {
	ours, ourError := kustomize.OursOnDisk(c.builder, root, directory)
	theirs, theirError := c.kubectlBuilds(root, directory)
	refused := ours.Refused() || len(ours.NotBuilt) > 0
	var why string
	switch {
	case ourError != nil:
		why = "the builder failed: " + ourError.Error()
	case theirError != nil && refused:
		c.refused++
		return
	case theirError != nil:
		why = "kubectl refuses, we build: " + theirError.Error()
	case refused:
		why = "we refuse, kubectl builds: " + ours.Why()
	default:
		why = kustomize.Difference(theirs, ours.Objects)
	}
	where := name + "/" + directory
	switch {
	case why == "":
		c.equal++
		c.objects += len(theirs)
	case c.known.explains(where, why):
		c.explained++
	default:
		c.wrong++
		fmt.Printf("=== %s\n  %s\n", where, strings.ReplaceAll(why, "\n", "\n  "))
	}
}

func (c *comparison) kubectlBuilds(root, directory string) (kustomize.Objects, error) {
	command := exec.Command(c.kubectl, "kustomize", filepath.Join(root, directory))
	command.Env = []string{"HOME=/nonexistent", "PATH=/nonexistent"} // no git: nothing is fetched
	var complaint strings.Builder
	command.Stderr = &complaint
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("%s", strings.TrimSpace(strings.ReplaceAll(complaint.String(), root, "")))
	}
	return kustomize.ReadObjects(output)
}
