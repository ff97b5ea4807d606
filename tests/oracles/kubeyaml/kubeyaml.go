// Package kubeyaml reads a file as Kubernetes' own code does: kubectl's decoder
// splits the stream, kubectl's resource builder makes objects of it and takes
// lists apart, sigs.k8s.io/yaml turns each document into JSON. Nothing here has
// an opinion of its own.
package kubeyaml

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/cli-runtime/pkg/resource"
	strictjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

var mergeKey = regexp.MustCompile("<<")

// Reading is what Kubernetes makes of one file.
type Reading struct {
	// Documents are those of the stream, without empty and null ones.
	Documents      []json.RawMessage `json:"documents"`
	DocumentsError string            `json:"documentsError,omitempty"`
	// Objects are kubectl's: items of lists stand alone, the lists are gone.
	// Integers past int64 have become floats, as in what kubectl sends.
	Objects      []json.RawMessage `json:"objects"`
	ObjectsError string            `json:"objectsError,omitempty"`
	// Alone is each document of the stream by itself, split as YAML.
	Alone      []Alone `json:"alone"`
	AloneError string  `json:"aloneError,omitempty"`
	// Duplicate is the first complaint about a key that stands twice in one
	// mapping. kubectl takes the last one; strict readers refuse the document.
	Duplicate string `json:"duplicate,omitempty"`
}

// Alone is what sigs.k8s.io/yaml makes of one document. The strict reader
// refuses duplicate keys, and also a merge key that an explicit key overrides.
type Alone struct {
	JSON        json.RawMessage `json:"json,omitempty"`
	Error       string          `json:"error,omitempty"`
	StrictJSON  json.RawMessage `json:"strictJSON,omitempty"`
	StrictError string          `json:"strictError,omitempty"`
}

// Read never fails and never panics: every failure is part of the reading.
func Read(file []byte) Reading {
	var reading Reading
	var err error
	reading.Documents, err = guarded(file, Documents)
	reading.DocumentsError = text(err)
	reading.Objects, err = guarded(file, objects)
	reading.ObjectsError = text(err)
	reading.Alone, err = guarded(file, alone)
	reading.AloneError = text(err)
	_, err = guarded(file, duplicate)
	reading.Duplicate = text(err)
	return reading
}

// guarded turns a panic of the library into an error.
func guarded[T any](file []byte, read func([]byte) (T, error)) (result T, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
		}
	}()
	return read(file)
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Documents follows kubectl's StreamVisitor up to the JSON of each document.
// Empty and null ones are left out.
func Documents(file []byte) ([]json.RawMessage, error) {
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(file), 4096)
	found := []json.RawMessage{}
	for {
		var document runtime.RawExtension
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		raw := bytes.TrimSpace(document.Raw)
		if len(raw) > 0 && !bytes.Equal(raw, []byte("null")) {
			found = append(found, raw)
		}
	}
}

// objects asks kubectl's resource builder, without any server.
func objects(file []byte) ([]json.RawMessage, error) {
	infos, err := resource.NewLocalBuilder().Unstructured().ContinueOnError().
		Stream(bytes.NewReader(file), "file").Flatten().Do().Infos()
	if err != nil {
		return nil, err
	}
	found := []json.RawMessage{}
	for _, info := range infos {
		plain, err := runtime.DefaultUnstructuredConverter.ToUnstructured(info.Object)
		if err != nil {
			return nil, err
		}
		raw, err := json.Marshal(plain)
		if err != nil {
			return nil, err
		}
		found = append(found, raw)
	}
	return found, nil
}

func alone(file []byte) ([]Alone, error) {
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(file)))
	found := []Alone{}
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		var one Alone
		one.JSON, err = yaml.YAMLToJSON(document)
		one.Error = text(err)
		one.StrictJSON, err = yaml.YAMLToJSONStrict(document)
		one.StrictError = text(err)
		found = append(found, one)
	}
}

// duplicate finds doubled keys. The strict reader also complains of a key that
// overrides a merged one, which is no duplicate: merge keys are renamed first.
func duplicate(file []byte) (struct{}, error) {
	count := 0
	plain := mergeKey.ReplaceAllFunc(file, func([]byte) []byte {
		count++
		return fmt.Appendf(nil, "merge%d", count)
	})
	split, err := alone(plain)
	if err != nil {
		return struct{}{}, nil
	}
	for _, document := range split {
		if strings.Contains(document.StrictError, "already set in map") {
			return struct{}{}, errors.New(document.StrictError)
		}
	}
	return struct{}{}, duplicateInJSON(file)
}

// duplicateInJSON looks into documents that kubectl reads as JSON, not as YAML.
func duplicateInJSON(file []byte) error {
	found, err := Documents(file)
	if err != nil {
		return nil
	}
	for _, document := range found {
		var value any
		complaints, err := strictjson.UnmarshalStrict(document, &value, strictjson.DisallowDuplicateFields)
		if err == nil && len(complaints) > 0 {
			return complaints[0]
		}
	}
	return nil
}
