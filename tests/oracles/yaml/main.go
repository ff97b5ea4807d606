// The YAML oracle: a long-lived process that says how Kubernetes reads a file.
// A request (see package frames) is the bytes of a file, the answer is the JSON
// of a kubeyaml.Reading.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"sluice/tests/oracles/frames"
	"sluice/tests/oracles/kubeyaml"
)

func answer(file []byte) []byte {
	reading, err := json.Marshal(kubeyaml.Read(file))
	if err != nil {
		reading, _ = json.Marshal(map[string]string{"documentsError": err.Error(), "objectsError": err.Error()})
	}
	return reading
}

func main() {
	if err := frames.Serve(os.Stdin, os.Stdout, answer); err != nil {
		fmt.Fprintln(os.Stderr, "yaml oracle:", err)
		os.Exit(1)
	}
}
