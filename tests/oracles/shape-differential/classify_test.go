package main

import (
	"slices"
	"testing"
)

func TestDecodingRejectionsNameTheirFields(t *testing.T) {
	const created = `Deployment in version "v1" cannot be handled as a Deployment: `
	const applied = `failed to create typed patch object (default/web; apps/v1, Kind=Deployment): `
	tests := []struct {
		code    int
		message string
		fields  []string // nil: not about decoding; "": it does not say where
	}{
		{400, created + `strict decoding error: unknown field "spec.replicass"`, []string{"spec.replicass"}},
		{400, created + `strict decoding error: unknown field "spec.a", duplicate field "spec.b[0].c"`, []string{"spec.a", "spec.b.c"}},
		{400, created + `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`, []string{"spec.replicas"}},
		{400, created + `json: cannot unmarshal number into Go value of type string`, []string{""}},
		{400, created + `unable to parse quantity's suffix`, []string{""}},
		{500, applied + `.spec.template.spec.containers[name="a: b"].foo: field not declared in schema`, []string{"spec.template.spec.containers.foo"}},
		{500, applied + "errors:\n  .spec.a: field not declared in schema\n  .spec.ports: duplicate entries for key [port=80,protocol=\"TCP\"]", []string{"spec.a", "spec.ports"}},
		{500, applied + `.metadata.labels.app.kubernetes.io/name: expected string, got &value.valueUnstructured{Value:1}`, []string{"metadata.labels.app.kubernetes.io/name"}},
		{500, `failed to convert new object (default/a; v1, Kind=Pod) to proper version: unable to convert: cannot convert float64 to int32`, []string{""}},
		{500, `etcdserver: request timed out`, nil},
		{500, `target.name: Required value`, nil},
		{400, `the namespace of the provided object does not match the namespace sent on the request`, nil},
		{403, `pods "a" is forbidden: error looking up service account default/default: serviceaccount "default" not found`, nil},
		{404, `namespaces "a" not found`, nil},
		{409, `clusterroles.rbac.authorization.k8s.io "view" already exists`, nil},
		{422, `Pod "a" is invalid: spec.containers[0].image: Required value`, nil},
	}
	for _, test := range tests {
		var fields []string
		for _, f := range decodingFaults(answer{Code: test.code, Message: test.message}) {
			fields = append(fields, f.field)
		}
		if !slices.Equal(fields, test.fields) {
			t.Errorf("%d %s\n  got  %q\n  want %q", test.code, test.message, fields, test.fields)
		}
	}
}

func TestValidationCountsOnlyWhereTheDocumentAgrees(t *testing.T) {
	declared := []fault{{field: "spec.selector", required: true}}
	invalid := func(fields ...string) answer {
		made := answer{Code: 422}
		for _, field := range fields {
			made.Details.Causes = append(made.Details.Causes, cause{Field: field})
		}
		return made
	}
	taken := answer{Code: 201}
	tests := []struct {
		name          string
		create, apply answer
		faults, open  int
	}{
		{"confirmed at the field", invalid("spec.selector"), taken, 1, 0},
		{"confirmed below the field", taken, invalid("spec.selector.matchLabels"), 1, 0},
		{"rejected for something else", invalid("spec.replicas"), invalid("spec.replicas"), 0, 1},
		{"stopped before validation", answer{Code: 403}, answer{Code: 403}, 0, 1},
		{"taken all the same", taken, taken, 0, 0},
		{"taken by one path", answer{Code: 409}, taken, 0, 0},
	}
	for _, test := range tests {
		got := rule(test.create, test.apply, declared)
		if len(got.faults) != test.faults || len(got.open) != test.open {
			t.Errorf("%s: %d faults, %d open; want %d, %d", test.name, len(got.faults), len(got.open), test.faults, test.open)
		}
	}
}

func TestSpellingsOfOnePlaceAreEqual(t *testing.T) {
	tests := []struct{ spelt, want string }{
		{`spec.containers[0].image`, "spec.containers.image"},
		{`.spec.containers[name="a]b"].image`, "spec.containers.image"},
		{`.spec.validationActions[="Deny"]`, "spec.validationActions"},
		{`.webhooks[name=""].rules[0].scope`, "webhooks.rules.scope"},
		{`metadata.labels["app.kubernetes.io/name"]`, "metadata.labels.app.kubernetes.io/name"},
		{`.metadata.labels.app.kubernetes.io/name`, "metadata.labels.app.kubernetes.io/name"},
		{``, ""},
		{`spec.broken[`, "spec.broken"},
	}
	for _, test := range tests {
		if got := loose(test.spelt); got != test.want {
			t.Errorf("%s is %q, want %q", test.spelt, got, test.want)
		}
	}
}

func TestAgreementAllowsForWhatTheServerLeavesOut(t *testing.T) {
	text := &schema{Type: "string"}
	quantity := &schema{OneOf: []*schema{{Type: "string"}, {Type: "number"}}}
	declared := &schema{Properties: map[string]*schema{
		"labels": {AdditionalProperties: text},
		"limits": {AdditionalProperties: quantity},
		"ports":  {ListType: "map", Items: &schema{Properties: map[string]*schema{"name": text}}},
		"name":   text,
	}}
	tests := []struct {
		server fault
		ours   string
		same   bool
	}{
		{fault{field: "name"}, "name", true},
		{fault{field: "name"}, "labels", false},
		{fault{field: "labels"}, `labels["a.b/c"]`, true},
		{fault{field: "ports", said: "duplicate entries for key"}, "ports[1].name", true},
		{fault{field: "ports", said: "expected list"}, "ports[1].name", false},
		{fault{field: "spec.name", required: true}, "spec", true},
		{fault{field: "spec.name"}, "spec", false},
		{fault{}, `limits["cpu"]`, true},
		{fault{}, "name", false},
	}
	for _, test := range tests {
		if matches(test.server, loose(test.ours), declared, schemas{}) != test.same {
			t.Errorf("%+v and %q: want %v", test.server, test.ours, test.same)
		}
	}
}
