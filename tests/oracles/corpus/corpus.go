// Package corpus finds the texts that tests feed to readers and servers: files
// of directories, archives and tables of cases.
package corpus

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Read returns the texts under each path, in one fixed order. A path that is
// not there is fs.ErrNotExist.
func Read(paths []string) ([][]byte, error) {
	var texts [][]byte
	for _, path := range paths {
		found, err := readPath(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		texts = append(texts, found...)
	}
	return texts, nil
}

func readPath(path string) ([][]byte, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	if strings.HasSuffix(path, ".tar.xz") {
		return readArchive(path)
	}
	var texts [][]byte
	err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if cases, ok := readCases(content); ok {
			texts = append(texts, cases...)
		} else {
			texts = append(texts, content)
		}
		return nil
	})
	return texts, err
}

// readArchive unpacks with tar, since Go's library has no xz.
func readArchive(path string) ([][]byte, error) {
	directory, err := os.MkdirTemp("", "corpus-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(directory)
	if output, err := exec.Command("tar", "-xJf", path, "-C", directory).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("tar: %w: %s", err, output)
	}
	return readPath(directory)
}

// readCases recognises a table of cases, whose inputs are in base64.
func readCases(content []byte) ([][]byte, bool) {
	var table []struct {
		Input string `json:"input_base64"`
	}
	if !bytes.Contains(content, []byte("input_base64")) || json.Unmarshal(content, &table) != nil {
		return nil, false
	}
	var cases [][]byte
	for _, entry := range table {
		input, err := base64.StdEncoding.DecodeString(entry.Input)
		if err != nil {
			return nil, false
		}
		cases = append(cases, input)
	}
	return cases, true
}
