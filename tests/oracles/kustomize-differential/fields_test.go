package main

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// notWritten are fields that no part needs to write: charts are refused as a
// whole, whatever they ask for, and nobody reads the status of a type.
var notWritten = []string{"helmCharts.", "helmChartInflationGenerator."}

// fieldsOf is the paths of all fields of a type, as JSON names them.
func fieldsOf(t reflect.Type, path string, add func(string)) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case !field.IsExported() || name == "-":
		case strings.Contains(options, "inline") || name == "" && field.Anonymous:
			fieldsOf(field.Type, path, add)
		case name != "":
			add(path + name)
			fieldsOf(field.Type, path+name+".", add)
		}
	}
}

// writtenIn is the paths of all fields that a value of YAML has.
func writtenIn(value any, path string, add func(string)) {
	switch v := value.(type) {
	case map[string]any:
		for key, below := range v {
			add(path + key)
			writtenIn(below, path+key+".", add)
		}
	case []any:
		for _, element := range v {
			writtenIn(element, path, add)
		}
	}
}

// The parts cover kustomize's own list of fields, which grows with its versions.
func TestEachFieldOfAKustomizationIsWritten(t *testing.T) {
	written := map[string]bool{}
	for _, file := range []string{"features.txt", "careless.txt", "errors.txt"} {
		for _, one := range readParts(file) {
			var fields any
			if err := yaml.Unmarshal([]byte(one.fields), &fields); err == nil {
				writtenIn(fields, "", func(path string) { written[path] = true })
			}
		}
	}
	count := 0
	fieldsOf(reflect.TypeFor[types.Kustomization](), "", func(path string) {
		count++
		left := slices.ContainsFunc(notWritten, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
		if !written[path] && !left {
			t.Errorf("no part writes the field %s", path)
		}
	})
	if count < 100 {
		t.Errorf("kustomize has only %d fields", count)
	}
}
